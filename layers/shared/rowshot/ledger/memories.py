"""What is remembered of a sheet's rows from run to run: versions, redos, published pictures."""

from __future__ import annotations

from collections.abc import Iterable

from rowshot.ledger import keys
from rowshot.ledger.records import Memory, Version
from rowshot.ledger.table import Change, Conflict, Table


class Memories:
    """Reads and changes memories."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, sheet_id: str, row_key: str) -> Memory:
        """What is remembered of one row; a fresh memory when nothing is."""
        item = self._table.get(keys.memory(sheet_id, row_key))
        return Memory.from_item(item) if item else Memory(row_key)

    def get_many(self, sheet_id: str, row_keys: Iterable[str]) -> dict[str, Memory]:
        """Memories by row key, for those rows that have one."""
        found = self._table.get_many(keys.memory(sheet_id, key) for key in row_keys)
        memories = (Memory.from_item(item) for item in found.values())
        return {memory.row_key: memory for memory in memories}

    def take_redo(self, sheet_id: str, memory: Memory, before: int) -> bool:
        """Notes a redo that was taken: the version it asks for and the cell that asked.

        Args:
            sheet_id: The sheet.
            memory: With the new version, note and cell value.
            before: The version that stood when the decision was made.

        Returns:
            False when another plan took it first; the caller reads again.
        """
        fresh = "attribute_not_exists(#version)" if before == 1 else "#version = :before"
        alternative = " OR #version = :before" if before == 1 else ""
        try:
            self._table.write(
                Change(
                    keys.memory(sheet_id, memory.row_key),
                    set={
                        "row_key": memory.row_key,
                        "version": memory.version,
                        "note": memory.note,
                        "note_for": memory.note_for,
                        "redo_seen": memory.redo_seen,
                    },
                    when=fresh + alternative,
                    given={"before": before},
                )
            )
        except Conflict:
            return False
        return True

    def add_version(self, sheet_id: str, row_key: str, version: Version) -> None:
        """Notes a picture as the one that the row shows now."""
        self._table.write(
            Change(
                keys.memory(sheet_id, row_key),
                set={"row_key": row_key},
                append={"versions": [version.item()]},
            )
        )

    def redo_cleared(self, sheet_id: str, row_key: str) -> None:
        """Notes that the redo cell was seen empty, so that the next tick counts again."""
        self._table.write(
            Change(keys.memory(sheet_id, row_key), set={"row_key": row_key}, remove=("redo_seen",))
        )

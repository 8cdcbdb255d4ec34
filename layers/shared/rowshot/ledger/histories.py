"""What is remembered of a sheet's rows from run to run: versions, redos, published pictures."""

from __future__ import annotations

from collections.abc import Iterable

from rowshot.ledger import keys
from rowshot.ledger.records import RowHistory, Version
from rowshot.ledger.table import Conflict, Table, Update

PERSONAL = "personal"
"""The sheet under which personal pictures are remembered, whichever sheet asked for them."""


def new_version(sheet_id: str, row_key: str, version: Version) -> Update:
    """The change that notes a row's newest picture; fails where it is the newest already."""
    return Update(
        keys.history(sheet_id, row_key),
        set={"row_key": row_key, "newest": version.render_id},
        append={"versions": [version.item()]},
        when="attribute_not_exists(#newest) OR #newest <> :same",
        given={"same": version.render_id},
    )


class Histories:
    """Reads and changes histories."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, sheet_id: str, row_key: str) -> RowHistory:
        """What is remembered of one row; a fresh history when nothing is."""
        item = self._table.get(keys.history(sheet_id, row_key))
        return RowHistory.from_item(item) if item else RowHistory(row_key)

    def get_many(self, sheet_id: str, row_keys: Iterable[str]) -> dict[str, RowHistory]:
        """Histories by row key, for those rows that have one."""
        found = self._table.get_many(keys.history(sheet_id, key) for key in row_keys)
        histories = (RowHistory.from_item(item) for item in found.values())
        return {history.row_key: history for history in histories}

    def take_version(self, sheet_id: str, history: RowHistory) -> bool:
        """Notes a new version: its number, its note and the redo cell that asked for it.

        Args:
            sheet_id: The sheet.
            history: With the new version.

        Returns:
            False when another plan noted this version, or a later one, before.
        """
        try:
            self._table.write(
                Update(
                    keys.history(sheet_id, history.row_key),
                    set={
                        "row_key": history.row_key,
                        "version": history.version,
                        "note": history.note,
                        "note_for": history.note_for,
                        "redo_seen": history.redo_seen,
                    },
                    when="attribute_not_exists(#version) OR #version < :new",
                    given={"new": history.version},
                )
            )
        except Conflict:
            return False
        return True

    def add_version(self, sheet_id: str, row_key: str, version: Version) -> None:
        """Notes a picture as the one that the row shows now."""
        try:
            self._table.write(new_version(sheet_id, row_key, version))
        except Conflict:
            return  # it is the newest already

    def redo_released(self, sheet_id: str, row_key: str, version: int, seen_at: float) -> None:
        """Notes when a live worksheet was seen without the redo that asked for a version.

        Such a redo may have been cleared by ourselves, so an older export still has it: only a
        drop that was exported later may count the same value as a new redo.
        """
        seen = {"redo_empty_at": seen_at, "redo_empty_for": version}
        self._table.write(Update(keys.history(sheet_id, row_key), set={"row_key": row_key, **seen}))

    def redo_cleared(self, sheet_id: str, row_key: str) -> None:
        """Notes that the redo cell was seen empty, so that the next tick counts again."""
        self._table.write(
            Update(keys.history(sheet_id, row_key), set={"row_key": row_key}, remove=("redo_seen",))
        )

"""Stored pictures: under which folders a render's picture lies, and how it becomes a row's."""

from __future__ import annotations

from collections.abc import Iterable

from rowshot.clock import Clock
from rowshot.ledger import keys
from rowshot.ledger.memories import new_version
from rowshot.ledger.records import Buyer, Picture, Render, RenderState, Version
from rowshot.ledger.rows import Rows
from rowshot.ledger.table import Change, Conflict, Operation, Put, Table


class Pictures:
    """Reads and notes stored pictures."""

    def __init__(self, table: Table, clock: Clock, rows: Rows) -> None:
        self._table = table
        self._clock = clock
        self._rows = rows

    def get(self, render_id: str, folder: str) -> Picture | None:
        """The render's stored picture in a folder, or None."""
        return Picture.from_item(self._table.get(keys.picture(render_id, folder)) or {})

    def get_many(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Picture]:
        """Stored pictures by (render id, folder)."""
        found = self._table.get_many(keys.picture(*each) for each in wanted)
        return {
            (key[0].removeprefix("RENDER#"), key[1].removeprefix("PICTURE#")): picture
            for key, item in found.items()
            if (picture := Picture.from_item(item))
        }

    def any(self, render_id: str) -> tuple[str, Picture] | None:
        """A folder that holds the render's picture, with the picture, or None."""
        for item in self._table.query(keys.render(render_id)[0], prefix="PICTURE#", limit=1):
            picture = Picture.from_item(item)
            if picture:
                return item["sk"].removeprefix("PICTURE#"), picture
        return None

    def published(
        self,
        render: Render,
        folder: str,
        picture: Picture,
        *,
        row: Buyer,
        sheet_id: str,
        row_key: str,
        version: int,
    ) -> bool:
        """Notes a stored picture: on the render, on the row, and in the sheet's memory.

        Returns:
            False when the row had its picture already.
        """
        now = self._clock.now()
        entry = Version(version, render.id, picture, now)
        operations: list[Operation] = [
            Change(
                keys.render(render.id),
                set={"state": str(RenderState.PUBLISHED)},
                remove=("open", "due_at"),
                when="#attempt = :attempt",
                given={"attempt": render.attempt},
            ),
            Put(keys.picture(render.id, folder), picture.item(), when=""),
            self._rows.published(row.run_id, row.number, picture),
        ]
        try:
            self._table.transact([*operations, new_version(sheet_id, row_key, entry)])
        except Conflict as conflict:
            *others, known = conflict.failed
            # Two runs of one sheet may wait for the same picture: it is one version all the same.
            return known and not any(others) and self._note(operations)
        return True

    def _note(self, operations: list[Operation]) -> bool:
        try:
            self._table.transact(operations)
        except Conflict:
            return False
        return True

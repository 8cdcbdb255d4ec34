"""Stored pictures: under which folders a render's picture lies."""

from __future__ import annotations

from collections.abc import Iterable

from rowshot.ledger import keys
from rowshot.ledger.records import Picture
from rowshot.ledger.table import Table


class Pictures:
    """Reads and notes stored pictures."""

    def __init__(self, table: Table) -> None:
        self._table = table

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

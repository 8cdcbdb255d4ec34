"""What the ledger remembers of a worksheet's columns between passes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rowshot.reading.headers import Columns
from rowshot.reading.output_columns import OUTPUT_COLUMNS
from rowshot.reading.ownership import candidates

SPARE = len(OUTPUT_COLUMNS)
"""Columns right of the last header that are looked at, for ours may have to go there."""


def clean(header: str) -> str:
    """A header's text in the form in which it is remembered and compared."""
    return unicodedata.normalize("NFC", header).strip()


@dataclass(frozen=True)
class Layout:
    """The columns as the last pass, or the plan, saw them.

    Args:
        header: The header row.
        key: The header of the column with the row keys.
        redo: The header of the redo column, if there is one.
        owned: Output column -> the header of the column that is ours.
        column_count: Columns of the grid; None before the first pass.
    """

    header: tuple[str, ...]
    key: str
    redo: str | None = None
    owned: Mapping[str, str] = field(default_factory=dict)
    column_count: int | None = None

    @classmethod
    def planned(cls, columns: Columns, owned: Mapping[str, str] | None = None) -> Layout:
        """The layout before the first pass, from the header row of the dropped sheet.

        Args:
            columns: What the plan found out about the header row.
            owned: The columns that earlier runs of the same worksheet made or claimed.
        """
        return cls(
            tuple(clean(name) for name in columns.header),
            clean(columns.title("slug")),
            clean(columns.title("redo")) if "redo" in columns.index else None,
            dict(owned or {}),
        )

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Layout:
        """A layout as ``item`` wrote it."""
        count = item.get("column_count")
        return cls(
            tuple(item["header"]),
            item["key"],
            item.get("redo"),
            dict(item["owned"]),
            None if count is None else int(count),
        )

    def item(self) -> dict[str, Any]:
        """The layout as JSON values, for the ledger."""
        return {
            "header": list(self.header),
            "key": self.key,
            "redo": self.redo,
            "owned": dict(self.owned),
            "column_count": self.column_count,
        }

    def expected_columns(self) -> frozenset[int]:
        """The columns that a pass will probably need: one read suffices when that is right.

        Before the first pass nobody knows where the grid ends, and at Google no range may start
        beyond it. So the room for our columns is left to a second read then. A person's last
        column must not come along instead: with 20,000 long prompts it would take the function's
        memory.
        """
        if not self.header:
            return frozenset()
        known = self.column_count
        return locate(self.header, self).needed(len(self.header) if known is None else known)


@dataclass(frozen=True)
class Places:
    """Where the columns of a header row are.

    Args:
        key: The key column, None when it is gone.
        redo: The redo column, None without one.
        owned: Output column -> the column of that name that the ledger knows to be ours.
        renamed: Output column -> the column that stands where ours stood, under a new name.
        candidates: Output column -> columns that may be ours by what they hold.
        width: Columns up to the last that has a header.
    """

    key: int | None
    redo: int | None
    owned: Mapping[str, int]
    renamed: Mapping[str, int]
    candidates: Mapping[str, tuple[int, ...]]
    width: int

    @property
    def complete(self) -> bool:
        """True when every output column is known to be there."""
        return len(self.owned) == len(OUTPUT_COLUMNS)

    def needed(self, count: int) -> frozenset[int]:
        """The columns that must be read to reconcile, with room right of the last header.

        Args:
            count: Columns of the grid, or those that are known to be there.
        """
        found = {*self.owned.values(), *self.renamed.values()}
        found |= {place for place in (self.key, self.redo) if place is not None}
        for name, places in self.candidates.items():
            if name not in self.owned:
                found.update(places)
        if not self.complete:
            found.update(range(self.width, self.width + SPARE))
        return frozenset(place for place in found if place < count)


def locate(header: Sequence[str], layout: Layout) -> Places:
    """Find the columns of a header row by what the ledger remembers."""
    names = [clean(name) for name in header]
    width = max((at + 1 for at, name in enumerate(names) if name), default=0)
    owned: dict[str, int] = {}
    for output, title in layout.owned.items():
        if (place := _find(names, title, layout.header, taken=owned)) is not None:
            owned[output] = place
    renamed = {}
    for output, title in layout.owned.items():
        if output not in owned and (place := _renamed(names, title, layout.header)) is not None:
            renamed[output] = place
    return Places(
        key=_find(names, layout.key, layout.header, taken=owned),
        redo=_find(names, layout.redo, layout.header, taken=owned) if layout.redo else None,
        owned=owned,
        renamed=renamed,
        candidates=candidates(names, layout.owned),
        width=width,
    )


def _find(
    names: Sequence[str], title: str, before: Sequence[str], taken: Mapping[str, int]
) -> int | None:
    """The column of a title: where it was before if it is still there, else the first."""
    places = [at for at, name in enumerate(names) if name == title and at not in taken.values()]
    if not places or not title:
        return None
    was = before.index(title) if title in before else -1
    return was if was in places else places[0]


def _renamed(names: Sequence[str], title: str, before: Sequence[str]) -> int | None:
    """The column where a title was, if a new name stands there and its neighbours stayed."""
    if title not in before:
        return None
    at = before.index(title)
    if at >= len(names) or (names[at] and names[at] in before):
        return None
    left = at == 0 or names[at - 1] == before[at - 1]
    right = at + 1 >= len(before) or (at + 1 < len(names) and names[at + 1] == before[at + 1])
    return at if left or right else None

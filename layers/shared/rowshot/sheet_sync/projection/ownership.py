"""Tells what Rowshot wrote from what a person wrote."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from rowshot.reading.output_columns import (
    COLUMNS,
    Content,
    Entered,
    Image,
    OutputColumn,
    image_formula,
)
from rowshot.sheet_sync.projection.desired import WantedRow
from rowshot.sheet_sync.projection.grid import GridCell

_UNSAFE = re.compile(r'[\s"<>\\^`{}|\x00-\x1f\x7f]')


@dataclass(frozen=True)
class Ours:
    """Recognises and writes the values of our columns.

    Args:
        origins: What the URLs of published pictures start with, such as
            ``https://images.example.com/images/``. Nothing else becomes a preview.
        urls: Further URLs that are known to be ours.
        wanted: Output column -> what the ledger wants there in some row.
    """

    origins: tuple[str, ...]
    urls: frozenset[str] = frozenset()
    wanted: Mapping[str, frozenset[Content]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, origins: Iterable[str], wanted: Iterable[WantedRow], shown_before: Collection[str] = ()
    ) -> Ours:
        """What is ours in the worksheet of some rows."""
        facts = [row.facts for row in wanted]
        contents = {
            column.name: frozenset(_comparable(column.content(each)) for each in facts)
            for column in COLUMNS
            if column.shows_ours is None
        }
        return cls(tuple(filter(None, origins)), frozenset(shown_before), contents)

    def url(self, text: str) -> bool:
        """True for the address of one of our pictures."""
        if _UNSAFE.search(text) or not text.startswith(("https://", "http://")):
            return False
        return text in self.urls or text.startswith(self.origins)

    def wrote(self, column: OutputColumn, value: Entered) -> bool:
        """True when a cell's value is one that Rowshot writes into that output column."""
        if column.shows_ours is not None:
            return column.shows_ours(value, self.url)
        found = value if isinstance(value, str) else as_number(value)
        return found is not None and found in self.wanted.get(column.name, ())

    def marked(self, cells: Mapping[str, GridCell]) -> bool:
        """True when a row's cells in our columns hold anything that only Rowshot writes."""
        return any(
            column.shows_ours is not None and self.wrote(column, cells[column.name].entered)
            for column in COLUMNS
        )

    def entered(self, content: Content) -> Entered:
        """How a content is entered into a worksheet; a picture that is not ours is not shown."""
        match content:
            case Image(url):
                return image_formula(url) if self.url(url) else None
            case Decimal():
                return float(content)
            case _:
                return content


def as_number(value: Entered) -> Decimal | None:
    """A number cell exactly as it is shown, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return Decimal(repr(value)).normalize()
    except InvalidOperation:
        return None


def _comparable(content: Content) -> Content:
    return content.normalize() if isinstance(content, Decimal) else content

"""Tells what Rowshot wrote from what a person wrote."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from rowshot.projection.grid import Formula, GridCell, Value
from rowshot.projection.wanted import WantedRow
from rowshot.statuses import RowStatus

_STATUSES = frozenset(str(status) for status in RowStatus)
_IMAGE = re.compile(r'=\s*IMAGE\s*\(\s*"((?:[^"]|"")*)"\s*\)\s*', re.IGNORECASE)
_UNSAFE = re.compile(r'[\s"<>\\^`{}|\x00-\x1f\x7f]')
MARKS = ("status", "image_url", "preview")
"""Output columns whose values show by themselves that Rowshot wrote them."""


def image_formula(url: str) -> Formula:
    """The formula that shows a picture in a cell. Quotes in the URL cannot end its text."""
    return Formula('=IMAGE("' + url.replace('"', '""') + '")')


@dataclass(frozen=True)
class Ours:
    """Recognises values that Rowshot writes.

    Args:
        origins: What the URLs of published pictures start with, such as
            ``https://images.example.com/images/``. Nothing else becomes a preview.
        urls: Further URLs that are known to be ours.
        errors: The sentences that the ledger wants in some row.
        costs: The costs that the ledger wants in some row.
    """

    origins: tuple[str, ...]
    urls: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    costs: frozenset[Decimal] = field(default_factory=frozenset)

    @classmethod
    def of(
        cls, origins: Iterable[str], wanted: Iterable[WantedRow], shown_before: Collection[str] = ()
    ) -> Ours:
        """What is ours in the worksheet of some rows."""
        rows = list(wanted)
        return cls(
            tuple(origin for origin in origins if origin),
            frozenset(shown_before),
            frozenset(one_line(row.error) for row in rows if row.error),
            frozenset(row.cost_usd for row in rows if row.cost_usd is not None),
        )

    def url(self, text: str) -> bool:
        """True for the address of one of our pictures."""
        if _UNSAFE.search(text) or not text.startswith(("https://", "http://")):
            return False
        return text in self.urls or text.startswith(self.origins)

    def wrote(self, output: str, cell: GridCell) -> bool:
        """True when a cell's value is one that Rowshot writes into that output column."""
        value = cell.entered
        match output:
            case "status":
                return isinstance(value, str) and value in _STATUSES
            case "image_url":
                return isinstance(value, str) and self.url(value)
            case "preview":
                found = _IMAGE.fullmatch(value.text) if isinstance(value, Formula) else None
                return found is not None and self.url(found[1].replace('""', '"'))
            case "error":
                return isinstance(value, str) and value in self.errors
            case _:
                return as_cost(value) in self.costs

    def marked(self, cells: Mapping[str, GridCell]) -> bool:
        """True when a row's cells in our columns hold anything that only Rowshot writes."""
        return any(name in cells and self.wrote(name, cells[name]) for name in MARKS)


def as_cost(value: Value) -> Decimal | None:
    """A number cell as money, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return Decimal(repr(value)).normalize()
    except InvalidOperation:
        return None


def one_line(text: str, longest: int = 2000) -> str:
    """A sentence fit for a cell: one line, not longer than anybody reads."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"

"""Makes a sheet of raw rows: finds the header, drops what is blank, keeps to the limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.sheets.headers import recognised
from rowshot.sheets.limits import Tally
from rowshot.sheets.sheet import SheetRow

HEADER_SEARCH = 10
"""Rows with text that may stand above the header (a title, a date) before we stop looking."""


@dataclass(frozen=True)
class Table:
    """A header and the rows below it; see `Sheet` for the fields."""

    header: tuple[str, ...]
    header_row: int
    rows: tuple[SheetRow, ...]


def assemble(raw: Iterable[SheetRow], *, name: str) -> Table:
    """Make a table of rows, blank ones among them.

    The header is the first row with a key and a prompt or recipe column among the first ten that
    are not blank, or else simply the first that is not blank.

    Raises:
        UnreadableSheet: When there is nothing but blank rows, or a limit is passed.
    """
    filled = _filled(raw, Tally(name))
    top: list[SheetRow] = []
    for row in filled:
        top.append(row)
        if recognised(row.cells)[0] or len(top) == HEADER_SEARCH:
            break
    if not top:
        raise UnreadableSheet(messages.NO_HEADER(name=name))
    at = len(top) - 1 if recognised(top[-1].cells)[0] else 0
    rows = tuple(chain(top[at + 1 :], filled))
    return Table(header=top[at].cells, header_row=top[at].number, rows=rows)


def _filled(raw: Iterable[SheetRow], tally: Tally) -> Iterator[SheetRow]:
    for row in raw:
        end = len(row.cells)
        while end and not row.cells[end - 1].strip() and end - 1 not in row.uncalculated:
            end -= 1
        if end:
            tally.add(row.cells[:end])
            yield replace(row, cells=row.cells[:end])

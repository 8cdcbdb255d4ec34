"""Makes a sheet of raw rows: finds the header, drops what is blank, keeps to the limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.reading.header_row import HEADER_SEARCH, header_at
from rowshot.reading.inert import read_back
from rowshot.reading.limits import Tally
from rowshot.reading.sheet import SheetRow

__all__ = ["HEADER_SEARCH", "HeadedRows", "assemble"]


@dataclass(frozen=True)
class HeadedRows:
    """A header and the rows below it; see `Sheet` for the fields."""

    header: tuple[str, ...]
    header_row: int
    rows: tuple[SheetRow, ...]


def assemble(raw: Iterable[SheetRow], *, name: str) -> HeadedRows:
    """Make a table of rows, blank ones among them.

    See `header_at` for which row is the header.

    Raises:
        UnreadableSheet: When there is nothing but blank rows, or a limit is passed.
    """
    filled = _filled(raw, Tally(name))
    top = list(islice(filled, HEADER_SEARCH))
    if not top:
        raise UnreadableSheet(messages.NO_HEADER(name=name))
    at = header_at(top)
    rows = tuple(chain(top[at + 1 :], filled))
    return HeadedRows(header=top[at].cells, header_row=top[at].number, rows=rows)


def _filled(raw: Iterable[SheetRow], tally: Tally) -> Iterator[SheetRow]:
    for row in raw:
        end = len(row.cells)
        while end and not row.cells[end - 1].strip() and end - 1 not in row.uncalculated:
            end -= 1
        if end:
            cells = tuple(map(read_back, row.cells[:end]))
            tally.add(cells)
            yield replace(row, cells=cells)

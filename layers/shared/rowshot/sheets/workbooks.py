"""Chooses the worksheet of a workbook and makes a sheet of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.messages import listed, quoted
from rowshot.sheets.assemble import HEADER_SEARCH, assemble
from rowshot.sheets.headers import recognised
from rowshot.sheets.limits import MAX_SHEET_ROWS
from rowshot.sheets.sheet import Sheet, SheetRow


@dataclass(frozen=True)
class Worksheet:
    """One worksheet of an open workbook.

    Args:
        title: Its name on the tab.
        hidden: True when the tab is hidden.
        rows: Gives its rows in order, blank ones perhaps left out; may be called again.
    """

    title: str
    hidden: bool
    rows: Callable[[], Iterable[SheetRow]]


def read_worksheet(
    worksheets: Sequence[Worksheet], *, name: str, file_format: str, wanted: str | None
) -> Sheet:
    """Read the worksheet that is wanted, or else the first with the columns of a sheet.

    Visible worksheets come before hidden ones. Hidden rows count like any other.

    Raises:
        UnreadableSheet: When there is none.
    """
    chosen = _named(worksheets, wanted, name) if wanted else _first_useful(worksheets, name)
    found = assemble(_bounded(chosen.rows(), name), name=name)
    return Sheet(
        name=name,
        format=file_format,
        encoding=None,
        delimiter=None,
        worksheet=chosen.title,
        header=found.header,
        header_row=found.header_row,
        rows=found.rows,
    )


def _named(worksheets: Sequence[Worksheet], wanted: str, name: str) -> Worksheet:
    folded = wanted.strip().casefold()
    exact = [sheet for sheet in worksheets if sheet.title == wanted]
    close = [sheet for sheet in worksheets if sheet.title.strip().casefold() == folded]
    if exact or close:
        return (exact or close)[0]
    titles = listed((quoted(sheet.title) for sheet in worksheets[:10]), last="and")
    raise UnreadableSheet(
        messages.WORKSHEET_MISSING(name=name, worksheet=quoted(wanted), worksheets=titles)
    )


def _first_useful(worksheets: Sequence[Worksheet], name: str) -> Worksheet:
    best, best_score = None, (False, 0)
    for sheet in sorted(worksheets, key=lambda sheet: sheet.hidden):
        filled = (row for row in _bounded(sheet.rows(), name) if any(map(str.strip, row.cells)))
        top = list(islice(filled, HEADER_SEARCH))
        score = max((recognised(row.cells) for row in top), default=(False, -1))
        if score[0]:
            return sheet
        if best is None or score > best_score:
            best, best_score = sheet, score
    if best is None:
        raise UnreadableSheet(messages.NO_HEADER(name=name))
    return best


def _bounded(rows: Iterable[SheetRow], name: str) -> Iterable[SheetRow]:
    """Rows up to the last that a spreadsheet can have; a forged number would never end."""
    for row in rows:
        if row.number > MAX_SHEET_ROWS:
            raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name))
        yield row

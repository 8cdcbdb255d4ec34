"""Chooses the worksheet of a workbook and makes a sheet of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.messages import listed, quoted
from rowshot.reading.assemble import HEADER_SEARCH, assemble
from rowshot.reading.headers import recognised
from rowshot.reading.limits import MAX_COLUMNS, MAX_SHEET_ROWS
from rowshot.reading.sheet import Sheet, SheetRow

_MOST_NAMED = 10
TOP = HEADER_SEARCH + 1
"""The filled rows of a worksheet by which it is judged."""


@dataclass(frozen=True)
class Worksheet:
    """One worksheet of an open workbook.

    Args:
        title: Its name on the tab.
        hidden: True when the tab is hidden.
        active: True for the one that was open when the workbook was saved.
        rows: Gives its rows in order, blank ones perhaps left out; may be called again.
        top: Its first ``TOP`` filled rows, where looking for them takes as long as reading all.
    """

    title: str
    hidden: bool
    active: bool
    rows: Callable[[], Iterable[SheetRow]]
    top: Sequence[SheetRow] | None = None


def read_worksheet(
    worksheets: Sequence[Worksheet], *, name: str, file_format: str, wanted: str | None
) -> Sheet:
    """Read the worksheet that is wanted, or else the one that looks most like a sheet of products.

    Of several with columns and rows the one that was open when the workbook was saved is read, or
    else the first; visible worksheets come before hidden ones, and the other ones are named in a
    warning. Hidden rows count like any other.

    Raises:
        UnreadableSheet: When there is none.
    """
    others: Sequence[Worksheet] = ()
    if wanted:
        chosen = _named(worksheets, wanted, name)
    else:
        chosen, others = _most_useful(worksheets, name)
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
        warnings=_left_out(chosen, others),
    )


def _named(worksheets: Sequence[Worksheet], wanted: str, name: str) -> Worksheet:
    folded = wanted.strip().casefold()
    exact = [sheet for sheet in worksheets if sheet.title == wanted]
    close = [sheet for sheet in worksheets if sheet.title.strip().casefold() == folded]
    if exact or close:
        return (exact or close)[0]
    titles = listed((quoted(sheet.title) for sheet in worksheets[:_MOST_NAMED]), last="and")
    raise UnreadableSheet(
        messages.WORKSHEET_MISSING(name=name, worksheet=quoted(wanted), worksheets=titles)
    )


@dataclass(frozen=True, order=True)
class _Look:
    """How much a worksheet looks like a sheet of products, by its first rows.

    Args:
        complete: Whether a row names the columns that a sheet needs.
        visible: Whether its tab is shown.
        filled: Whether there are rows below the columns.
        active: Whether it was open when the workbook was saved.
        known: How many columns have names that are read.
    """

    complete: bool
    visible: bool
    filled: bool
    active: bool
    known: int


def _look(sheet: Worksheet, name: str) -> _Look:
    rows = sheet.rows() if sheet.top is None else sheet.top
    filled = (row for row in _bounded(rows, name) if row.filled)
    top = [recognised(row.cells[:MAX_COLUMNS]) for row in islice(filled, TOP)]
    headers = top[:HEADER_SEARCH]
    complete, known = max(headers, default=(False, -1))
    return _Look(
        complete=complete,
        visible=not sheet.hidden,
        filled=complete and headers.index((complete, known)) + 1 < len(top),
        active=sheet.active and complete,
        known=0 if complete else known,
    )


def _most_useful(worksheets: Sequence[Worksheet], name: str) -> tuple[Worksheet, list[Worksheet]]:
    """The worksheet to read, and the other ones that hold products."""
    looks = [_look(sheet, name) for sheet in worksheets]
    if not looks:
        raise UnreadableSheet(messages.NO_HEADER(name=name))
    best = looks.index(max(looks))
    others = [
        sheet
        for sheet, look in zip(worksheets, looks, strict=True)
        if look.filled and sheet is not worksheets[best]
    ]
    return worksheets[best], others


def _left_out(chosen: Worksheet, others: Sequence[Worksheet]) -> tuple[str, ...]:
    if not others:
        return ()
    titles = [
        f"{quoted(sheet.title)}{' (hidden)' if sheet.hidden else ''}"
        for sheet in others[:_MOST_NAMED]
    ]
    if more := len(others) - len(titles):
        titles.append(f"{more} more")
    used = quoted(chosen.title)
    return (messages.OTHER_WORKSHEETS(used=used, others=listed(titles, last="and")),)


def _bounded(rows: Iterable[SheetRow], name: str) -> Iterable[SheetRow]:
    """Rows up to the last that a spreadsheet can have; a forged number would never end."""
    for row in rows:
        if row.number > MAX_SHEET_ROWS:
            raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name))
        yield row

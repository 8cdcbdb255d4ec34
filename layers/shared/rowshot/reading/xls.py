"""Reads XLS workbooks: stored values as their number formats show them, formulas never run."""

from __future__ import annotations

from collections.abc import Iterator

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.reading.biff import DAMAGE, Locked, Tab, TooManyCells, Workbook, open_workbook
from rowshot.reading.limits import MAX_CELLS
from rowshot.reading.sheet import Sheet, SheetRow
from rowshot.reading.workbooks import Worksheet, read_worksheet


def read_xls(data: bytes, *, name: str, worksheet: str | None) -> Sheet:
    """Read one worksheet of an XLS workbook.

    Raises:
        UnreadableSheet: When it cannot be read.
    """
    try:
        book = open_workbook(data)
        worksheets = [
            Worksheet(title=tab.title, hidden=tab.hidden, active=tab.active, rows=_Rows(book, tab))
            for tab in book.tabs
        ]
        return read_worksheet(worksheets, name=name, file_format="xls", wanted=worksheet)
    except Locked as exc:
        raise UnreadableSheet(messages.WORKBOOK_LOCKED(name=name)) from exc
    except TooManyCells as exc:
        raise UnreadableSheet(messages.TOO_MANY_CELLS(name=name, limit=f"{MAX_CELLS:,}")) from exc
    except (*DAMAGE, OSError) as exc:
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name)) from exc


class _Rows:
    """The rows of one worksheet."""

    def __init__(self, book: Workbook, tab: Tab) -> None:
        self._book = book
        self._tab = tab

    def __call__(self) -> Iterator[SheetRow]:
        found = self._book.cells(self._tab)
        for row in sorted(found):
            cells = found[row]
            texts = tuple(cells.get(column, "") for column in range(max(cells) + 1))
            yield SheetRow(row + 1, texts)

"""Reads XLS workbooks with python-calamine: stored values, formulas never evaluated."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.sheets.biff import ERRORS, Biff, inspect
from rowshot.sheets.number_formats import show
from rowshot.sheets.sheet import Sheet, SheetRow
from rowshot.sheets.workbooks import Worksheet, read_worksheet


def read_xls(data: bytes, *, name: str, worksheet: str | None) -> Sheet:
    """Read one worksheet of an XLS workbook.

    Raises:
        UnreadableSheet: When it cannot be read.
    """
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    found = inspect(data, name=name)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            worksheets = [
                Worksheet(
                    title=about.name,
                    hidden=about.visible != SheetVisibleEnum.Visible,
                    rows=_Rows(book, about.name, found.get(position, Biff())),
                )
                for position, about in enumerate(book.sheets_metadata)
                if about.typ == SheetTypeEnum.WorkSheet
            ]
            return read_worksheet(worksheets, name=name, file_format="xls", wanted=worksheet)
    except PasswordError as exc:
        raise UnreadableSheet(messages.WORKBOOK_LOCKED(name=name)) from exc
    except CalamineError as exc:
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name)) from exc
    except BaseException as exc:
        # On some damaged workbooks calamine panics, which is no Exception and cannot be imported.
        if type(exc).__name__ != "PanicException":
            raise
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name)) from exc


class _Rows:
    """The rows of one worksheet; calamine leaves cells with errors empty, so they are put back."""

    def __init__(self, book: Any, title: str, found: Biff) -> None:
        self._book = book
        self._title = title
        self._errors: dict[int, dict[int, str]] = {}
        for (row, column), code in found.errors.items():
            self._errors.setdefault(row, {})[column] = ERRORS.get(code, "#ERROR!")

    def __call__(self) -> Iterator[SheetRow]:
        sheet = self._book.get_sheet_by_name(self._title)
        if sheet.start is None:
            return
        top, left = sheet.start
        margin = [""] * left
        for row, values in enumerate(sheet.iter_rows(), start=top):
            cells = margin + [show(value) for value in values]
            for column, error in self._errors.get(row, {}).items():
                cells += [""] * (column + 1 - len(cells))
                cells[column] = error
            yield SheetRow(row + 1, tuple(cells))

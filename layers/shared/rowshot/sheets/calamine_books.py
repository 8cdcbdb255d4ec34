"""Reads XLS and ODS workbooks: stored values, formulas never evaluated."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.sheets.number_formats import show
from rowshot.sheets.sheet import Sheet, SheetRow
from rowshot.sheets.workbooks import Worksheet, read_worksheet


def read_with_calamine(data: bytes, *, name: str, file_format: str, worksheet: str | None) -> Sheet:
    """Read one worksheet of an XLS or ODS workbook.

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

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            worksheets = [
                Worksheet(
                    title=about.name,
                    hidden=about.visible != SheetVisibleEnum.Visible,
                    rows=_Rows(book, about.name),
                )
                for about in book.sheets_metadata
                if about.typ == SheetTypeEnum.WorkSheet
            ]
            return read_worksheet(worksheets, name=name, file_format=file_format, wanted=worksheet)
    except PasswordError as exc:
        raise UnreadableSheet(messages.WORKBOOK_LOCKED(name=name)) from exc
    except CalamineError as exc:
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name)) from exc


class _Rows:
    """The rows of one worksheet, which calamine reads when they are first asked for."""

    def __init__(self, book: Any, title: str) -> None:
        self._book = book
        self._title = title

    def __call__(self) -> Iterator[SheetRow]:
        sheet = self._book.get_sheet_by_name(self._title)
        if sheet.start is None:
            return
        top, left = sheet.start
        margin = ("",) * left
        for number, cells in enumerate(sheet.iter_rows(), start=top + 1):
            yield SheetRow(number, margin + tuple(map(show, cells)))

"""Reads XLSX workbooks: stored values, shown as their number formats show them."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.sheets.limits import MAX_SHEET_ROWS
from rowshot.sheets.number_formats import show
from rowshot.sheets.sheet import Sheet, SheetRow
from rowshot.sheets.workbooks import Worksheet, read_worksheet

_CHUNK = 1024**2
_LINE_ENDS = re.compile(r"_x000([9AaDd])_")
_WORKSHEET_PART = re.compile(r"xl/worksheets/[^/]*\.xml", re.IGNORECASE)
_FORMULA = re.compile(rb"<(\w+:)?f[ >/]")


def read_xlsx(data: bytes, *, name: str, worksheet: str | None) -> Sheet:
    """Read one worksheet of an XLSX workbook whose container was checked.

    Raises:
        UnreadableSheet: When it cannot be read.
    """
    from openpyxl import load_workbook

    def workbook(*, values: bool) -> Any:
        return load_workbook(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)

    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it would lose on writing; nothing is
            # written here.
            warnings.simplefilter("ignore")
            stored = workbook(values=True)
            written = workbook(values=False) if _has_formulas(data) else None
            worksheets = [
                Worksheet(
                    title=sheet.title,
                    hidden=sheet.sheet_state != "visible",
                    rows=_Rows(sheet, written[sheet.title] if written else None),
                )
                for sheet in stored.worksheets
            ]
            return read_worksheet(worksheets, name=name, file_format="xlsx", wanted=worksheet)
    except UnreadableSheet:
        raise
    except Exception as exc:
        # On a damaged part openpyxl raises whatever its parts raise (KeyError, TypeError,
        # ParseError, zlib.error, …): to the person it is one and the same.
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name)) from exc


def _has_formulas(data: bytes) -> bool:
    """True when any worksheet has formulas: only then is it worth reading twice."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            if _WORKSHEET_PART.fullmatch(entry.filename):
                with archive.open(entry) as part:
                    tail = b""
                    while chunk := part.read(_CHUNK):
                        if _FORMULA.search(tail + chunk):
                            return True
                        tail = chunk[-16:]
    return False


class _Rows:
    """The rows of one worksheet.

    Args:
        stored: The worksheet with the results of formulas.
        written: The same with the formulas themselves, None when the workbook has none.
    """

    def __init__(self, stored: Any, written: Any | None) -> None:
        self._stored = stored
        self._written = written
        for sheet in (stored, written):
            if sheet is not None:
                sheet.reset_dimensions()  # some writers declare them wrongly, or a million rows

    def __call__(self) -> Iterator[SheetRow]:
        formulas = self._written.iter_rows() if self._written is not None else None
        for number, cells in enumerate(self._stored.iter_rows(), start=1):
            beside = next(formulas) if formulas is not None else ()
            # A stray cell far below makes a million of these; a forged one ends at the limit.
            if not cells and number <= MAX_SHEET_ROWS:
                continue
            uncalculated = frozenset(
                position
                for position, cell in enumerate(beside)
                if cell.data_type == "f"
                and cells[position].value is None
                # An empty text is a result too, and is stored as text.
                and cells[position].data_type not in ("s", "str")
            )
            yield SheetRow(number, tuple(map(_text, cells)), uncalculated)


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return _LINE_ENDS.sub(_line_end, value) if "_x000" in value else value
    return show(value, cell.number_format or "General")


def _line_end(escaped: re.Match[str]) -> str:
    return {"9": "\t", "a": "\n", "d": "\r"}[escaped[1].lower()]

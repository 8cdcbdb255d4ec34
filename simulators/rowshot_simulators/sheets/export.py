"""A worksheet as a file, with the conventions of Google's own exports.

What a cell shows is what a CSV export writes: TRUE and FALSE for checkboxes, formatted numbers,
nothing for ``=IMAGE``. An XLSX export keeps types, number formats and formulas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from .cells import Cell, Formula, effective, pattern_of
from .model import Worksheet

CSV_TYPE = "text/csv"
TSV_TYPE = "text/tab-separated-values"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def to_csv(sheet: Worksheet, delimiter: str = ",") -> bytes:
    """UTF-8 without BOM, CRLF between rows, none after the last, rows padded to one width."""
    rows = sheet.shown_rows()
    width = max((len(row) for row in rows), default=0)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow(row + [""] * (width - len(row)))
    return text.getvalue().removesuffix("\r\n").encode()


def to_xlsx(sheets: Sequence[Worksheet]) -> bytes:
    """A workbook of typed cells; formulas that Excel lacks would show their last value there."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        for r, row in enumerate(sheet.rows, 1):
            for c, cell in enumerate(row, 1):
                if cell is not None and not cell.blank:
                    _put(page.cell(r, c), cell)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _put(target: object, cell: Cell) -> None:
    from openpyxl.cell.cell import Cell as XlsxCell

    if not isinstance(target, XlsxCell):
        raise TypeError("a merged cell cannot be written")
    if isinstance(cell.value, Formula):
        target.value = cell.value.text
        return
    value = effective(cell.value)
    target.value = None if isinstance(value, Formula) else value
    if isinstance(value, str):
        target.data_type = "s"  # openpyxl would make a formula of a text that starts with "="
    if pattern := pattern_of(cell):
        target.number_format = pattern

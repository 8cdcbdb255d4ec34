"""A scripted person at work in a worksheet, while a program writes to it.

Whatever a person does goes through the same batch requests as the API's, as the owner: without a
token and outside the quotas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .cells import Formula, to_json

Apply = Callable[[list[dict[str, Any]]], Any]
Look = Callable[[], list[list[str]]]


class Person:
    """Acts on one worksheet. Rows are numbered as the sheet shows them: the first is 1.

    Args:
        sheet_id: The worksheet.
        apply: Runs a list of batch requests.
        look: What the worksheet shows now.
    """

    def __init__(self, sheet_id: int, apply: Apply, look: Look) -> None:
        self._sheet_id = sheet_id
        self._apply = apply
        self._look = look

    def column(self, header: str, header_row: int = 1) -> int:
        """The zero-based column under a header."""
        return self._look()[header_row - 1].index(header)

    def row_of(self, header: str, value: str) -> int:
        """The number of the first row whose cell under a header shows a value."""
        column = self.column(header)
        for number, row in enumerate(self._look(), 1):
            if number > 1 and column < len(row) and row[column] == value:
                return number
        raise LookupError(f"no row shows {value!r} under {header!r}")

    def sort(self, header: str, *, descending: bool = False) -> None:
        """Sorts every row below the header row by a column."""
        order = "DESCENDING" if descending else "ASCENDING"
        spec = {"dimensionIndex": self.column(header), "sortOrder": order}
        area = {"sheetId": self._sheet_id, "startRowIndex": 1}
        self._apply([{"sortRange": {"range": area, "sortSpecs": [spec]}}])

    def insert_rows(self, before: int, rows: Sequence[Sequence[Any]]) -> None:
        """Inserts rows above a row number and fills them from column A."""
        self._apply(
            [
                {"insertDimension": {"range": self._span("ROWS", before - 1, len(rows))}},
                self._fill(before - 1, 0, rows),
            ]
        )

    def delete_row(self, number: int) -> None:
        """Deletes a row."""
        self._apply([{"deleteDimension": {"range": self._span("ROWS", number - 1, 1)}}])

    def insert_column(self, before: int, header: str = "") -> None:
        """Inserts a column to the left of a zero-based one."""
        self._apply(
            [
                {"insertDimension": {"range": self._span("COLUMNS", before, 1)}},
                self._fill(0, before, [[header]]),
            ]
        )

    def delete_column(self, column: int) -> None:
        """Deletes a zero-based column."""
        self._apply([{"deleteDimension": {"range": self._span("COLUMNS", column, 1)}}])

    def edit(self, number: int, header: str, value: Any) -> None:
        """Types a value (text as text, ``Formula`` as a formula) into a row's cell."""
        self._apply([self._fill(number - 1, self.column(header), [[value]])])

    def rename_header(self, old: str, new: str) -> None:
        """Retitles a column."""
        self._apply([self._fill(0, self.column(old), [[new]])])

    def tick(self, number: int, header: str, ticked: bool = True) -> None:
        """Makes a checkbox of a cell and ticks or unticks it."""
        column = self.column(header)
        area = {
            "sheetId": self._sheet_id,
            "startRowIndex": number - 1,
            "endRowIndex": number,
            "startColumnIndex": column,
            "endColumnIndex": column + 1,
        }
        rule = {"condition": {"type": "BOOLEAN"}}
        self._apply(
            [
                {"setDataValidation": {"range": area, "rule": rule}},
                self._fill(number - 1, column, [[ticked]]),
            ]
        )

    def protect(self, column0: int, column1: int) -> None:
        """Protects columns (half open) from everybody but the owner."""
        area = {
            "sheetId": self._sheet_id,
            "startColumnIndex": column0,
            "endColumnIndex": column1,
        }
        self._apply([{"addProtectedRange": {"protectedRange": {"range": area}}}])

    def _span(self, dimension: str, start: int, count: int) -> dict[str, Any]:
        return {
            "sheetId": self._sheet_id,
            "dimension": dimension,
            "startIndex": start,
            "endIndex": start + count,
        }

    def _fill(self, row: int, column: int, rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
        data = [{"values": [{"userEnteredValue": _entered(v)} for v in values]} for values in rows]
        start = {"sheetId": self._sheet_id, "rowIndex": row, "columnIndex": column}
        return {"updateCells": {"rows": data, "fields": "userEnteredValue", "start": start}}


def _entered(value: Any) -> Mapping[str, Any]:
    if value is None or isinstance(value, str | int | float | Formula):
        return to_json(value) or {}
    raise TypeError(f"not a cell's value: {value!r}")

"""The ``spreadsheets.values`` methods.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .a1 import Area, format_area
from .cells import raw_input, rendered, user_input, with_value
from .errors import invalid
from .model import Spreadsheet, Worksheet, beyond_grid, trimmed

_RENDER = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")


def get_values(document: Spreadsheet, text: str, params: Mapping[str, str]) -> dict[str, Any]:
    """``values.get``: a ``ValueRange``, trimmed; ``values`` is absent when all is empty."""
    option = params.get("valueRenderOption", _RENDER[0])
    if option not in _RENDER:
        raise invalid(f"Invalid value at 'value_render_option': \"{option}\"")
    major = params.get("majorDimension", "ROWS")
    sheet, area = document.readable(text)
    rows = trimmed([[rendered(cell, option) for cell in row] for row in sheet.window(area)])
    if major == "COLUMNS":
        rows = _transposed(rows)
    answer: dict[str, Any] = {"range": format_area(sheet.title, area), "majorDimension": major}
    if rows:
        answer["values"] = rows
    return answer


def update_values(
    document: Spreadsheet, text: str, body: Mapping[str, Any], option: str | None, user: str
) -> dict[str, Any]:
    """``values.update``: writes within the range; null skips a cell, "" empties it.

    Raises:
        ApiError: Beyond the range, beyond the grid, protected, or no ``valueInputOption``.
    """
    sheet, area = document.locate(text)
    rows = _rows_of(body)
    height, width = len(rows), max((len(row) for row in rows), default=0)
    target = _target(sheet, area, height, width)
    document.guard(sheet.sheet_id, target, user)
    cells = _write(sheet, target.row0, target.col0, rows, option)
    return {
        "spreadsheetId": document.spreadsheet_id,
        "updatedRange": format_area(sheet.title, target),
        "updatedRows": height,
        "updatedColumns": width,
        "updatedCells": cells,
    }


def batch_update_values(
    document: Spreadsheet, body: Mapping[str, Any], user: str
) -> dict[str, Any]:
    """``values.batchUpdate``: several ranges at once, all or none."""
    option = body.get("valueInputOption")
    answers = [
        update_values(document, part["range"], part, option, user) for part in body.get("data", ())
    ]
    return {
        "spreadsheetId": document.spreadsheet_id,
        "totalUpdatedRows": sum(a["updatedRows"] for a in answers),
        "totalUpdatedColumns": sum(a["updatedColumns"] for a in answers),
        "totalUpdatedCells": sum(a["updatedCells"] for a in answers),
        "totalUpdatedSheets": len({a["updatedRange"].rpartition("!")[0] for a in answers}),
        "responses": answers,
    }


def append_values(
    document: Spreadsheet,
    text: str,
    body: Mapping[str, Any],
    params: Mapping[str, str],
    user: str,
) -> dict[str, Any]:
    """``values.append``: after the table at the range, growing the grid when it is full."""
    sheet, area = document.readable(text)
    rows = _rows_of(body)
    table = _table(sheet, area)
    row, col = (table.row1 or 0, table.col0) if table else (area.row0, area.col0)
    width = max((len(line) for line in rows), default=0)
    if params.get("insertDataOption") == "INSERT_ROWS":
        sheet.rows[row:row] = [[] for _ in rows] if row < len(sheet.rows) else []
        sheet.row_count += len(rows)
    sheet.row_count = max(sheet.row_count, row + len(rows))
    sheet.col_count = max(sheet.col_count, col + width)
    target = Area(row, row + len(rows), col, col + width)
    document.guard(sheet.sheet_id, target, user)
    cells = _write(sheet, row, col, rows, params.get("valueInputOption"))
    answer: dict[str, Any] = {"spreadsheetId": document.spreadsheet_id}
    if table:
        answer["tableRange"] = format_area(sheet.title, table)
    answer["updates"] = {
        "spreadsheetId": document.spreadsheet_id,
        "updatedRange": format_area(sheet.title, target),
        "updatedRows": len(rows),
        "updatedColumns": width,
        "updatedCells": cells,
    }
    return answer


def clear_values(document: Spreadsheet, text: str, user: str) -> str:
    """``values.clear``: empties values and keeps formats. Returns the cleared range."""
    sheet, area = document.readable(text)
    document.guard(sheet.sheet_id, area, user)
    for row in range(area.row0, min(area.row1 or 0, len(sheet.rows))):
        for col in range(area.col0, min(area.col1 or 0, len(sheet.rows[row]))):
            if cell := sheet.get(row, col):
                sheet.put(row, col, with_value(cell, None))
    return format_area(sheet.title, area)


def _rows_of(body: Mapping[str, Any]) -> list[list[Any]]:
    rows = body.get("values") or []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise invalid(
            "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue)"
        )
    return _transposed(rows) if body.get("majorDimension") == "COLUMNS" else rows


def _transposed(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    width = max((len(row) for row in rows), default=0)
    return trimmed([[row[c] if c < len(row) else "" for row in rows] for c in range(width)])


def _target(sheet: Worksheet, area: Area, height: int, width: int) -> Area:
    """Where an update lands: from the range's start, within its end and within the grid."""
    row1, col1 = area.row0 + max(height, 1), area.col0 + max(width, 1)
    single = area.row1 == area.row0 + 1 and area.col1 == area.col0 + 1
    if not single:
        asked = f"Requested writing within range [{format_area(sheet.title, area)}]"
        if area.row1 is not None and row1 > area.row1:
            raise invalid(f"{asked}, but tried writing to row [{area.row1 + 1}]")
        if area.col1 is not None and col1 > area.col1:
            raise invalid(f"{asked}, but tried writing to column [{area.col1 + 1}]")
    target = Area(area.row0, row1, area.col0, col1)
    if row1 > sheet.row_count or col1 > sheet.col_count:
        raise beyond_grid(sheet, target)
    return target


def _write(
    sheet: Worksheet, row0: int, col0: int, rows: Sequence[Sequence[Any]], option: str | None
) -> int:
    """Writes plain values and returns how many cells were set."""
    if option not in ("RAW", "USER_ENTERED"):
        raise invalid("'valueInputOption' is required but not specified")
    count = 0
    for r, row in enumerate(rows):
        for c, given in enumerate(row):
            if given is None:
                continue
            value, pattern = (
                user_input(given) if option == "USER_ENTERED" else (raw_input(given), None)
            )
            sheet.put(row0 + r, col0 + c, with_value(sheet.get(row0 + r, col0 + c), value, pattern))
            count += 1
    return count


def _filled(sheet: Worksheet, row: int, col0: int, col1: int) -> bool:
    """Whether a row has anything within some columns."""
    if row >= len(sheet.rows):
        return False
    return any(cell and not cell.blank for cell in sheet.rows[row][col0:col1])


def _table(sheet: Worksheet, area: Area) -> Area | None:
    """The last table that lies in an area: its rows without a gap, and the columns they use."""
    col1 = area.col1 or 0
    rows = [
        r
        for r in range(area.row0, min(area.row1 or 0, len(sheet.rows)))
        if _filled(sheet, r, area.col0, col1)
    ]
    if not rows:
        return None
    last = rows[-1]
    while _filled(sheet, last + 1, 0, sheet.col_count):
        last += 1
    first = last
    while first > 0 and _filled(sheet, first - 1, 0, sheet.col_count):
        first -= 1
    used = [
        c
        for r in range(first, last + 1)
        for c, cell in enumerate(sheet.rows[r])
        if cell and not cell.blank
    ]
    return Area(first, last + 1, min(used), max(used) + 1)

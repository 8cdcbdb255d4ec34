"""The requests of a batch that change cells: ``updateCells``, ``appendCells``, ``repeatCell``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .a1 import Area
from .cells import EMPTY, Cell, from_json
from .errors import invalid
from .masks import Mask, parse_mask
from .model import Spreadsheet, Worksheet


def grid_area(document: Spreadsheet, grid: Mapping[str, Any]) -> tuple[Worksheet, Area]:
    """The worksheet and area of a ``GridRange``, which must start within the grid."""
    sheet = document.by_id(int(grid.get("sheetId", 0)))
    area = Area(
        int(grid.get("startRowIndex", 0)),
        grid.get("endRowIndex"),
        int(grid.get("startColumnIndex", 0)),
        grid.get("endColumnIndex"),
    )
    if area.row0 >= sheet.row_count:
        raise invalid(_after("GridRange.startRowIndex", area.row0, "row", sheet.row_count))
    if area.col0 >= sheet.col_count:
        raise invalid(_after("GridRange.startColumnIndex", area.col0, "column", sheet.col_count))
    return sheet, area


def _after(name: str, index: int, kind: str, size: int) -> str:
    return f"{name}[{index}] is after last {kind} in grid[{size}]"


def _mask(arguments: Mapping[str, Any]) -> Mask:
    fields = arguments.get("fields")
    if not fields:
        raise invalid(
            "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    return parse_mask(fields)


def _merged(old: Cell | None, data: Mapping[str, Any], mask: Mask) -> Cell:
    """A cell with the masked fields taken from ``CellData``; what the data lack is cleared."""
    cell = old or EMPTY
    every = "*" in mask
    if every or "userEnteredValue" in mask:
        cell = replace(cell, value=from_json(data.get("userEnteredValue")))
    if every or "userEnteredFormat" in mask:
        wanted = mask.get("userEnteredFormat") or {}
        given = data.get("userEnteredFormat") or {}
        if wanted and "*" not in wanted:
            given = {**(cell.format or {}), **{k: given[k] for k in wanted if k in given}}
        cell = replace(cell, format=given or None)
    if every or "dataValidation" in mask:
        cell = replace(cell, validation=data.get("dataValidation") or None)
    if every or "note" in mask:
        cell = replace(cell, note=data.get("note") or None)
    return cell


def update_cells(document: Spreadsheet, arguments: Mapping[str, Any], user: str) -> dict[str, Any]:
    """``updateCells``, by ``start`` or by ``range`` (which clears what the rows do not cover)."""
    mask, rows = _mask(arguments), arguments.get("rows") or []
    height = len(rows)
    width = max((len(row.get("values") or ()) for row in rows), default=0)
    if "range" in arguments:
        sheet, area = grid_area(document, arguments["range"])
        area = area.within(sheet.row_count, sheet.col_count)
    else:
        sheet, area = _from_start(document, arguments.get("start") or {}, height, width)
    _fits(area, height, width)
    document.guard(sheet.sheet_id, area, user)
    for row in range(area.row0, area.row1 or 0):
        given = rows[row - area.row0].get("values") or () if row - area.row0 < height else ()
        end = (area.col1 or 0) if "range" in arguments else area.col0 + len(given)
        for col in range(area.col0, end):
            data = given[col - area.col0] if col - area.col0 < len(given) else {}
            sheet.put(row, col, _merged(sheet.get(row, col), data, mask))
    return {}


def _from_start(
    document: Spreadsheet, start: Mapping[str, Any], height: int, width: int
) -> tuple[Worksheet, Area]:
    """The area that rows cover from a ``GridCoordinate``; it must lie in the grid."""
    sheet = document.by_id(int(start.get("sheetId", 0)))
    row, col = int(start.get("rowIndex", 0)), int(start.get("columnIndex", 0))
    if row >= sheet.row_count:
        raise invalid(_after("GridCoordinate.rowIndex", row, "row", sheet.row_count))
    if col >= sheet.col_count:
        raise invalid(_after("GridCoordinate.columnIndex", col, "column", sheet.col_count))
    _fits(Area(row, sheet.row_count, col, sheet.col_count), height, width)
    return sheet, Area(row, row + height, col, col + width)


def _fits(area: Area, height: int, width: int) -> None:
    if area.row0 + height > (area.row1 or 0):
        raise invalid(
            f"Attempting to write row: {area.row1}, beyond the last requested row of: "
            f"{(area.row1 or 0) - 1}"
        )
    if area.col0 + width > (area.col1 or 0):
        raise invalid(
            f"Attempting to write column: {area.col1}, beyond the last requested column of: "
            f"{(area.col1 or 0) - 1}"
        )


def append_cells(document: Spreadsheet, arguments: Mapping[str, Any], user: str) -> dict[str, Any]:
    """``appendCells``: after the last row with data, growing the grid as needed."""
    mask, rows = _mask(arguments), arguments.get("rows") or []
    sheet = document.by_id(int(arguments.get("sheetId", 0)))
    row0 = len(sheet.rows)
    while row0 and not any(cell and not cell.blank for cell in sheet.rows[row0 - 1]):
        row0 -= 1
    width = max((len(row.get("values") or ()) for row in rows), default=0)
    document.guard(sheet.sheet_id, Area(row0, row0 + len(rows), 0, width), user)
    sheet.row_count = max(sheet.row_count, row0 + len(rows))
    sheet.col_count = max(sheet.col_count, width)
    for r, row in enumerate(rows):
        for c, data in enumerate(row.get("values") or ()):
            sheet.put(row0 + r, c, _merged(sheet.get(row0 + r, c), data, mask))
    return {}


def repeat_cell(document: Spreadsheet, arguments: Mapping[str, Any], user: str) -> dict[str, Any]:
    """``repeatCell``: the same data over a whole range; formulas are not shifted here."""
    mask = _mask(arguments)
    sheet, area = grid_area(document, arguments["range"])
    area = area.within(sheet.row_count, sheet.col_count)
    document.guard(sheet.sheet_id, area, user)
    for row in range(area.row0, area.row1 or 0):
        for col in range(area.col0, area.col1 or 0):
            sheet.put(row, col, _merged(sheet.get(row, col), arguments.get("cell") or {}, mask))
    return {}


def set_data_validation(
    document: Spreadsheet, arguments: Mapping[str, Any], user: str
) -> dict[str, Any]:
    """``setDataValidation``: sets or, without a rule, clears it; how checkboxes are made."""
    sheet, area = grid_area(document, arguments["range"])
    area = area.within(sheet.row_count, sheet.col_count)
    document.guard(sheet.sheet_id, area, user)
    rule = arguments.get("rule")
    checkbox = ((rule or {}).get("condition") or {}).get("type") == "BOOLEAN"
    for row in range(area.row0, area.row1 or 0):
        for col in range(area.col0, area.col1 or 0):
            cell = replace(sheet.get(row, col) or EMPTY, validation=rule)
            if checkbox and cell.blank:
                cell = replace(cell, value=False)
            sheet.put(row, col, cell)
    return {}


HANDLERS = {
    "updateCells": update_cells,
    "appendCells": append_cells,
    "repeatCell": repeat_cell,
    "setDataValidation": set_data_validation,
}

"""``spreadsheets.get``: the document as JSON, with or without its cells.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/get
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .a1 import Area
from .cells import EMPTY, Cell, effective, shown, to_json
from .masks import Mask, apply_mask, below
from .model import Protection, Spreadsheet, Worksheet

_CELL_FIELDS = (
    "userEnteredValue",
    "effectiveValue",
    "formattedValue",
    "userEnteredFormat",
    "dataValidation",
    "note",
)


def spreadsheet_json(
    document: Spreadsheet, ranges: Sequence[str], fields: str | None, grid_data: bool, mask: Mask
) -> dict[str, Any]:
    """The ``Spreadsheet`` resource.

    Args:
        document: What to show.
        ranges: Only these ranges, and only the worksheets that they lie in; all when empty.
        fields: The mask's text; with one, ``includeGridData`` is ignored and the mask decides.
        grid_data: ``includeGridData``.
        mask: The parsed mask.

    Raises:
        ApiError: A range that cannot be parsed or starts outside its grid.
    """
    areas: dict[int, list[Area]] = {}
    for text in ranges:
        sheet, area = document.readable(text)
        areas.setdefault(sheet.sheet_id, []).append(area)
    cell_mask = below(mask, "sheets", "data") if fields else ({} if grid_data else None)
    sheets: list[dict[str, Any]] = []
    data: dict[int, list[dict[str, Any]]] = {}
    order: list[int] = []
    for index, sheet in enumerate(document.sheets):
        if ranges and sheet.sheet_id not in areas:
            continue
        entry = _sheet_json(document, sheet, index)
        order.append(index)
        if cell_mask is not None:
            wanted = areas.get(sheet.sheet_id) or [Area().within(sheet.row_count, sheet.col_count)]
            values = below(cell_mask, "rowData", "values")
            grids = [_grid_json(sheet, area, values) for area in wanted]
            # The cells are masked already; what is left of the mask must not walk through them.
            data[index] = [{k: v for k, v in g.items() if _passes(cell_mask, k)} for g in grids]
        sheets.append(entry)
    whole = {
        "spreadsheetId": document.spreadsheet_id,
        "properties": {
            "title": document.title,
            "locale": "en_US",
            "autoRecalc": "ON_CHANGE",
            "timeZone": "Etc/GMT",
        },
        "sheets": sheets,
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{document.spreadsheet_id}/edit",
    }
    masked: dict[str, Any] = apply_mask(mask, whole) if fields else whole
    for index, entry in zip(order, masked.get("sheets", ()), strict=False):
        if index in data:
            entry["data"] = data[index]
    return masked


def _passes(mask: Mask, name: str) -> bool:
    return not mask or "*" in mask or name in mask


def cell_json(cell: Cell | None, mask: Mask) -> dict[str, Any]:
    """``CellData`` as far as a mask wants it; ``{}`` for an empty cell."""
    if cell is None:
        return {}
    wanted = _CELL_FIELDS if not mask or "*" in mask else [f for f in _CELL_FIELDS if f in mask]
    answer: dict[str, Any] = {}
    for name in wanted:
        if (value := _cell_field(cell, name)) is not None:
            answer[name] = value
    return answer


def protection_json(protection: Protection) -> dict[str, Any]:
    """``ProtectedRange``."""
    return {**protection.source, "protectedRangeId": protection.protected_id}


def _cell_field(cell: Cell, name: str) -> Any:
    match name:
        case "userEnteredValue":
            return to_json(cell.value)
        case "effectiveValue":
            return to_json(effective(cell.value))
        case "formattedValue":
            return shown(cell) or None
        case "userEnteredFormat":
            return dict(cell.format) if cell.format else None
        case "dataValidation":
            return dict(cell.validation) if cell.validation else None
        case _:
            return cell.note


def _sheet_json(document: Spreadsheet, sheet: Worksheet, index: int) -> dict[str, Any]:
    entry: dict[str, Any] = {"properties": sheet.properties(index)}
    protected = [protection_json(p) for p in document.protections if p.sheet_id == sheet.sheet_id]
    if protected:
        entry["protectedRanges"] = protected
    return entry


def _grid_json(sheet: Worksheet, area: Area, values: Mask | None) -> dict[str, Any]:
    """``GridData``: start (zero left out) and rows, trailing empty cells and rows trimmed."""
    answer: dict[str, Any] = {}
    if area.row0:
        answer["startRow"] = area.row0
    if area.col0:
        answer["startColumn"] = area.col0
    rows = []
    for line in sheet.window(area):
        while line and (line[-1] is None or line[-1] == EMPTY):
            line.pop()
        cells = [cell_json(cell, values) for cell in line] if values is not None else []
        rows.append({"values": cells} if cells else {})
    while rows and not rows[-1]:
        rows.pop()
    if rows:
        answer["rowData"] = rows
    return answer

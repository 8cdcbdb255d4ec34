"""The requests of a batch that change a document's structure: worksheets, rows, columns, order."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .a1 import Area
from .batch_cells import grid_area
from .cells import Cell, effective
from .errors import invalid
from .masks import parse_mask
from .model import DEFAULT_COLUMNS, DEFAULT_ROWS, Protection, Spreadsheet, Worksheet
from .resource import protection_json


def add_sheet(document: Spreadsheet, arguments: Mapping[str, Any], user: str) -> dict[str, Any]:
    """``addSheet``."""
    given = arguments.get("properties") or {}
    taken = {sheet.sheet_id for sheet in document.sheets}
    title = given.get("title") or f"Sheet{len(document.sheets) + 1}"
    if document.by_title(title):
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')
    sheet_id = given.get("sheetId", secrets.randbelow(2**31))
    if sheet_id in taken:
        raise invalid(f"A sheet with id: {sheet_id} already exists.")
    grid = given.get("gridProperties") or {}
    sheet = Worksheet(
        sheet_id,
        title,
        int(grid.get("rowCount", DEFAULT_ROWS)),
        int(grid.get("columnCount", DEFAULT_COLUMNS)),
        frozen_rows=int(grid.get("frozenRowCount", 0)),
    )
    index = int(given.get("index", len(document.sheets)))
    document.sheets.insert(index, sheet)
    return {"addSheet": {"properties": sheet.properties(index)}}


def delete_sheet(document: Spreadsheet, arguments: Mapping[str, Any], user: str) -> dict[str, Any]:
    """``deleteSheet``; a document keeps at least one."""
    sheet = document.by_id(int(arguments.get("sheetId", 0)))
    if len(document.sheets) == 1:
        raise invalid("You can't remove all the sheets in a document.")
    document.guard(sheet.sheet_id, Area(), user)
    document.sheets.remove(sheet)
    return {}


def update_sheet(document: Spreadsheet, arguments: Mapping[str, Any], user: str) -> dict[str, Any]:
    """``updateSheetProperties``: title, place, grid size, frozen rows; others are kept as data."""
    given = arguments.get("properties") or {}
    mask = parse_mask(arguments.get("fields") or "*")
    sheet = document.by_id(int(given.get("sheetId", 0)))
    names = set(given) if "*" in mask else set(mask)
    if "title" in names:
        other = document.by_title(given["title"])
        if other and other is not sheet:
            raise invalid(f'Cannot update title: a sheet named "{given["title"]}" already exists.')
        sheet.title = given["title"]
    if "index" in names:
        document.sheets.remove(sheet)
        document.sheets.insert(int(given.get("index", 0)), sheet)
    if "gridProperties" in names:
        _resize(sheet, given.get("gridProperties") or {}, mask.get("gridProperties") or {})
    for name in names - {"title", "index", "gridProperties", "sheetId"}:
        sheet.extra[name] = given.get(name)
    return {}


def _resize(sheet: Worksheet, grid: Mapping[str, Any], mask: Mapping[str, Any]) -> None:
    for name in mask or grid:
        match name:
            case "rowCount":
                sheet.row_count = int(grid["rowCount"])
                del sheet.rows[sheet.row_count :]
            case "columnCount":
                sheet.col_count = int(grid["columnCount"])
                for row in sheet.rows:
                    del row[sheet.col_count :]
            case "frozenRowCount":
                sheet.frozen_rows = int(grid.get("frozenRowCount", 0))
            case "frozenColumnCount":
                sheet.frozen_cols = int(grid.get("frozenColumnCount", 0))
            case _:
                sheet.extra.setdefault("gridProperties", {})[name] = grid.get(name)


def _dimension(document: Spreadsheet, span: Mapping[str, Any]) -> tuple[Worksheet, bool, int, int]:
    """A ``DimensionRange`` as (worksheet, is rows, start, end)."""
    sheet = document.by_id(int(span.get("sheetId", 0)))
    if span.get("dimension") not in ("ROWS", "COLUMNS"):
        raise invalid("No dimension specified.")
    rows = span["dimension"] == "ROWS"
    size = sheet.row_count if rows else sheet.col_count
    start, end = int(span.get("startIndex", 0)), int(span.get("endIndex", size))
    if start >= end:
        raise invalid(f"range.endIndex[{end}] must be greater than range.startIndex[{start}]")
    return sheet, rows, start, end


def insert_dimension(
    document: Spreadsheet, arguments: Mapping[str, Any], user: str
) -> dict[str, Any]:
    """``insertDimension``: empty rows or columns; everything after them moves."""
    sheet, rows, start, end = _dimension(document, arguments.get("range") or {})
    size = sheet.row_count if rows else sheet.col_count
    if start > size or (start == size and not arguments.get("inheritFromBefore")):
        kind = "row" if rows else "column"
        raise invalid(f"range.startIndex[{start}] is after last {kind} in grid[{size}]")
    count = end - start
    if rows:
        if start < len(sheet.rows):
            sheet.rows[start:start] = [[] for _ in range(count)]
        sheet.row_count += count
    else:
        for row in sheet.rows:
            if start < len(row):
                row[start:start] = [None] * count
        sheet.col_count += count
    _shift(document, sheet, rows, lambda edge: edge + count if edge >= start else edge)
    return {}


def delete_dimension(
    document: Spreadsheet, arguments: Mapping[str, Any], user: str
) -> dict[str, Any]:
    """``deleteDimension``."""
    sheet, rows, start, end = _dimension(document, arguments.get("range") or {})
    area = Area(start, end) if rows else Area(0, None, start, end)
    document.guard(sheet.sheet_id, area, user)
    size = sheet.row_count if rows else sheet.col_count
    if start >= size or end > size:
        raise invalid(f"range.endIndex[{end}] is after last dimension in grid[{size}]")
    if end - start == size:
        raise invalid(f"You can't delete all the {'rows' if rows else 'columns'} on the sheet.")
    if rows:
        del sheet.rows[start:end]
        sheet.row_count -= end - start
    else:
        for row in sheet.rows:
            del row[start:end]
        sheet.col_count -= end - start
    _shift(document, sheet, rows, lambda edge: edge - max(0, min(edge, end) - start))
    return {}


def _shift(document: Spreadsheet, sheet: Worksheet, rows: bool, move: Callable[[int], int]) -> None:
    """Moves the protected ranges of a worksheet along with its rows or columns."""

    def moved(edge: int | None) -> int | None:
        return None if edge is None else move(edge)

    for protection in document.protections:
        if protection.sheet_id != sheet.sheet_id:
            continue
        area = protection.area
        if rows:
            # An edge at the insertion point grows, or the range's own last row would fall out.
            protection.area = replace(area, row0=move(area.row0), row1=moved(area.row1))
        else:
            protection.area = replace(area, col0=move(area.col0), col1=moved(area.col1))


def append_dimension(
    document: Spreadsheet, arguments: Mapping[str, Any], user: str
) -> dict[str, Any]:
    """``appendDimension``: empty rows or columns at the end."""
    sheet = document.by_id(int(arguments.get("sheetId", 0)))
    length = int(arguments.get("length", 0))
    if length < 1:
        raise invalid(f"length[{length}] must be greater than zero.")
    if arguments.get("dimension") == "ROWS":
        sheet.row_count += length
    else:
        sheet.col_count += length
    return {}


def move_dimension(
    document: Spreadsheet, arguments: Mapping[str, Any], user: str
) -> dict[str, Any]:
    """``moveDimension``: the destination counts before the removal, as Google documents it."""
    sheet, rows, start, end = _dimension(document, arguments.get("source") or {})
    target = int(arguments.get("destinationIndex", 0))
    if start < target < end:
        raise invalid("The destination lies within the source.")
    at = target - (end - start) if target >= end else target
    if rows:
        _move(sheet.rows, start, end, at, sheet.row_count, [])
    else:
        for row in sheet.rows:
            _move(row, start, end, at, sheet.col_count, None)
    return {}


def _move(items: list[Any], start: int, end: int, at: int, size: int, blank: Any) -> None:
    items.extend(([] if blank == [] else blank) for _ in range(size - len(items)))
    moved = items[start:end]
    del items[start:end]
    items[at:at] = moved


def sort_range(document: Spreadsheet, arguments: Mapping[str, Any], user: str) -> dict[str, Any]:
    """``sortRange``: numbers, then texts, then booleans; blanks always last; stable."""
    sheet, area = grid_area(document, arguments.get("range") or {})
    area = area.within(sheet.row_count, sheet.col_count)
    document.guard(sheet.sheet_id, area, user)
    rows = range(area.row0, min(area.row1 or 0, len(sheet.rows)))
    lines = [[sheet.get(r, c) for c in range(area.col0, area.col1 or 0)] for r in rows]
    for spec in reversed(arguments.get("sortSpecs") or []):
        column = int(spec.get("dimensionIndex", 0)) - area.col0
        down = spec.get("sortOrder") == "DESCENDING"
        blank = [line for line in lines if _blank(line[column])]
        filled = [line for line in lines if not _blank(line[column])]
        filled.sort(key=lambda line: _order(line[column]), reverse=down)
        lines = filled + blank
    for row, line in zip(rows, lines, strict=True):
        for c, cell in enumerate(line):
            sheet.put(row, area.col0 + c, cell)
    return {}


def _blank(cell: Cell | None) -> bool:
    return cell is None or cell.blank


def _order(cell: Cell | None) -> tuple[int, float, str]:
    value = effective(cell.value) if cell else None
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, str(value or "").casefold()


def add_protection(
    document: Spreadsheet, arguments: Mapping[str, Any], user: str
) -> dict[str, Any]:
    """``addProtectedRange``; without editors only the owner and who added it may edit."""
    source = dict(arguments.get("protectedRange") or {})
    sheet, area = grid_area(document, source.get("range") or {})
    editors = dict(source.get("editors") or {})
    editors["users"] = sorted({*(editors.get("users") or ()), user})
    source["editors"] = editors
    source["range"] = {**(source.get("range") or {}), "sheetId": sheet.sheet_id}
    protection = Protection(
        int(source.get("protectedRangeId") or secrets.randbelow(2**31)),
        sheet.sheet_id,
        area,
        source,
    )
    document.protections.append(protection)
    return {"addProtectedRange": {"protectedRange": protection_json(protection)}}


def delete_protection(
    document: Spreadsheet, arguments: Mapping[str, Any], user: str
) -> dict[str, Any]:
    """``deleteProtectedRange``."""
    wanted = int(arguments.get("protectedRangeId", 0))
    kept = [p for p in document.protections if p.protected_id != wanted]
    if len(kept) == len(document.protections):
        raise invalid(f"No protected range with id: {wanted}")
    document.protections[:] = kept
    return {}


HANDLERS = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "updateSheetProperties": update_sheet,
    "insertDimension": insert_dimension,
    "deleteDimension": delete_dimension,
    "appendDimension": append_dimension,
    "moveDimension": move_dimension,
    "sortRange": sort_range,
    "addProtectedRange": add_protection,
    "deleteProtectedRange": delete_protection,
}

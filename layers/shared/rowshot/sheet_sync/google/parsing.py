"""``spreadsheets.get`` to a grid."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rowshot.reading.output_columns import Entered, Formula
from rowshot.sheet_sync.projection.grid import NOTHING, Grid, GridCell


def parse_grid(
    sheet: Mapping[str, Any], columns: Collection[int], top_rows: int, read_at: float
) -> Grid:
    """The grid of a ``Sheet`` resource with data for the top rows and some whole columns.

    Args:
        sheet: The resource; its data ranges may come in any order.
        columns: The columns that were asked for, also those that turn out to be empty.
        top_rows: How many rows were asked for in their whole width.
        read_at: The instant of the read.
    """
    properties = sheet["properties"]
    size = properties.get("gridProperties") or {}
    column_count = int(size.get("columnCount", 0))
    whole: dict[int, list[GridCell]] = {c: [] for c in columns if c < column_count}
    top: list[list[GridCell]] = []
    for data in sheet.get("data", ()):
        row0, column0 = int(data.get("startRow", 0)), int(data.get("startColumn", 0))
        for r, line in enumerate(data.get("rowData", ()), row0):
            for c, raw in enumerate(line.get("values", ()), column0):
                if not raw:
                    continue
                cell = _cell(raw)
                if c in whole:
                    _put(whole[c], r, cell)
                if r < top_rows:
                    while len(top) <= r:
                        top.append([])
                    _put(top[r], c, cell)
    return Grid(
        int(properties.get("sheetId", 0)),
        str(properties.get("title", "")),
        int(size.get("rowCount", 0)),
        column_count,
        top,
        whole,
        read_at,
    )


def _put(cells: list[GridCell], at: int, cell: GridCell) -> None:
    cells.extend([NOTHING] * (at + 1 - len(cells)))
    cells[at] = cell


def _cell(raw: Mapping[str, Any]) -> GridCell:
    entered: Entered = None
    for kind, value in (raw.get("userEnteredValue") or {}).items():
        entered = Formula(value) if kind == "formulaValue" else value
    return GridCell(entered, str(raw.get("formattedValue", "")))

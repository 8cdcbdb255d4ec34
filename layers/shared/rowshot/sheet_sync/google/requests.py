"""Updates to the body of one ``spreadsheets.batchUpdate``.

Cells go as typed values, so that a text is a text at Google, whatever it looks like.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rowshot.reading.output_columns import Entered, Formula
from rowshot.sheet_sync.projection.grid import CellWrite, Grid, Updates


def batch_of(grid: Grid, updates: Updates) -> dict[str, Any]:
    """The body: new columns first, then rectangles of neighbouring cells."""
    requests: list[dict[str, Any]] = []
    if updates.new_columns:
        requests.append(
            {
                "appendDimension": {
                    "sheetId": grid.sheet_id,
                    "dimension": "COLUMNS",
                    "length": updates.new_columns,
                }
            }
        )
    requests += [_update(grid.sheet_id, *block) for block in _blocks(updates.cells)]
    return {"requests": requests}


def entered(value: Entered) -> dict[str, Any]:
    """A value as Google's ``CellData``; an empty one clears the cell's value and nothing else."""
    if value is None or value == "":
        return {}
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, int | float):
        return {"userEnteredValue": {"numberValue": value}}
    if isinstance(value, Formula):
        return {"userEnteredValue": {"formulaValue": value.text}}
    return {"userEnteredValue": {"stringValue": value}}


def _update(sheet_id: int, row: int, column: int, rows: list[list[Entered]]) -> dict[str, Any]:
    return {
        "updateCells": {
            "rows": [{"values": [entered(value) for value in line]} for line in rows],
            "fields": "userEnteredValue",
            "start": {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column},
        }
    }


def _blocks(cells: Iterable[CellWrite]) -> list[tuple[int, int, list[list[Entered]]]]:
    """Rectangles (row, column, values) that cover just these cells."""
    by_row: dict[int, dict[int, Entered]] = defaultdict(dict)
    for cell in cells:
        by_row[cell.row][cell.column] = cell.value
    blocks: list[tuple[int, int, list[list[Entered]]]] = []
    open_blocks: dict[tuple[int, int], tuple[int, int, list[list[Entered]]]] = {}
    last = -1
    for row in sorted(by_row):
        segments = _segments(by_row[row])
        kept: dict[tuple[int, int], tuple[int, int, list[list[Entered]]]] = {}
        for column, values in segments:
            shape = (column, len(values))
            block = open_blocks.get(shape) if row == last + 1 else None
            if block is None:
                block = (row, column, [])
                blocks.append(block)
            block[2].append(values)
            kept[shape] = block
        open_blocks, last = kept, row
    return blocks


def _segments(cells: Mapping[int, Entered]) -> list[tuple[int, list[Entered]]]:
    """One row's cells as runs of neighbours."""
    segments: list[tuple[int, list[Entered]]] = []
    for column in sorted(cells):
        if segments and segments[-1][0] + len(segments[-1][1]) == column:
            segments[-1][1].append(cells[column])
        else:
            segments.append((column, [cells[column]]))
    return segments

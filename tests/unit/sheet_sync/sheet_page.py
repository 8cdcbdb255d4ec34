"""A worksheet in memory: what the projection reads from and writes to in unit tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rowshot.reading.output_columns import Entered
from rowshot.sheet_sync.projection import Formula, Grid, GridCell, Layout, Updates, columns_needed
from rowshot.sheet_sync.projection.grid import NOTHING, TOP_ROWS

ORIGIN = "https://cdn.example.com/images/"


def shown(value: Entered) -> str:
    match value:
        case None | Formula():
            return ""
        case bool():
            return str(value).upper()
        case _:
            return str(value)


class Page:
    """A grid of values; rows may be ragged."""

    def __init__(self, rows: Sequence[Sequence[Any]], columns: int = 26) -> None:
        self.columns = columns
        self.rows: list[list[Entered]] = [self._wide(list(row)) for row in rows]

    def _wide(self, row: list[Entered]) -> list[Entered]:
        return row + [None] * (self.columns - len(row))

    def read(self, layout: Layout) -> Grid:
        """A grid with the columns that a real read would have fetched, and no others."""
        top = [self._cells(row) for row in self.rows[:TOP_ROWS]]
        expected = {c for c in layout.expected_columns() if c < self.columns}
        grid = self._grid(top, expected)
        return self._grid(top, columns_needed(grid, layout) | expected)

    def _grid(self, top: list[list[GridCell]], columns: Any) -> Grid:
        lines = {c: self._trim([self._cell(row[c]) for row in self.rows]) for c in columns}
        return Grid(7, "Sheet1", 1000, self.columns, top, lines)

    def apply(self, updates: Updates) -> None:
        self.columns += updates.new_columns
        self.rows = [self._wide(row) for row in self.rows]
        for write in updates.cells:
            assert write.row < 1000 and write.column < self.columns
            while len(self.rows) <= write.row:
                self.rows.append(self._wide([]))
            self.rows[write.row][write.column] = write.value

    def column(self, header: str, header_row: int = 0) -> int:
        return self.rows[header_row].index(header)

    def under(self, header: str) -> list[Entered]:
        at = self.column(header)
        return [row[at] for row in self.rows[1:]]

    @staticmethod
    def _cell(value: Entered) -> GridCell:
        return NOTHING if value is None else GridCell(value, shown(value))

    def _cells(self, row: list[Entered]) -> list[GridCell]:
        return self._trim([self._cell(value) for value in row])

    @staticmethod
    def _trim(cells: list[GridCell]) -> list[GridCell]:
        while cells and cells[-1] == NOTHING:
            cells.pop()
        return cells

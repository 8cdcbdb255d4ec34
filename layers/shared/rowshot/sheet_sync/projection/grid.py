"""A worksheet as one pass sees it, and the cells that it is to get.

Rows and columns are counted from 0 here, as Google's API does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rowshot.reading.output_columns import Entered

TOP_ROWS = 20
"""Rows at the top that are read in their whole width, to find the header row in."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell.

    Args:
        entered: What was entered.
        shown: What the sheet shows, empty for an empty cell and for a picture.
    """

    entered: Entered = None
    shown: str = ""

    @property
    def blank(self) -> bool:
        """True when nothing was entered."""
        return self.entered is None or self.entered == ""


NOTHING = GridCell()


@dataclass(frozen=True)
class Grid:
    """What was read of a worksheet.

    Args:
        sheet_id: Google's id of the worksheet within its spreadsheet.
        title: The worksheet's title.
        row_count: Rows of the grid, empty ones included.
        column_count: Columns of the grid, empty ones included.
        top: The first rows in their whole width, without the empty cells at the end.
        columns: Column -> its cells from row 0 on, without the empty ones at the end.
        read_at: The instant of the read.
    """

    sheet_id: int
    title: str
    row_count: int
    column_count: int
    top: Sequence[Sequence[GridCell]]
    columns: Mapping[int, Sequence[GridCell]]
    read_at: float = 0.0

    def cell(self, row: int, column: int) -> GridCell:
        """A cell that was read; an empty one where nothing is."""
        cells = self.columns.get(column)
        if cells is not None:
            return cells[row] if row < len(cells) else NOTHING
        line = self.top[row] if row < len(self.top) else ()
        return line[column] if column < len(line) else NOTHING

    @property
    def height(self) -> int:
        """Rows down to the last that has anything in what was read."""
        return max([len(self.top), *map(len, self.columns.values())])


@dataclass(frozen=True, slots=True)
class CellWrite:
    """A cell that is to hold another value."""

    row: int
    column: int
    value: Entered


@dataclass(frozen=True)
class Updates:
    """One write.

    Args:
        cells: Cells to set, each at most once.
        new_columns: Columns to append to the grid first, because a cell lies beyond it.
    """

    cells: tuple[CellWrite, ...] = ()
    new_columns: int = field(default=0)

    def __bool__(self) -> bool:
        return bool(self.cells)

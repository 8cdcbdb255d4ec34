"""Finds, claims, names and adds the output columns of a worksheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

from rowshot.reading.output_columns import COLUMNS, OUTPUT_COLUMNS, Entered, OutputColumn
from rowshot.reading.ownership import Cells, blank, new_title, only_ours
from rowshot.sheet_sync.projection.grid import TOP_ROWS, CellWrite, Grid
from rowshot.sheet_sync.projection.layout import Layout, Places, clean, locate
from rowshot.sheet_sync.projection.ownership import Ours


@dataclass(frozen=True)
class Block:
    """The columns of one pass.

    Args:
        header_row: The row with the headers.
        key: The key column.
        redo: The redo column, None without one.
        outputs: Output column -> its position.
        titles: Output column -> its header.
        cells: Headers to write.
        new_columns: Columns to append to the grid.
    """

    header_row: int
    key: int
    redo: int | None
    outputs: Mapping[str, int]
    titles: Mapping[str, str]
    cells: tuple[CellWrite, ...]
    new_columns: int


def header_names(grid: Grid, row: int) -> list[str]:
    """The headers of a row, as far as they were read."""
    return [clean(grid.cell(row, column).shown) for column in range(grid.column_count)]


def find_header(grid: Grid, layout: Layout) -> int | None:
    """The header row: among the top rows, or wherever a sort has carried it.

    Returns:
        Its row, or None when no row names the key column.
    """
    known = set(layout.header)
    best, most = None, 0
    for row in range(min(len(grid.top), TOP_ROWS)):
        names = [clean(cell.shown) for cell in grid.top[row]]
        score = len(known.intersection(names) - {""}) if layout.key in names else 0
        if score > most:
            best, most = row, score
    if best is not None or layout.key not in layout.header:
        return best
    column = grid.columns.get(layout.header.index(layout.key), ())
    return next((row for row, c in enumerate(column) if clean(c.shown) == layout.key), None)


def columns_needed(grid: Grid, layout: Layout) -> frozenset[int]:
    """The columns that must have been read to reconcile this grid; none without a header row."""
    row = find_header(grid, layout)
    if row is None:
        return frozenset()
    return locate(header_names(grid, row), layout).needed(grid.column_count)


def place_columns(grid: Grid, layout: Layout, ours: Ours) -> Block | None:
    """Decide where each output column is, or is to be.

    Returns:
        The block, or None when there is no header row with the key column.
    """
    row = find_header(grid, layout)
    if row is None:
        return None
    names = header_names(grid, row)
    places = locate(names, layout)
    if places.key is None:
        return None
    outputs, titles = dict(places.owned), {n: names[at] for n, at in places.owned.items()}
    taken = {places.key, *outputs.values()} | ({places.redo} if places.redo is not None else set())
    writes: list[CellWrite] = []
    cells = cache(partial(_below, grid, row))
    for column in COLUMNS:
        if column.name in outputs:
            continue
        found = _claim(column, cells, places, outputs, taken, ours)
        if found is not None:
            outputs[column.name], titles[column.name] = found, names[found]
            taken.add(found)
    room = _room(grid, max(places.width, _read_width(grid, row, layout)), taken)
    for output in OUTPUT_COLUMNS:
        if output not in outputs:
            outputs[output] = next(room)
            titles[output] = new_title(output, [*names, *titles.values()])
            writes.append(CellWrite(row, outputs[output], titles[output]))
        elif not titles[output]:  # somebody emptied our header
            titles[output] = layout.owned.get(output, output)
            writes.append(CellWrite(row, outputs[output], titles[output]))
    beyond = max(outputs.values()) + 1 - grid.column_count
    return Block(row, places.key, places.redo, outputs, titles, tuple(writes), max(0, beyond))


def next_layout(grid: Grid, layout: Layout, block: Block) -> Layout:
    """What to remember after a pass whose writes succeeded."""
    if block.header_row >= len(grid.top):  # carried away by a sort: its other columns were not read
        return layout
    names = header_names(grid, block.header_row)
    names += [""] * (max(block.outputs.values()) + 1 - len(names))
    for output, at in block.outputs.items():
        names[at] = block.titles[output]
    while names and not names[-1]:
        names.pop()
    return replace(
        layout,
        header=tuple(names),
        redo=names[block.redo] if block.redo is not None else layout.redo,
        owned=dict(block.titles),
        column_count=grid.column_count + block.new_columns,
    )


def _claim(
    column: OutputColumn,
    cells: Cells,
    places: Places,
    claimed: Mapping[str, int],
    taken: set[int],
    ours: Ours,
) -> int | None:
    """A column that may become ours: the renamed one, or one of its name, if it is only ours."""
    renamed = places.renamed.get(column.name)
    if renamed is not None and renamed not in taken:
        if all(blank(cell) or ours.wrote(column, cell) for cell in cells(renamed)):
            return renamed
    named = (at for at in places.candidates.get(column.name, ()) if at not in taken)
    return next((at for at in named if only_ours(column, at, cells, ours.url, claimed)), None)


def _below(grid: Grid, header_row: int, at: int) -> list[Entered]:
    """What a column holds without its header."""
    found = enumerate(grid.columns.get(at, ()))
    return [None if row == header_row else cell.entered for row, cell in found]


def _read_width(grid: Grid, row: int, layout: Layout) -> int:
    """Where room may begin at the earliest: a header row out of the top was read in parts only."""
    return len(layout.header) if row >= len(grid.top) else 0


def _room(grid: Grid, start: int, taken: set[int]) -> Iterator[int]:
    """Free columns from a position on: columns seen to be empty, then new ones at the end."""
    for column in range(start, grid.column_count):
        if column in grid.columns and column not in taken and not _used(grid, column):
            yield column
    column = max(grid.column_count, start)
    while True:
        yield column
        column += 1


def _used(grid: Grid, column: int) -> bool:
    return any(not cell.blank for cell in grid.columns[column])

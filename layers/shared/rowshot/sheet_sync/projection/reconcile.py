"""Compares a worksheet with what the ledger wants and names the difference.

A row is known by its key alone, wherever it stands. A cell is touched only in a column that is
ours, and the `redo` cell that was taken. What cannot be told for sure is reported, not guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rowshot.reading.output_columns import (
    COLUMNS,
    IMAGE_URL,
    STATUS,
    Content,
    Entered,
    Formula,
    OutputColumn,
    RowFacts,
)
from rowshot.reading.slugs import row_key
from rowshot.reading.yes_no import asks_the_same, redo_wish
from rowshot.sheet_sync.projection.columns import (
    Block,
    find_header,
    header_names,
    next_layout,
    place_columns,
)
from rowshot.sheet_sync.projection.desired import WantedRow
from rowshot.sheet_sync.projection.grid import CellWrite, Grid, GridCell, Updates
from rowshot.sheet_sync.projection.layout import Layout, locate
from rowshot.sheet_sync.projection.ownership import Ours, as_number
from rowshot.sheet_sync.projection.problems import (
    Problem,
    doubled,
    keyless,
    no_key_column,
    vanished,
)
from rowshot.statuses import RowStatus


@dataclass(frozen=True)
class Reconciliation:
    """The result of a pass over a grid.

    Args:
        updates: What to write, nothing when the sheet is as it should be.
        problems: What to report.
        layout: What to remember of the columns. Remember it before writing: a write whose answer
            is lost must not leave columns that nobody knows to be ours.
        redo_cleared: Keys of rows whose taken redo the updates reset.
        redo_released: Keys of rows whose redo cell no longer holds the value that was taken.
    """

    updates: Updates
    problems: tuple[Problem, ...]
    layout: Layout
    redo_cleared: tuple[str, ...] = ()
    redo_released: tuple[str, ...] = ()


@dataclass
class _Pass:
    """The working state of one reconciliation."""

    grid: Grid
    block: Block
    ours: Ours
    writes: list[CellWrite] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)

    def cells(self, row: int) -> dict[str, GridCell]:
        return {name: self.grid.cell(row, at) for name, at in self.block.outputs.items()}

    def set(self, row: int, column: OutputColumn, content: Content) -> None:
        at, value = self.block.outputs[column.name], self.ours.entered(content)
        if not _same(self.grid.cell(row, at), value):
            self.writes.append(CellWrite(row, at, value))


def reconcile(
    grid: Grid,
    wanted: Iterable[WantedRow],
    layout: Layout,
    *,
    origins: Sequence[str],
    remembered: Mapping[str, str] | None = None,
) -> Reconciliation:
    """Compare a worksheet with the ledger.

    Args:
        grid: What was read, with at least the columns of `columns_needed`.
        wanted: The rows of the run.
        layout: What the ledger remembers of the columns.
        origins: What the URLs of our pictures start with.
        remembered: Row key -> last published picture, for rows of the worksheet that are not in
            this run but were in an earlier one; their pictures stay.

    Returns:
        The difference. Applied, a second call on a fresh read has no updates.
    """
    by_key: dict[str, list[WantedRow]] = defaultdict(list)
    for row in wanted:
        by_key[row_key(row.row_key)].append(row)
    remembered = remembered or {}
    ours = Ours.of(
        origins, [row for group in by_key.values() for row in group], remembered.values()
    )
    by_key.pop("", None)  # rows without a name cannot be found again

    block = place_columns(grid, layout, ours)
    if block is None:
        return Reconciliation(Updates(), (no_key_column(layout.key),), layout)
    work = _Pass(grid, block, ours)
    found = _rows_by_key(work)
    for key, places in found.items():
        group = by_key.get(key, [])
        if not key or (not group and key not in remembered):
            _disown(work, key, places)
        elif not group:
            if len(places) == 1:
                _keep(work, remembered[key], places[0])
        elif len(places) > 1 or len(group) > 1:
            _doubled(work, key, group, places)
        else:
            _project(work, group[0], places[0])
    for key in by_key:
        if key not in found:
            work.problems.append(vanished(key, layout.key))
    return Reconciliation(
        Updates((*block.cells, *work.writes), block.new_columns if block.cells else 0),
        tuple(work.problems),
        next_layout(grid, layout, block),
        tuple(work.cleared),
        tuple(work.released),
    )


def unknown_keys(grid: Grid, wanted: Iterable[WantedRow], layout: Layout) -> frozenset[str]:
    """Keys in the worksheet that are not in the run: ask the ledger whether it remembers them."""
    header_row = find_header(grid, layout)
    if header_row is None:
        return frozenset()
    key = locate(header_names(grid, header_row), layout).key
    if key is None:
        return frozenset()
    rows = (row for row in range(grid.height) if row != header_row)
    keys = {row_key(grid.cell(row, key).shown) for row in rows}
    return frozenset(keys - {row_key(row.row_key) for row in wanted} - {""})


def _rows_by_key(work: _Pass) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in range(work.grid.height):
        if row != work.block.header_row:
            found[row_key(work.grid.cell(row, work.block.key).shown)].append(row)
    return found


def _project(work: _Pass, row: WantedRow, at: int) -> None:
    """Sets all that is wanted of a row, and resets its taken redo."""
    stands = _stands(work.cells(at), row)
    for column in COLUMNS:
        if not (stands and column.stands):
            work.set(at, column, column.content(row.facts))
    redo = work.block.redo
    if row.redo_taken and redo is not None:
        cell = work.grid.cell(at, redo)
        if not _still_says(cell, row.redo_taken):
            work.released.append(row.row_key)
        elif not isinstance(cell.entered, Formula):  # a formula of a person's is not overwritten
            work.writes.append(CellWrite(at, redo, False if cell.entered is True else None))
            work.cleared.append(row.row_key)


def _stands(cells: Mapping[str, GridCell], row: WantedRow) -> bool:
    """True for an unchanged row that says already how its picture was published, and its cost.

    So a sheet that is dropped again without changes is not written to at all.
    """
    return (
        row.status == RowStatus.UNCHANGED
        and cells[STATUS.name].entered == RowStatus.PUBLISHED
        and cells[IMAGE_URL.name].entered == row.image_url
    )


def _keep(work: _Pass, url: str, at: int) -> None:
    """A row of an earlier run: its picture stays, what is only passing goes."""
    cells, facts = work.cells(at), RowFacts(image_url=url)
    for column in COLUMNS:
        cell = cells[column.name]
        if column.of_picture:
            work.set(at, column, column.content(facts))
        elif column.passes(cell.entered) and work.ours.wrote(column, cell.entered):
            work.set(at, column, None)


def _disown(work: _Pass, key: str, places: Sequence[int]) -> None:
    """Rows that the ledger does not know: what we wrote there belongs to other rows."""
    for at in places:
        cells = work.cells(at)
        marked = work.ours.marked(cells)
        for column in COLUMNS:
            # Our cells of a row are written together: where one is ours, so are the others.
            if marked or work.ours.wrote(column, cells[column.name].entered):
                work.set(at, column, None)
        if marked and not key:
            work.problems.append(keyless(at))


def _doubled(work: _Pass, key: str, group: Sequence[WantedRow], places: Sequence[int]) -> None:
    """A key that does not tell which row is meant: said in each of the rows, nothing assigned.

    A picture of one of these rows stays where it is.
    """
    problem = doubled(key, places)
    facts = RowFacts(status=str(RowStatus.INVALID), error=problem.message)
    for at in places:
        cells = work.cells(at)
        for column in COLUMNS:
            cell, said = cells[column.name], column.content(facts)
            own = {work.ours.entered(column.content(row.facts)) for row in group}
            kept = column.of_picture and cell.entered in own
            if said is not None or (work.ours.wrote(column, cell.entered) and not kept):
                work.set(at, column, said)
    work.problems.append(problem)


def _same(cell: GridCell, value: Entered) -> bool:
    """True when a cell holds a value already."""
    if value is None:
        return cell.blank
    if isinstance(value, float):
        return as_number(cell.entered) == as_number(value)
    return type(cell.entered) is type(value) and cell.entered == value


def _still_says(cell: GridCell, taken: str) -> bool:
    """True when a redo cell says what it said when the redo was taken."""
    shown = cell.shown.strip()
    return shown == taken.strip() or asks_the_same(redo_wish(shown), taken)

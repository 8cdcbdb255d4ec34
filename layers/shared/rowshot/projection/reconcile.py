"""Compares a worksheet with what the ledger wants and names the difference.

A row is known by its key alone, wherever it stands. A cell is touched only in a column that is
ours, and the `redo` cell that was taken. What cannot be told for sure is reported, not guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rowshot.projection.columns import Block, next_layout, place_columns
from rowshot.projection.grid import CellWrite, Formula, Grid, GridCell, Updates, Value
from rowshot.projection.layout import Layout
from rowshot.projection.ours import Ours, as_cost, image_formula, one_line
from rowshot.projection.problems import Problem, doubled, keyless, no_key_column, vanished
from rowshot.projection.wanted import WantedRow
from rowshot.slugs import row_key
from rowshot.statuses import RowStatus
from rowshot.ticks import tick


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

    def set(self, row: int, output: str, value: Value) -> None:
        at = self.block.outputs[output]
        if not _same(output, self.grid.cell(row, at), value):
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

    def claimable(output: str, column: int, header_row: int) -> bool:
        cells = enumerate(grid.columns.get(column, ()))
        return all(c.blank or ours.wrote(output, c) for row, c in cells if row != header_row)

    block = place_columns(grid, layout, claimable)
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
    block = place_columns(grid, layout, lambda output, column, row: True)
    if block is None:
        return frozenset()
    rows = range(grid.height)
    keys = {row_key(grid.cell(row, block.key).shown) for row in rows if row != block.header_row}
    return frozenset(keys - {row_key(row.row_key) for row in wanted} - {""})


def _rows_by_key(work: _Pass) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in range(work.grid.height):
        if row != work.block.header_row:
            found[row_key(work.grid.cell(row, work.block.key).shown)].append(row)
    return found


def _project(work: _Pass, row: WantedRow, at: int) -> None:
    """Sets all that is wanted of a row, and resets its taken redo."""
    url = row.image_url or ""
    stands = _stands(work.cells(at), row)
    if not stands:
        work.set(at, "status", str(row.status))
    work.set(at, "image_url", url or None)
    work.set(at, "preview", image_formula(url) if url and work.ours.url(url) else None)
    work.set(at, "error", one_line(row.error or "") or None)
    if not stands:
        work.set(at, "cost_usd", None if row.cost_usd is None else float(row.cost_usd))
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
        and cells["status"].entered == RowStatus.PUBLISHED
        and cells["image_url"].entered == row.image_url
    )


def _keep(work: _Pass, url: str, at: int) -> None:
    """A row of an earlier run: its picture stays, what is only passing goes."""
    cells = work.cells(at)
    work.set(at, "image_url", url or None)
    work.set(at, "preview", image_formula(url) if url and work.ours.url(url) else None)
    status = cells["status"].entered
    if work.ours.wrote("status", cells["status"]) and not RowStatus(str(status)).final:
        work.set(at, "status", None)
    if work.ours.wrote("error", cells["error"]):
        work.set(at, "error", None)


def _disown(work: _Pass, key: str, places: Sequence[int]) -> None:
    """Rows that the ledger does not know: what we wrote there belongs to other rows."""
    for at in places:
        cells = work.cells(at)
        marked = work.ours.marked(cells)
        for output, cell in cells.items():
            # The five cells of a row are written together: where one is ours, so are the others.
            if marked or work.ours.wrote(output, cell):
                work.set(at, output, None)
        if marked and not key:
            work.problems.append(keyless(at))


def _doubled(work: _Pass, key: str, group: Sequence[WantedRow], places: Sequence[int]) -> None:
    """A key that does not tell which row is meant: said in each of the rows, nothing assigned."""
    own = {row.image_url for row in group if row.image_url}
    problem = doubled(key, places)
    for at in places:
        cells = work.cells(at)
        work.set(at, "status", str(RowStatus.INVALID))
        work.set(at, "error", problem.message)
        if cells["image_url"].entered not in own and work.ours.wrote(
            "image_url", cells["image_url"]
        ):
            work.set(at, "image_url", None)
        pictures = [image_formula(url) for url in own if work.ours.url(url)]
        if cells["preview"].entered not in pictures and work.ours.wrote(
            "preview", cells["preview"]
        ):
            work.set(at, "preview", None)
        if work.ours.wrote("cost_usd", cells["cost_usd"]):
            work.set(at, "cost_usd", None)
    work.problems.append(problem)


def _same(output: str, cell: GridCell, value: Value) -> bool:
    """True when a cell holds a value already."""
    if value is None or value == "":
        return cell.blank
    if output == "cost_usd" and isinstance(value, float):
        return as_cost(cell.entered) == Decimal(repr(value)).normalize()
    return type(cell.entered) is type(value) and cell.entered == value


def _still_says(cell: GridCell, taken: str) -> bool:
    """True when a redo cell says what it said when the redo was taken."""
    shown = cell.shown.strip()
    return shown == taken.strip() or (tick(shown) is True and tick(taken) is True)

"""WriteBack: brings a Google worksheet in line with the ledger, pass by pass.

A pass takes the sheet's lease and mark, waits for its turn at Google, reads the ledger, reads the
worksheet once and writes the difference at most once. Finish uses the very same passes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rowshot.deciding.reasons import shown_reason
from rowshot.errors import SheetError, SheetsUnavailable
from rowshot.ledger import Ledger
from rowshot.ledger.jobs import Next
from rowshot.ledger.records import Row, Run
from rowshot.ledger.worksheets import Lease, Refusal
from rowshot.messages import RUN_AGAIN
from rowshot.reading import map_headers
from rowshot.sheet_sync.google import LiveSheet, project
from rowshot.sheet_sync.projection import Layout, WantedRow
from rowshot.sheet_sync.sheet_end import SheetEnd
from rowshot.telemetry.metrics import NULL_METER, Figure, Meter

if TYPE_CHECKING:
    from rowshot.sheet_sync.projection import Reconciliation
    from rowshot.sheet_sync.queue import SyncQueue

_HELD = 2.0  # nominal seconds until another try while somebody else holds the lease
_AGAIN = 15.0  # nominal seconds until another try after Google did not answer
_LONGEST_SILENCE = 86_400.0  # nominal seconds without an answer after which a run's sheet is left

_LAST_PASSES = 5
PATIENCE = 900.0  # nominal seconds for which a run's end waits for Google

KEEPS_FILLING = "Rowshot keeps trying for a day, and they follow as soon as it answers."
"""What Sweep and the queue do about such a sheet; a laptop, where they end with the command, says
otherwise."""
_SILENT = (
    "Google Sheets has not answered for a quarter of an hour, so the sheet lacks the last changes. "
    + KEEPS_FILLING
)
_RESTLESS = (
    "The cells that Rowshot fills in kept changing, so the sheet may lack something: "
    f"{RUN_AGAIN} when nobody is working in these columns."
)

OpenSheet = Callable[[str, str], LiveSheet]
"""Opens a worksheet by the spreadsheet's id and its own title (empty for the first one)."""


@dataclass(frozen=True)
class Passed:
    """What came of a pass.

    Args:
        wait: Nominal seconds after which another one has to come, None when this one was made.
        cells: How many cells it wrote.
        problems: What a person has to put right in the worksheet, in plain sentences.
        stopped: Why the run is no longer shown, empty while it is.
        silence: Nominal seconds for which Google has not answered.
        why: What put the pass off, for the log.
    """

    wait: float | None = None
    cells: int = 0
    problems: tuple[str, ...] = ()
    stopped: str = ""
    silence: float = 0.0
    why: str = field(default="", compare=False)


@dataclass(frozen=True)
class WriteBack:
    """The step.

    Args:
        ledger: The ledger.
        sync_queue: Asks for another pass.
        open_sheet: Opens a worksheet.
        origins: What the URLs of our pictures start with.
        meter: Takes the figures that people watch.
    """

    ledger: Ledger
    sync_queue: SyncQueue
    open_sheet: OpenSheet
    origins: Sequence[str]
    meter: Meter = NULL_METER

    def __call__(self, run_id: str, sheet_id: str, since: float | None = None) -> Passed:
        """Makes the pass that a message asks for, or sees to it that it is made later.

        Args:
            run_id: The run.
            sheet_id: The sheet.
            since: The instant of the change that the pass is to show, None when it is not known.
        """
        passed = self.once(sheet_id)
        if since is not None:
            self.meter.add(Figure.WRITE_BACK_LAG_SECONDS, self.ledger.clock.since(since))
        if passed.wait is not None:
            self.sync_queue.send(run_id, sheet_id, max(passed.wait, 1.0), since)
        return passed

    def complete(self, run: Run) -> SheetEnd | Next:
        """The last passes of a run, until a fresh read of its worksheet shows no difference.

        Returns:
            How the worksheet stands, or when to come back. A worksheet that shows a later run is
            that run's business.
        """
        if self.ledger.sheets.shown(run.sheet_id) != run.id:
            return SheetEnd(complete=True)
        passed = Passed()
        for _ in range(_LAST_PASSES):
            passed = self.once(run.sheet_id, insist=True)
            if passed.stopped:
                return SheetEnd(False, passed.stopped)
            if passed.silence > PATIENCE:
                self.sync_queue.send(run.id, run.sheet_id, passed.wait or _AGAIN)
                self.ledger.sheets.watch(run.sheet_id)
                return SheetEnd(False, _SILENT)
            if passed.wait is not None:
                return Next("finish", passed.wait, passed.why)
            if not passed.cells:
                return SheetEnd(True, notes=passed.problems)
        return SheetEnd(False, _RESTLESS, passed.problems)

    def once(self, sheet_id: str, *, insist: bool = False) -> Passed:
        """One pass over a worksheet.

        Args:
            sheet_id: The sheet.
            insist: Also where nothing is marked, and where the projection was stopped.

        Returns:
            What came of it; ``wait`` says that the sheet is still marked and somebody has to come
            back.
        """
        lease = self.ledger.sheets.take(sheet_id, marked_only=not insist)
        if lease is Refusal.HELD:
            if not insist:
                self.ledger.sheets.remark(sheet_id)
            return Passed(wait=max(_HELD, self.sync_queue.seconds), why="another pass is going on")
        if isinstance(lease, Refusal):
            return Passed()
        try:
            return self._with(lease, insist=insist)
        except Exception:
            # Nobody expected it, and it goes on its way; but the sheet shall not wait for the
            # lease to run out.
            self.ledger.sheets.put_off(lease)
            raise

    def _with(self, lease: Lease, *, insist: bool) -> Passed:
        sheets = self.ledger.sheets
        run = self.ledger.runs.get(lease.run_id)
        if run.sheet_problem and not insist:
            sheets.give_back(lease)
            return Passed(stopped=run.sheet_problem)
        turn = lease.turn or sheets.turn()
        wait = self.ledger.clock.until(turn)
        if wait:
            sheets.put_off(lease, turn=turn)
            return Passed(wait=wait, why="too many requests to Google a minute")
        try:
            result = self._project(lease, run)
        except SheetsUnavailable as error:
            return self._silent(lease, error)
        except SheetError as error:
            return self._stop(lease, error.message)
        sheets.give_back(lease)
        if run.sheet_problem:
            sheets.stopped(run.id, "")
        problems = tuple(problem.message for problem in result.problems)
        return Passed(cells=len(result.updates.cells), problems=problems)

    def _silent(self, lease: Lease, error: SheetsUnavailable) -> Passed:
        clock = self.ledger.clock
        silence = clock.since(lease.failing_since) if lease.failing_since else 0.0
        if silence > _LONGEST_SILENCE:
            return self._stop(lease, "Google Sheets did not answer for a day.")
        self.ledger.sheets.put_off(lease, failing=True)
        return Passed(max(error.retry_after or 0.0, _AGAIN), silence=silence, why=error.message)

    def _stop(self, lease: Lease, problem: str) -> Passed:
        self.ledger.sheets.stopped(lease.run_id, problem)
        self.ledger.sheets.give_back(lease)
        return Passed(stopped=problem)

    def _project(self, lease: Lease, run: Run) -> Reconciliation:
        live = self.open_sheet(lease.spreadsheet_id, lease.worksheet)
        rows = list(self.ledger.rows.of_run(run.id))
        began = self.ledger.clock.now()
        result = project(
            live,
            wanted_rows(run, rows),
            self._layout(lease),
            origins=self.origins,
            remember=lambda layout: self.ledger.sheets.remember(lease, layout.item()),
            recall=lambda keys: self._pictures(lease.sheet_id, keys),
        )
        self._release_redos(lease.sheet_id, rows, result.redo_released, began)
        return result

    def _layout(self, lease: Lease) -> Layout:
        """What is remembered of the columns; at a run's first pass its own header counts."""
        item = self.ledger.sheets.layout(lease.sheet_id)
        if item and item["run_id"] == lease.run_id:
            return Layout.from_item(item)
        return Layout.planned(map_headers(lease.header), item["owned"] if item else None)

    def _pictures(self, sheet_id: str, row_keys: Collection[str]) -> Mapping[str, str]:
        """The last pictures of rows that are in the worksheet, but not in the run."""
        histories = self.ledger.histories.get_many(sheet_id, row_keys)
        return {key: each.latest.picture.url for key, each in histories.items() if each.latest}

    def _release_redos(
        self, sheet_id: str, rows: Iterable[Row], released: Collection[str], seen_at: float
    ) -> None:
        """A taken redo that its cell no longer shows is over: what is ticked there next is new."""
        for row in rows:
            if row.redo_taken and row.row_key in released:
                self.ledger.histories.redo_released(sheet_id, row.row_key, row.version, seen_at)
                self.ledger.rows.redo_released(row.run_id, row.number)


def wanted_rows(run: Run, rows: Iterable[Row]) -> list[WantedRow]:
    """What a worksheet is to show of a run's rows."""
    return [
        WantedRow(
            row.row_key,
            str(row.status),
            row.picture.url if row.picture else None,
            shown_reason(run, row) or None,
            row.cost or None,
            row.redo_taken or None,
        )
        for row in rows
    ]

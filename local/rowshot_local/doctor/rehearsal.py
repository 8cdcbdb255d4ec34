"""Sends a sheet of 300 rows that buys nothing through the real machine, twice.

The first way: every row lacks its prompt, so Plan marks all of them invalid and the machine goes
straight to Finish. The second way: the same run is opened again, halted before anything starts, and
its 300 rows are sent through the machine one by one, so that Submit is called for each. It buys
nothing, for four reasons of which each would be enough: the run is halted, its rows are at their
end, one order's price is above every limit that the template allows, and the orders' model does not
exist at hiapi.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from rowshot.errors import RunNotFound
from rowshot.jobs import Job
from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.statuses import RowStatus
from rowshot.steps.manifests import start
from rowshot_local.doctor.checks import Verdict, ok, wrong
from rowshot_local.stack import Stack

ROWS = 300
NAME = "rowshot-doctor.csv"
MODEL = "rowshot-doctor-buys-nothing"
PRICE = Decimal(1_000_000)  # above the highest MaxRunUsd and MaxDayUsd that the template allows
_PATIENCE = 900.0  # wall seconds for each of the two ways
_PAUSE = 3.0
_REASON = "The doctor's rehearsal: nothing is ordered."
_LOOK = "See the first five minutes in docs/runbook.md."


def sheet() -> bytes:
    """The sheet: 300 rows without a prompt, and with a model that does not exist."""
    lines = ["slug,prompt,model"]
    lines += [f"rowshot-doctor-{number:03},,{MODEL}" for number in range(1, ROWS + 1)]
    return ("\n".join(lines) + "\n").encode()


@dataclass(frozen=True)
class Rehearsal:
    """The check.

    Args:
        stack: The stack.
        say: Shows a line of progress.
        wait: Waits wall seconds.
        now: Monotonic wall seconds.
    """

    stack: Stack
    say: Callable[[str], None]
    wait: Callable[[float], None] = time.sleep  # noqa: TID251 - between two looks at a ledger
    now: Callable[[], float] = time.monotonic

    def __call__(self) -> Verdict:
        """Sends the rows both ways, and waits for the end of each."""
        begun = self.now()
        run_id = self.stack.drop(sheet(), NAME, {})
        planned = self._ended(run_id, "planned and finished", generation=1)
        if isinstance(planned, Verdict):
            return planned
        rows = list(self.stack.ledger.rows.of_run(run_id))
        if len(rows) != ROWS or any(row.status is not RowStatus.INVALID for row in rows):
            return wrong(f"the run {run_id} does not have 300 invalid rows, as it should.", _LOOK)
        halted = self._reopened(planned)
        jobs = [_job(halted, row) for row in rows]
        start(self.stack.inbox, self.stack.machine, halted, jobs)
        ended = self._ended(run_id, "sent row by row", generation=halted.generation)
        if isinstance(ended, Verdict):
            return ended
        return self._judged(ended, self.now() - begun)

    def _reopened(self, run: Run) -> Run:
        """The next generation of the run, halted before anything of it is started."""
        reopened = self.stack.ledger.runs.reopen(run, lives=run.lives)
        if not self.stack.ledger.runs.halt(run.id, RunStatus.CANCELLED, _REASON):
            raise RuntimeError("the rehearsal's run could not be halted")
        return reopened

    def _judged(self, run: Run, seconds: float) -> Verdict:
        lost = self._lost(run)
        if lost:
            return wrong(
                f"the machine ended the run {run.id}, but {lost} of its {ROWS} rows failed on "
                "their way, or never set out.",
                "Look at the run's execution in the Step Functions console: it says what failed.",
            )
        if run.reserved or run.spent:
            return wrong(
                f"the run {run.id} reserved ${run.reserved}, although nothing was to be bought.",
                f"Cancel it now (rowshot cancel {run.id}), and tell whoever maintains Rowshot.",
            )
        if not self.stack.inbox.get(run.id, "report.json"):
            return wrong(f"the run {run.id} has no report.", _LOOK)
        return ok(
            f"the run {run.id} was planned, sent through the machine row by row, and finished, in "
            f"{seconds:.0f} seconds, for $0.00. Orders, pictures and the CDN's delivery were not "
            "tried by it."
        )

    def _lost(self, run: Run) -> int:
        """Rows whose own execution did not succeed; Finish ends the run all the same."""
        client = self.stack.client("stepfunctions")
        machine = self.stack.outputs["StateMachine"]
        name = f"{machine.replace(':stateMachine:', ':execution:')}:{run.id}-{run.generation}"
        maps = client.list_map_runs(executionArn=name)["mapRuns"]
        described = [client.describe_map_run(mapRunArn=each["mapRunArn"]) for each in maps]
        return ROWS - sum(int(each["itemCounts"]["succeeded"]) for each in described)

    def _ended(self, run_id: str, doing: str, *, generation: int) -> Run | Verdict:
        last = ""
        for seconds in self._moments():
            run = self._run(run_id)
            state = self.stack.machine.status(run_id, generation)
            if state in ("FAILED", "TIMED_OUT", "ABORTED"):
                return wrong(f"the machine ended as {state} on the run {run_id}.", _LOOK)
            over = run and not run.status.is_open and run.generation == generation
            if run and over and state == "SUCCEEDED":
                return run
            if run and over and state == "MISSING":
                return wrong(f"the run {run_id} ended at once: '{run.reason}'.", _LOOK)
            shown = f"  … {run_id} is being {doing}: {run.status if run else 'not noted yet'}"
            if shown != last:
                self.say(shown)
                last = shown
            if seconds > _PATIENCE:
                break
        return wrong(f"the run {run_id} was not {doing} after {_PATIENCE / 60:.0f} minutes.", _LOOK)

    def _moments(self) -> Iterator[float]:
        begun = self.now()
        while True:
            yield self.now() - begun
            self.wait(_PAUSE)

    def _run(self, run_id: str) -> Run | None:
        try:
            return self.stack.ledger.runs.get(run_id)
        except RunNotFound:
            return None


def _job(run: Run, row: Row) -> Job:
    """A job that could not be bought even if nothing else forbade it."""
    return Job(
        run_id=run.id,
        number=row.number,
        row_key=row.row_key,
        folder="rowshot-doctor",
        render_id=f"rowshot-doctor-{row.number}",
        model=MODEL,
        version=1,
        price=PRICE,
        body='{"input":{},"model":"' + MODEL + '"}',
        max_attempt=0,
        sheet_id=run.sheet_id,
        memory_sheet=run.sheet_id,
        memory_key=row.row_key,
        live=False,
    )

"""Sends a sheet of 300 rows that buys nothing through the real machine, twice.

The first way: every row lacks its prompt, so Plan marks all of them invalid, and Dispatch begins
the run's end. The second way: each of the 300 rows gets an execution of its own, so that Submit and
Poll are called for it. It buys nothing, for three reasons of which each would be enough: its rows
are at their end, none of them names its execution, and the orders' model does not exist at hiapi.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from rowshot.errors import RunNotFound
from rowshot.ledger.jobs import Job
from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.money import dollars
from rowshot.ordering.executions import execution_name
from rowshot.statuses import RowStatus
from rowshot_local.doctor.checks import Verdict, ok, wrong
from rowshot_local.stack import Stack

ROWS = 300
NAME = "rowshot-doctor.csv"
MODEL = "rowshot-doctor-buys-nothing"
PRICE = Decimal(1_000_000)  # above the highest MaxRunUsd and MaxDayUsd that the template allows
_PATIENCE = 900.0  # wall seconds for each of the two ways
_PAUSE = 3.0
_FAILED = ("FAILED", "TIMED_OUT", "ABORTED")
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
        run = self._planned(run_id)
        if isinstance(run, Verdict):
            return run
        rows = list(self.stack.ledger.rows.of_run(run_id))
        if len(rows) != ROWS or any(row.status is not RowStatus.INVALID for row in rows):
            return wrong(f"the run {run_id} does not have 300 invalid rows, as it should.", _LOOK)
        failed = self._sent([_job(run, row) for row in rows])
        if isinstance(failed, Verdict):
            return failed
        return self._judged(self.stack.ledger.runs.get(run_id), failed, self.now() - begun)

    def _planned(self, run_id: str) -> Run | Verdict:
        """The run once its results are written; Dispatch has begun its end then."""
        doing = "planned and finished"
        for run in self._moments(doing, run_id, lambda: self._run(run_id)):
            if run and run.status is RunStatus.STOPPED:
                return wrong(f"the run {run_id} ended at once: '{run.reason}'.", _LOOK)
            if run and not run.status.is_open:
                return run
        return self._late(run_id, doing)

    def _sent(self, jobs: list[Job]) -> list[str] | Verdict:
        """Sends every row through its own execution; the names of those that failed."""
        executions = self.stack.executions
        left = {execution_name(job, 1) for job in jobs}
        for job in jobs:
            executions.start_row(job, execution_name(job, 1))
        failed: list[str] = []
        doing = "sent row by row"
        for _ in self._moments(doing, jobs[0].run_id, lambda: None):
            states = {name: executions.status(name) for name in left}
            failed += [name for name, state in states.items() if state in _FAILED]
            left = {name for name, state in states.items() if state in ("RUNNING", "MISSING")}
            if not left:
                return failed
        return self._late(jobs[0].run_id, doing)

    def _judged(self, run: Run, failed: list[str], seconds: float) -> Verdict:
        if failed:
            return wrong(
                f"{len(failed)} of the run {run.id}'s {ROWS} rows failed on their way.",
                f"Look at the execution {failed[0]} in the Step Functions console: it says why.",
            )
        if run.reserved or run.spent:
            return wrong(
                f"the run {run.id} reserved {dollars(run.reserved)}, although nothing was to be "
                "bought.",
                f"Cancel it now (rowshot cancel {run.id}), and tell whoever maintains Rowshot.",
            )
        if not self.stack.inbox.get(run.id, "report.json"):
            return wrong(f"the run {run.id} has no report.", _LOOK)
        return ok(
            f"the run {run.id} was planned and finished, and its rows sent through the machine one "
            f"by one, in {seconds:.0f} seconds, for $0.00. Orders, pictures and the CDN's delivery "
            "were not tried by it."
        )

    def _moments(
        self, doing: str, run_id: str, look: Callable[[], Run | None]
    ) -> Iterator[Run | None]:
        """Looks again and again until the patience is over."""
        begun, last = self.now(), ""
        while self.now() - begun <= _PATIENCE:
            found = look()
            shown = f"  … {run_id} is being {doing}"
            if shown != last:
                self.say(shown)
                last = shown
            yield found
            self.wait(_PAUSE)

    def _late(self, run_id: str, doing: str) -> Verdict:
        return wrong(f"the run {run_id} was not {doing} after {_PATIENCE / 60:.0f} minutes.", _LOOK)

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

"""What a person may do to a run: cancel it, go on with it, or order rows again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rowshot.errors import RowshotError
from rowshot.jobs import Job
from rowshot.ledger import Ledger
from rowshot.ledger.records import Render, RenderState, Row, Run, RunStatus
from rowshot.ledger.table import Conflict
from rowshot.machine import Machine
from rowshot.messages import RUN_AGAIN
from rowshot.planning import ATTEMPTS
from rowshot.statuses import RowStatus
from rowshot.steps import failures
from rowshot.steps.manifests import jobs_of, start
from rowshot.storage import Inbox

_IN_FLIGHT = (RenderState.CLAIMED, RenderState.RUNNING)
_ORDERED = (*_IN_FLIGHT, RenderState.SUCCEEDED, RenderState.PUBLISHED)
_NOTHING_SPENT = (RowStatus.CANCELLED, RowStatus.OVER_BUDGET)
_WAITED_IN_VAIN = (
    failures.BALANCE_GAVE_OUT,
    failures.MODEL_OUT,
    failures.UNREACHABLE,
    failures.NEVER_TAKEN,
    failures.INTERNAL,
)


class NotPossible(RowshotError):
    """A run cannot be treated like that now; the message says why and what to do instead."""


@dataclass(frozen=True)
class Cancelled:
    """What a cancelled run still costs.

    Args:
        run: The run.
        billed: Its pictures in flight: they will be billed, and are collected.
        dropped: Its rows that wait and will not be ordered.
        again: Whether it was cancelled before.
    """

    run: Run
    billed: int
    dropped: int
    again: bool


@dataclass(frozen=True)
class GoesOn:
    """A run that goes on.

    Args:
        run: The run.
        rows: The numbers of the rows that were taken up again; none when it was alive anyway.
    """

    run: Run
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Control:
    """Acts on runs from outside.

    Args:
        ledger: The ledger.
        inbox: Where the runs' files lie.
        machine: Starts executions.
    """

    ledger: Ledger
    inbox: Inbox
    machine: Machine

    def cancel(self, run_id: str) -> Cancelled:
        """Lets a run order nothing more. What is in flight is still collected.

        Raises:
            RunNotFound: There is none of this id.
            NotPossible: It has ended already.
        """
        halted = self.ledger.runs.halt(run_id, RunStatus.CANCELLED, "")
        run = self.ledger.runs.get(run_id)
        if not halted and run.halted != RunStatus.CANCELLED:
            raise NotPossible(f"Run {run_id} is already {run.status}: nothing was cancelled.")
        rows = [row for row in self.ledger.rows.of_run(run_id) if not row.status.final]
        ordered = {each.id for each in self._renders(rows) if each.state in _ORDERED}
        flying = {each.id for each in self._renders(rows) if each.state in _IN_FLIGHT}
        renders = self.ledger.renders.get_many(flying)
        billed = sum(each.buyer.run_id == run_id for each in renders.values())
        dropped = sum(row.render_id not in ordered for row in rows)
        return Cancelled(run, billed, dropped, again=not halted)

    def resume(self, run_id: str) -> GoesOn:
        """Goes on with a run that was cancelled or stopped, waited in vain, or lost its execution.

        A pause of the account ends too: whoever resumes has topped it up.

        Raises:
            RunNotFound: There is none of this id.
            NotPossible: It has nothing left to do, or is still being cancelled.
        """
        run = self.ledger.runs.get(run_id)
        self.ledger.gate.resume()
        if self._alive(run):
            if run.halted:
                raise NotPossible(_STILL_ENDING)
            return GoesOn(run, ())
        rows = [row for row in self.ledger.rows.of_run(run_id) if _left_over(row, run)]
        return self._start(run, rows)

    def retry(self, run_id: str, numbers: Collection[int] = ()) -> GoesOn:
        """Orders failed rows again, even where it is not clear whether hiapi has billed them.

        Args:
            run_id: The run.
            numbers: The rows' numbers in the sheet; all failed ones when empty.

        Raises:
            RunNotFound: There is none of this id.
            NotPossible: It is still going on, or a row is not one of its failed ones.
        """
        run = self.ledger.runs.get(run_id)
        if self._alive(run):
            raise NotPossible(
                "The run is still going: wait until it has ended, or cancel it first."
            )
        rows = {row.number: row for row in self.ledger.rows.of_run(run_id)}
        failed = {number for number, row in rows.items() if row.status is RowStatus.FAILED}
        for number in numbers:
            if number not in failed:
                stands = f"is {rows[number].status}" if number in rows else "is not in this run"
                raise NotPossible(f"Row {number} {stands}: only failed rows can be ordered again.")
        wanted = sorted(set(numbers) or failed)
        return self._start(run, [rows[number] for number in wanted], again=True)

    def _start(self, run: Run, rows: Sequence[Row], *, again: bool = False) -> GoesOn:
        planned = {job.number: job for job in jobs_of(self.inbox, run.id)}
        taken = [row for row in rows if row.number in planned]
        if not taken:
            raise NotPossible(_NOTHING_LEFT)
        try:
            known = list(self.ledger.rows.of_run(run.id)) if run.status.is_open else ()
            reopened = self.ledger.runs.reopen(run, lives=0, anew=True, rows=known)
        except Conflict:
            raise NotPossible("Another command is resuming this run right now.") from None
        renders = {render.id: render for render in self._renders(taken)}
        self.ledger.rows.reopen(run.id, (row.number for row in taken))
        jobs = [self._job(planned[row.number], renders.get(row.render_id), again) for row in taken]
        start(self.inbox, self.machine, reopened, jobs)
        return GoesOn(reopened, tuple(row.number for row in taken))

    def _job(self, job: Job, render: Render | None, again: bool) -> Job:
        """A planned job with new attempts, where a person wants them."""
        if not again or render is None or render.state is not RenderState.FAILED:
            return job
        self.ledger.renders.allow_again(render)
        return replace(job, max_attempt=render.attempt + ATTEMPTS)

    def _renders(self, rows: Sequence[Row]) -> list[Render]:
        wanted = (row.render_id for row in rows if row.render_id)
        return list(self.ledger.renders.get_many(wanted).values())

    def _alive(self, run: Run) -> bool:
        if run.status is RunStatus.PLANNING:
            raise NotPossible("The run is still being planned: try again in a moment.")
        return run.status.is_open and self.machine.status(run.id, run.generation) == "RUNNING"


_STILL_ENDING = (
    "The run is still ending, because its pictures in flight are collected first: resume it when "
    "it has ended."
)
_NOTHING_LEFT = f"Nothing is left to resume in this run. To render new rows, {RUN_AGAIN}."


def _left_over(row: Row, run: Run) -> bool:
    """Whether a row would go on if its run did."""
    if row.status is RowStatus.FAILED:
        in_vain = _beginning(row.error) in map(_beginning, _WAITED_IN_VAIN)
        return in_vain or bool(run.halted and row.error == run.reason)
    return row.status in _NOTHING_SPENT or not row.status.final


def _beginning(error: str) -> str:
    """What a row's sentence says is wrong; what to do was said in other words by older releases."""
    return error.partition(":")[0].replace("an error of its own", "an internal error")

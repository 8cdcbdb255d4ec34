"""What a person may do to a run: cancel it, resume it, or order rows again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from rowshot.deciding.reasons import RUN_CANCELLED, Reason
from rowshot.errors import RowshotError
from rowshot.ledger import Ledger
from rowshot.ledger.records import Render, RenderState, Row, Run, RunStatus
from rowshot.ledger.table import Conflict
from rowshot.messages import RUN_AGAIN
from rowshot.ordering.halting import end_queued
from rowshot.ordering.notify import DispatchQueue
from rowshot.planning.plan import ATTEMPTS
from rowshot.planning.plan_file import read_job
from rowshot.statuses import RowStatus, Stage
from rowshot.storage import Inbox


class NotPossible(RowshotError):
    """A run cannot be treated like that now; the message says why and what to do instead."""


@dataclass(frozen=True)
class Cancelled:
    """What a cancelled run still costs.

    Args:
        run: The run.
        billed: Its pictures in flight: they will be billed, and are collected.
        certain: Whether all of these were ordered; the order of some may not have gone out yet,
            and then never does.
        dropped: Its rows that waited and will not be ordered.
        again: Whether it was cancelled before.
    """

    run: Run
    billed: int
    certain: bool
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
        inbox: Where the runs' plans lie.
        dispatch: Told that rows are in the line again, or that a run may be at its end.
    """

    ledger: Ledger
    inbox: Inbox
    dispatch: DispatchQueue

    def cancel(self, run_id: str) -> Cancelled:
        """Orders nothing more for a run; what is in flight is still collected.

        Raises:
            RunNotFound: There is none of this id.
            NotPossible: It has ended already.
        """
        halted = self.ledger.runs.halt(run_id, RunStatus.CANCELLED, RUN_CANCELLED)
        run = self.ledger.runs.get(run_id)
        if not halted and run.halted != RunStatus.CANCELLED:
            raise NotPossible(f"Run {run_id} is already {run.status}: nothing was cancelled.")
        dropped = end_queued(self.ledger, run)
        rows = [row for row in self.ledger.rows.of_run(run_id) if not row.status.final]
        flying = [each for each in self._renders(rows).values() if each.state.is_in_flight]
        certain = all(each.state is RenderState.RUNNING for each in flying)
        self.dispatch.send(run_id=run_id)
        return Cancelled(run, len(flying), certain, dropped, again=not halted)

    def resume(self, run_id: str) -> GoesOn:
        """Goes on with a run that was cancelled or stopped, or whose rows waited in vain.

        A pause of the account ends too: whoever resumes has topped it up.

        Raises:
            RunNotFound: There is none of this id.
            NotPossible: It has nothing left to do, or is still being cancelled.
        """
        run = self.ledger.runs.get(run_id)
        self.ledger.limiter.resume()
        if self._alive(run):
            if run.halted:
                raise NotPossible(_STILL_ENDING)
            self.dispatch.send(run_id=run_id)
            return GoesOn(run, ())
        rows = [row for row in self.ledger.rows.of_run(run_id) if _left_over(row)]
        return self._reopen(run, rows, {})

    def retry(self, run_id: str, numbers: Collection[int] = ()) -> GoesOn:
        """Orders failed rows again, even where it is not clear whether hiapi has billed them.

        Args:
            run_id: The run.
            numbers: The rows' numbers in the sheet; all failed ones when empty.

        Raises:
            RunNotFound: There is none of this id.
            NotPossible: It is still running, or a row is not one of its failed ones.
        """
        run = self.ledger.runs.get(run_id)
        if self._alive(run):
            raise NotPossible(
                "The run is still running: wait until it has ended, or cancel it first."
            )
        rows = {row.number: row for row in self.ledger.rows.of_run(run_id)}
        failed = {number for number, row in rows.items() if row.status is RowStatus.FAILED}
        for number in numbers:
            if number not in failed:
                stands = f"is {rows[number].status}" if number in rows else "is not in this run"
                raise NotPossible(f"Row {number} {stands}: only failed rows can be ordered again.")
            if rows[number].awaited:
                raise NotPossible(
                    f"The picture of row {number} may still come: it is not ordered a second time."
                )
        wanted = [rows[number] for number in sorted(set(numbers) or failed)]
        wanted = [row for row in wanted if not row.awaited]
        return self._reopen(run, wanted, self._renders(wanted))

    def _reopen(self, run: Run, rows: Sequence[Row], renders: Mapping[str, Render]) -> GoesOn:
        rows = [row for row in map(self._with_lane, rows) if row.lane]
        if not rows:
            raise NotPossible(_NOTHING_LEFT)
        try:
            opened = self.ledger.runs.reopen(run, self.ledger.limiter.view().served)
        except Conflict:
            raise NotPossible("Another command is resuming this run right now.") from None
        again = []
        for turn, row in enumerate(rows, 1):
            render = renders.get(row.render_id)
            allowed = 0
            if render and render.state is RenderState.FAILED:  # new attempts: a person wants them
                self.ledger.renders.allow_again(render)
                allowed = render.attempt + ATTEMPTS
            again.append(replace(row, round=opened.base_round + turn, max_attempt=allowed))
        self.ledger.limiter.open_lanes(row.lane for row in again)
        self.ledger.rows.reopen(again)
        self.dispatch.send(run_id=run.id)
        return GoesOn(opened, tuple(row.number for row in rows))

    def _with_lane(self, row: Row) -> Row:
        """A row with its lane, which the first release did not note."""
        job = None if row.lane else read_job(self.inbox, row)
        return replace(row, lane=job.model) if job else row

    def _renders(self, rows: Sequence[Row]) -> dict[str, Render]:
        return self.ledger.renders.get_many(row.render_id for row in rows if row.render_id)

    def _alive(self, run: Run) -> bool:
        if not run.planned and run.status.is_open:
            raise NotPossible("The run is still being planned: try again in a moment.")
        return bool(run.open_rows)


_STILL_ENDING = (
    "The run is still stopping, because pictures already being made are collected first: resume it "
    "when it has ended."
)
_NOTHING_LEFT = f"Nothing is left to do in this run. To render new rows, {RUN_AGAIN}."


def _left_over(row: Row) -> bool:
    """Whether a row would go on if its run did."""
    if row.status.stage is Stage.HALTED:
        return True
    return row.status is RowStatus.FAILED and Reason(row.reason).nothing_spent and not row.awaited

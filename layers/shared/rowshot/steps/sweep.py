"""Sweep: looks after what has no owner, every minute.

An owner is an execution that keeps a render's or a run's ``due_at`` in the future. What is overdue
has lost it: tasks are looked at, unclear orders are settled, pictures are published, and runs whose
execution died go on as a new execution over their unfinished rows. Rows that ended while their
picture may still come are looked after too, until it has come or never will.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from rowshot.jobs import Job
from rowshot.ledger import Ledger
from rowshot.ledger.records import Render, RenderState, Row
from rowshot.logs import logger
from rowshot.machine import Machine
from rowshot.statuses import RowStatus
from rowshot.steps import failures
from rowshot.steps.manifests import jobs_of, start
from rowshot.steps.ordering import Ordering
from rowshot.steps.poll import Poll
from rowshot.steps.reviving import Reviving
from rowshot.steps.submit import KEY_LIFE, Submit
from rowshot.storage import Inbox

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

__all__ = ["Sweep", "Swept", "invoker", "jobs_of", "start"]

T = TypeVar("T")
_TASK_LIFE = 86_400.0  # nominal seconds that a task is looked after
_ENOUGH = 20.0  # wall seconds that one look may take
_PARKED_WAIT = 300.0  # nominal seconds between two orders that settle a parked claim
_ORPHAN_WAIT = 3600.0
_GONE = "hiapi had not finished it after a day (task {task}): tick redo to buy another picture"
_UNSETTLED = (
    "hiapi never said whether it took this order, so it may have been billed: look at the account, "
    "then order it again with 'rowshot retry'"
)


@dataclass(frozen=True)
class Swept:
    """What one pass did."""

    renders: int = 0
    runs: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Sweep:
    """The step; one for each pass, because it remembers what it has read.

    Args:
        ledger: The ledger.
        inbox: Where runs' manifests lie.
        machine: Starts executions.
        submit: Settles unclear orders.
        poll: Looks at tasks.
        publish: Starts Publish for a job, without waiting for it.
        time_left: Wall seconds that the function still has.
    """

    ledger: Ledger
    inbox: Inbox
    machine: Machine
    submit: Submit
    poll: Poll
    publish: Callable[[Job], None]
    time_left: Callable[[], float]
    _manifests: dict[str, dict[int, Job]] = field(default_factory=dict)
    _unexpected: list[Exception] = field(default_factory=list)

    def __call__(self) -> Swept:
        """One pass over everything that is overdue, as far as the time allows.

        Raises:
            Exception: The last one of those that nobody expected, after everything was done.
        """
        point = self.submit.follower.point
        runs = self._each(self.ledger.runs.overdue(), self._reviving.look_after)
        # Run by run, because only one run's manifest is kept in memory.
        overdue = sorted(self.ledger.renders.overdue(), key=lambda each: each.buyer.run_id)
        renders = self._each(overdue, self._look_after_render)
        awaited = sorted(self.ledger.rows.awaited(), key=lambda each: each.run_id)
        rows = self._each(awaited, self._look_after_row)
        self._reviving.rewrite()
        point("tidy line")
        view = self.ledger.gate.view()
        self.ledger.gate.tidy(view)
        self.ledger.gate.forget(view, lambda: [run.id for run in self.ledger.runs.all_open()])
        if self._unexpected:
            raise self._unexpected[-1]
        return Swept(renders, runs, rows)

    @cached_property
    def _reviving(self) -> Reviving:
        return Reviving(self.ledger, self.inbox, self.machine, self.submit.follower)

    def _each(self, found: Iterable[T], look_after: Callable[[T], None]) -> int:
        number = 0
        for each in found:
            if self.time_left() < _ENOUGH:
                break
            number += 1
            try:
                look_after(each)
            except Exception as error:
                # Nobody expected it; but one that cannot be looked after must not keep Sweep from
                # all the others, for good.
                logger.exception("sweep", kind=type(each).__name__)
                self._unexpected.append(error)
        return number

    def _look_after_render(self, render: Render) -> None:
        job = self._job(render.buyer.run_id, render.buyer.number)
        if job is None:  # its run's files are gone: nobody knows where the picture belongs
            self.submit.follower.point("hold orphan")
            self.ledger.renders.hold(render, _ORPHAN_WAIT)
            return
        if render.state is RenderState.CLAIMED:
            self._settle(job, render)
        elif render.state is RenderState.RUNNING:
            self._look(job, render)
        else:
            self._publish(job)

    def _publish(self, job: Job) -> None:
        self.submit.follower.point("start publish")
        self.publish(job)

    def _settle(self, job: Job, render: Render) -> None:
        age = self.ledger.clock.since(render.claimed_at)
        if age > KEY_LIFE:
            self.submit.follower.point("give order up")
            self.ledger.renders.failed(render, _UNSETTLED, final=True)
        elif render.parked:
            self._ask_again(job, render)
        elif age > self.submit.hard_deadline:
            self.submit.park(render)
        else:
            Ordering(self.submit.follower).again(job, render, 0)

    def _ask_again(self, job: Job, render: Render) -> None:
        """Sends a parked order again, under a slot: hiapi may make its task only now."""
        renders = self.ledger.renders
        self.submit.follower.point("take slot again")
        taken = renders.unpark(render, self.submit.limits.in_flight)
        if taken is None:
            self.submit.follower.point("ask later")
            renders.hold(render, _PARKED_WAIT)
            return
        Ordering(self.submit.follower).again(job, taken, 0)
        still = renders.get(render.id)
        if still and still.state is RenderState.CLAIMED:
            self.submit.follower.point("park claim")
            renders.park(still, _PARKED_WAIT)

    def _look(self, job: Job, render: Render) -> None:
        if self.poll(job).step == "publish":
            self._publish(job)
        elif self.ledger.clock.since(render.placed_at) > _TASK_LIFE:
            self.submit.follower.point("give task up")
            self.ledger.renders.failed(render, _GONE.format(task=render.task_id), final=True)

    def _look_after_row(self, row: Row) -> None:
        """A row at its end whose picture may still come, or has come, or never will."""
        if row.status is RowStatus.PUBLISHED:
            self._reviving.corrected(row)
            return
        render = self.ledger.renders.get(row.render_id)
        if render is None or render.state in (RenderState.RELEASED, RenderState.FAILED):
            failed = render is not None and render.state is RenderState.FAILED
            reason = render.failure if render and failed else failures.NEVER_TAKEN
            if row.error == reason:
                self._reviving.corrected(row)
                return
            self.submit.follower.point("correct row")
            self.ledger.rows.give_up(row, reason)
            self._tell_sheet(row)
            return
        job = self._job(row.run_id, row.number)
        if job and render.state is RenderState.PUBLISHED:
            self._publish(job)
        self.submit.follower.point("await row")
        self.ledger.rows.await_longer(row)

    def _tell_sheet(self, row: Row) -> None:
        job = self._job(row.run_id, row.number)
        if job:
            self.submit.follower.touch(job)

    def _job(self, run_id: str, number: int) -> Job | None:
        if run_id not in self._manifests:
            self._manifests.clear()  # a large one takes a hundred megabytes
            found = jobs_of(self.inbox, run_id) or self._decided(run_id)
            self._manifests[run_id] = {job.number: job for job in found}
        return self._manifests[run_id].get(number)

    def _decided(self, run_id: str) -> list[Job]:
        """The jobs of a plan that died between its rows and its manifest."""
        # Seldom needed, and it brings the whole planning along.
        from rowshot.steps.deciding import decided_jobs

        return decided_jobs(self.inbox, run_id)


def invoker(client: LambdaClient, function: str) -> Callable[[Job], None]:
    """Starts Publish for one job, asynchronously: it is idempotent and retried by Lambda."""

    def publish(job: Job) -> None:
        client.invoke(
            FunctionName=function,
            InvocationType="Event",
            Payload=json.dumps({"job": json.loads(job.line())}),
        )

    return publish

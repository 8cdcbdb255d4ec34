"""Sweep: looks after what has no owner, every minute.

An owner is an execution that keeps a render's or a run's ``due_at`` in the future. What is overdue
has lost it: tasks are looked at, unclear orders are settled, pictures are published, and runs whose
execution died go on as a new execution over their unfinished rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rowshot.jobs import Job, Next
from rowshot.ledger import Ledger
from rowshot.ledger.records import Render, RenderState, Row, Run, RunStatus
from rowshot.ledger.table import Conflict
from rowshot.machine import Machine
from rowshot.statuses import RowStatus
from rowshot.steps import failures
from rowshot.steps.manifests import jobs_of, start
from rowshot.steps.poll import Poll
from rowshot.steps.submit import KEY_LIFE, Submit
from rowshot.storage import Inbox

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

__all__ = ["Sweep", "Swept", "invoker", "jobs_of", "start"]

_TASK_LIFE = 86_400.0  # nominal seconds that a task is looked after
_GENERATIONS = 5  # times that a run is continued by itself; then its rows end
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


@dataclass(frozen=True)
class Sweep:
    """The step.

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

    def __call__(self) -> Swept:
        """One pass over everything that is overdue, as far as the time allows."""
        renders = runs = 0
        for run in self.ledger.runs.overdue():
            if self.time_left() < 20:
                break
            runs += self._look_after_run(run)
        for render in self.ledger.renders.overdue():
            if self.time_left() < 20:
                break
            self._look_after_render(render)
            renders += 1
        return Swept(renders, runs)

    def _look_after_run(self, run: Run) -> bool:
        if run.status is RunStatus.PLANNING:
            # Plan is retried by Lambda itself; after that the dead-letter queue has the event.
            self.ledger.runs.looked_after(run.id)
            return False
        status = self.machine.status(run.id, run.generation)
        if status == "RUNNING":
            self.ledger.runs.looked_after(run.id)
            return False
        return self.resume(run)

    def resume(self, run: Run) -> bool:
        """Continues a run as a new execution over its unfinished rows.

        Returns:
            False when somebody else did so at the same moment.
        """
        unfinished = {row.number for row in self.ledger.rows.of_run(run.id) if not row.status.final}
        jobs = [job for job in jobs_of(self.inbox, run.id) if job.number in unfinished]
        if run.generation >= _GENERATIONS:
            for job in jobs:
                self.ledger.rows.record(
                    run.id, job.number, RowStatus.FAILED, error=failures.INTERNAL
                )
            jobs = []
        try:
            reopened = self.ledger.runs.reopen(run)
        except Conflict:
            return False
        start(self.inbox, self.machine, reopened, jobs)
        return True

    def _look_after_render(self, render: Render) -> None:
        rows = list(self.ledger.rows.wanting(render.id))
        jobs = [job for row in rows if (job := self._job(row)) is not None]
        if not jobs:
            self.ledger.renders.hold(render, 3600)
            return
        age = self.ledger.clock.since(render.claimed_at)
        if render.state is RenderState.CLAIMED:
            if age > KEY_LIFE:
                self.ledger.renders.failed(render, _UNSETTLED, final=True)
            elif self.ledger.renders.hold(render, 300 if render.parked else 0):
                self.submit.send(self._buyers(render, jobs), render, replay=True)
            return
        if render.state is RenderState.RUNNING:
            outcome = self.poll(self._buyers(render, jobs))
            if render.parked and outcome.step != "publish":
                self._parked(render, age)
            if outcome != Next("publish"):
                return
        for job in jobs:
            self.publish(job)

    def _parked(self, render: Render, age: float) -> None:
        if age > _TASK_LIFE:
            self.ledger.renders.failed(render, _GONE.format(task=render.task_id), final=True)

    def _buyers(self, render: Render, jobs: list[Job]) -> Job:
        return next((job for job in jobs if job.buyer == render.buyer), jobs[0])

    def _job(self, row: Row) -> Job | None:
        if row.status is RowStatus.PUBLISHED:
            return None
        return next(
            (job for job in jobs_of(self.inbox, row.run_id) if job.number == row.number), None
        )


def invoker(client: LambdaClient, function: str) -> Callable[[Job], None]:
    """Starts Publish for one job, asynchronously: it is idempotent and retried by Lambda."""

    def publish(job: Job) -> None:
        client.invoke(
            FunctionName=function,
            InvocationType="Event",
            Payload=json.dumps({"job": json.loads(job.line())}),
        )

    return publish

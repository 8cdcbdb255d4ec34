"""Poll: looks at a row's task, seldom and at the right moment, and notes how it ends."""

from __future__ import annotations

from dataclasses import dataclass

from rowshot.errors import HiapiBusy, HiapiDenied, HiapiError, HiapiRefused
from rowshot.hiapi import Task
from rowshot.jobs import Job, Next
from rowshot.ledger.records import Render, RenderState
from rowshot.metrics import Figure
from rowshot.pacing import next_look
from rowshot.statuses import RowStatus
from rowshot.steps import failures
from rowshot.steps.failures import Kind
from rowshot.steps.following import Follower, jitter

_FRESH = 2.0  # nominal seconds within which somebody else's look is good enough
_MISSING = 120.0  # nominal seconds for which hiapi may not know a task, such as a new one
_RETRY_WAIT = 5
_TROUBLE_WAIT = 6
PARKED_WAIT = 120.0  # nominal seconds between Sweep's looks at a task past its hard deadline


@dataclass(frozen=True)
class Poll:
    """The step.

    Args:
        follower: The job's connections.
        soft_deadline: Nominal seconds after which looks become rare.
        hard_deadline: Nominal seconds after which the row stops waiting and Sweep goes on.
    """

    follower: Follower
    soft_deadline: float
    hard_deadline: float

    def __call__(self, job: Job) -> Next:
        """Looks once, if it is time, and says what comes next. Safe to repeat at any time."""
        render = self.follower.ledger.renders.get(job.render_id)
        if render is None or render.state in (RenderState.RELEASED, RenderState.CLAIMED):
            return Next("submit", 2)
        if render.state in (RenderState.SUCCEEDED, RenderState.PUBLISHED):
            return Next("publish")
        if render.state is RenderState.FAILED:
            return self._after_failure(job, render)
        blocked = self.follower.clock.until(self.follower.ledger.gate.blocked_until())
        if blocked:
            return self._unfinished(job, render, blocked + jitter(blocked), looked=False)
        if self.follower.clock.since(render.looked_at) < _FRESH:
            return Next("poll", _FRESH)
        return self._look(job, render)

    def _look(self, job: Job, render: Render) -> Next:
        self.follower.point("look at task")
        try:
            task = self.follower.hiapi.task(render.task_id)
        except HiapiBusy as error:
            return self._unfinished(job, render, self.follower.slow_down(error), looked=False)
        except HiapiDenied as error:
            # The picture is paid for: the row says what is wrong, Sweep fetches it afterwards.
            self._keep(render, PARKED_WAIT, looked=True)
            reason = error.message
            return self.follower.end(job, RowStatus.FAILED, reason, Kind.KEY_DENIED, awaited=True)
        except HiapiRefused as error:
            missing = error.status == 404
            if missing and self._missed_for_long(render):
                return self._lost(job, render)
            return self._unfinished(job, render, _TROUBLE_WAIT, missing=missing)
        except HiapiError:
            return self._unfinished(job, render, _TROUBLE_WAIT)
        return self._judge(job, render, task)

    def _missed_for_long(self, render: Render) -> bool:
        first = render.missing_since
        return bool(first) and self.follower.clock.since(first) > _MISSING

    def _lost(self, job: Job, render: Render) -> Next:
        reason = failures.TASK_UNKNOWN.format(task=render.task_id)
        self.follower.point("note loss")
        self.follower.ledger.renders.failed(render, reason, final=True)
        return self.follower.end(job, RowStatus.FAILED, reason, Kind.TASK_LOST)

    def _judge(self, job: Job, render: Render, task: Task) -> Next:
        renders = self.follower.ledger.renders
        if task.failed:
            verdict = failures.judge(task.error_code, task.error_message, task.id)
            self.follower.point("note failure")
            renders.failed(render, verdict.reason, final=verdict.final)
            return self._again_or_end(job, render.attempt, verdict)
        if not task.succeeded:
            return self._unfinished(job, render, 0)
        if not task.image_url:
            # Some answers say "success" a little before they have the link, and a look is free.
            if not self._missed_for_long(render):
                return self._unfinished(job, render, _TROUBLE_WAIT, missing=True)
            reason = failures.NO_PICTURE.format(task=task.id)
            self.follower.point("note failure")
            renders.failed(render, reason, final=True)
            return self.follower.end(job, RowStatus.FAILED, reason, Kind.PICTURE_LOST)
        self.follower.point("note success")
        if renders.succeeded(render):
            self._measure(job, render)
        self.follower.record(job, RowStatus.PUBLISHING)
        return Next("publish")

    def _measure(self, job: Job, render: Render) -> None:
        took = self.follower.clock.since(render.placed_at)
        self.follower.point("note latency")
        self.follower.ledger.models.add_latency(job.model, took)
        self.follower.meter.add(Figure.SPENT_USD, render.price)
        self.follower.meter.add(Figure.RENDER_SECONDS, took)
        self.follower.meter.add(Figure.POLLS_PER_PICTURE, render.polls + 1)

    def _unfinished(
        self, job: Job, render: Render, wait: float, *, looked: bool = True, missing: bool = False
    ) -> Next:
        """A task that is not known to have ended: it is looked at again, by Sweep if it is late."""
        elapsed = self.follower.clock.since(render.placed_at)
        latencies = self.follower.ledger.models.latencies(job.model)
        wait = wait or next_look(elapsed, latencies, self.soft_deadline)
        self._keep(render, wait, looked=looked, missing=missing)
        if elapsed <= self.hard_deadline:
            return Next("poll", wait)
        reason = failures.STILL_RENDERING.format(task=render.task_id)
        return self.follower.end(job, RowStatus.FAILED, reason, Kind.TOO_SLOW, awaited=True)

    def _keep(self, render: Render, wait: float, *, looked: bool, missing: bool = False) -> None:
        """Says who looks next until when; past the hard deadline the task gives its slot free."""
        renders = self.follower.ledger.renders
        late = self.follower.clock.since(render.placed_at) > self.hard_deadline
        if late and not render.parked:
            self.follower.point("park task")
            renders.park(render, PARKED_WAIT)
        elif looked:
            self.follower.point("note look")
            renders.look(render, max(wait, PARKED_WAIT) if late else wait, missing=missing)
        else:
            self.follower.point("keep task")
            renders.keep(render, max(wait, PARKED_WAIT) if late else wait)

    def _after_failure(self, job: Job, render: Render) -> Next:
        verdict = failures.Verdict(render.failure, render.final)
        return self._again_or_end(job, render.attempt, verdict)

    def _again_or_end(self, job: Job, attempt: int, verdict: failures.Verdict) -> Next:
        if verdict.final or attempt >= job.max_attempt:
            return self.follower.end(job, RowStatus.FAILED, verdict.reason, verdict.kind)
        return Next("submit", _RETRY_WAIT)

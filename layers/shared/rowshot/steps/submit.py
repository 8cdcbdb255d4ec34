"""Submit: gets a row's render going, by joining it, by waiting in line, or by buying it."""

from __future__ import annotations

from dataclasses import dataclass

from rowshot.errors import (
    HiapiBusy,
    HiapiDenied,
    HiapiError,
    HiapiOutOfBalance,
    HiapiRefused,
    HiapiUnavailable,
)
from rowshot.jobs import Job, Next
from rowshot.ledger.gate import GateView, wait_for_place
from rowshot.ledger.records import Render, RenderState, Run, RunStatus
from rowshot.ledger.renders import Claim, Limits, Order
from rowshot.metrics import Figure
from rowshot.models.learning import learn_from_refusal
from rowshot.pacing import first_look
from rowshot.statuses import RowStatus
from rowshot.steps import failures
from rowshot.steps.failures import Kind
from rowshot.steps.following import Follower, jitter

KEY_LIFE = 20 * 3600.0  # nominal seconds; hiapi keeps an idempotency key for about 24 hours
_PROBE_EVERY = 240.0  # nominal seconds between two orders that ask for the balance
_PAUSE_LONGEST = 86_400.0
_JOIN_WAIT = 4


@dataclass(frozen=True)
class Submit:
    """The step.

    Args:
        follower: The job's connections.
        limits: The ceilings that a purchase must fit under.
        hard_deadline: Nominal seconds after which an unclear order gives its slot free.
    """

    follower: Follower
    limits: Limits
    hard_deadline: float = 1800.0

    def __call__(self, job: Job) -> Next:
        """Takes the job one step on, and says what comes next. Safe to repeat at any time."""
        render = self.follower.ledger.renders.get(job.render_id)
        if render is None or render.state is RenderState.RELEASED:
            return self._buy(job, render)
        if render.state in (RenderState.SUCCEEDED, RenderState.PUBLISHED):
            return Next("publish")
        if render.state is RenderState.RUNNING:
            return self._join(job)
        if render.state is RenderState.CLAIMED:
            return self._settle(job, render)
        if render.final or render.attempt >= job.max_attempt:
            return self.follower.fail_with(job, render)
        return self._buy(job, render)

    def _join(self, job: Job) -> Next:
        self._leave_line(job)
        self.follower.record(job, RowStatus.RENDERING)
        return Next("poll", _JOIN_WAIT)

    def _settle(self, job: Job, render: Render) -> Next:
        """An order whose answer nobody noted: the same bytes under the same key settle it."""
        mine = render.buyer == job.buyer
        if not mine and render.due_at > self.follower.clock.now():
            return Next("submit", _JOIN_WAIT)
        age = self.follower.clock.since(render.claimed_at)
        if age > self.hard_deadline and not render.parked:
            self.follower.point("park claim")
            self.follower.ledger.renders.park(render, 60)
        if age > self.hard_deadline:
            return self.follower.end(job, RowStatus.FAILED, failures.UNCLEAR, Kind.NO_ANSWER)
        if not self.follower.ledger.renders.hold(render, 0):
            return Next("submit", _JOIN_WAIT)
        return self.send(job, render, replay=True)

    def _buy(self, job: Job, seen: Render | None) -> Next:
        run = self.follower.ledger.runs.get(job.run_id)
        if run.halted:
            return self._halted(job, run)
        gate = self.follower.ledger.gate.view()
        probing = False
        if gate.paused_at:
            probing = self._may_probe(job, gate)
            if not probing:
                return self._wait_for_balance(job, gate)
        blocked = self.follower.clock.until(gate.blocked_until)
        if blocked:
            return self._stand(job, gate, blocked + jitter(blocked))
        ticket = gate.ticket_of(job.run_id, job.number)
        place = gate.place_of(ticket or gate.new_ticket(job.run_id, job.number))
        if place >= gate.free(self.limits.in_flight) and not probing:
            return self._stand(job, gate, wait_for_place(place))
        self.follower.point("claim")
        claim = self.follower.ledger.renders.claim(
            self._order(job),
            seen,
            self.limits,
            ticket=ticket.key if ticket else None,
            probing=probing,
        )
        if claim is not Claim.TAKEN:
            return self._not_bought(job, claim, gate)
        self.follower.meter.add(Figure.RESERVED_USD, job.price)
        self.follower.touch(job)
        bought = self.follower.ledger.renders.get(job.render_id)
        if bought is None:
            raise RuntimeError("a claim that was just written is not there")
        return self.send(job, bought, replay=False, probing=probing)

    def send(self, job: Job, render: Render, *, replay: bool, probing: bool = False) -> Next:
        """Posts a claimed order's stored bytes under its key, and notes what came of it.

        Args:
            job: The row on whose behalf.
            render: The claimed render.
            replay: True when the same order may have been posted before: an answer that only
                says what hiapi thinks now (402, 401) then settles nothing.
            probing: True when the account is paused and this order asks whether it works again.
        """
        renders, gate = self.follower.ledger.renders, self.follower.ledger.gate
        self.follower.point("post order")
        try:
            task_id = self.follower.hiapi.create(render.body, render.key)
        except HiapiOutOfBalance as error:
            gate.pause(error.message, _PROBE_EVERY)
            if not replay:
                self._not_created(render, error, refused=False)
            self.follower.record(job, RowStatus.QUEUED, failures.WAITS_FOR_BALANCE)
            return Next("submit", _PROBE_EVERY)
        except HiapiDenied as error:
            return self._denied(job, render, error, replay=replay)
        except HiapiUnavailable as error:
            return self._model_out(job, render, error, replay=replay)
        except HiapiRefused as error:
            return self._refused(job, render, error)
        except HiapiBusy as error:
            return self._again(render, self.follower.slow_down(error), error)
        except HiapiError as error:
            # Nobody knows whether it was taken. The claim stands; the same order is sent again.
            age = self.follower.clock.since(render.claimed_at)
            return self._again(render, min(60.0, max(3.0, age)), error)
        self.follower.point("note task")
        wait = self._first_look(job)
        if renders.running(render, task_id, wait):
            self.follower.meter.add(Figure.ORDERS_PLACED)
        if probing:
            gate.resume()
        return Next("poll", wait)

    def _first_look(self, job: Job) -> int:
        return first_look(self.follower.ledger.models.latencies(job.model), job.expected)

    def _again(self, render: Render, wait: float, error: HiapiError) -> Next:
        self.follower.ledger.renders.hold(render, wait)
        return Next("submit", wait, error.message)

    def _denied(self, job: Job, render: Render, error: HiapiError, *, replay: bool) -> Next:
        if not replay:
            self._not_created(render, error, refused=False)
        self.follower.ledger.runs.halt(job.run_id, RunStatus.STOPPED, error.message)
        return self.follower.end(job, RowStatus.FAILED, error.message, Kind.KEY_DENIED)

    def _model_out(self, job: Job, render: Render, error: HiapiError, *, replay: bool) -> Next:
        if self.follower.clock.since(render.claimed_at) < 600:
            return self._again(render, 60, error)
        if not replay:
            self._not_created(render, error, refused=True)
        return self.follower.end(job, RowStatus.FAILED, failures.MODEL_OUT, Kind.MODEL_OUT)

    def _refused(self, job: Job, render: Render, error: HiapiError) -> Next:
        renders = self.follower.ledger.renders
        if error.status == 422:  # the key stands for other bytes: something was bought under it
            renders.failed(render, error.message, final=True)
        else:
            self._not_created(render, error, refused=True)
            learned = learn_from_refusal(error.message)
            if learned:
                field, values = learned
                self.follower.ledger.models.learn_values(job.model, field, values)
        return self.follower.end(job, RowStatus.FAILED, error.message, Kind.ORDER_REFUSED)

    def _not_created(self, render: Render, error: HiapiError, *, refused: bool) -> None:
        """Gives slot and money back: hiapi certainly made no task of the order."""
        renders = self.follower.ledger.renders
        if renders.not_created(render, error.message, refused=refused):
            self.follower.meter.add(Figure.RESERVED_USD, -render.price)

    def _not_bought(self, job: Job, claim: Claim, gate: GateView) -> Next:
        if claim is Claim.RUN_CLOSED:
            run = self.follower.ledger.runs.get(job.run_id)
            if run.halted:
                return self._halted(job, run)
            self._leave_line(job)
            reason = failures.RUN_FULL.format(limit=f"{self.limits.run_usd:.2f}")
            return self.follower.end(job, RowStatus.OVER_BUDGET, reason, Kind.BUDGET)
        if claim is Claim.DAY_FULL:
            self._leave_line(job)
            reason = failures.DAY_FULL.format(limit=f"{self.limits.day_usd:.2f}")
            return self.follower.end(job, RowStatus.OVER_BUDGET, reason, Kind.BUDGET)
        if claim is Claim.NO_SLOT:
            return self._stand(job, gate, wait_for_place(0))
        if claim is Claim.CHANGED:
            return Next("submit", 2)
        return Next("done")  # the row reached its end meanwhile

    def _halted(self, job: Job, run: Run) -> Next:
        self._leave_line(job)
        if run.halted == RunStatus.CANCELLED:
            return self.follower.end(job, RowStatus.CANCELLED, failures.CANCELLED, None)
        return self.follower.end(job, RowStatus.FAILED, run.reason, Kind.STOPPED)

    def _may_probe(self, job: Job, gate: GateView) -> bool:
        """Whether this row, the first in line, is to ask with its own order for the balance."""
        own = gate.ticket_of(job.run_id, job.number)
        first = gate.place_of(own or gate.new_ticket(job.run_id, job.number)) == 0
        return first and self.follower.ledger.gate.take_probe(gate, _PROBE_EVERY)

    def _wait_for_balance(self, job: Job, gate: GateView) -> Next:
        if self.follower.clock.since(gate.paused_at) > _PAUSE_LONGEST:
            self._leave_line(job)
            return self.follower.end(job, RowStatus.FAILED, failures.BALANCE_GAVE_OUT, Kind.BALANCE)
        self.follower.record(job, RowStatus.QUEUED, failures.WAITS_FOR_BALANCE)
        return self._stand(job, gate, _PROBE_EVERY / 4 + jitter(_PROBE_EVERY))

    def _stand(self, job: Job, gate: GateView, wait: float) -> Next:
        ticket = gate.ticket_of(job.run_id, job.number) or gate.new_ticket(job.run_id, job.number)
        self.follower.ledger.gate.stand(ticket, wait)
        return Next("submit", wait)

    def _leave_line(self, job: Job) -> None:
        ticket = self.follower.ledger.gate.view().ticket_of(job.run_id, job.number)
        if ticket:
            self.follower.ledger.gate.leave(ticket)

    def _order(self, job: Job) -> Order:
        return Order(
            render_id=job.render_id,
            model=job.model,
            version=job.version,
            price=job.price,
            body=job.body.encode(),
            max_attempt=job.max_attempt,
            buyer=job.buyer,
        )

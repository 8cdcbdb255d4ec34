"""Submit: gets a row's render going, by joining it, by waiting in line, or by buying it."""

from __future__ import annotations

from dataclasses import dataclass

from rowshot.jobs import Job, Next
from rowshot.ledger.claims import Claim, Limits, Order
from rowshot.ledger.gate import GateView, Ticket, wait_for_place
from rowshot.ledger.records import Render, RenderState, Run, RunStatus
from rowshot.metrics import Figure
from rowshot.statuses import RowStatus
from rowshot.steps import failures
from rowshot.steps.failures import Kind
from rowshot.steps.following import Follower, jitter
from rowshot.steps.ordering import PROBE_EVERY, Ordering

KEY_LIFE = 20 * 3600.0  # nominal seconds; hiapi keeps an idempotency key for about 24 hours
_PAUSE_LONGEST = 86_400.0
_JOIN_WAIT = 4
SPARE_SLOTS = 2  # tasks that stand in line at hiapi, so that none of its places falls idle


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
        """An order whose answer nobody noted: its buyer sends it again, or whoever comes."""
        late = self.follower.clock.since(render.claimed_at) > self.hard_deadline
        if late and not render.unsent:
            self.park(render)
            reason = failures.UNCLEAR
            return self.follower.end(job, RowStatus.FAILED, reason, Kind.NO_ANSWER, awaited=True)
        if render.buyer != job.buyer and render.due_at > self.follower.clock.now():
            return Next("submit", _JOIN_WAIT)
        return Ordering(self.follower).again(job, render, 0)

    def park(self, render: Render) -> None:
        """Gives an unclear order's slot free; Sweep goes on asking."""
        if not render.parked:
            self.follower.point("park claim")
            self.follower.ledger.renders.park(render, 60)

    def _buy(self, job: Job, seen: Render | None) -> Next:
        run = self.follower.ledger.runs.get(job.run_id)
        if run.halted:
            return self._halted(job, run)
        gate = self.follower.ledger.gate.view()
        probing = False
        if gate.paused_at:
            # A pause may be older than a run that was started, or resumed, since.
            if self.follower.clock.since(max(gate.paused_at, run.opened_at)) > _PAUSE_LONGEST:
                return self._gave_out(job)
            probing = self._may_probe(job, gate)
            if not probing:
                return self._wait_for_balance(job, gate)
        blocked = self.follower.clock.until(gate.blocked_until)
        if blocked:
            return self._stand(job, gate, blocked + jitter(blocked))
        ticket = self._ticket(job, gate)
        place = gate.place_of(ticket)
        if place >= gate.free(self.limits.in_flight) and not probing:
            return self._stand(job, gate, wait_for_place(place))
        self.follower.point("claim")
        claim = self.follower.ledger.claims.claim(
            self._order(job), seen, self.limits, view=gate, ticket=ticket, probing=probing
        )
        if claim is not Claim.TAKEN:
            return self._not_bought(job, claim, gate)
        self.follower.meter.add(Figure.RESERVED_USD, job.price)
        self.follower.touch(job)
        bought = self.follower.ledger.renders.get(job.render_id)
        if bought is None:
            raise RuntimeError("a claim that was just written is not there")
        at_once = gate.free(self.limits.in_flight) > SPARE_SLOTS
        return Ordering(self.follower).send(
            job, bought, unclear=False, probing=probing, at_once=at_once
        )

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
        self._leave_line(job)
        return Next("done")  # the row reached its end meanwhile

    def _halted(self, job: Job, run: Run) -> Next:
        self._leave_line(job)
        if run.halted == RunStatus.CANCELLED:
            return self.follower.end(job, RowStatus.CANCELLED, failures.CANCELLED, None)
        return self.follower.end(job, RowStatus.FAILED, run.reason, Kind.STOPPED)

    def _may_probe(self, job: Job, gate: GateView) -> bool:
        """Whether this row, the first in line, is to ask with its own order for the balance."""
        if gate.place_of(self._ticket(job, gate)):
            return False
        self.follower.point("take probe")
        return self.follower.ledger.gate.take_probe(gate, PROBE_EVERY)

    def _gave_out(self, job: Job) -> Next:
        self._leave_line(job)
        reason = failures.BALANCE_GAVE_OUT
        return self.follower.end(job, RowStatus.FAILED, reason, Kind.BALANCE)

    def _wait_for_balance(self, job: Job, gate: GateView) -> Next:
        self.follower.record(job, RowStatus.QUEUED, failures.WAITS_FOR_BALANCE)
        self.follower.ledger.runs.paused(job.run_id)
        return self._stand(job, gate, PROBE_EVERY / 4 + jitter(PROBE_EVERY))

    def _stand(self, job: Job, gate: GateView, wait: float) -> Next:
        self.follower.point("stand in line")
        self.follower.ledger.gate.stand(self._ticket(job, gate), wait)
        return Next("submit", wait)

    def _ticket(self, job: Job, gate: GateView) -> Ticket:
        standing = gate.ticket_of(job.run_id, job.number)
        return standing or gate.new_ticket(job.run_id, job.number)

    def _leave_line(self, job: Job) -> None:
        ticket = self.follower.ledger.gate.view().ticket_of(job.run_id, job.number)
        if ticket:
            self.follower.point("leave line")
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

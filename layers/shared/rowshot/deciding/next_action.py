"""The one decision: what comes next for a row, from what is known of it."""

from __future__ import annotations

from dataclasses import replace

from rowshot.clock import Clock
from rowshot.deciding import reasons
from rowshot.deciding.actions import (
    Action,
    Claim,
    Copy,
    End,
    Fetch,
    GiveUp,
    Look,
    Nothing,
    Order,
    Park,
    Release,
    Start,
    Stay,
    Tell,
    ToLine,
    Wait,
    WaitWithRender,
)
from rowshot.deciding.facts import Facts, Rules
from rowshot.deciding.reasons import Reason
from rowshot.ledger.records import Render, RenderState, Run, RunStatus
from rowshot.statuses import RowStatus

KEY_LIFE = 20 * 3600.0  # nominal seconds; hiapi keeps an idempotency key for about 24 hours
TASK_LIFE = 86_400.0  # nominal seconds that a task is looked after
MOST_CRASHES = 8  # executions of a row that may fail; each may repeat its functions five times
PAUSE_LONGEST = 86_400.0  # nominal seconds that a row waits for the balance
FRESH = 2.0  # nominal seconds within which another look would tell nothing new
_OTHERS = 3.0  # nominal seconds between two looks at what another start of the row is doing


def next_action(facts: Facts, clock: Clock, rules: Rules) -> Action:
    """Decides what to do with a row; reads and writes nothing.

    Args:
        facts: What is known.
        clock: The present moment, and how nominal time passes.
        rules: Ceilings and deadlines.

    Returns:
        For a row in the line: claim, start, wait with a render, tell, end, or stay. For a row at
        work (``facts.execution`` is its execution): order, look, fetch, copy, tell, wait, end,
        park, give up, release, or back to the line. ``Nothing`` where the row is not meant.
    """
    if facts.row.status is RowStatus.QUEUED and not facts.execution:
        return _in_line(facts, clock, rules)
    if not facts.is_meant or not facts.execution:
        return Nothing()
    if facts.row.status.final and not facts.row.awaited:
        return Nothing()
    return _at_work(facts, clock, rules)


def _in_line(facts: Facts, clock: Clock, rules: Rules) -> Action:
    render, account = facts.render, facts.account
    if facts.picture:
        return Tell(facts.picture)
    if render and render.state.is_on_its_way and render.buyer == facts.job.buyer:
        return _begin(facts, rules)  # it is paid for: also in a run that was cancelled
    if facts.run.halted:
        return halted_end(facts.run)
    if render and render.state is RenderState.PUBLISHED:
        return _begin(facts, rules)
    if render and render.state.is_on_its_way:
        return _late(render) if render.late else WaitWithRender()
    if render and _is_over(facts, render):
        return _failed(render)
    if account.paused_at:
        # A pause may be older than a run that was started, or resumed, since.
        if clock.since(max(account.paused_at, facts.run.opened_at)) > PAUSE_LONGEST:
            return End(RowStatus.FAILED, Reason.BALANCE, reasons.BALANCE_GAVE_OUT)
        if clock.until(account.probe_at) or clock.until(account.blocked_until):
            return Stay()
    elif clock.until(account.blocked_until) or clock.until(facts.out_until):
        return Stay()
    if not account.free(rules.in_flight) or not account.room(rules.in_flight):
        return Stay()
    return Claim(probe=bool(account.paused_at))


def _late(render: Render) -> End:
    """Its own buyer does not wait for it any longer: nor does anybody else."""
    match render.state:
        case RenderState.CLAIMED:
            return End(RowStatus.FAILED, Reason.UNCLEAR, reasons.UNCLEAR, awaited=True)
        case RenderState.RUNNING:
            sentence = reasons.STILL_RENDERING.format(task=render.task_id)
            return End(RowStatus.FAILED, Reason.STILL_RENDERING, sentence, awaited=True)
        case _:
            sentence = reasons.PICTURE_LATE.format(task=render.task_id, why=reasons.NO_LINK)
            return End(RowStatus.FAILED, Reason.PICTURE_LATE, sentence, awaited=True)


def _begin(facts: Facts, rules: Rules) -> Action:
    return Start() if facts.account.room(rules.in_flight) else Stay()


def halted_end(run: Run) -> End:
    """How the rows of a halted run end that were never ordered."""
    if run.halted == RunStatus.CANCELLED:
        return End(RowStatus.CANCELLED, Reason.CANCELLED, reasons.CANCELLED)
    return End(RowStatus.FAILED, Reason.RUN_STOPPED, run.reason)


def _is_over(facts: Facts, render: Render) -> bool:
    """Whether nobody may buy another attempt of a failed render for this row."""
    if render.state is not RenderState.FAILED:
        return False
    return render.final or render.attempt >= facts.job.max_attempt


def _failed(render: Render) -> End:
    return End(RowStatus.FAILED, Reason(render.reason or Reason.TASK_FAILED), render.failure)


def _at_work(facts: Facts, clock: Clock, rules: Rules) -> Action:
    if facts.row.crashes > MOST_CRASHES and not facts.row.status.final:
        return _given_up(facts)
    render = facts.render
    if facts.picture and render and render.state in (RenderState.SUCCEEDED, RenderState.PUBLISHED):
        return Tell(facts.picture)
    if render is None or render.state is RenderState.RELEASED:
        return _bought_nothing(facts)
    match render.state:
        case RenderState.CLAIMED:
            return _claimed(facts, render, clock, rules)
        case RenderState.RUNNING:
            return _running(facts, render, clock, rules)
        case RenderState.SUCCEEDED:
            return _succeeded(render, clock)
        case RenderState.PUBLISHED:
            return Copy()
        case _:
            if _is_over(facts, render) or facts.row.status.final:
                return _failed(render)
            return _bought_nothing(facts)


def _succeeded(render: Render, clock: Clock) -> Action:
    due = clock.until(render.due_at)
    if not due:
        return Fetch()
    # Another start is fetching it, which is soon done, or its link has failed and is tried later.
    return Wait(max(_OTHERS, min(due, clock.since(render.succeeded_at) / 4)))


def _given_up(facts: Facts) -> Action:
    """A row whose functions fail again and again; what was bought for it is still awaited."""
    render = facts.render
    bought = render is not None and render.state.is_on_its_way
    end = End(RowStatus.FAILED, Reason.INTERNAL, reasons.INTERNAL, awaited=bought)
    if render and render.state is RenderState.CLAIMED and render.unsent:
        return Release(replace(end, awaited=False))
    return end


def _bought_nothing(facts: Facts) -> Action:
    """Nothing is bought at this moment: another attempt needs a new slot, so a new turn."""
    if facts.row.status.final:
        return End(RowStatus.FAILED, Reason.UNREACHABLE, reasons.NOT_TAKEN)
    return halted_end(facts.run) if facts.run.halted else ToLine()


def _claimed(facts: Facts, render: Render, clock: Clock, rules: Rules) -> Action:
    age = clock.since(render.claimed_at)
    if age > KEY_LIFE and render.unsent:
        return Release(End(RowStatus.FAILED, Reason.UNREACHABLE, reasons.NOT_TAKEN))
    if age > KEY_LIFE:
        return GiveUp(End(RowStatus.FAILED, Reason.UNSETTLED, reasons.UNSETTLED))
    if render.unsent and facts.run.halted:
        return Release(halted_end(facts.run))
    if age > rules.hard_deadline and not render.unsent and not render.parked:
        return Park(End(RowStatus.FAILED, Reason.UNCLEAR, reasons.UNCLEAR, awaited=True))
    wait = max(clock.until(facts.account.blocked_until), clock.until(render.due_at))
    if wait:
        return Wait(wait, spread=True)
    return Order(replay=not render.unsent, parked=render.parked)


def _running(facts: Facts, render: Render, clock: Clock, rules: Rules) -> Action:
    elapsed = clock.since(render.placed_at)
    if elapsed > TASK_LIFE:
        sentence = reasons.OUTLIVED.format(task=render.task_id)
        return GiveUp(End(RowStatus.FAILED, Reason.OUTLIVED, sentence))
    if elapsed > rules.hard_deadline and not render.parked:
        sentence = reasons.STILL_RENDERING.format(task=render.task_id)
        return Park(End(RowStatus.FAILED, Reason.STILL_RENDERING, sentence, awaited=True))
    wait = clock.until(facts.account.blocked_until)
    if wait:
        return Wait(wait, spread=True)
    fresh = FRESH - clock.since(render.looked_at)
    return Wait(FRESH) if fresh > 0 else Look()

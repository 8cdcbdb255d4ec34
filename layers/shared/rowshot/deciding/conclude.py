"""What an answer means, as changes to the ledger."""

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
    Order,
    Park,
    Release,
    Tell,
    ToLine,
)
from rowshot.deciding.answers import Accepted, Answer, NoRoom, NotFetched, Outage, Task
from rowshot.deciding.changes import (
    Aside,
    AttemptFailed,
    BackInLine,
    Change,
    Effect,
    Ended,
    HaltRun,
    Learn,
    Looked,
    NotCreated,
    Parked,
    PauseAccount,
    PictureLost,
    PutOff,
    ResumeAccount,
    Running,
    Said,
    SlowDown,
    Stored,
    Succeeded,
)
from rowshot.deciding.facts import Facts, Rules
from rowshot.deciding.next_action import TASK_LIFE
from rowshot.deciding.pacing import first_look, late_look, next_look
from rowshot.deciding.reasons import Reason
from rowshot.deciding.refusals import Subject, subject_of
from rowshot.errors import (
    BadPicture,
    HiapiBusy,
    HiapiContentRefused,
    HiapiDenied,
    HiapiError,
    HiapiOutOfBalance,
    HiapiRefused,
    HiapiUnreachable,
    PictureError,
    UnsafeAddress,
)
from rowshot.ledger.records import Picture, Render
from rowshot.models.learning import learn_from_refusal
from rowshot.money import dollars
from rowshot.statuses import RowStatus

PROBE_EVERY = 240.0  # nominal seconds between two orders that ask for the balance
SPARE_SLOTS = 2  # tasks that stand in line at hiapi, so that none of its places falls idle
OUT_FOR = 60.0  # nominal seconds for which a model that is out is left alone
OUT_LONGEST = 600.0  # nominal seconds for which a model may be out before its rows end
_OTHERS = 3.0  # nominal seconds between two looks at what another start of a row is doing
_BUSY = 5.0  # nominal seconds to wait when hiapi asks to wait but does not say how long
_KEY_BUSY = 5.0  # nominal seconds until a key's first request is answered, if hiapi says nothing
_PARKED_ORDER = 300.0  # nominal seconds between two orders that settle a parked claim
_MISSING = 120.0  # nominal seconds for which hiapi may not know a task, such as a new one
_TROUBLE = 6.0
_LINK_RETRY = 2.0  # a fresh link may fail for a moment
_LINK_TROUBLE = 6.0
_LINK_PATIENCE = 600.0  # nominal seconds of failing links, after which the run goes on without them
_LINK_MISSING = 600.0  # nominal seconds for which hiapi may not know a finished task
_LINK_NONE = 120.0  # nominal seconds for which a finished task may show no link
_LINK_LONGEST = 300.0
_SILENCE = 45.0  # nominal seconds of failing, after which the row says why it has no picture yet
_BROKEN_PATIENCE = 60.0  # the same for files that arrive whole but are no pictures
_VERDICTS = {400: (Subject.ORDER,), 422: (Subject.ORDER, Subject.IDEMPOTENCY)}
"""What a refusal has to be about, by its status, to say that hiapi has judged the order itself."""


def conclude(action: Action, answer: Answer, facts: Facts, clock: Clock, rules: Rules) -> Change:
    """Says what an answer to an action means; reads and writes nothing.

    Args:
        action: What was carried out, from ``next_action``.
        answer: What came back; None for what only changes the ledger.
        facts: What the action was decided on.
        clock: The present moment.
        rules: Ceilings and deadlines.
    """
    match action:
        case End():
            return Change((Ended(action),))
        case ToLine():
            return Change((BackInLine(),))
        case Park(end):
            return Change((Parked(), *_end(facts, end)))
        case GiveUp(end):
            failed = AttemptFailed(end.sentence, end.reason, final=True)
            return Change((failed, Ended(end)))
        case Release(end):
            return Change((NotCreated(end.sentence, end.reason, refused=False), Ended(end)))
        case Tell(picture):
            return Change((Stored(picture),))
        case Claim():
            return _not_claimed(answer, rules)
        case Order():
            return _ordered(action, answer, facts, clock, rules)
        case Look():
            return _looked(answer, facts, clock, rules)
        case Fetch() | Copy():
            return _fetched(answer, facts, clock)
    raise ValueError(f"{action} has no answer")


def _end(facts: Facts, end: End) -> tuple[Effect, ...]:
    """A row's end, unless it came before."""
    return () if facts.row.status.final else (Ended(end),)


def _not_claimed(answer: Answer, rules: Rules) -> Change:
    if answer is NoRoom.RUN_FULL:
        sentence = reasons.RUN_FULL.format(limit=dollars(rules.run_usd))
        return Change((Ended(End(RowStatus.OVER_BUDGET, Reason.RUN_BUDGET, sentence)),))
    if answer is NoRoom.DAY_FULL:
        sentence = reasons.DAY_FULL.format(limit=dollars(rules.day_usd))
        return Change((Ended(End(RowStatus.OVER_BUDGET, Reason.DAY_BUDGET, sentence)),))
    return Change()  # read again, decide again


# ------------------------------------------------------------------ an order


def _ordered(order: Order, answer: Answer, facts: Facts, clock: Clock, rules: Rules) -> Change:
    render = _render(facts)
    match answer:
        case Accepted(task_id):
            at_once = facts.account.free(rules.in_flight) >= SPARE_SLOTS
            wait = first_look(facts.latencies, facts.job.expected, at_once=at_once)
            resumed = (ResumeAccount(),) if facts.account.paused_at else ()
            return Change((Running(task_id),), resumed, wait)
        case NoRoom():  # another start of the row is sending it
            return Change(wait=_OTHERS)
        case None:  # a parked order that found no slot
            return Change((PutOff(_PARKED_ORDER),), wait=_PARKED_ORDER)
        case HiapiOutOfBalance():
            return _no_balance(order, answer, facts)
        case HiapiDenied():
            return _denied(order, answer, facts)
        case Outage():
            return _out(order, answer, facts)
        case HiapiRefused():
            if order.replay and not _is_judged(answer):
                return _unclear(order, answer, render, clock)
            return _refused(answer)
        case HiapiBusy():
            return _busy(order, answer)
        case HiapiError():
            return _unclear(order, answer, render, clock)
    raise ValueError(f"{answer} answers no order")


def _unclear(order: Order, error: HiapiError, render: Render, clock: Clock) -> Change:
    """Nobody knows whether it was taken: the claim stands, and the same order is sent again."""
    age = clock.since(render.claimed_at)
    return _later(order, min(60.0, max(3.0, age)), error, unsent=False)


def _later(
    order: Order, wait: float, error: HiapiError, *, unsent: bool, aside: tuple[Aside, ...] = ()
) -> Change:
    effects: tuple[Effect, ...] = (PutOff(wait, unsent=unsent),)
    if order.parked:  # it keeps no slot while it waits
        wait = max(wait, _PARKED_ORDER)
        effects = (PutOff(wait), Parked())
    return Change(effects, aside, wait, spread=True, why=error.message)


def _busy(order: Order, error: HiapiBusy) -> Change:
    if error.status == 409:
        # Only this key's first request is still being answered: the account goes on.
        wait = _KEY_BUSY if error.retry_after is None else error.retry_after
        return _later(order, wait, error, unsent=False)
    wait = _BUSY if error.retry_after is None else error.retry_after
    return _later(order, wait, error, unsent=not order.replay, aside=(SlowDown(wait),))


def _no_balance(order: Order, error: HiapiError, facts: Facts) -> Change:
    pause = (PauseAccount(error.message),)
    if order.replay:
        return _later(order, PROBE_EVERY, error, unsent=False, aside=pause)
    released = NotCreated(error.message, Reason.BALANCE, refused=False)
    back = BackInLine(reasons.WAITS_FOR_BALANCE)
    return Change((released, back), pause, why=error.message)


def _denied(order: Order, error: HiapiError, facts: Facts) -> Change:
    halt = (HaltRun(error.message),)
    end = End(RowStatus.FAILED, Reason.KEY_DENIED, error.message, awaited=order.replay)
    if order.replay:
        later = _later(order, PROBE_EVERY, error, unsent=False, aside=halt)
        return Change((*later.effects, *_end(facts, end)), halt, later.wait, why=error.message)
    released = NotCreated(error.message, Reason.KEY_DENIED, refused=False)
    return Change((released, Ended(end)), halt, why=error.message)


def _out(order: Order, outage: Outage, facts: Facts) -> Change:
    error = outage.error
    everywhere = isinstance(error, HiapiUnreachable)
    over = outage.lasted > OUT_LONGEST
    aside: tuple[Aside, ...] = (SlowDown(OUT_FOR),) if everywhere and not over else ()
    if everywhere:
        end = End(RowStatus.FAILED, Reason.UNREACHABLE, reasons.UNREACHABLE)
    else:
        end = End(RowStatus.FAILED, Reason.MODEL_OUT, reasons.MODEL_OUT)
    if order.replay:
        if not over:
            return _later(order, OUT_FOR, error, unsent=False, aside=aside)
        awaited = End(end.status, end.reason, end.sentence, awaited=True)
        later = _later(order, OUT_FOR, error, unsent=False, aside=aside)
        return Change((*later.effects, *_end(facts, awaited)), aside, later.wait, spread=True)
    released = NotCreated(error.message, end.reason, refused=False)
    if over:
        return Change((released, Ended(end)), why=error.message)
    meanwhile = reasons.UNREACHABLE_FOR_NOW if everywhere else reasons.MODEL_OUT_FOR_NOW
    return Change((released, BackInLine(meanwhile)), aside, why=error.message)


def _is_judged(error: HiapiRefused) -> bool:
    """Whether a refusal of an order that is repeated proves that no task was made of it before.

    Whoever looks a key up before judging the order would have answered with its first task; and
    whoever judges first would have refused the same bytes the first time. So what is wrong with a
    field proves it, and so does what the picture would show. The latter is not beyond doubt,
    because a filter that stands before the keys may change its mind; but the row then asks for
    another prompt, and only a person can order the same one again. What a gateway says about
    who asks, or when, was said before anybody looked at keys, and proves nothing.
    """
    if isinstance(error, HiapiContentRefused):
        return True
    return subject_of(error.code, error.in_full) in _VERDICTS.get(error.status, ())


def _refused(error: HiapiRefused) -> Change:
    content = isinstance(error, HiapiContentRefused)
    reason = Reason.CONTENT_RULES if content else Reason.ORDER_REFUSED
    end = Ended(End(RowStatus.FAILED, reason, error.message))
    if error.status == 422 and not content:
        # The key stands for other bytes: something was bought under it.
        return Change((AttemptFailed(error.message, reason, final=True), end))
    learned = learn_from_refusal(error.in_full or error.message)
    aside = (Learn(learned[0], tuple(learned[1])),) if learned else ()
    return Change((NotCreated(error.message, reason, refused=True), end), aside)


# ------------------------------------------------------------------ a look


def _looked(answer: Answer, facts: Facts, clock: Clock, rules: Rules) -> Change:
    render = _render(facts)
    match answer:
        case Task():
            return _judged(answer, facts, clock, rules)
        case HiapiBusy():
            asked = _BUSY if answer.retry_after is None else answer.retry_after
            wait = max(asked, _late_wait(facts, clock, rules))
            return Change((), (SlowDown(asked),), wait, spread=True, why=answer.message)
        case HiapiDenied():
            # The picture is paid for: the row says what is wrong, and goes on looking.
            end = End(RowStatus.FAILED, Reason.KEY_DENIED, answer.message, awaited=True)
            wait = late_look(clock.since(render.placed_at))
            return Change((Looked(), *_end(facts, end)), wait=wait, why=answer.message)
        case HiapiRefused() if answer.status == 404:
            if _missed_for_long(render, clock):
                sentence = reasons.TASK_UNKNOWN.format(task=render.task_id)
                failed = AttemptFailed(sentence, Reason.TASK_UNKNOWN, final=True)
                end = End(RowStatus.FAILED, Reason.TASK_UNKNOWN, sentence)
                return Change((failed, Ended(end)))
            return _unfinished(facts, clock, rules, _TROUBLE, missing=True)
        case HiapiError():
            return _unfinished(facts, clock, rules, _TROUBLE)
    raise ValueError(f"{answer} answers no look")


def _judged(task: Task, facts: Facts, clock: Clock, rules: Rules) -> Change:
    if task.failed:
        verdict = reasons.judge(task.error_code, task.error_message, task.id)
        failed = AttemptFailed(verdict.reason, verdict.code, verdict.final)
        return Change((failed,))
    if not task.succeeded:
        return _unfinished(facts, clock, rules, storing=task.storing)
    if task.image_url:
        return Change((Succeeded(),))
    # Some answers say "success" a little before they have the link, and a look is free.
    if not _missed_for_long(_render(facts), clock):
        return _unfinished(facts, clock, rules, _TROUBLE, missing=True)
    sentence = reasons.NO_PICTURE.format(task=task.id)
    failed = AttemptFailed(sentence, Reason.PICTURE_GONE, final=True)
    return Change((failed, Ended(End(RowStatus.FAILED, Reason.PICTURE_GONE, sentence))))


def _unfinished(
    facts: Facts,
    clock: Clock,
    rules: Rules,
    wait: float = 0.0,
    *,
    storing: bool = False,
    missing: bool = False,
) -> Change:
    elapsed = clock.since(_render(facts).placed_at)
    wait = _late_wait(facts, clock, rules) or wait
    wait = wait or next_look(elapsed, facts.latencies, rules.soft_deadline, storing=storing)
    return Change((Looked(missing=missing),), wait=wait)


def _late_wait(facts: Facts, clock: Clock, rules: Rules) -> float:
    """Seconds that a task past its hard deadline is left alone, whatever the answer; else 0."""
    elapsed = clock.since(_render(facts).placed_at)
    return late_look(elapsed) if elapsed > rules.hard_deadline else 0.0


def _missed_for_long(render: Render, clock: Clock, patience: float = _MISSING) -> bool:
    return bool(render.missing_since) and clock.since(render.missing_since) > patience


# ------------------------------------------------------------------ a picture


def _fetched(answer: Answer, facts: Facts, clock: Clock) -> Change:
    if isinstance(answer, Picture):
        return Change((Stored(answer),))
    if answer is None:  # another start of the row is at it
        return Change(wait=_LINK_RETRY)
    if not isinstance(answer, NotFetched):
        raise ValueError(f"{answer} answers no fetch")
    render, error = _render(facts), answer.error
    waited = clock.since(render.succeeded_at)
    if isinstance(error, HiapiError) and waited > TASK_LIFE:
        return _gone(facts, error.message)
    match error:
        case None:
            if _missed_for_long(render, clock, _LINK_NONE):
                return _gone(facts, "hiapi's task no longer has a picture.")
            said = "hiapi shows no link for now"
            return _fetch_later(facts, clock, _LINK_TROUBLE, said, missing=True)
        case UnsafeAddress() if not error.looked_up:
            return _gone(facts, error.message)
        case PictureError():
            return _link_failed(error, answer.expires_at, waited, facts, clock)
        case HiapiBusy():
            asked = _BUSY if error.retry_after is None else error.retry_after
            later = _asked_in_vain(error, asked, waited, facts, clock)
            return replace(later, aside=(SlowDown(asked),), spread=True)
        case HiapiDenied():
            end = End(RowStatus.FAILED, Reason.KEY_DENIED, error.message, awaited=True)
            effects = (PutOff(_LINK_LONGEST), *_end(facts, end))
            return Change(effects, wait=_LINK_LONGEST, why=error.message)
        case HiapiRefused() if error.status == 404:
            if _missed_for_long(render, clock, _LINK_MISSING):
                return _gone(facts, error.message)
            return _fetch_later(facts, clock, _LINK_TROUBLE, error.message, missing=True)
    # Any other refusal is of this one look, not of the picture, which is paid for.
    return _asked_in_vain(error, _LINK_TROUBLE, waited, facts, clock)


def _asked_in_vain(
    error: HiapiError, wait: float, waited: float, facts: Facts, clock: Clock
) -> Change:
    """Hiapi does not say where the picture is: it is asked ever less often."""
    return _not_yet(error, max(wait, min(_LINK_LONGEST, waited / 8)), waited, facts, clock)


def _fetch_later(
    facts: Facts, clock: Clock, wait: float, why: str, *, missing: bool = False
) -> Change:
    render = _render(facts)
    effects: tuple[Effect, ...] = (PutOff(wait, missing=missing),)
    if clock.since(render.succeeded_at) > _SILENCE and not facts.row.status.final:
        sentence = reasons.PICTURE_LATE.format(task=render.task_id, why=why)
        effects = (*effects, Said(sentence)) if sentence != facts.row.error else effects
    return Change(effects, wait=wait, why=why)


def _link_failed(
    error: PictureError, expires_at: int, waited: float, facts: Facts, clock: Clock
) -> Change:
    broken = isinstance(error, BadPicture) and waited > _BROKEN_PATIENCE
    over = clock.now() > expires_at if expires_at else waited > _LINK_PATIENCE
    if over or broken:
        return _gone(facts, error.message)
    wait = min(_LINK_LONGEST, _LINK_RETRY + waited / 4)
    return _not_yet(error, wait, waited, facts, clock)


def _not_yet(
    error: HiapiError | PictureError, wait: float, waited: float, facts: Facts, clock: Clock
) -> Change:
    later = _fetch_later(facts, clock, wait, error.message)
    if waited <= _LINK_PATIENCE:
        return later
    # The run does not wait for it any longer; while the link lives its execution tries on.
    sentence = reasons.PICTURE_LATE.format(task=_render(facts).task_id, why=error.message)
    end = End(RowStatus.FAILED, Reason.PICTURE_LATE, sentence, awaited=True)
    putting_off = tuple(each for each in later.effects if isinstance(each, PutOff))
    return Change((*putting_off, *_end(facts, end)), wait=later.wait, why=error.message)


def _gone(facts: Facts, why: str) -> Change:
    sentence = reasons.PICTURE_GONE.format(task=_render(facts).task_id, why=why)
    end = End(RowStatus.FAILED, Reason.PICTURE_GONE, sentence)
    return Change((PictureLost(sentence), Ended(end)))


def _render(facts: Facts) -> Render:
    if facts.render is None:
        raise ValueError("no render stands")
    return facts.render

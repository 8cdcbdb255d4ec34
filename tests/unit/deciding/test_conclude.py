"""Every case of the second decision: what an answer means."""

from __future__ import annotations

import pytest

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
    Tell,
    ToLine,
)
from rowshot.deciding.answers import Accepted, Answer, NoRoom, NotFetched, Outage, Task
from rowshot.deciding.changes import (
    AttemptFailed,
    BackInLine,
    Change,
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
from rowshot.deciding.conclude import conclude
from rowshot.deciding.facts import Facts
from rowshot.deciding.reasons import Reason, judge
from rowshot.errors import (
    BadPicture,
    HiapiBusy,
    HiapiContentRefused,
    HiapiDenied,
    HiapiOutOfBalance,
    HiapiRefused,
    HiapiUnavailable,
    HiapiUnknownOutcome,
    HiapiUnreachable,
    PictureUnavailable,
    UnsafeAddress,
)
from rowshot.statuses import RowStatus
from support.situations import (
    CLOCK,
    NOW,
    PICTURE,
    RULES,
    ago,
    ahead,
    at_work,
    claimed,
    full,
    in_line,
    late,
    published,
    running,
    succeeded,
    unsent,
)


def ends(reason: Reason, sentence: str, *, awaited: bool = False) -> End:
    return End(RowStatus.FAILED, reason, sentence, awaited)


def later(wait: float, *aside: object, put_off: float | None = None) -> Change:
    """The same order again, which hiapi may have taken."""
    put = PutOff(wait if put_off is None else put_off)
    return Change((put,), aside, wait, spread=True, why="Said.")  # type: ignore[arg-type]


def parked_later(*aside: object) -> Change:
    return Change((PutOff(300.0), Parked()), aside, 300.0, spread=True, why="Said.")  # type: ignore[arg-type]


FIRST, AGAIN, PARKED = Order(), Order(replay=True), Order(replay=True, parked=True)
UNCLEAR = ends(Reason.UNCLEAR, reasons.UNCLEAR, awaited=True)
UNSETTLED = ends(Reason.UNSETTLED, reasons.UNSETTLED)
CANCELLED = End(RowStatus.CANCELLED, Reason.CANCELLED, reasons.CANCELLED)
DENIED = ends(Reason.KEY_DENIED, "Said.")
DENIED_AWAITED = ends(Reason.KEY_DENIED, "Said.", awaited=True)
UNREACHABLE = ends(Reason.UNREACHABLE, reasons.UNREACHABLE)
UNREACHABLE_AWAITED = ends(Reason.UNREACHABLE, reasons.UNREACHABLE, awaited=True)
OUT = ends(Reason.MODEL_OUT, reasons.MODEL_OUT)
OUT_AWAITED = ends(Reason.MODEL_OUT, reasons.MODEL_OUT, awaited=True)
UNKNOWN = reasons.TASK_UNKNOWN.format(task="task-1")
NO_PICTURE = reasons.NO_PICTURE.format(task="task-1")


def gone(why: str) -> Change:
    """The picture that was paid for is gone."""
    sentence = reasons.PICTURE_GONE.format(task="task-1", why=why)
    return Change((PictureLost(sentence), Ended(ends(Reason.PICTURE_GONE, sentence))))


def fetch_later(wait: float, why: str = "Said.", *, missing: bool = False) -> Change:
    return Change((PutOff(wait, missing=missing),), wait=wait, why=why)


def late_sentence(why: str = "Said.") -> str:
    return reasons.PICTURE_LATE.format(task="task-1", why=why)


def late_end(wait: float, why: str = "Said.") -> Change:
    """The run goes on without the picture; its execution tries on."""
    end = ends(Reason.PICTURE_LATE, late_sentence(why), awaited=True)
    return Change((PutOff(wait), Ended(end)), wait=wait, why=why)


Cases = dict[str, tuple[Action, Answer, Facts, Change]]

WITHOUT_AN_ANSWER: Cases = {
    "a row ends": (CANCELLED, None, in_line(), Change((Ended(CANCELLED),))),
    "a row goes back to the line": (ToLine(), None, at_work(), Change((BackInLine(),))),
    "an unclear order is parked": (
        Park(UNCLEAR),
        None,
        at_work(claimed()),
        Change((Parked(), Ended(UNCLEAR))),
    ),
    "the same for a row that has ended": (
        Park(UNCLEAR),
        None,
        late(claimed()),
        Change((Parked(),)),
    ),
    "an attempt is given up": (
        GiveUp(UNSETTLED),
        None,
        late(claimed()),
        Change(
            (AttemptFailed(reasons.UNSETTLED, Reason.UNSETTLED, final=True), Ended(UNSETTLED)),
        ),
    ),
    "an order is released": (
        Release(CANCELLED),
        None,
        at_work(unsent()),
        Change(
            (NotCreated(reasons.CANCELLED, Reason.CANCELLED, refused=False), Ended(CANCELLED)),
        ),
    ),
    "a stored picture is told": (
        Tell(PICTURE),
        None,
        at_work(published()),
        Change((Stored(PICTURE),)),
    ),
}

RUN_FULL = reasons.RUN_FULL.format(limit="$25.00")
DAY_FULL = reasons.DAY_FULL.format(limit="$100.00")

A_CLAIM: Cases = {
    "the run's limit is reached": (
        Claim(),
        NoRoom.RUN_FULL,
        in_line(),
        Change((Ended(End(RowStatus.OVER_BUDGET, Reason.RUN_BUDGET, RUN_FULL)),)),
    ),
    "the day's limit is reached": (
        Claim(),
        NoRoom.DAY_FULL,
        in_line(),
        Change((Ended(End(RowStatus.OVER_BUDGET, Reason.DAY_BUDGET, DAY_FULL)),)),
    ),
    **{
        f"{cause}": (Claim(), cause, in_line(), Change())
        for cause in (NoRoom.CHANGED, NoRoom.NO_SLOT, NoRoom.RUN_CLOSED, NoRoom.TAKEN_BY_OTHERS)
    },
}

RECENT = (20.0, 30.0, 40.0, 50.0, 60.0)
ACCEPTED = Accepted("task-9")
BUSY = HiapiBusy("Said.", status=429)
BUSY_KEY = HiapiBusy("Said.", status=409)
BUSY_30 = HiapiBusy("Said.", status=429, retry_after=30.0)
BUSY_900 = HiapiBusy("Said.", status=429, retry_after=900.0)
BUSY_0 = HiapiBusy("Said.", status=429, retry_after=0.0)
BUSY_KEY_7 = HiapiBusy("Said.", status=409, retry_after=7.0)
LOST = HiapiUnknownOutcome("Said.", status=502)
BROKE = HiapiOutOfBalance("Said.", status=402)
WRONG_KEY = HiapiDenied("Said.", status=401)
PAUSE, HALT = PauseAccount("Said."), HaltRun("Said.")
ALL_OUT = Outage(HiapiUnreachable("Said."), 600.0)
ALL_OUT_LONG = Outage(HiapiUnreachable("Said."), 601.0)
MODEL_OUT = Outage(HiapiUnavailable("Said.", status=400), 600.0)
MODEL_OUT_LONG = Outage(HiapiUnavailable("Said.", status=400), 601.0)
REFUSED = HiapiRefused("Said.", status=400)
CONTENT = HiapiContentRefused("Said.", status=403)
OTHER_BYTES = HiapiRefused("Said.", status=422, code="IDEMPOTENCY_KEY_MISMATCH")
JUDGED = HiapiRefused("Said.", status=400, code="INVALID_REQUEST")
JUDGED_IN_WORDS = HiapiRefused("Said.", status=400, in_full="invalid input: seed: too large")
FORBIDDEN = HiapiRefused("Said.", status=403, in_full="Forbidden")
CONTENT_422 = HiapiContentRefused("Said.", status=422)
TAUGHT = "invalid input: size: value must be one of '1K', '2K'"


def refused(reason: Reason, sentence: str = "Said.") -> tuple[NotCreated, Ended]:
    return NotCreated(sentence, reason, refused=True), Ended(ends(reason, sentence))


def not_taken(reason: Reason) -> NotCreated:
    return NotCreated("Said.", reason, refused=False)


AN_ORDER: Cases = {
    "hiapi took it": (FIRST, ACCEPTED, at_work(unsent()), Change((Running("task-9"),), wait=25)),
    "hiapi took it, and many tasks were timed": (
        FIRST,
        ACCEPTED,
        at_work(unsent(), latencies=(*RECENT, *[60.0] * 6), account=full(2)),
        Change((Running("task-9"),), wait=30),
    ),
    "the same, and hiapi has places free": (
        FIRST,
        ACCEPTED,
        at_work(unsent(), latencies=RECENT, account=full(1)),
        Change((Running("task-9"),), wait=20),
    ),
    "hiapi took it, and the account was paused": (
        FIRST,
        ACCEPTED,
        at_work(unsent(), account=full(paused_at=ago(60))),
        Change((Running("task-9"),), (ResumeAccount(),), 25),
    ),
    "another start of the row sends it": (
        AGAIN,
        NoRoom.CHANGED,
        at_work(claimed()),
        Change(wait=3.0),
    ),
    "it was parked, and no slot is free": (
        PARKED,
        None,
        late(claimed(parked=True)),
        Change((PutOff(300.0),), wait=300.0),
    ),
    "the answer is lost at once": (FIRST, LOST, at_work(unsent(claimed_at=NOW)), later(3.0)),
    "the answer is lost after 20 seconds": (
        AGAIN,
        LOST,
        at_work(claimed(claimed_at=ago(20))),
        later(20.0),
    ),
    "the answer is lost after an hour": (
        AGAIN,
        LOST,
        at_work(claimed(claimed_at=ago(3600))),
        later(60.0),
    ),
    "the answer to a parked order is lost": (PARKED, LOST, late(claimed()), parked_later()),
    "too many requests": (
        FIRST,
        BUSY,
        at_work(unsent()),
        Change((PutOff(5.0, unsent=True),), (SlowDown(5.0),), 5.0, spread=True, why="Said."),
    ),
    "too many requests, for 30 seconds": (
        FIRST,
        BUSY_30,
        at_work(unsent()),
        Change((PutOff(30.0, unsent=True),), (SlowDown(30.0),), 30.0, spread=True, why="Said."),
    ),
    "too many requests, for no time at all": (
        FIRST,
        BUSY_0,
        at_work(unsent()),
        Change((PutOff(0.0, unsent=True),), (SlowDown(0.0),), 0.0, spread=True, why="Said."),
    ),
    "too many requests, and it may have been taken before": (
        AGAIN,
        BUSY_30,
        at_work(claimed()),
        later(30.0, SlowDown(30.0)),
    ),
    "too many requests for a parked one": (
        PARKED,
        BUSY_30,
        late(claimed()),
        parked_later(SlowDown(30.0)),
    ),
    "its key's first request is being answered": (FIRST, BUSY_KEY, at_work(unsent()), later(5.0)),
    "the same, for seven seconds": (AGAIN, BUSY_KEY_7, at_work(claimed()), later(7.0)),
    "the balance is used up": (
        FIRST,
        BROKE,
        at_work(unsent()),
        Change(
            (not_taken(Reason.BALANCE), BackInLine(reasons.WAITS_FOR_BALANCE)),
            (PAUSE,),
            why="Said.",
        ),
    ),
    "the balance is used up, and it may have been taken before": (
        AGAIN,
        BROKE,
        at_work(claimed()),
        later(240.0, PAUSE),
    ),
    "the balance is used up for a parked one": (
        PARKED,
        BROKE,
        late(claimed()),
        parked_later(PAUSE),
    ),
    "the key is wrong": (
        FIRST,
        WRONG_KEY,
        at_work(unsent()),
        Change((not_taken(Reason.KEY_DENIED), Ended(DENIED)), (HALT,), why="Said."),
    ),
    "the key is wrong, and it may have been taken before": (
        AGAIN,
        WRONG_KEY,
        at_work(claimed()),
        Change((PutOff(240.0), Ended(DENIED_AWAITED)), (HALT,), 240.0, why="Said."),
    ),
    "the key is wrong for a parked one": (
        PARKED,
        WRONG_KEY,
        late(claimed()),
        Change((PutOff(300.0), Parked()), (HALT,), 300.0, why="Said."),
    ),
    "hiapi cannot be reached": (
        FIRST,
        ALL_OUT,
        at_work(unsent()),
        Change(
            (not_taken(Reason.UNREACHABLE), BackInLine(reasons.UNREACHABLE_FOR_NOW)),
            (SlowDown(60.0),),
            why="Said.",
        ),
    ),
    "hiapi cannot be reached for too long": (
        FIRST,
        ALL_OUT_LONG,
        at_work(unsent()),
        Change((not_taken(Reason.UNREACHABLE), Ended(UNREACHABLE)), why="Said."),
    ),
    "hiapi cannot be reached, and it may have been taken before": (
        AGAIN,
        ALL_OUT,
        at_work(claimed()),
        later(60.0, SlowDown(60.0)),
    ),
    "the same for too long": (
        AGAIN,
        ALL_OUT_LONG,
        at_work(claimed()),
        Change((PutOff(60.0), Ended(UNREACHABLE_AWAITED)), wait=60.0, spread=True),
    ),
    "the same for too long, and its row has ended": (
        PARKED,
        ALL_OUT_LONG,
        late(claimed()),
        Change((PutOff(300.0), Parked()), wait=300.0, spread=True),
    ),
    "the model is out": (
        FIRST,
        MODEL_OUT,
        at_work(unsent()),
        Change((not_taken(Reason.MODEL_OUT), BackInLine(reasons.MODEL_OUT_FOR_NOW)), why="Said."),
    ),
    "the model is out for too long": (
        FIRST,
        MODEL_OUT_LONG,
        at_work(unsent()),
        Change((not_taken(Reason.MODEL_OUT), Ended(OUT)), why="Said."),
    ),
    "the model is out, and it may have been taken before": (
        AGAIN,
        MODEL_OUT,
        at_work(claimed()),
        later(60.0),
    ),
    "the model is out for too long, and it may have been taken before": (
        AGAIN,
        MODEL_OUT_LONG,
        at_work(claimed()),
        Change((PutOff(60.0), Ended(OUT_AWAITED)), wait=60.0, spread=True),
    ),
    "hiapi refuses it": (
        FIRST,
        REFUSED,
        at_work(unsent()),
        Change(refused(Reason.ORDER_REFUSED)),
    ),
    "hiapi refuses it for its content": (
        FIRST,
        CONTENT,
        at_work(unsent()),
        Change(refused(Reason.CONTENT_RULES)),
    ),
    "hiapi names the values that a field takes": (
        FIRST,
        HiapiRefused(TAUGHT, status=400),
        at_work(unsent()),
        Change(refused(Reason.ORDER_REFUSED, TAUGHT), (Learn("size", ("1K", "2K")),)),
    ),
    "hiapi names them beyond what is shown": (
        FIRST,
        HiapiRefused("Said.", status=400, in_full=TAUGHT),
        at_work(unsent()),
        Change(refused(Reason.ORDER_REFUSED), (Learn("size", ("1K", "2K")),)),
    ),
    "hiapi refuses it for a field, and it may have been taken before": (
        AGAIN,
        JUDGED,
        at_work(claimed()),
        Change(refused(Reason.ORDER_REFUSED)),
    ),
    "the same in words": (
        AGAIN,
        JUDGED_IN_WORDS,
        at_work(claimed()),
        Change(refused(Reason.ORDER_REFUSED)),
    ),
    "hiapi refuses it for its content, and it may have been taken before": (
        AGAIN,
        CONTENT,
        at_work(claimed()),
        Change(refused(Reason.CONTENT_RULES)),
    ),
    "it is forbidden": (
        FIRST,
        FORBIDDEN,
        at_work(unsent()),
        Change(refused(Reason.ORDER_REFUSED)),
    ),
    "it is forbidden, and it may have been taken before": (
        AGAIN,
        FORBIDDEN,
        at_work(claimed(claimed_at=ago(20))),
        later(20.0),
    ),
    "it is refused for nothing known, and it may have been taken before": (
        AGAIN,
        REFUSED,
        at_work(claimed(claimed_at=ago(20))),
        later(20.0),
    ),
    "hiapi does not know the address, and it may have been taken before": (
        AGAIN,
        HiapiRefused("Said.", status=404, code="not_found"),
        at_work(claimed(claimed_at=ago(20))),
        later(20.0),
    ),
    "422 for nothing known, and it may have been taken before": (
        AGAIN,
        HiapiRefused("Said.", status=422),
        at_work(claimed(claimed_at=ago(20))),
        later(20.0),
    ),
    "400 for the key of the order, and it may have been taken before": (
        AGAIN,
        HiapiRefused("Said.", status=400, code="idempotency_error"),
        at_work(claimed(claimed_at=ago(20))),
        later(20.0),
    ),
    "a parked one is forbidden": (PARKED, FORBIDDEN, late(claimed()), parked_later()),
    "its key stands for other bytes": (
        AGAIN,
        OTHER_BYTES,
        at_work(claimed()),
        Change(
            (
                AttemptFailed("Said.", Reason.ORDER_REFUSED, final=True),
                Ended(ends(Reason.ORDER_REFUSED, "Said.")),
            )
        ),
    ),
    "it is refused with 422 for its content": (
        FIRST,
        CONTENT_422,
        at_work(unsent()),
        Change(refused(Reason.CONTENT_RULES)),
    ),
}

QUEUED = Task("task-1", "queued")
DONE = Task("task-1", "success", image_url="https://cdn.example/t")
LINKLESS = Task("task-1", "success")
BROKEN = Task("task-1", "fail", error_code="TASK_TIMEOUT")
REJECTED = Task("task-1", "fail", error_code="INVALID_INPUT", error_message="Bad.")
NOT_KNOWN = HiapiRefused("Said.", status=404)


def attempt_failed(task: Task) -> Change:
    verdict = judge(task.error_code, task.error_message, task.id)
    return Change((AttemptFailed(verdict.reason, verdict.code, verdict.final),))


def task_gone(reason: Reason, sentence: str) -> Change:
    failed = AttemptFailed(sentence, reason, final=True)
    return Change((failed, Ended(ends(reason, sentence))))


A_LOOK: Cases = {
    "not finished": (Look(), QUEUED, at_work(running()), Change((Looked(),), wait=4)),
    "its picture is being stored": (
        Look(),
        Task("task-1", "archiving"),
        at_work(running()),
        Change((Looked(),), wait=2),
    ),
    "in a state that hiapi invented since": (
        Look(),
        Task("task-1", "thinking"),
        at_work(running()),
        Change((Looked(),), wait=4),
    ),
    "not finished, and others took longer": (
        Look(),
        QUEUED,
        at_work(running(placed_at=ago(5)), latencies=RECENT),
        Change((Looked(),), wait=15),
    ),
    "not finished at the hard deadline": (
        Look(),
        QUEUED,
        at_work(running(placed_at=ago(1800))),
        Change((Looked(),), wait=45),
    ),
    "not finished beyond the hard deadline": (
        Look(),
        QUEUED,
        late(running(placed_at=ago(2000))),
        Change((Looked(),), wait=250.0),
    ),
    "finished": (Look(), DONE, at_work(running()), Change((Succeeded(),))),
    "finished, without a link": (
        Look(),
        LINKLESS,
        at_work(running()),
        Change((Looked(missing=True),), wait=6.0),
    ),
    "without a link for two minutes": (
        Look(),
        LINKLESS,
        at_work(running(missing_since=ago(120))),
        Change((Looked(missing=True),), wait=6.0),
    ),
    "without a link for longer": (
        Look(),
        LINKLESS,
        at_work(running(missing_since=ago(121))),
        task_gone(Reason.PICTURE_GONE, NO_PICTURE),
    ),
    "failed, and worth another try": (Look(), BROKEN, at_work(running()), attempt_failed(BROKEN)),
    "failed for good": (Look(), REJECTED, at_work(running()), attempt_failed(REJECTED)),
    "too many requests": (
        Look(),
        BUSY,
        at_work(running()),
        Change((), (SlowDown(5.0),), 5.0, spread=True, why="Said."),
    ),
    "too many requests, for 30 seconds": (
        Look(),
        BUSY_30,
        at_work(running()),
        Change((), (SlowDown(30.0),), 30.0, spread=True, why="Said."),
    ),
    "too many requests at the hard deadline": (
        Look(),
        BUSY,
        at_work(running(placed_at=ago(1800))),
        Change((), (SlowDown(5.0),), 5.0, spread=True, why="Said."),
    ),
    "too many requests beyond the hard deadline": (
        Look(),
        BUSY,
        late(running(placed_at=ago(2000))),
        Change((), (SlowDown(5.0),), 250.0, spread=True, why="Said."),
    ),
    "the same, for longer than its age asks for": (
        Look(),
        BUSY_900,
        late(running(placed_at=ago(2000))),
        Change((), (SlowDown(900.0),), 900.0, spread=True, why="Said."),
    ),
    "too many requests for half a day": (
        Look(),
        BUSY_30,
        late(running(placed_at=ago(43_200))),
        Change((), (SlowDown(30.0),), 3600.0, spread=True, why="Said."),
    ),
    "the key is wrong": (
        Look(),
        WRONG_KEY,
        at_work(running(placed_at=ago(1600))),
        Change((Looked(), Ended(DENIED_AWAITED)), wait=200.0, why="Said."),
    ),
    "the key is wrong, and the row has ended": (
        Look(),
        WRONG_KEY,
        late(running()),
        Change((Looked(),), wait=120.0, why="Said."),
    ),
    "hiapi does not know the task": (
        Look(),
        NOT_KNOWN,
        at_work(running()),
        Change((Looked(missing=True),), wait=6.0),
    ),
    "hiapi has not known it for two minutes": (
        Look(),
        NOT_KNOWN,
        at_work(running(missing_since=ago(120))),
        Change((Looked(missing=True),), wait=6.0),
    ),
    "hiapi has not known it for longer": (
        Look(),
        NOT_KNOWN,
        at_work(running(missing_since=ago(121))),
        task_gone(Reason.TASK_UNKNOWN, UNKNOWN),
    ),
    **{
        f"hiapi refuses the look itself: {name}": (
            Look(),
            answer,
            at_work(running(missing_since=ago(121))),
            Change((Looked(),), wait=6.0),
        )
        for name, answer in {"400": REFUSED, "forbidden": FORBIDDEN, "content": CONTENT}.items()
    },
    "the answer is lost": (Look(), LOST, at_work(running()), Change((Looked(),), wait=6.0)),
    "hiapi cannot be reached for a late task": (
        Look(),
        HiapiUnreachable("Said."),
        late(running(placed_at=ago(40_000))),
        Change((Looked(),), wait=3600.0),
    ),
}

NO_LINK = NotFetched(None)
UNSAFE = NotFetched(UnsafeAddress("Said."))
UNSAFE_NAME = NotFetched(UnsafeAddress("Said.", looked_up=True))
DEAD = NotFetched(PictureUnavailable("Said."))
BAD = NotFetched(BadPicture("Said."))


def finished(seconds: float, missing: float = 0, **more: object) -> Facts:
    """A row whose task is done for so long, and has shown no picture for so long."""
    since = ago(missing) if missing else 0.0
    render = succeeded(succeeded_at=ago(seconds), missing_since=since)
    return at_work(render, RowStatus.PUBLISHING, **more)


def late_finished(seconds: float) -> Facts:
    return late(succeeded(succeeded_at=ago(seconds)))


NO_LINK_SAID = "hiapi shows no link for now"

A_FETCH: Cases = {
    "the picture is stored": (Fetch(), PICTURE, finished(1), Change((Stored(PICTURE),))),
    "the picture is copied": (Copy(), PICTURE, at_work(published()), Change((Stored(PICTURE),))),
    "another start of the row is at it": (Fetch(), None, finished(1), Change(wait=2.0)),
    "hiapi shows no link": (
        Fetch(),
        NO_LINK,
        finished(1),
        fetch_later(6.0, NO_LINK_SAID, missing=True),
    ),
    "hiapi shows none all of a sudden": (
        Fetch(),
        NO_LINK,
        finished(3600, row={"error": late_sentence(NO_LINK_SAID)}),
        fetch_later(6.0, NO_LINK_SAID, missing=True),
    ),
    "hiapi shows none for two minutes": (
        Fetch(),
        NO_LINK,
        finished(120, 120, row={"error": late_sentence(NO_LINK_SAID)}),
        fetch_later(6.0, NO_LINK_SAID, missing=True),
    ),
    "hiapi shows none for longer": (
        Fetch(),
        NO_LINK,
        finished(121, 121),
        gone("hiapi's task no longer has a picture."),
    ),
    "the link leads where nobody may go": (Fetch(), UNSAFE, finished(1), gone("Said.")),
    "only the resolver says so": (Fetch(), UNSAFE_NAME, finished(1), fetch_later(2.25)),
    "the link does not answer": (Fetch(), DEAD, finished(10), fetch_later(4.5)),
    "the link has not answered for 45 seconds": (Fetch(), DEAD, finished(45), fetch_later(13.25)),
    "the link has not answered for longer": (
        Fetch(),
        DEAD,
        finished(46),
        Change((PutOff(13.5), Said(late_sentence())), wait=13.5, why="Said."),
    ),
    "the same, and the row says so already": (
        Fetch(),
        DEAD,
        finished(46, row={"error": late_sentence()}),
        fetch_later(13.5),
    ),
    "the same, and the row has ended": (Fetch(), DEAD, late_finished(46), fetch_later(13.5)),
    "the link has expired": (
        Fetch(),
        NotFetched(PictureUnavailable("Said."), int(ago(1))),
        finished(1),
        gone("Said."),
    ),
    "the link expires at this moment": (
        Fetch(),
        NotFetched(PictureUnavailable("Said."), int(NOW)),
        finished(2),
        fetch_later(2.5),
    ),
    "the link has not answered for ten minutes, and may for hours": (
        Fetch(),
        NotFetched(PictureUnavailable("Said."), int(ahead(3600))),
        finished(600, row={"error": late_sentence()}),
        fetch_later(152.0),
    ),
    "the link has not answered for longer, and may for hours": (
        Fetch(),
        NotFetched(PictureUnavailable("Said."), int(ahead(3600))),
        finished(604),
        late_end(153.0),
    ),
    "the same for half an hour": (
        Fetch(),
        NotFetched(PictureUnavailable("Said."), int(ahead(3600))),
        finished(1800),
        late_end(300.0),
    ),
    "the same for half an hour, and the row has ended": (
        Fetch(),
        NotFetched(PictureUnavailable("Said."), int(ahead(3600))),
        late_finished(1800),
        fetch_later(300.0),
    ),
    "a link of unknown life has not answered for ten minutes": (
        Fetch(),
        DEAD,
        finished(600, row={"error": late_sentence()}),
        fetch_later(152.0),
    ),
    "a link of unknown life has not answered for longer": (
        Fetch(),
        DEAD,
        finished(601),
        gone("Said."),
    ),
    "the file is broken": (Fetch(), BAD, finished(10), fetch_later(4.5)),
    "the file has been broken for a minute": (
        Fetch(),
        BAD,
        finished(60, row={"error": late_sentence()}),
        fetch_later(17.0),
    ),
    "the file has been broken for longer": (Fetch(), BAD, finished(61), gone("Said.")),
    "too many requests": (
        Fetch(),
        NotFetched(BUSY),
        finished(1),
        Change((PutOff(5.0),), (SlowDown(5.0),), 5.0, spread=True, why="Said."),
    ),
    "too many requests, for 30 seconds": (
        Fetch(),
        NotFetched(BUSY_30),
        finished(46),
        Change(
            (PutOff(30.0), Said(late_sentence())),
            (SlowDown(30.0),),
            30.0,
            spread=True,
            why="Said.",
        ),
    ),
    "the key is wrong": (
        Fetch(),
        NotFetched(WRONG_KEY),
        finished(1),
        Change((PutOff(300.0), Ended(DENIED_AWAITED)), wait=300.0, why="Said."),
    ),
    "the key is wrong, and the row has ended": (
        Fetch(),
        NotFetched(WRONG_KEY),
        late_finished(1),
        Change((PutOff(300.0),), wait=300.0, why="Said."),
    ),
    "hiapi does not know the task for now": (
        Fetch(),
        NotFetched(NOT_KNOWN),
        finished(600, 600, row={"error": late_sentence()}),
        fetch_later(6.0, missing=True),
    ),
    "hiapi does not know the task all of a sudden": (
        Fetch(),
        NotFetched(NOT_KNOWN),
        finished(3600, row={"error": late_sentence()}),
        fetch_later(6.0, missing=True),
    ),
    "hiapi has not known the task for ten minutes": (
        Fetch(),
        NotFetched(NOT_KNOWN),
        finished(601, 601),
        gone("Said."),
    ),
    "hiapi refuses to show the task": (
        Fetch(),
        NotFetched(REFUSED),
        finished(1),
        fetch_later(6.0),
    ),
    "hiapi refuses to show it after it did not know it": (
        Fetch(),
        NotFetched(FORBIDDEN),
        finished(300, 300, row={"error": late_sentence()}),
        fetch_later(37.5),
    ),
    "hiapi refuses to show it for longer than ten minutes": (
        Fetch(),
        NotFetched(FORBIDDEN),
        finished(608),
        late_end(76.0),
    ),
    "hiapi refuses to show it for its content": (
        Fetch(),
        NotFetched(CONTENT),
        finished(608),
        late_end(76.0),
    ),
    "hiapi refuses to show it for a day": (
        Fetch(),
        NotFetched(FORBIDDEN),
        finished(86_401),
        gone("Said."),
    ),
    "hiapi's answer is lost": (Fetch(), NotFetched(LOST), finished(1), fetch_later(6.0)),
    "hiapi's answers are lost for five minutes": (
        Fetch(),
        NotFetched(LOST),
        finished(300, row={"error": late_sentence()}),
        fetch_later(37.5),
    ),
    "hiapi's answers are lost for longer than ten minutes": (
        Fetch(),
        NotFetched(LOST),
        finished(608),
        late_end(76.0),
    ),
    "hiapi's answers are lost for hours, and the row has ended": (
        Fetch(),
        NotFetched(LOST),
        late_finished(20_000),
        fetch_later(300.0),
    ),
    "hiapi's answers are lost for a day": (
        Fetch(),
        NotFetched(LOST),
        finished(86_401),
        gone("Said."),
    ),
    "too many requests for an hour, and the row has ended": (
        Fetch(),
        NotFetched(BUSY),
        late_finished(3600),
        Change((PutOff(300.0),), (SlowDown(5.0),), 300.0, spread=True, why="Said."),
    ),
}

TABLES: dict[str, Cases] = {
    "What only changes the ledger": WITHOUT_AN_ANSWER,
    "A claim that wrote nothing": A_CLAIM,
    "An order": AN_ORDER,
    "A look at a task": A_LOOK,
    "Fetching a picture": A_FETCH,
}


@pytest.mark.parametrize(
    ("action", "answer", "facts", "expected"),
    [
        pytest.param(*case, id=f"{title}: {name}")
        for title, cases in TABLES.items()
        for name, case in cases.items()
    ],
)
def test_conclude(action: Action, answer: Answer, facts: Facts, expected: Change) -> None:
    assert conclude(action, answer, facts, CLOCK, RULES) == expected


@pytest.mark.parametrize(
    ("action", "answer", "facts"),
    [
        (Nothing(), None, in_line()),
        (FIRST, QUEUED, at_work(unsent())),
        (FIRST, ACCEPTED, at_work()),
        (Look(), ACCEPTED, at_work(running())),
        (Look(), QUEUED, at_work()),
        (Fetch(), QUEUED, finished(1)),
        (Fetch(), NO_LINK, at_work()),
    ],
)
def test_an_answer_that_cannot_be_is_no_change(
    action: Action, answer: Answer, facts: Facts
) -> None:
    with pytest.raises(ValueError, match=r"answer|render"):
        conclude(action, answer, facts, CLOCK, RULES)

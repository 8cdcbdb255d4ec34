"""Every case of the first decision: what comes next for a row."""

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
    Start,
    Stay,
    Tell,
    ToLine,
    Wait,
    WaitWithRender,
)
from rowshot.deciding.facts import Facts
from rowshot.deciding.next_action import next_action
from rowshot.deciding.reasons import Reason
from rowshot.statuses import RowStatus
from support.situations import (
    CANCELLED,
    CLOCK,
    DAY,
    OTHER,
    PICTURE,
    RULES,
    STOPPED,
    a_run,
    ago,
    ahead,
    at_work,
    claimed,
    failed,
    full,
    in_line,
    late,
    published,
    released,
    running,
    succeeded,
    unsent,
)

HOUR = 3600.0


def ends(reason: Reason, sentence: str, *, awaited: bool = False) -> End:
    return End(RowStatus.FAILED, reason, sentence, awaited)


CANCELLED_END = End(RowStatus.CANCELLED, Reason.CANCELLED, reasons.CANCELLED)
STOPPED_END = ends(Reason.RUN_STOPPED, "The key is wrong.")
BALANCE = ends(Reason.BALANCE, reasons.BALANCE_GAVE_OUT)
NOT_TAKEN = ends(Reason.UNREACHABLE, reasons.NOT_TAKEN)
UNSETTLED = ends(Reason.UNSETTLED, reasons.UNSETTLED)
UNCLEAR = ends(Reason.UNCLEAR, reasons.UNCLEAR, awaited=True)
STILL_RENDERING = ends(
    Reason.STILL_RENDERING, reasons.STILL_RENDERING.format(task="task-1"), awaited=True
)
PICTURE_LATE = ends(
    Reason.PICTURE_LATE,
    reasons.PICTURE_LATE.format(task="task-1", why=reasons.NO_LINK),
    awaited=True,
)
OUTLIVED = ends(Reason.OUTLIVED, reasons.OUTLIVED.format(task="task-1"))
INTERNAL = ends(Reason.INTERNAL, reasons.INTERNAL)
AWAITED_INTERNAL = ends(Reason.INTERNAL, reasons.INTERNAL, awaited=True)
FAILED = ends(Reason.TASK_FAILED, "It failed.")

Cases = dict[str, tuple[Facts, Action]]

IN_LINE: Cases = {
    "nothing was ordered, and all slots are free": (in_line(), Claim()),
    "nothing was ordered, and one slot is free": (in_line(account=full(2)), Claim()),
    "every slot is taken": (in_line(account=full(3)), Stay()),
    "one more row may be at work": (in_line(account=full(work=6)), Claim()),
    "no more rows may be at work": (in_line(account=full(work=7)), Stay()),
    "hiapi asked everybody to wait": (in_line(account=full(blocked_until=ahead(1))), Stay()),
    "that wait is over": (in_line(account=full(blocked_until=ago(0))), Claim()),
    "its model is out": (in_line(out_until=ahead(1)), Stay()),
    "its model is back": (in_line(out_until=ago(0)), Claim()),
    "its picture is stored": (in_line(published(), picture=PICTURE), Tell(PICTURE)),
    "its picture is stored and its run cancelled": (
        in_line(published(), picture=PICTURE, run=CANCELLED),
        Tell(PICTURE),
    ),
    "its run was cancelled": (in_line(run=CANCELLED), CANCELLED_END),
    "its run was stopped": (in_line(run=STOPPED), STOPPED_END),
    "its run was cancelled, and its render is published": (
        in_line(published(), run=CANCELLED),
        CANCELLED_END,
    ),
    "its render is published under another name": (in_line(published()), Start()),
    "the same, but no more rows may be at work": (
        in_line(published(), account=full(work=7)),
        Stay(),
    ),
    "the same while every slot is taken and the account is paused": (
        in_line(published(), account=full(3, paused_at=ago(9), probe_at=ahead(9))),
        Start(),
    ),
    "it bought an order itself": (in_line(claimed()), Start()),
    "it bought a task itself": (in_line(running()), Start()),
    "it bought a picture itself": (in_line(succeeded()), Start()),
    "it bought a task itself, and its run was cancelled": (
        in_line(running(), run=CANCELLED),
        Start(),
    ),
    "another row's order is on its way": (in_line(claimed(buyer=OTHER)), WaitWithRender()),
    "another row's task is on its way": (in_line(running(buyer=OTHER)), WaitWithRender()),
    "another row's picture is on its way": (in_line(succeeded(buyer=OTHER)), WaitWithRender()),
    "the other row no longer waits for its order": (
        in_line(claimed(buyer=OTHER, late=True)),
        UNCLEAR,
    ),
    "the other row no longer waits for its task": (
        in_line(running(buyer=OTHER, late=True)),
        STILL_RENDERING,
    ),
    "the other row no longer waits for its picture": (
        in_line(succeeded(buyer=OTHER, late=True)),
        PICTURE_LATE,
    ),
    "an attempt failed, and another one is allowed": (in_line(failed()), Claim()),
    "the last allowed attempt failed": (in_line(failed(attempt=2)), FAILED),
    "more attempts failed than are allowed": (in_line(failed(attempt=3)), FAILED),
    "an attempt failed for good": (
        in_line(failed(final=True, reason="content_rules")),
        ends(Reason.CONTENT_RULES, "It failed."),
    ),
    "the last allowed attempt was never taken": (in_line(released(attempt=2, final=True)), Claim()),
    "the account is paused, and no probe is due": (
        in_line(account=full(paused_at=ago(60), probe_at=ahead(1))),
        Stay(),
    ),
    "the account is paused, and a probe is due": (
        in_line(account=full(paused_at=ago(60), probe_at=ago(0))),
        Claim(probe=True),
    ),
    "a probe is due, but hiapi asked everybody to wait": (
        in_line(account=full(paused_at=ago(60), probe_at=ago(1), blocked_until=ahead(1))),
        Stay(),
    ),
    "a probe is due, but all slots are taken": (
        in_line(account=full(3, paused_at=ago(60), probe_at=ago(1))),
        Stay(),
    ),
    "a probe is due, but no more rows may be at work": (
        in_line(account=full(work=7, paused_at=ago(60), probe_at=ago(1))),
        Stay(),
    ),
    "the account has been paused for exactly a day": (
        in_line(account=full(paused_at=ago(DAY), probe_at=ahead(1))),
        Stay(),
    ),
    "the account has been paused for longer than a day": (
        in_line(account=full(paused_at=ago(DAY + 1), probe_at=ahead(1))),
        BALANCE,
    ),
    "the same, but the run was opened since": (
        in_line(
            account=full(paused_at=ago(DAY * 2), probe_at=ahead(1)), run=a_run(opened_at=ago(9))
        ),
        Stay(),
    ),
    "the run is old, and the account was paused since": (
        in_line(
            account=full(paused_at=ago(9), probe_at=ahead(1)), run=a_run(opened_at=ago(DAY * 2))
        ),
        Stay(),
    ),
    "it has ended": (in_line(row={"status": RowStatus.FAILED}), Nothing()),
    "it is at work": (in_line(running(), row={"status": RowStatus.RENDERING}), Nothing()),
}

NOT_MEANT: Cases = {
    "it has another execution": (at_work(running(), row={"execution": "other"}), Nothing()),
    "it went back to the line": (
        at_work(released(), RowStatus.QUEUED, row={"execution": ""}),
        Nothing(),
    ),
    "it has ended, and nothing is awaited": (at_work(running(), RowStatus.FAILED), Nothing()),
    "it was cancelled": (at_work(running(), RowStatus.CANCELLED), Nothing()),
    "it has ended, but its picture may still come": (late(running()), Look()),
}

AN_ORDER: Cases = {
    "an order was not sent so far": (at_work(unsent()), Order()),
    "an order may have been taken": (at_work(claimed()), Order(replay=True)),
    "a parked order may have been taken": (
        at_work(claimed(parked=True)),
        Order(replay=True, parked=True),
    ),
    "an unsent order is put off": (at_work(unsent(due_at=ahead(12))), Wait(12.0, spread=True)),
    "hiapi asked everybody to wait with an order": (
        at_work(claimed(), account=full(blocked_until=ahead(30))),
        Wait(30.0, spread=True),
    ),
    "an order is put off for longer than everybody waits": (
        at_work(claimed(due_at=ahead(40)), account=full(blocked_until=ahead(30))),
        Wait(40.0, spread=True),
    ),
    "everybody waits for longer than the order is put off": (
        at_work(claimed(due_at=ahead(20)), account=full(blocked_until=ahead(30))),
        Wait(30.0, spread=True),
    ),
    "its run was cancelled before the order was sent": (
        at_work(unsent(), run=CANCELLED),
        Release(CANCELLED_END),
    ),
    "its run was stopped before the order was sent": (
        at_work(unsent(), run=STOPPED),
        Release(STOPPED_END),
    ),
    "its run was cancelled after the order may have been taken": (
        at_work(claimed(), run=CANCELLED),
        Order(replay=True),
    ),
    "an order is unclear at the hard deadline": (
        at_work(claimed(claimed_at=ago(1800))),
        Order(replay=True),
    ),
    "an order is unclear beyond the hard deadline": (
        at_work(claimed(claimed_at=ago(1801))),
        Park(UNCLEAR),
    ),
    "an unsent order is older than the hard deadline": (
        at_work(unsent(claimed_at=ago(1801))),
        Order(),
    ),
    "a parked order is unclear beyond the hard deadline": (
        late(claimed(claimed_at=ago(1801), parked=True)),
        Order(replay=True, parked=True),
    ),
    "a key is as old as hiapi keeps it": (
        late(claimed(claimed_at=ago(20 * HOUR), parked=True)),
        Order(replay=True, parked=True),
    ),
    "a key is older than hiapi keeps it": (
        late(claimed(claimed_at=ago(20 * HOUR + 1), parked=True)),
        GiveUp(UNSETTLED),
    ),
    "an unsent order is as old as that": (
        at_work(unsent(claimed_at=ago(20 * HOUR))),
        Order(),
    ),
    "an unsent order is older than that": (
        at_work(unsent(claimed_at=ago(20 * HOUR + 1))),
        Release(NOT_TAKEN),
    ),
    "the same in a cancelled run": (
        at_work(unsent(claimed_at=ago(20 * HOUR + 1)), run=CANCELLED),
        Release(NOT_TAKEN),
    ),
}

A_TASK: Cases = {
    "a task was never looked at": (at_work(running()), Look()),
    "a task was looked at just now": (at_work(running(looked_at=ago(0))), Wait(2.0)),
    "a task was looked at 1.9 seconds ago": (at_work(running(looked_at=ago(1.9))), Wait(2.0)),
    "a task was looked at two seconds ago": (at_work(running(looked_at=ago(2.0))), Look()),
    "hiapi asked everybody to wait with a look": (
        at_work(running(), account=full(blocked_until=ahead(30))),
        Wait(30.0, spread=True),
    ),
    "its run was cancelled while its task runs": (at_work(running(), run=CANCELLED), Look()),
    "a task runs at the hard deadline": (at_work(running(placed_at=ago(1800))), Look()),
    "a task runs beyond the hard deadline": (
        at_work(running(placed_at=ago(1801))),
        Park(STILL_RENDERING),
    ),
    "a parked task runs beyond the hard deadline": (
        late(running(placed_at=ago(1801), parked=True)),
        Look(),
    ),
    "a task was claimed long before it was placed": (at_work(running(claimed_at=ago(DAY))), Look()),
    "a task runs for exactly a day": (late(running(placed_at=ago(DAY), parked=True)), Look()),
    "a task runs for longer than a day": (
        late(running(placed_at=ago(DAY + 1), parked=True)),
        GiveUp(OUTLIVED),
    ),
    "the same, and it was never parked": (
        at_work(running(placed_at=ago(DAY + 1))),
        GiveUp(OUTLIVED),
    ),
}

A_PICTURE: Cases = {
    "a task has succeeded": (at_work(succeeded()), Fetch()),
    "somebody else is at its picture": (at_work(succeeded(due_at=ahead(9))), Wait(3.0)),
    "a late task has succeeded": (late(succeeded()), Fetch()),
    "its picture is stored, and not noted yet": (
        at_work(succeeded(), picture=PICTURE),
        Tell(PICTURE),
    ),
    "its picture is stored and noted for another row": (
        at_work(published(), picture=PICTURE),
        Tell(PICTURE),
    ),
    "its picture is stored, but a newer task runs": (at_work(running(), picture=PICTURE), Look()),
    "its render is published for another row": (at_work(published()), Copy()),
}

NO_PICTURE: Cases = {
    "nothing is bought for a row at work": (at_work(), ToLine()),
    "its order was never taken": (at_work(released()), ToLine()),
    "its order was never taken, and its run was cancelled": (
        at_work(released(), run=CANCELLED),
        CANCELLED_END,
    ),
    "a late row's order was never taken": (late(released()), NOT_TAKEN),
    "a late row's order is not there": (late(), NOT_TAKEN),
    "its attempt failed, and another one is allowed": (at_work(failed()), ToLine()),
    "the same in a cancelled run": (at_work(failed(), run=CANCELLED), CANCELLED_END),
    "its last allowed attempt failed": (at_work(failed(attempt=2)), FAILED),
    "its attempt failed for good": (at_work(failed(final=True)), FAILED),
    "a late row's attempt failed": (late(failed()), FAILED),
}

CRASHES: Cases = {
    "eight executions failed": (at_work(running(), row={"crashes": 8}), Look()),
    "nine failed before anything was bought": (at_work(row={"crashes": 9}), INTERNAL),
    "nine failed before the order was sent": (
        at_work(unsent(), row={"crashes": 9}),
        Release(INTERNAL),
    ),
    "nine failed, and the order may have been taken": (
        at_work(claimed(), row={"crashes": 9}),
        AWAITED_INTERNAL,
    ),
    "nine failed while a task runs": (at_work(running(), row={"crashes": 9}), AWAITED_INTERNAL),
    "nine failed while a picture waits": (
        at_work(succeeded(), row={"crashes": 9}),
        AWAITED_INTERNAL,
    ),
    "nine failed, and the attempt too": (at_work(failed(), row={"crashes": 9}), INTERNAL),
    "nine failed, and the row has ended for another reason": (
        late(running(), row={"crashes": 9}),
        Look(),
    ),
}

TABLES: dict[str, Cases] = {
    "A row in the line": IN_LINE,
    "A row that the asking execution has nothing to do with": NOT_MEANT,
    "A row at work whose order has no answer": AN_ORDER,
    "A row at work whose task runs": A_TASK,
    "A row at work whose picture is made": A_PICTURE,
    "A row at work without a task": NO_PICTURE,
    "A row whose executions fail again and again": CRASHES,
}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(facts, expected, id=f"{title}: {name}")
        for title, cases in TABLES.items()
        for name, (facts, expected) in cases.items()
    ],
)
def test_next_action(facts: Facts, expected: Action) -> None:
    assert next_action(facts, CLOCK, RULES) == expected

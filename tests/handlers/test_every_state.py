"""All reachable states of a small world, not a sample of them."""

from __future__ import annotations

import pytest

from support.walk import Small, walk

WORLDS = {
    "a task fails, an execution dies": Small(),
    "somebody cancels": Small(cancels=True, deaths=0),
    "the balance gives out": Small(balance=1, deaths=0, starts=2),
    "answers are lost until deadlines pass": Small(lost=1, deaths=0, fails=0, times=3),
    "no room for a second attempt": Small(budget=1, deaths=0),
    "somebody cancels while an execution dies": Small(cancels=True, fails=0),
    "an upgrade finds a run of which nothing was ordered": Small(left="queued"),
    "an upgrade finds an order that hiapi never had": Small(left="claimed"),
    "an upgrade finds an order whose answer was lost": Small(left="claimed", made=True),
    "an upgrade finds a task": Small(left="running"),
    "an upgrade finds a task, and somebody cancels": Small(left="running", fails=0, cancels=True),
    "an upgrade finds a picture that was not fetched": Small(left="succeeded"),
}
SLOW = {"answers are lost until deadlines pass"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=[pytest.mark.slow] if each in SLOW else []) for each in WORLDS],
)
def test_every_reachable_state_keeps_its_promises_and_can_end(name: str) -> None:
    seen = walk(WORLDS[name])
    print(f"{seen.states} states, {seen.steps} steps, {seen.ends} ends, {seen.cut} cut")
    assert seen.broken == []
    assert seen.dead_ends == []
    assert seen.states > 50
    assert seen.ends > 1


def test_a_state_that_breaks_a_promise_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a slot that is never given back, the walk has to complain."""
    from rowshot.ledger import limiter
    from rowshot.ledger.table import Update

    monkeypatch.setattr(limiter, "give_back", lambda render_id: Update(("X", "X"), set={"a": 1}))
    assert walk(Small(deaths=0)).broken


def test_a_state_without_a_way_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody puts back the rows that waited with a render, they wait for ever."""
    from rowshot.ordering.dispatch import Dispatch

    monkeypatch.setattr(Dispatch, "release", lambda self, render_id: None)
    assert walk(Small(deaths=0)).dead_ends

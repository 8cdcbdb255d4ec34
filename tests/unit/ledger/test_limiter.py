"""The account's item: slots, places at work, the pace and the pause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rowshot.ledger import keys, limiter
from rowshot.ledger.records import Account
from rowshot.ledger.table import Conflict, Operation
from support.situations import NOW, ahead, at_work
from support.tables import GONE, Books

SLOTS = {"a", "b", "c"}


def account(**item: Any) -> Books:
    return Books({keys.ACCOUNT: item} if item else {})


def changed(books: Books, operation: Operation) -> dict[Any, Any]:
    before = books.items()
    books.ledger.table.write(operation)
    return books.changed(before)


def test_nobody_has_worked_yet() -> None:
    assert account().ledger.limiter.view() == Account()


def test_the_account_is_read_as_it_stands() -> None:
    books = account(
        holders={"a"},
        parked={"b"},
        working={"run#1"},
        blocked_until=NOW + 1,
        paused_at=NOW + 2,
        pause_reason="Said.",
        probe_at=NOW + 3,
        served=4,
        lanes={"model"},
    )
    assert books.ledger.limiter.view() == Account(
        held={"a"},
        parked={"b"},
        working={"run#1"},
        blocked_until=NOW + 1,
        paused_at=NOW + 2,
        pause_reason="Said.",
        probe_at=NOW + 3,
        served=4,
        lanes={"model"},
    )


def test_lanes_are_added_and_never_forgotten() -> None:
    books = account(lanes={"one"})
    books.ledger.limiter.open_lanes(iter(["two", "two"]))
    books.ledger.limiter.open_lanes([])
    assert books.ledger.limiter.view().lanes == {"one", "two"}


@pytest.mark.parametrize(("stands", "then"), [(0, 30), (10, 30), (30, 30), (60, 60)])
def test_the_longest_wait_counts(stands: float, then: float) -> None:
    books = account(**({"blocked_until": ahead(stands)} if stands else {}))
    books.ledger.limiter.slow_down(30)
    assert books.ledger.limiter.view().blocked_until == ahead(then)


def test_a_pause_begins_once_and_ends_completely() -> None:
    books = account(served=4)
    books.ledger.limiter.pause("Said.", 240)
    paused = books.ledger.limiter.view()
    assert paused == Account(paused_at=NOW, pause_reason="Said.", probe_at=ahead(240), served=4)
    books.ledger.limiter.pause("Said again.", 999)
    assert books.ledger.limiter.view() == paused
    books.ledger.limiter.resume()
    assert books.items() == {keys.ACCOUNT: {"served": 4}}


def test_only_what_is_named_is_forgotten() -> None:
    books = account(holders={"a", "b"}, parked={"a"}, working={"run#1", "run#2"})
    books.ledger.limiter.forget(held=["a"])
    books.ledger.limiter.forget(working=["run#2"])
    books.ledger.limiter.forget()
    assert books.items() == {
        keys.ACCOUNT: {"holders": {"b"}, "parked": {"a"}, "working": {"run#1"}}
    }


def test_a_place_at_work_is_given_back() -> None:
    books = account(working={"run#7", "run#8"})
    assert changed(books, limiter.leave(at_work().row)) == {keys.ACCOUNT: {"working": {"run#8"}}}


@pytest.mark.parametrize(
    ("item", "then"),
    [
        ({"holders": {"a", "render"}, "parked": {"b"}}, {"holders": {"a"}}),
        ({"holders": {"a"}, "parked": {"b", "render"}}, {"parked": {"b"}}),
        ({"holders": {"render"}}, {"holders": GONE}),
    ],
)
def test_a_slot_is_given_back_parked_or_not(item: dict[str, Any], then: dict[str, Any]) -> None:
    assert changed(account(**item), limiter.give_back("render")) == {keys.ACCOUNT: then}


def test_a_parked_task_holds_no_slot() -> None:
    books = account(holders={"a", "render"}, parked={"b"})
    then = {"holders": {"a"}, "parked": {"b", "render"}}
    assert changed(books, limiter.park("render")) == {keys.ACCOUNT: then}


def test_a_parked_order_takes_the_last_slot_again() -> None:
    books = account(holders={"a", "b"}, parked={"render", "x"})
    then = {"holders": {"a", "b", "render"}, "parked": {"x"}}
    assert changed(books, limiter.unpark("render", 3)) == {keys.ACCOUNT: then}


def test_a_parked_order_waits_while_no_slot_is_free() -> None:
    books = account(holders=SLOTS, parked={"render"})
    with pytest.raises(Conflict):
        changed(books, limiter.unpark("render", 3))


def test_there_are_four_more_places_at_work_than_slots() -> None:
    books = account(working={"1", "2", "3", "4", "5", "6"})
    row = at_work().row
    books.ledger.table.write(limiter.take_room(row, 3))
    assert books.ledger.limiter.view().working == {"1", "2", "3", "4", "5", "6", row.at_work}
    with pytest.raises(Conflict):
        books.ledger.table.write(limiter.take_room(replace(row, number=8), 3))

"""How a row's work begins: every item that a claim writes, and every reason to write nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rowshot.deciding.answers import NoRoom
from rowshot.deciding.facts import Facts
from rowshot.ledger import keys
from rowshot.ledger.records import Account, Render, Row
from rowshot.ordering.claims import Claims
from support.situations import (
    CLOCK,
    DAY,
    JOB,
    NOW,
    RULES,
    ahead,
    at_work,
    claimed,
    failed,
    full,
    in_line,
    published,
    released,
    running,
    succeeded,
)
from support.tables import GONE, Books, place_of, render_item, row_item

RUN, RENDER, ROW = keys.run("run"), keys.render("render"), keys.row("run", 7)
TODAY = keys.day(CLOCK.day())
LINE_ROW = {"starts": 2, "attempts": 1, "round": 9, "lane": "model", "error": "waiting"}
LEASE = 150.0
SLOTS = {"a", "b", "c"}
WORK = {str(each) for each in range(7)}


def queued(render: Render | None = None, account: Account | None = None) -> Facts:
    facts = in_line(render, row=LINE_ROW, account=account or full())
    return replace(facts, row=replace(facts.row, place=place_of(facts.row)))


def books_for(facts: Facts, account: dict[str, Any] | None = None, **run: Any) -> Books:
    row = facts.row
    found = Books({RUN: {"status": "paused", "reserved": Decimal(1), **run}, ROW: row_item(row)})
    if row.place[0]:
        found.put(row.place, {"starts": row.starts})
    if account:
        found.put(keys.ACCOUNT, account)
    if facts.render:
        found.put(RENDER, render_item(facts.render))
    return found


def claim(books: Books, facts: Facts, **more: Any) -> NoRoom | None:
    rules = more.pop("rules", RULES)
    return Claims(books.ledger.table, CLOCK).claim(facts, "mug-run-7-3", rules, **more)


NEW_ORDER = {
    "model": "model",
    "version": 1,
    "price": Decimal("0.5"),
    "state": "claimed",
    "attempt": 1,
    "key": "rowshot-render-1",
    "body": b"{}",
    "buyer_run": "run",
    "buyer_row": 7,
    "claimed_at": NOW,
    "day": CLOCK.day(),
    "polls": 0,
    "unsent": True,
    "due_at": NOW,
}
BEGUN = {
    "status": "rendering",
    "error": "",
    "execution": "mug-run-7-3",
    "updated_at": NOW,
    "due_at": NOW + LEASE,
    "starts": 3,
    "attempts": 2,
    "place": GONE,
}


def test_a_claim_writes_order_slot_budgets_row_and_place_at_once() -> None:
    facts = queued()
    books = books_for(facts)
    before = books.items()
    assert claim(books, facts) is None
    assert books.changed(before) == {
        RENDER: NEW_ORDER,
        RUN: {"status": "running", "reserved": Decimal("1.5")},
        TODAY: {"reserved": Decimal("0.5"), "expires_at": NOW + 30 * DAY},
        ROW: BEGUN,
        keys.ACCOUNT: {"holders": {"render"}, "working": {"run#7"}, "served": 9},
        facts.row.place: GONE,
    }


STALE = {
    "placed_at": NOW,
    "task_id": "task-1",
    "failure": "It failed.",
    "failure_code": "task_failed",
    "final": True,
    "parked": True,
    "late": True,
    "looked_at": NOW,
    "missing_since": NOW,
    "open": "render",
}


@pytest.mark.parametrize(("seen", "attempt"), [(failed(attempt=2), 3), (released(attempt=2), 2)])
def test_another_attempt_keeps_nothing_of_the_last_one(seen: Render, attempt: int) -> None:
    facts = queued(seen)
    books = books_for(facts)
    books.put(RENDER, {**render_item(seen), **STALE, "claimed_at": NOW - 60, "polls": 7})
    assert claim(books, facts) is None
    wanted = {**NEW_ORDER, "attempt": attempt, "key": f"rowshot-render-{attempt}"}
    assert books.items()[RENDER] == wanted


def test_the_line_is_served_from_its_highest_round() -> None:
    facts = queued(account=full(served=30))
    books = books_for(facts)
    assert claim(books, facts) is None
    assert books.items()[keys.ACCOUNT]["served"] == 30


@pytest.mark.parametrize(
    "account",
    [
        {"holders": SLOTS - {"a"}},
        {"working": WORK - {"0"}},
        {"blocked_until": NOW},
    ],
)
def test_the_last_slot_and_the_last_place_at_work_may_be_taken(account: dict[str, Any]) -> None:
    facts = queued()
    assert claim(books_for(facts, account), facts) is None


@pytest.mark.parametrize(
    "account",
    [
        {"holders": SLOTS},
        {"working": WORK},
        {"blocked_until": NOW + 1},
        {"paused_at": NOW - 9, "probe_at": NOW + 9},
    ],
)
def test_without_a_slot_nothing_is_written(account: dict[str, Any]) -> None:
    _refused(queued(), NoRoom.NO_SLOT, account=account)


PAUSED = {"paused_at": NOW - 9, "probe_at": NOW - 1}


def test_a_probe_moves_the_next_one() -> None:
    facts = queued(account=full(paused_at=NOW - 9, probe_at=NOW - 1))
    books = books_for(facts, PAUSED)
    assert claim(books, facts, probe_until=ahead(240)) is None
    account = books.items()[keys.ACCOUNT]
    assert account["probe_at"] == ahead(240)
    assert account["holders"] == {"render"}


@pytest.mark.parametrize(
    "account",
    [{**PAUSED, "probe_at": NOW + 240}, {"probe_at": NOW - 1}, {**PAUSED, "holders": SLOTS}],
)
def test_there_is_one_probe_at_a_time_and_only_of_a_paused_account(account: dict[str, Any]) -> None:
    facts = queued(account=full(paused_at=NOW - 9, probe_at=NOW - 1))
    _refused(facts, NoRoom.NO_SLOT, account=account, probe_until=ahead(240))


def test_the_run_may_be_filled_to_its_limit() -> None:
    facts = queued()
    assert claim(books_for(facts, reserved=Decimal("24.5")), facts) is None


def test_a_full_run_buys_nothing() -> None:
    _refused(queued(), NoRoom.RUN_FULL, run={"reserved": Decimal("24.51")})


@pytest.mark.parametrize("reserved", ["1", "24.51"])
def test_a_halted_run_buys_nothing(reserved: str) -> None:
    run = {"reserved": Decimal(reserved), "halted": "cancelled"}
    _refused(queued(), NoRoom.RUN_CLOSED, run=run)


def test_the_day_may_be_filled_to_its_limit() -> None:
    facts = queued()
    books = books_for(facts)
    books.put(TODAY, {"reserved": Decimal("99.5")})
    assert claim(books, facts) is None
    assert books.items()[TODAY]["reserved"] == Decimal(100)


def test_a_full_day_buys_nothing() -> None:
    _refused(queued(), NoRoom.DAY_FULL, day=Decimal("99.51"))


def test_what_costs_more_than_a_day_may_is_never_bought() -> None:
    facts = queued()
    assert claim(books_for(facts), facts, rules=replace(RULES, day_usd=JOB.price)) is None
    rules = replace(RULES, day_usd=Decimal("0.49"))
    _refused(facts, NoRoom.DAY_FULL, rules=rules)


@pytest.mark.parametrize(
    ("seen", "stands"),
    [
        (None, claimed()),
        (failed(), claimed(attempt=2)),
        (failed(), failed(attempt=2)),
        (failed(), running()),
        (released(), failed()),
    ],
)
def test_an_order_that_came_in_between_is_not_bought_twice(
    seen: Render | None, stands: Render
) -> None:
    _refused(queued(seen), NoRoom.CHANGED, items={RENDER: render_item(stands)})


@pytest.mark.parametrize(
    "row",
    [
        {"status": "rendering"},
        {"status": "queued", "place": ["LINE#free", "0000000009#run#000007"]},
    ],
)
def test_a_row_that_moved_in_between_is_not_begun(row: dict[str, Any]) -> None:
    facts = queued()
    stands = {**row_item(facts.row), **row}
    _refused(facts, NoRoom.TAKEN_BY_OTHERS, items={ROW: stands})


def _refused(facts: Facts, cause: NoRoom, **more: Any) -> None:
    books = books_for(facts, more.pop("account", None), **more.pop("run", {}))
    for key, item in more.pop("items", {}).items():
        books.put(key, item)
    if "day" in more:
        books.put(TODAY, {"reserved": more.pop("day")})
    before = books.items()
    assert claim(books, facts, **more) is cause
    assert books.changed(before) == {}


@pytest.mark.parametrize(
    ("render", "status"),
    [
        (None, "publishing"),
        (claimed(), "rendering"),
        (running(), "rendering"),
        (succeeded(), "publishing"),
        (published(), "publishing"),
    ],
)
def test_a_start_takes_a_place_at_work_and_buys_nothing(render: Render | None, status: str) -> None:
    facts = queued(render)
    books = books_for(facts, {"holders": SLOTS, "working": WORK - {"0"}})
    before = books.items()
    assert Claims(books.ledger.table, CLOCK).start(facts, "mug-run-7-3", RULES)
    begun = {name: value for name, value in BEGUN.items() if name != "attempts"}
    assert books.changed(before) == {
        ROW: {**begun, "status": status},
        keys.ACCOUNT: {"working": WORK - {"0"} | {"run#7"}},
        facts.row.place: GONE,
    }


@pytest.mark.parametrize(
    ("account", "row"),
    [
        ({"working": WORK}, {}),
        ({}, {"status": "rendering"}),
        ({}, {"place": ["LINE#other", "1"]}),
    ],
)
def test_a_start_without_room_or_of_a_row_that_moved_writes_nothing(
    account: dict[str, Any], row: dict[str, Any]
) -> None:
    facts = queued(published())
    books = books_for(facts, account)
    books.put(ROW, {**row_item(facts.row), **row})
    before = books.items()
    assert not Claims(books.ledger.table, CLOCK).start(facts, "mug-run-7-3", RULES)
    assert books.changed(before) == {}


def _row(execution: str) -> Row:
    return replace(at_work(row={"starts": 2, "crashes": 1}).row, execution=execution)


@pytest.mark.parametrize("execution", ["mine", ""])
@pytest.mark.parametrize("crashed", [True, False])
def test_a_restart_names_and_counts_the_next_execution(execution: str, crashed: bool) -> None:
    row = _row(execution)
    books = Books({ROW: {**row_item(row), "crashes": 1}})
    before = books.items()
    assert Claims(books.ledger.table, CLOCK).restart(row, "mug-run-7-3", crashed=crashed)
    named = {"execution": "mug-run-7-3", "due_at": NOW + LEASE, "starts": 3}
    assert books.changed(before) == {ROW: named | ({"crashes": 2} if crashed else {})}


@pytest.mark.parametrize(
    ("execution", "stands"),
    [
        ("mine", {"execution": "other"}),
        ("mine", {"status": "failed"}),
        ("", {"execution": "other"}),
        ("", {"status": "failed"}),
    ],
)
def test_a_restart_of_a_row_that_changed_writes_nothing(
    execution: str, stands: dict[str, Any]
) -> None:
    row = _row(execution)
    books = Books({ROW: {**row_item(row), **stands}})
    before = books.items()
    assert not Claims(books.ledger.table, CLOCK).restart(row, "mug-run-7-3", crashed=False)
    assert books.changed(before) == {}

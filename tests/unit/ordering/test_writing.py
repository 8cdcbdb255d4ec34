"""What each effect writes, item by item, and that nothing is written where facts have changed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rowshot.deciding.actions import End
from rowshot.deciding.changes import (
    AttemptFailed,
    BackInLine,
    Effect,
    Ended,
    Looked,
    NotCreated,
    Parked,
    PictureLost,
    PutOff,
    Running,
    Said,
    Stored,
    Succeeded,
)
from rowshot.deciding.facts import Facts
from rowshot.deciding.reasons import Reason
from rowshot.ledger import keys
from rowshot.ledger.records import Render, Version
from rowshot.ordering.writing import Writer
from rowshot.statuses import RowStatus
from support.situations import (
    NOW,
    OTHER,
    PICTURE,
    ago,
    at_work,
    claimed,
    in_line,
    late,
    published,
    released,
    running,
    succeeded,
    unsent,
)
from support.tables import GONE, Books, place_of, render_item, row_item

RUN, RENDER, ROW = keys.run("run"), keys.render("render"), keys.row("run", 7)
OTHER_RUN, OTHER_ROW = keys.run("other"), keys.row("other", 1)
MEMORY, STORED = keys.history("sheet", "slug:mug"), keys.picture("render", "mug")
TODAY = keys.day("1970-04-26")
HALF = Decimal("0.5")
ACCOUNT = {"holders": {"render", "x"}, "parked": {"render", "y"}, "working": {"run#7", "z"}}
LINE_ROW = {"starts": 2, "round": 9, "lane": "model"}
WRITTEN = {"updated_at": NOW}
END = End(RowStatus.FAILED, Reason.TASK_FAILED, "It failed.")
AWAITED = replace(END, awaited=True)

# The history of a row in which one picture was published before.
BEFORE = {"row_key": "slug:mug", "newest": "older", "versions": [{"version": 0}]}


def books_for(facts: Facts, **render: Any) -> Books:
    counts = {"open_rows": 3, "changes": 5, "open": "run", "due_at": NOW + 9}
    money = {"reserved": Decimal(2), "spent": Decimal(1), "possibly_billed": Decimal(1)}
    found = Books(
        {
            RUN: {"status": "running", **counts, **money},
            OTHER_RUN: {"status": "running", **counts, **money},
            ROW: {**row_item(facts.row), "possibly_billed": Decimal(0)},
            OTHER_ROW: {"attempts": 1, "cost": Decimal(0), "possibly_billed": Decimal(0)},
            keys.ACCOUNT: ACCOUNT,
            TODAY: {"reserved": Decimal(2)},
            MEMORY: BEFORE,
        }
    )
    if facts.render:
        found.put(RENDER, {**render_item(facts.render), **render})
    if facts.row.place[0]:
        found.put(facts.row.place, {"starts": 2})
    return found


def queued(render: Render | None = None) -> Facts:
    facts = in_line(render, row=LINE_ROW)
    return replace(facts, row=replace(facts.row, place=place_of(facts.row)))


LEFT = {keys.ACCOUNT: {"working": {"z"}}}
NO_SLOT = {keys.ACCOUNT: {"holders": {"x"}, "parked": {"y"}}}
COUNTED = {RUN: {"open_rows": 2, "changes": 6}}
STORED_ROW = {"status": "published", "error": "", "picture": PICTURE.item(), **WRITTEN}
VERSION = Version(1, "render", PICTURE, NOW).item()
NOTED = {
    STORED: PICTURE.item(),
    MEMORY: {"newest": "render", "versions": [{"version": 0}, VERSION]},
}
TASK = {"task_id": "task-1"}
FAILED = {"state": "failed", "failure": "It failed.", "final": True}
TAKEN_BACK = {"reserved": Decimal("1.5")}
SAID = {"due_at": NOW + 15, "open": "render", "parked": True, "late": True}
CLEARED = dict.fromkeys(("due_at", "open"), GONE)
FORGOTTEN = {**CLEARED, "parked": GONE, "late": GONE}


def _late_row(**more: Any) -> Facts:
    return late(running(**more), row={"error": "late"})


CASES: dict[str, tuple[Facts, Effect, dict[str, Any], dict[Any, Any]]] = {
    "hiapi took an order": (
        at_work(unsent()),
        Running("task-9"),
        {},
        {RENDER: {"state": "running", "task_id": "task-9", "placed_at": NOW}},
    ),
    "a look": (at_work(running(polls=4)), Looked(), {}, {RENDER: {"looked_at": NOW, "polls": 5}}),
    "the first look at a missing task": (
        at_work(running(polls=4)),
        Looked(missing=True),
        {},
        {RENDER: {"looked_at": NOW, "polls": 5, "missing_since": NOW}},
    ),
    "another look at a missing task": (
        at_work(running(polls=4, missing_since=ago(30))),
        Looked(missing=True),
        {},
        {RENDER: {"looked_at": NOW, "polls": 5}},
    ),
    "a missing task is there again": (
        at_work(running(polls=4, missing_since=ago(30))),
        Looked(),
        {},
        {RENDER: {"looked_at": NOW, "polls": 5, "missing_since": 0}},
    ),
    "an order is put off": (
        at_work(unsent()),
        PutOff(30.0),
        {},
        {RENDER: {"due_at": NOW + 30, "unsent": False}},
    ),
    "a picture is put off whose task hiapi does not know": (
        at_work(succeeded()),
        PutOff(30.0, missing=True),
        {},
        {RENDER: {"due_at": NOW + 30, "unsent": False, "missing_since": NOW}},
    ),
    "the same again": (
        at_work(succeeded(missing_since=ago(30))),
        PutOff(30.0, missing=True),
        {},
        {RENDER: {"due_at": NOW + 30, "unsent": False}},
    ),
    "a picture is put off whose task is there again": (
        at_work(succeeded(missing_since=ago(30))),
        PutOff(30.0),
        {},
        {RENDER: {"due_at": NOW + 30, "unsent": False, "missing_since": 0}},
    ),
    "an unsent order is put off": (
        at_work(claimed()),
        PutOff(30.0, unsent=True),
        {},
        {RENDER: {"due_at": NOW + 30, "unsent": True}},
    ),
    "a task has succeeded": (
        at_work(running()),
        Succeeded(),
        {"parked": True, "open": "render"},
        {
            RENDER: {
                "state": "succeeded",
                "succeeded_at": NOW,
                "due_at": NOW,
                "parked": GONE,
                "open": GONE,
            },
            **NO_SLOT,
            RUN: {"spent": Decimal("1.5")},
            ROW: {"cost": HALF, **TASK, "status": "publishing", **WRITTEN},
        },
    ),
    "a task has succeeded that was missing": (
        late(running(buyer=OTHER, missing_since=ago(30))),
        Succeeded(),
        {},
        {
            RENDER: {
                "state": "succeeded",
                "succeeded_at": NOW,
                "due_at": NOW,
                "missing_since": 0,
            },
            **NO_SLOT,
            OTHER_RUN: {"spent": Decimal("1.5")},
            OTHER_ROW: {"cost": HALF, **TASK},
        },
    ),
    "another row's task has succeeded for a late row": (
        late(running(buyer=OTHER)),
        Succeeded(),
        {},
        {
            RENDER: {"state": "succeeded", "succeeded_at": NOW, "due_at": NOW},
            **NO_SLOT,
            OTHER_RUN: {"spent": Decimal("1.5")},
            OTHER_ROW: {"cost": HALF, **TASK},
        },
    ),
    "an attempt failed": (
        at_work(running()),
        AttemptFailed("It failed.", Reason.TASK_FAILED, final=True),
        SAID,
        {
            RENDER: {**FAILED, "failure_code": "task_failed", **FORGOTTEN},
            **NO_SLOT,
            RUN: {"possibly_billed": Decimal("1.5")},
            ROW: {"possibly_billed": HALF, **TASK},
        },
    ),
    "an attempt failed that may be repeated": (
        at_work(claimed(task_id="", buyer=OTHER)),
        AttemptFailed("It failed.", Reason.UNSETTLED, final=False),
        {},
        {
            RENDER: {**FAILED, "final": False, "failure_code": "unsettled"},
            **NO_SLOT,
            OTHER_RUN: {"possibly_billed": Decimal("1.5")},
            OTHER_ROW: {"possibly_billed": HALF},
        },
    ),
    "an order was never taken": (
        at_work(unsent(day="1970-04-26", task_id=""), row={"attempts": 2}),
        NotCreated("It failed.", Reason.BALANCE, refused=False),
        SAID,
        {
            RENDER: {
                "state": "released",
                "failure": "It failed.",
                "failure_code": "balance",
                "final": False,
                **FORGOTTEN,
            },
            **NO_SLOT,
            RUN: TAKEN_BACK,
            ROW: {"attempts": 1},
            TODAY: TAKEN_BACK,
        },
    ),
    "an order was refused": (
        at_work(unsent(task_id=""), row={"attempts": 2}),
        NotCreated("It failed.", Reason.ORDER_REFUSED, refused=True),
        {},
        {
            RENDER: {**FAILED, "final": False, "failure_code": "order_refused"},
            **NO_SLOT,
            RUN: TAKEN_BACK,
            ROW: {"attempts": 1},
        },
    ),
    "a task is parked": (
        at_work(running()),
        Parked(),
        {},
        {RENDER: {"parked": True}, keys.ACCOUNT: {"holders": {"x"}}},
    ),
    "a picture is lost": (
        at_work(succeeded()),
        PictureLost("It failed."),
        {"due_at": NOW + 15, "open": "render"},
        {RENDER: {**FAILED, "failure_code": "picture_gone", **CLEARED}},
    ),
    "a picture is stored": (
        at_work(succeeded(), RowStatus.PUBLISHING),
        Stored(PICTURE),
        {"due_at": NOW + 15, "open": "render"},
        {
            RENDER: {"state": "published", **CLEARED},
            ROW: STORED_ROW,
            **COUNTED,
            **LEFT,
            **NOTED,
        },
    ),
    "a picture is copied": (
        at_work(published(), RowStatus.PUBLISHING),
        Stored(PICTURE),
        {"due_at": NOW + 15},
        {ROW: STORED_ROW, **COUNTED, **LEFT, **NOTED},
    ),
    "a late picture is stored": (
        late(succeeded(), row={"error": "late"}),
        Stored(PICTURE),
        {},
        {
            RENDER: {"state": "published"},
            ROW: {**STORED_ROW, "open": GONE, "due_at": GONE},
            RUN: {"changes": 6, "due_at": NOW},
            **NOTED,
        },
    ),
    "a row in the line has its picture": (
        queued(published()),
        Stored(PICTURE),
        {},
        {
            ROW: {**STORED_ROW, "place": GONE},
            **COUNTED,
            **LEFT,
            **NOTED,
            queued().row.place: GONE,
        },
    ),
    "a row says what it waits for": (
        at_work(succeeded()),
        Said("Later."),
        {},
        {ROW: {"error": "Later.", **WRITTEN}},
    ),
    "a row ends": (
        at_work(claimed()),
        Ended(END),
        {},
        {
            ROW: {"status": "failed", "error": "It failed.", "reason": "task_failed", **WRITTEN},
            **COUNTED,
            **LEFT,
        },
    ),
    "a row in the line ends": (
        queued(),
        Ended(replace(END, status=RowStatus.OVER_BUDGET)),
        {},
        {
            ROW: {
                "status": "over budget",
                "error": "It failed.",
                "reason": "task_failed",
                "place": GONE,
                **WRITTEN,
            },
            **COUNTED,
            **LEFT,
            queued().row.place: GONE,
        },
    ),
    "a row ends, and its picture may still come": (
        at_work(running()),
        Ended(AWAITED),
        {},
        {
            RENDER: {"late": True},
            ROW: {
                "status": "failed",
                "error": "It failed.",
                "reason": "task_failed",
                "open": "row",
                "due_at": NOW + 900,
                **WRITTEN,
            },
            **COUNTED,
            **LEFT,
        },
    ),
    "a late row's reason is put right": (
        _late_row(),
        Ended(replace(END, status=RowStatus.CANCELLED)),
        {},
        {
            ROW: {
                "error": "It failed.",
                "reason": "task_failed",
                "open": GONE,
                "due_at": GONE,
                **WRITTEN,
            },
            RUN: {"changes": 6, "due_at": NOW},
        },
    ),
    "a row goes back to the line": (
        at_work(released(), row=LINE_ROW),
        BackInLine("Waiting."),
        {},
        {
            ROW: {
                "status": "queued",
                "error": "Waiting.",
                "place": list(queued().row.place),
                "execution": GONE,
                **WRITTEN,
            },
            **LEFT,
            queued().row.place: {"starts": 2},
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_effect_writes_exactly_this(name: str) -> None:
    facts, effect, more, expected = CASES[name]
    books = books_for(facts, **more)
    before = books.items()
    assert Writer(books.ledger).write([effect], facts)
    assert books.changed(before) == expected


def test_a_row_that_goes_back_to_the_line_is_nobodys_concern_before_its_turn() -> None:
    facts = at_work(released(), row=LINE_ROW)
    books = books_for(facts)
    books.put(ROW, {**row_item(facts.row), "due_at": NOW})
    assert Writer(books.ledger).write([BackInLine()], facts)
    assert "due_at" not in books.items()[ROW]


def test_effects_are_written_together() -> None:
    facts = at_work(running())
    books = books_for(facts)
    assert Writer(books.ledger).write([Parked(), Ended(AWAITED)], facts)
    items = books.items()
    assert items[RENDER]["parked"]
    assert items[RENDER]["late"]
    assert items[ROW]["status"] == "failed"
    assert items[keys.ACCOUNT] == {"holders": {"x"}, "parked": {"render", "y"}, "working": {"z"}}


OUTDATED: dict[str, tuple[Facts, Effect, Any, dict[str, Any]]] = {
    "the row ended": (at_work(running()), Said("Later."), ROW, {"status": "failed"}),
    "the row has another execution": (
        at_work(running()),
        Ended(END),
        ROW,
        {"execution": "other"},
    ),
    "the row waits elsewhere": (queued(), Ended(END), ROW, {"place": ["LINE#free", "1"]}),
    "the row began": (queued(), Ended(END), ROW, {"status": "rendering"}),
    "the render has another attempt": (at_work(running()), Looked(), RENDER, {"attempt": 2}),
    "the render has another state": (at_work(running()), Looked(), RENDER, {"state": "failed"}),
    "the render of a row that ends has another attempt": (
        at_work(running()),
        Ended(END),
        RENDER,
        {"attempt": 2},
    ),
    "the render of a row that ends has another state": (
        queued(claimed()),
        Ended(END),
        RENDER,
        {"state": "running"},
    ),
    "the render of a row that ends is ordered": (
        queued(),
        Ended(END),
        RENDER,
        {"state": "claimed", "attempt": 1},
    ),
}


@pytest.mark.parametrize("name", OUTDATED)
def test_nothing_is_written_where(name: str) -> None:
    facts, effect, key, stands = OUTDATED[name]
    books = books_for(facts)
    books.put(key, {**books.items().get(key, {}), **stands})
    before = books.items()
    assert not Writer(books.ledger).write([effect], facts)
    assert books.changed(before) == {}


def test_a_version_that_is_noted_already_is_not_noted_again() -> None:
    facts = at_work(published(), RowStatus.PUBLISHING)
    books = books_for(facts)
    books.put(MEMORY, {"row_key": "slug:mug", "newest": "render", "versions": [VERSION]})
    before = books.items()
    assert Writer(books.ledger).write([Stored(PICTURE)], facts)
    assert books.changed(before) == {
        ROW: STORED_ROW,
        **COUNTED,
        **LEFT,
        STORED: PICTURE.item(),
    }


def test_the_same_of_a_row_that_changed_writes_nothing() -> None:
    facts = at_work(published(), RowStatus.PUBLISHING)
    books = books_for(facts)
    books.put(MEMORY, {"row_key": "slug:mug", "newest": "render", "versions": [VERSION]})
    books.put(ROW, {**row_item(facts.row), "status": "published"})
    before = books.items()
    assert not Writer(books.ledger).write([Stored(PICTURE)], facts)
    assert books.changed(before) == {}


@pytest.mark.parametrize("effect", [Succeeded(), Looked(), NotCreated("", Reason.NONE, False)])
def test_an_effect_on_no_attempt_is_a_mistake(effect: Effect) -> None:
    facts = at_work()
    with pytest.raises(ValueError, match="attempt"):
        Writer(books_for(facts).ledger).write([effect], facts)


def test_a_row_that_changes_while_its_version_is_left_out_writes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = at_work(published(), RowStatus.PUBLISHING)
    books = books_for(facts)
    books.put(MEMORY, {"row_key": "slug:mug", "newest": "render", "versions": [VERSION]})
    transact, tries = books.ledger.table.transact, []

    def meets_another(operations: Any) -> None:
        tries.append(operations)
        if len(tries) == 2:
            books.put(ROW, {**row_item(facts.row), "status": "failed"})
        transact(operations)

    monkeypatch.setattr(books.ledger.table, "transact", meets_another)
    assert not Writer(books.ledger).write([Stored(PICTURE)], facts)
    assert len(tries) == 2
    assert books.items()[ROW]["status"] == "failed"

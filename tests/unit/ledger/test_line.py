"""The line: where rows stand, and how they move in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rowshot.ledger import keys
from rowshot.ledger.line import Place
from rowshot.ledger.records import Render, Row, Turn
from support.situations import (
    NOW,
    OTHER,
    claimed,
    failed,
    in_line,
    published,
    released,
    running,
    succeeded,
)
from support.tables import GONE, Books, place_of, render_item, row_item

ROW, RENDER = keys.row("run", 7), keys.render("render")
LATER = 120.0
WAITING = keys.waiting("render", Turn(9, "run", 7))


def queued(**more: Any) -> Row:
    row = in_line(row={"starts": 2, "round": 9, "lane": "model", **more}).row
    return replace(row, place=place_of(row))


def books_for(row: Row, render: Render | None = None) -> Books:
    found = Books({ROW: row_item(row), row.place: {"starts": row.starts}})
    if render:
        found.put(RENDER, render_item(render))
    return found


def test_places_are_served_in_the_order_of_their_turns() -> None:
    turns = [Turn(2, "b", 1), Turn(10, "a", 1), Turn(2, "a", 12), Turn(2, "a", 3)]
    books = Books({(keys.line("model"), turn.sort_key()): {"starts": 3} for turn in turns})
    books.put((keys.line("other"), Turn(1, "a", 1).sort_key()), {"starts": 0})
    first = books.ledger.line.first("model", 3)
    assert [each.turn for each in first] == sorted(turns)[:3]
    assert {each.starts for each in first} == {3}
    assert first[0].key == (keys.line("model"), Turn(2, "a", 3).sort_key())


def test_who_waits_with_a_render_is_found_there() -> None:
    turn = Turn(9, "run", 7)
    books = Books({WAITING: {"starts": 2}, RENDER: render_item(running())})
    assert list(books.ledger.line.waiting_for("render")) == [Place(WAITING, turn, 2)]


def test_renders_that_rows_have_waited_with_for_a_while() -> None:
    books = Books(
        {
            keys.waiting("old", Turn(1, "run", 1)): {"open": "wait", "due_at": NOW},
            keys.waiting("new", Turn(1, "run", 2)): {"open": "wait", "due_at": NOW + 1},
            keys.row("run", 3): {"open": "row", "due_at": NOW - 9},
        }
    )
    assert list(books.ledger.line.overdue()) == ["old"]
    books.ledger.line.look_later(
        Place(keys.waiting("old", Turn(1, "run", 1)), Turn(1, "run", 1), 0)
    )
    assert list(books.ledger.line.overdue()) == []
    assert books.items()[keys.waiting("old", Turn(1, "run", 1))]["due_at"] == NOW + LATER


def test_a_look_at_a_place_that_is_gone_makes_none() -> None:
    books = Books({})
    books.ledger.line.look_later(Place(WAITING, Turn(9, "run", 7), 2))
    assert books.items() == {}


@pytest.mark.parametrize("render", [claimed(), running(), succeeded()])
def test_a_row_waits_with_a_render_that_is_on_its_way(render: Render) -> None:
    row = queued()
    books = books_for(row, replace(render, buyer=OTHER, attempt=2))
    before = books.items()
    assert books.ledger.line.wait_with(row, 2)
    assert books.changed(before) == {
        ROW: {"place": list(WAITING)},
        row.place: GONE,
        WAITING: {"starts": 2, "open": "wait", "due_at": NOW + LATER},
    }


@pytest.mark.parametrize(
    "render",
    [
        failed(attempt=2),
        released(attempt=2),
        published(attempt=2),
        running(attempt=3),
        running(attempt=2, late=True),
    ],
)
def test_a_row_does_not_wait_with_a_render_that_settled(render: Render) -> None:
    row = queued()
    books = books_for(row, render)
    before = books.items()
    assert not books.ledger.line.wait_with(row, 2)
    assert books.changed(before) == {}


def test_a_row_that_waited_goes_back_to_its_turn() -> None:
    row = replace(queued(), place=WAITING)
    books = books_for(row)
    before = books.items()
    assert books.ledger.line.put_back(row)
    assert books.changed(before) == {
        ROW: {"place": list(place_of(row))},
        WAITING: GONE,
        place_of(row): {"starts": 2},
    }


def test_a_row_changes_its_lane_at_its_turn() -> None:
    row = queued()
    books = books_for(row)
    before = books.items()
    assert books.ledger.line.change_lane(row, "other")
    key = keys.line("other"), row.turn.sort_key()
    assert books.changed(before) == {
        ROW: {"place": list(key), "lane": "other"},
        row.place: GONE,
        key: {"starts": 2},
    }


@pytest.mark.parametrize("stands", [{"status": "rendering"}, {"place": ["LINE#x", "1"]}])
def test_a_row_that_moved_is_not_moved_again(stands: dict[str, Any]) -> None:
    row = queued()
    books = books_for(row, running())
    books.put(ROW, {**row_item(row), **stands})
    before = books.items()
    assert not books.ledger.line.put_back(replace(row, place=WAITING))
    assert not books.ledger.line.wait_with(row, 1)
    assert not books.ledger.line.change_lane(row, "other")
    assert books.changed(before) == {}


@pytest.mark.parametrize(("starts", "left"), [(2, False), (3, True)])
def test_a_place_without_its_row_is_forgotten_unless_it_was_taken_anew(
    starts: int, left: bool
) -> None:
    books = Books({WAITING: {"starts": starts}})
    books.ledger.line.forget(Place(WAITING, Turn(9, "run", 7), 2))
    assert (WAITING in books.items()) is left


def test_a_place_of_an_older_release_has_no_count() -> None:
    turn = Turn(9, "run", 7)
    books = Books({(keys.line("model"), turn.sort_key()): {}})
    assert [each.starts for each in books.ledger.line.first("model", 1)] == [0]

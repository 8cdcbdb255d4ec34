"""What each row of a drop means: every case of its version, of its status and of the budget."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rowshot import messages
from rowshot.canonical import render_id
from rowshot.ledger.histories import PERSONAL
from rowshot.ledger.records import Picture, Render, RowHistory, Version
from rowshot.models import Catalogue
from rowshot.planning.plan import (
    Known,
    Plan,
    PlannedRow,
    Wanted,
    draw_up,
    history_of,
    row_hash,
    want,
)
from rowshot.specs.row_spec import Personal, RowSpec
from rowshot.statuses import RowStatus
from support.situations import (
    DAY,
    PICTURE,
    claimed,
    failed,
    published,
    released,
    running,
    succeeded,
)

CATALOGUE = Catalogue.from_package()
MODEL = "qwen-image-2.0"
PRICE = Decimal("0.025")
OLD = Picture("https://cdn.example/old.webp", 4, 3, 100)
SHEET_TIME = 500.0


def spec(number: int = 2, **values: Any) -> RowSpec:
    known: dict[str, Any] = {"row_key": f"mug-{number}", "slug": f"mug-{number}", "problems": ()}
    known |= {"model": MODEL, "input": {"prompt": f"a mug {number}"}, "price": PRICE, "redo": None}
    known |= {"approved": False, "recipe": None, "prompt": "a mug", "personal": None}
    return RowSpec(number, **{**known, **values})


def version(number: int = 1, render: str = "old", at: float = 0.0) -> Version:
    return Version(number, render, OLD, at)


def history(**values: Any) -> RowHistory:
    return RowHistory("mug-2", **values)


def wanted(row: RowSpec | None = None, known: RowHistory | None = None, **more: Any) -> Wanted:
    since = more.pop("since", lambda instant: 0.0)
    return want(row or spec(), known or history(), CATALOGUE, since, **more)


def test_a_row_asks_for_its_own_input() -> None:
    row = wanted()
    assert row.render_id == render_id(MODEL, {"prompt": "a mug 2"}, 1)
    assert row.body == b'{"input":{"prompt":"a mug 2"},"model":"qwen-image-2.0"}'
    assert (row.redo_taken, row.new_version, row.redo_is_over) == ("", False, False)


@pytest.mark.parametrize("values", [{"problems": ("Wrong.",)}, {"model": "no-such-model"}])
def test_a_row_with_problems_asks_for_nothing(values: dict[str, Any]) -> None:
    row = wanted(spec(redo="yes", **values), history(version=3))
    assert (row.render_id, row.body, row.history) == ("", b"", history(version=3))


@pytest.mark.parametrize(
    ("redo", "seen", "over"), [(None, "yes", True), ("yes", "yes", False), (None, "", False)]
)
@pytest.mark.parametrize("problems", [(), ("Wrong.",)])
def test_a_redo_is_over_when_its_cell_is_empty(
    redo: str | None, seen: str, over: bool, problems: tuple[str, ...]
) -> None:
    row = wanted(spec(redo=redo, problems=problems), history(redo_seen=seen))
    assert row.redo_is_over is over


def test_a_tick_asks_for_the_next_version() -> None:
    row = wanted(spec(redo="yes"), history(version=2, note="old", note_for="x"))
    assert row.history == history(version=3, redo_seen="yes")
    assert (row.redo_taken, row.new_version) == ("yes", True)
    assert row.render_id != wanted(known=history(version=2)).render_id


def test_a_note_stands_at_the_end_of_the_prompt_while_the_row_is_the_same() -> None:
    row = wanted(spec(redo="in blue"))
    assert b"a mug 2\\nin blue" in row.body
    assert row.history.note == "in blue"
    again = wanted(known=row.history)
    assert again.render_id == row.render_id
    other = wanted(spec(input={"prompt": "a cup"}), row.history)
    assert b"in blue" not in other.body


@pytest.mark.parametrize(
    ("taken", "values", "exported_at", "shows"),
    [
        (True, {}, 0.0, ""),  # its cell was not seen empty since
        (True, {"redo_empty_at": SHEET_TIME, "redo_empty_for": 1}, 0.0, ""),  # for another version
        (True, {"redo_empty_at": SHEET_TIME, "redo_empty_for": 2}, SHEET_TIME, ""),
        (False, {"redo_empty_at": SHEET_TIME, "redo_empty_for": 2}, SHEET_TIME + 1, ""),
        (False, {"redo_empty_at": SHEET_TIME, "redo_empty_for": 2}, 0.0, OLD.url),
        (True, {"redo_empty_at": SHEET_TIME, "redo_empty_for": 2}, 0.0, "https://cdn.example/x"),
    ],
)
def test_the_same_redo_counts_once(
    taken: bool, values: dict[str, Any], exported_at: float, shows: str
) -> None:
    known = history(version=2, redo_seen="yes", versions=(version(2),), **values)
    row = wanted(spec(redo="yes", shows=shows), known, exported_at=exported_at)
    assert row.history.version == (2 if taken else 3)
    assert row.new_version is not taken
    assert row.redo_taken == "yes"


def test_a_picture_of_an_earlier_version_is_not_what_the_last_redo_brought() -> None:
    known = history(version=2, redo_seen="yes", versions=(version(1),))
    known = replace(known, redo_empty_at=SHEET_TIME, redo_empty_for=2)
    assert wanted(spec(redo="yes", shows=OLD.url), known).history.version == 2
    assert wanted(spec(redo="yes", shows=OLD.url), replace(known, versions=())).history.version == 2


def test_another_redo_counts() -> None:
    row = wanted(spec(redo="in blue"), history(version=2, redo_seen="yes"))
    assert (row.history.version, row.redo_taken) == (3, "in blue")


def test_an_approved_row_takes_no_redo() -> None:
    known = history(versions=(version(),))
    row = wanted(spec(redo="yes", approved=True), known)
    assert (row.history, row.redo_taken, row.new_version) == (known, "", False)
    assert wanted(spec(redo="yes", approved=True)).history.version == 2


ANNA = Personal(cache_key="anna", ttl_days=30, folder="p-anna")


@pytest.mark.parametrize(
    ("days", "values", "known", "expected"),
    [
        (30, {}, {"versions": (version(),)}, 1),
        (30.01, {}, {"versions": (version(),)}, 2),
        (30.01, {"approved": True}, {"versions": (version(),)}, 1),
        (30.01, {"personal": None}, {"versions": (version(),)}, 1),
        (30.01, {}, {}, 1),
        (30.01, {}, {"version": 2, "versions": (version(),)}, 2),  # a newer one is under way
        (30.01, {}, {"version": 2, "versions": (version(2),)}, 3),
    ],
)
def test_a_personal_picture_is_made_anew_when_its_time_is_over(
    days: float, values: dict[str, Any], known: dict[str, Any], expected: int
) -> None:
    row = wanted(
        spec(**{"personal": ANNA, **values}), history(**known), since=lambda instant: days * DAY
    )
    assert row.history.version == expected
    assert row.new_version is (expected > known.get("version", 1))


def test_a_personal_picture_is_remembered_and_stored_apart_from_any_sheet() -> None:
    assert history_of(spec(personal=ANNA), "sheet") == (PERSONAL, "anna")
    assert history_of(spec(), "sheet") == ("sheet", "mug-2")
    assert wanted(spec(personal=ANNA)).folder == "p-anna"
    assert wanted().folder == "mug-2"
    assert row_hash("mug") == hashlib.sha256(b"mug").hexdigest()[:32]


def plan(*rows: Wanted, max_usd: str = "25", first: int | None = None, **known: Any) -> Plan:
    return draw_up(rows, Known(**known), max_usd=Decimal(max_usd), first=first)


def planned(row: Wanted, render: Render | None = None, **known: Any) -> PlannedRow:
    renders = {row.render_id: render} if render else {}
    return plan(row, renders=renders, **known).rows[0]


@pytest.mark.parametrize(
    ("render", "expected"),
    [
        (None, {"cost": PRICE, "max_attempt": 3}),
        (claimed(attempt=2), {"reasons": (messages.BEING_MADE(),), "max_attempt": 4}),
        (running(attempt=1), {"reasons": (messages.BEING_MADE(),), "max_attempt": 3}),
        (succeeded(attempt=1), {"reasons": (messages.BEING_MADE(),), "max_attempt": 3}),
        (published(attempt=2), {"reasons": (messages.COPIED(),), "max_attempt": 3}),
        (failed(attempt=2), {"cost": PRICE, "max_attempt": 5}),
        (released(attempt=2), {"cost": PRICE, "max_attempt": 4}),
        (released(attempt=2, final=True), {"cost": PRICE, "max_attempt": 4}),
    ],
)
def test_a_row_to_render(render: Render | None, expected: dict[str, Any]) -> None:
    row = wanted(known=history(versions=(version(),)))
    state = render.state if render else None
    standing = PlannedRow(row, RowStatus.QUEUED, picture=OLD, state=state)
    assert planned(row, render) == replace(standing, **expected)


def test_a_render_that_failed_for_good_is_not_bought_again() -> None:
    row = wanted()
    expected = PlannedRow(row, RowStatus.FAILED, ("It failed.",))
    assert planned(row, failed(final=True)) == expected


def test_a_stored_picture_is_unchanged_under_its_own_folder_only() -> None:
    row = wanted()
    found = planned(row, published(), pictures={(row.render_id, "mug-2"): PICTURE})
    assert found == PlannedRow(row, RowStatus.UNCHANGED, picture=PICTURE)
    other = planned(row, published(), pictures={(row.render_id, "cup"): PICTURE})
    assert other.status is RowStatus.QUEUED


def test_a_row_with_problems_costs_nothing() -> None:
    row = wanted(spec(problems=("Wrong.", "Worse.")), history(versions=(version(),)))
    assert planned(row) == PlannedRow(row, RowStatus.INVALID, ("Wrong.", "Worse."), picture=OLD)


@pytest.mark.parametrize("changed", [True, False])
def test_an_approved_row_keeps_its_picture(changed: bool) -> None:
    row = wanted(spec(approved=True))
    of = "other" if changed else row.render_id
    row = replace(row, history=history(versions=(version(render=of),)))
    reasons = (messages.APPROVED_CHANGED(),) if changed else ()
    assert planned(row) == PlannedRow(row, RowStatus.APPROVED, reasons, picture=OLD)


def test_an_approved_row_without_a_picture_is_rendered() -> None:
    assert planned(wanted(spec(approved=True))).status is RowStatus.QUEUED


def test_the_same_picture_in_two_rows_is_paid_once() -> None:
    one = wanted(spec(2, input={"prompt": "same"}))
    other = wanted(spec(5, input={"prompt": "same"}))
    drawn = plan(one, other)
    assert [row.cost for row in drawn.rows] == [PRICE, 0]
    assert drawn.rows[1].reasons == (messages.SAME_PICTURE(row=2),)
    assert drawn.estimate == PRICE
    assert drawn.to_render == list(drawn.rows)


def test_what_is_remembered_under_a_key_belongs_to_its_first_row() -> None:
    known = history(versions=(version(),))
    twice = [wanted(spec(number, row_key="mug"), known) for number in (2, 5)]
    assert [row.picture for row in plan(*twice).rows] == [OLD, None]


@pytest.mark.parametrize(("first", "skipped"), [(None, 0), (3, 0), (2, 1), (0, 3)])
def test_only_the_first_rows_that_have_something_to_do(first: int | None, skipped: int) -> None:
    done = wanted(spec(9, problems=("Wrong.",)))
    ticked = [wanted(spec(number, redo="yes"), RowHistory(f"mug-{number}")) for number in (2, 3, 4)]
    drawn = plan(done, *ticked, first=first)
    late = [row for row in drawn.rows if row.status is RowStatus.SKIPPED]
    assert len(late) == skipped
    assert [row.wanted.redo_taken for row in late] == [""] * skipped
    assert [row.wanted.new_version for row in late] == [False] * skipped
    assert {row.reasons for row in late} <= {(messages.NOT_FIRST(first=first),)}
    assert drawn.rows[0].status is RowStatus.INVALID
    assert len(drawn.to_render) == 3 - skipped


def test_a_plan_may_cost_just_the_limit() -> None:
    drawn = plan(wanted(spec(2)), wanted(spec(3)), max_usd="0.05")
    assert not drawn.over_budget
    assert drawn.estimate == Decimal("0.05")


def test_a_dearer_plan_does_not_start() -> None:
    bad = wanted(spec(9, problems=("Wrong.",)))
    drawn = plan(wanted(spec(2)), bad, wanted(spec(3)), max_usd="0.04")
    reason = messages.RUN_OVER_BUDGET(estimate="$0.05", limit="$0.04")
    assert drawn.over_budget
    assert drawn.to_render == []
    assert [row.status for row in drawn.rows] == [
        RowStatus.OVER_BUDGET,
        RowStatus.INVALID,
        RowStatus.OVER_BUDGET,
    ]
    assert drawn.rows[0].reasons == (reason,)
    assert drawn.rows[1].reasons == ("Wrong.",)


def test_what_is_said_of_a_row() -> None:
    ticked = planned(wanted(spec(redo="yes")))
    assert ticked.told == (messages.REDO_TAKEN(version=2),)
    noted = planned(wanted(spec(redo="in blue")))
    assert noted.told == (messages.REDO_NOTED(version=2, note=messages.quoted("in blue")),)
    outlived = wanted(
        spec(personal=ANNA), history(versions=(version(),)), since=lambda instant: 99 * DAY
    )
    assert planned(outlived).told == (messages.TIME_IS_OVER(version=2),)
    assert planned(wanted()).told == ()
    copied = planned(wanted(spec(redo="yes")), published())
    assert copied.told == (messages.COPIED(),)


def test_a_note_is_for_the_model_that_it_was_written_for() -> None:
    first, second = sorted(CATALOGUE.models)[:2]
    noted = wanted(spec(model=first, redo="in blue")).history
    assert b"in blue" in wanted(spec(model=first), noted).body
    assert b"in blue" not in wanted(spec(model=second), noted).body

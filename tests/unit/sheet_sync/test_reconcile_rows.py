"""What a row gets, keeps and loses."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rowshot.reading.headers import map_headers
from rowshot.reading.output_columns import image_formula
from rowshot.sheet_sync.projection import (
    Formula,
    GridCell,
    Layout,
    Reconciliation,
    WantedRow,
    reconcile,
    unknown_keys,
)
from rowshot.sheet_sync.projection.desired import one_line
from rowshot.sheet_sync.projection.grid import NOTHING
from unit.sheet_sync.sheet_page import ORIGIN, Page

HEADER = ["slug", "prompt", "redo", "status", "image_url", "preview", "error", "cost_usd"]
OWNED = {name: name for name in HEADER[3:]}
LAYOUT = Layout.planned(map_headers(HEADER), OWNED)


def url(key: str) -> str:
    return f"{ORIGIN}{key}/1.webp"


def shows(key: str) -> list[Any]:
    return ["published", url(key), image_formula(url(key)), None, 0.025]


def wants(key: str, **more: Any) -> WantedRow:
    return WantedRow(key, "published", url(key), None, Decimal("0.025"), **more)


def run(page: Page, *wanted: WantedRow, **more: Any) -> Reconciliation:
    result = reconcile(page.read(LAYOUT), wanted, LAYOUT, origins=[ORIGIN], **more)
    page.apply(result.updates)
    again = reconcile(page.read(LAYOUT), wanted, LAYOUT, origins=[ORIGIN], **more)
    assert not again.updates
    return result


def test_keys_are_compared_like_the_reader_does() -> None:
    page = Page([HEADER, ["  cafe\u0301 ", "p"]])
    run(page, wants("caf\u00e9"))
    assert page.rows[1][0] == "  cafe\u0301 "
    assert page.rows[1][3] == "published"


def test_only_differences_are_written() -> None:
    page = Page([HEADER, ["a", "p", None, *shows("a")], ["b", "q", None, "queued"]])
    result = run(page, wants("a"), WantedRow("b", "rendering"))
    assert [(w.row, w.column, w.value) for w in result.updates.cells] == [(2, 3, "rendering")]


def test_an_unchanged_row_keeps_what_its_own_run_wrote() -> None:
    page = Page([HEADER, ["a", "p", None, *shows("a")], ["b", "q", None, "rendering", url("b")]])
    rows = [WantedRow(key, "unchanged", url(key)) for key in ("a", "b")]
    run(page, *rows)
    assert page.under("status") == ["published", "unchanged"]
    assert page.under("cost_usd") == [0.025, None]


def test_an_unchanged_row_with_another_rows_picture_is_put_right() -> None:
    page = Page([HEADER, ["a", "p", None, *shows("b")]])
    run(page, WantedRow("a", "unchanged", url("a")))
    assert page.under("image_url") == [url("a")]
    assert page.under("status") == ["unchanged"]
    assert page.under("cost_usd") == [None]


def test_a_picture_in_a_wrong_row_is_put_right() -> None:
    page = Page([HEADER, ["b", "q", None, *shows("a")], ["a", "p", None, *shows("b")]])
    run(page, wants("a"), wants("b"))
    assert page.under("image_url") == [url("b"), url("a")]


def test_rows_that_the_ledger_does_not_know_lose_what_is_not_theirs() -> None:
    stranger = ["new", "p", None, *shows("a")[:3], "an old sentence of ours", 0.05]
    page = Page([HEADER, stranger, ["a", "p"], ["mine", "q", None, "to do", None, None, "call Li"]])
    run(page, wants("a"))
    assert page.rows[1][3:8] == [None] * 5
    assert page.rows[3][3:7] == ["to do", None, None, "call Li"]


def test_rows_of_earlier_runs_keep_their_picture() -> None:
    page = Page([HEADER, ["old", "p", None, *shows("old")], ["older", "p", None, *shows("a")]])
    page.rows[1][3] = "rendering"
    grid = page.read(LAYOUT)
    assert unknown_keys(grid, [wants("a")], LAYOUT) == {"old", "older"}
    run(page, wants("a"), remembered={"old": url("old"), "older": url("older")})
    assert page.under("image_url") == [url("old"), url("older")]
    assert page.under("status") == [None, "published"]


def test_a_vanished_row_is_reported() -> None:
    page = Page([HEADER, ["a", "p"]])
    problems = run(page, wants("a"), wants("gone")).problems
    assert [(p.kind, p.row_key) for p in problems] == [("vanished", "gone")]
    assert "'gone'" in problems[0].message and "'slug'" in problems[0].message


def test_a_row_without_its_key_is_reported_and_cleared() -> None:
    page = Page([HEADER, [None, "p", None, *shows("a")], [None, "just a note"]])
    problems = run(page, wants("a")).problems
    assert [(p.kind, p.rows) for p in problems] == [("keyless", (2,)), ("vanished", ())]
    assert page.rows[1] == [None, "p", *[None] * 24]
    assert page.rows[2][:2] == [None, "just a note"]


def test_a_doubled_key_is_said_in_both_rows_and_no_picture_is_assigned() -> None:
    page = Page([HEADER, ["a", "p", None, *shows("a")], ["b", "p", None], ["a", "q", None]])
    result = run(page, wants("a"), wants("b"))
    (problem,) = result.problems
    assert (problem.kind, problem.row_key, problem.rows) == ("doubled", "a", (2, 4))
    assert page.under("image_url") == [url("a"), url("b"), None]
    assert page.under("status") == ["invalid", "published", "invalid"]
    assert page.under("error") == [problem.message, None, problem.message]
    page.rows[3][0] = "c"
    run(page, wants("a"), wants("b"))
    assert page.under("error") == [None] * 3
    assert page.rows[3][3:8] == [None] * 5


def test_a_foreign_picture_in_a_doubled_row_goes() -> None:
    page = Page([HEADER, ["a", "p", None, *shows("b")], ["a", "q"]])
    run(page, wants("a"), wants("b"))
    assert page.under("image_url") == [None, None]
    assert page.under("preview") == [None, None]


def test_keys_that_were_double_in_the_drop_are_never_guessed() -> None:
    page = Page([HEADER, ["a", "q"]])
    invalid = WantedRow("a", "invalid", None, "'a' in row 3 stands in row 2 already.")
    (problem,) = run(page, wants("a"), invalid).problems
    assert problem.kind == "doubled"
    assert page.rows[1][4] is None


def test_a_taken_redo_is_reset_only_while_it_says_what_was_taken() -> None:
    rows: list[list[Any]] = [
        ["tick", "p", True], ["text", "p", "TRUE"], ["note", "p", "brighter "],
        ["changed", "p", "darker"], ["unticked", "p", False], ["empty", "p", None],
    ]  # fmt: skip
    page = Page([HEADER, *rows])
    wanted = [
        wants("tick", redo_taken="TRUE"), wants("text", redo_taken="TRUE"),
        wants("note", redo_taken="brighter"), wants("changed", redo_taken="brighter"),
        wants("unticked", redo_taken="TRUE"), wants("empty", redo_taken="x"),
    ]  # fmt: skip
    result = run(page, *wanted)
    assert page.under("redo") == [False, None, None, "darker", False, None]
    assert result.redo_cleared == ("tick", "text", "note")
    assert result.redo_released == ("changed", "unticked", "empty")


@pytest.mark.parametrize(
    ("cell", "taken"),
    [
        ("again", "again"), ("Again!", "yes"), ("重画", "重画"), ("nochmal", "yes"),
        ("more\u200b steam", "more steam"), ("brighter,\nwith  steam", "brighter, with steam"),
    ],
)  # fmt: skip
def test_a_taken_redo_is_known_again_however_its_cell_is_written(cell: str, taken: str) -> None:
    page = Page([HEADER, ["a", "p", cell]])
    result = run(page, wants("a", redo_taken=taken))
    assert (result.redo_cleared, result.redo_released) == (("a",), ())


def test_a_redo_that_was_not_taken_is_a_persons() -> None:
    page = Page([HEADER, ["a", "p", True], ["b", "p", "brighter"]])
    run(page, wants("a"), wants("b"))
    assert page.under("redo") == [True, "brighter"]


def test_numbers_are_numbers() -> None:
    page = Page([HEADER, ["a", "p", None, *shows("a")[:4], "0.025"]])
    run(page, wants("a"))
    assert page.rows[1][7] == 0.025
    page.rows[1][7] = None
    run(page, WantedRow("a", "published", url("a"), None, Decimal("0.0500")))
    assert page.rows[1][7] == 0.05


def test_rows_without_a_name_are_nobodys() -> None:
    page = Page([HEADER, ["a", "p"], [None, "q"]])
    assert unknown_keys(page.read(LAYOUT), [wants("a")], LAYOUT) == set()
    assert run(page, wants("a"), WantedRow("", "invalid")).problems == ()


def test_a_row_of_an_earlier_run_gets_its_picture_back() -> None:
    page = Page([HEADER, ["old", "p"], ["away", "p"], ["none", "p", None, *shows("none")]])
    away = "https://elsewhere.example.com/x.webp"
    kept = {"old": url("old"), "away": away, "none": ""}
    run(page, wants("a"), remembered=kept)
    assert page.under("image_url") == [url("old"), away, None]
    assert page.under("preview") == [image_formula(url("old")), image_formula(away), None]


def test_a_link_that_is_no_address_gets_no_preview() -> None:
    page = Page([HEADER, ["a", "p"], ["old", "p"]])
    elsewhere = WantedRow("a", "published", "https://elsewhere.example.com/x.webp")
    run(page, elsewhere, remembered={"old": "javascript:alert(1)"})
    assert page.under("preview") == [None, None]
    assert page.under("image_url") == [elsewhere.image_url, "javascript:alert(1)"]


def test_what_is_only_passing_goes_from_a_row_of_an_earlier_run() -> None:
    said = "Later."
    rows = [["old", "p", None, status, None, None, said] for status in ("queued", "failed", "todo")]
    for number, row in enumerate(rows):
        row[0] = f"old {number}"
    page = Page([HEADER, *rows, ["a", "p"]])
    kept = {f"old {number}": url("old") for number in range(3)}
    run(page, WantedRow("a", "failed", None, said), remembered=kept)
    assert page.under("status") == [None, "failed", "todo", "failed"]
    assert page.under("error") == [None, None, None, said]


def test_a_key_of_an_earlier_run_that_is_there_twice_is_left_alone() -> None:
    page = Page([HEADER, ["old", "p"], ["old", "q"]])
    assert run(page, remembered={"old": url("old")}).updates.cells == ()


def test_a_doubled_row_loses_only_what_is_anothers() -> None:
    page = Page([HEADER, ["a", "p", None, "x", "mine", "mine", None, 0.025], ["a", "q"]])
    run(page, wants("a"))
    assert page.rows[1][4:8] == ["mine", "mine", page.rows[1][6], None]


def test_a_cost_is_compared_as_money() -> None:
    page = Page([HEADER, ["a", "p", None, *shows("a")[:4], 0.0250], ["b", "p"]])
    free = WantedRow("b", "published", url("b"), None, Decimal(0))
    result = run(page, wants("a"), free)
    assert [write for write in result.updates.cells if write.column == 7] == []
    assert page.under("cost_usd") == [0.025, None]


def test_a_formula_in_the_redo_cell_is_not_overwritten() -> None:
    page = Page([HEADER, ["a", "p", Formula("=TRUE")]])
    grid = page.read(LAYOUT)
    ticked = replace(grid, columns={**grid.columns, 2: [NOTHING, GridCell(Formula("=T"), "TRUE")]})
    result = reconcile(ticked, [wants("a", redo_taken="yes")], LAYOUT, origins=[ORIGIN])
    assert (result.redo_cleared, result.redo_released) == ((), ())


def test_an_unchanged_row_is_only_left_alone_where_it_shows_its_own_publication() -> None:
    unchanged = WantedRow("a", "unchanged", url("a"), None, Decimal(0))
    page = Page([HEADER, ["a", "p", None, *shows("a")]])
    run(page, unchanged)
    assert (page.rows[1][3], page.rows[1][7]) == ("published", 0.025)
    page = Page([HEADER, ["a", "p", None, "failed", *shows("a")[1:]]])
    run(page, unchanged)
    assert (page.rows[1][3], page.rows[1][7]) == ("unchanged", None)


def test_a_row_without_a_name_does_not_vanish() -> None:
    assert run(Page([HEADER, ["a", "p"]]), wants("a"), WantedRow("", "invalid")).problems == ()


def test_a_tick_in_the_place_of_a_note_is_another_redo() -> None:
    page = Page([HEADER, ["a", "p", True], ["b", "p", "brighter"]])
    result = run(page, wants("a", redo_taken="brighter"), wants("b", redo_taken="yes"))
    assert result.redo_released == ("a", "b")
    assert page.under("redo") == [True, "brighter"]


def test_a_sentence_fits_into_a_cell() -> None:
    assert one_line("a\n  b") == "a b"
    assert one_line("x" * 2000) == "x" * 2000
    assert one_line("x" * 2001) == "x" * 1999 + "…"

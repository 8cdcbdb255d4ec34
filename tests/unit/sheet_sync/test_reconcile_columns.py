"""Which columns are ours, and what they are called."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rowshot.reading.headers import map_headers
from rowshot.reading.output_columns import image_formula
from rowshot.sheet_sync.projection import GridCell, Layout, Reconciliation, WantedRow, reconcile
from rowshot.sheet_sync.projection.grid import TOP_ROWS
from unit.sheet_sync.sheet_page import ORIGIN, Page

URL = ORIGIN + "a/1.webp"
WANTED = [
    WantedRow("a", "published", URL, None, Decimal("0.025")),
    WantedRow("b", "failed", None, "hiapi refused the prompt: change it.", None),
]
OUTPUTS = ["status", "image_url", "preview", "error", "cost_usd"]


def planned(page: Page, owned: dict[str, str] | None = None, row: int = 0) -> Layout:
    return Layout.planned(map_headers([str(v or "") for v in page.rows[row]]), owned)


def settle(page: Page, layout: Layout | None = None, wanted: Any = WANTED) -> Reconciliation:
    """One pass; asserts that a second one has nothing to do."""
    layout = layout or planned(page)
    result = reconcile(page.read(layout), wanted, layout, origins=[ORIGIN])
    page.apply(result.updates)
    again = reconcile(page.read(result.layout), wanted, result.layout, origins=[ORIGIN])
    assert not again.updates
    assert again.layout == result.layout
    return result


def test_missing_columns_come_at_the_right() -> None:
    page = Page([["slug", "prompt"], ["a", "p"], ["b", "q"]])
    result = settle(page)
    assert page.rows[0][:7] == ["slug", "prompt", *OUTPUTS]
    assert page.rows[1][2:7] == ["published", URL, image_formula(URL), None, 0.025]
    assert page.rows[2][2:7] == ["failed", None, None, WANTED[1].error, None]
    assert result.layout.owned == {name: name for name in OUTPUTS}


def test_empty_columns_of_our_name_are_used_where_they_are() -> None:
    page = Page([["Status", "slug", "Image URL", "prompt"], [None, "a"], [None, "b"]])
    result = settle(page)
    assert page.rows[1][:4] == ["published", "a", URL, None]
    assert result.layout.owned["status"] == "Status"
    assert page.rows[0][4:7] == ["preview", "error", "cost_usd"]


def test_a_column_with_only_our_vocabulary_is_ours() -> None:
    page = Page([["slug", "prompt", "status"], ["a", "p", "queued"], ["b", "q", "over budget"]])
    settle(page)
    assert page.under("status") == ["published", "failed"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "draft"),
        ("image_url", "https://shop.example/a.jpg"),
        ("preview", image_formula("https://shop.example/a.jpg")),
        ("error", "ask Li"),
        ("cost_usd", 12.5),
        ("cost_usd", "0.025"),
    ],
)
def test_a_column_of_a_persons_stays_theirs(name: str, value: Any) -> None:
    page = Page([["slug", "prompt", name], ["a", "p", value], ["b", "q"]])
    result = settle(page)
    assert page.under(name) == [value, None]
    assert result.layout.owned[name] == f"rowshot {name}"
    assert f"rowshot {name}" in page.rows[0]


def test_a_taken_name_gets_a_number() -> None:
    page = Page([["slug", "prompt", "Status", "Rowshot Status"], ["a", "p", "live", "mine"]])
    assert settle(page).layout.owned["status"] == "rowshot status 2"
    assert page.rows[1][:4] == ["a", "p", "live", "mine"]


def test_a_column_of_the_ledger_stays_ours_whatever_it_holds() -> None:
    page = Page([["slug", "prompt", "status"], ["a", "p", "somebody typed here"], ["b", "q"]])
    settle(page, planned(page, {"status": "status"}))
    assert page.under("status") == ["published", "failed"]


def test_a_column_without_a_header_is_not_overwritten() -> None:
    page = Page([["slug", "prompt"], ["a", "p", None, "a note"], ["b", "q"]])
    settle(page)
    assert page.rows[0][:5] == ["slug", "prompt", "status", None, "image_url"]
    assert page.rows[1][3] == "a note"


def test_columns_beyond_what_was_read_are_appended_at_the_end() -> None:
    notes = ["note"] * 10
    page = Page([["slug", "prompt"], ["a", "p", *notes], ["b", "q"]])
    settle(page)
    assert page.columns == 31
    assert page.rows[0][26:] == OUTPUTS
    assert page.rows[1][2:12] == notes


def test_a_full_grid_grows() -> None:
    page = Page([["slug", "prompt"], ["a", "p"], ["b", "q"]], columns=2)
    result = settle(page)
    assert (page.columns, result.updates.new_columns) == (7, 5)


def test_a_title_above_the_header_is_left_alone() -> None:
    page = Page([["Spring"], [], ["slug", "prompt"], ["a", "p"], ["b", "q"]])
    settle(page, planned(page, row=2))
    assert page.rows[0][0] == "Spring"
    assert page.rows[2][2:7] == OUTPUTS
    assert page.rows[3][2] == "published"


def test_a_header_that_a_sort_carried_away_is_found() -> None:
    filler = [[f"row {n}", "p"] for n in range(30)]
    page = Page([["slug", "prompt"], ["a", "p"], ["b", "q"], *filler])
    layout = settle(page).layout
    page.rows.append(page.rows.pop(0))
    page.rows[5][3] = ORIGIN + "wrong.webp"
    settle(page, layout)
    assert page.rows[5][3] is None


def test_without_its_key_column_a_sheet_is_left_alone() -> None:
    page = Page([["slug", "prompt"], ["a", "p"], ["b", "q"]])
    layout = settle(page).layout
    page.rows[0][0] = "name of the thing"
    result = reconcile(page.read(layout), WANTED, layout, origins=[ORIGIN])
    assert not result.updates
    assert [p.kind for p in result.problems] == ["no key column"]
    assert "'slug'" in result.problems[0].message


def test_a_renamed_column_of_ours_is_followed() -> None:
    page = Page([["slug", "prompt"], ["a", "p"], ["b", "q"]])
    layout = settle(page).layout
    page.rows[0][3] = "Bild"
    result = settle(page, layout)
    assert result.layout.owned["image_url"] == "Bild"
    assert page.rows[0][:7] == ["slug", "prompt", "status", "Bild", *OUTPUTS[2:]]


def test_an_emptied_header_of_ours_is_written_again() -> None:
    page = Page([["slug", "prompt"], ["a", "p"], ["b", "q"]])
    layout = settle(page).layout
    page.rows[0][3] = None
    settle(page, layout)
    assert page.rows[0][2:7] == OUTPUTS


def test_a_column_that_replaced_ours_is_a_persons() -> None:
    page = Page([["slug", "prompt"], ["a", "p"], ["b", "q"]])
    layout = settle(page).layout
    for row, value in zip(page.rows, ["supplier", "Li & Co", "Wu"], strict=True):
        row[3] = value
    settle(page, layout)
    assert page.under("supplier") == ["Li & Co", "Wu"]
    assert page.under("image_url") == [URL, None]


def test_our_columns_may_be_moved() -> None:
    page = Page([["slug", "prompt"], ["a", "p"], ["b", "q"]])
    layout = settle(page).layout
    for row in page.rows:
        row.insert(0, row.pop(6))
    result = settle(page, layout)
    assert page.rows[0][:3] == ["cost_usd", "slug", "prompt"]
    assert not result.updates


def test_the_layout_survives_the_ledger() -> None:
    page = Page([["货号", "prompt", "redo"], ["a", "p"]])
    layout = settle(page).layout
    assert Layout.from_item(layout.item()) == layout
    assert (layout.key, layout.redo) == ("货号", "redo")


def test_a_header_that_stands_just_below_the_top_keeps_what_is_known_of_its_columns() -> None:
    filler = [[f"row {n}", "p"] for n in range(TOP_ROWS)]
    page = Page([["slug", "prompt"], *filler, ["a", "p"], ["b", "q"]])
    layout = settle(page).layout
    page.rows.insert(TOP_ROWS, page.rows.pop(0))
    assert settle(page, layout).layout == layout
    assert page.rows[TOP_ROWS][:7] == ["slug", "prompt", *OUTPUTS]


def test_the_key_column_is_never_ours() -> None:
    layout = Layout(("status", "prompt"), "status")
    page = Page([["status", "prompt"], ["queued", "p"]])
    settle(page, layout, [WantedRow("queued", "published", URL)])
    assert page.rows[1][:2] == ["queued", "p"]
    assert page.rows[0][2:7] == ["rowshot status", *OUTPUTS[1:]]


def test_an_empty_column_between_a_persons_is_left_empty() -> None:
    page = Page([["slug", None, "prompt"], ["a", None, "p"], ["b", None, "q"]])
    layout = planned(page)
    lines = {at: [GridCell(row[at], str(row[at] or "")) for row in page.rows] for at in range(26)}
    grid = replace(page.read(layout), columns=lines)
    page.apply(reconcile(grid, WANTED, layout, origins=[ORIGIN]).updates)
    assert page.rows[0][:8] == ["slug", None, "prompt", *OUTPUTS]


def test_what_is_remembered_of_a_pass() -> None:
    page = Page([["slug", "prompt", "redo"], ["a", "p"], ["b", "q"]])
    layout = settle(page).layout
    assert layout.header == ("slug", "prompt", "redo", *OUTPUTS)
    assert (layout.key, layout.redo, layout.column_count) == ("slug", "redo", 26)
    assert layout.owned == {name: name for name in OUTPUTS}


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (["slug", "prompt"], {0}),
        (["sku", "redo", "notes", "prompt"], {0, 1}),
        (["prompt", "id", "status"], {1, 2}),
    ],
)
def test_a_first_pass_does_not_read_what_people_wrote_in_other_columns(
    header: list[str], wanted: set[int]
) -> None:
    """20,000 long prompts would take the memory of the function; the header's rows suffice."""
    assert planned(Page([header], len(header))).expected_columns() == wanted

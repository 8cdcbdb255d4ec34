"""Invariants 7 and 8, attacked with random people and random texts."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rowshot.reading.headers import map_headers
from rowshot.reading.output_columns import image_formula
from rowshot.sheet_sync.google.requests import batch_of, entered
from rowshot.sheet_sync.projection import Formula, Layout, WantedRow, reconcile
from rowshot.statuses import RowStatus
from unit.sheet_sync.sheet_page import ORIGIN, Page

HEADER = ["slug", "prompt", "Status", "redo"]
STATUSES = [str(status) for status in RowStatus]
ROW_ACTS = ["sort", "insert", "insert keyed", "copy row", "delete", "edit prompt"]
COLUMN_ACTS = ["rename", "insert column", "move column", "delete ours", "change key"]


def url(key: str, version: int) -> str:
    return f"{ORIGIN}{key}/{version}.webp"


def wanted_row(key: str, status: str, version: int) -> WantedRow:
    bad = status in ("failed", "invalid")
    return WantedRow(
        key,
        status,
        url(key, version) if version else None,
        f"Row {key} went wrong." if bad else None,
        Decimal(version) / 40 if version else None,
    )


class Somebody:
    """Does things to a page, by dice."""

    def __init__(self, page: Page, dice: random.Random) -> None:
        self.page, self.dice = page, dice

    def act(self, what: str) -> None:
        page, dice, body = self.page, self.dice, self.page.rows[1:]
        key = page.column("slug")
        match what:
            case "sort":
                column = dice.randrange(page.columns)
                body.sort(key=lambda row: str(row[column]), reverse=dice.random() < 0.5)
                page.rows[1:] = body
            case "insert" | "insert keyed":
                row: list[Any] = [None] * page.columns
                row[page.column("prompt")] = "a person's text"
                row[key] = f"new {dice.random()}" if what == "insert keyed" else None
                page.rows.insert(dice.randint(1, len(page.rows)), row)
            case "copy row" if body:
                page.rows.insert(dice.randint(1, len(page.rows)), list(dice.choice(body)))
            case "delete" if body:
                del page.rows[dice.randint(1, len(body))]
            case "edit prompt" if body:
                dice.choice(body)[page.column("prompt")] = "=HYPERLINK(1)"
            case "change key" if body:
                dice.choice(body)[key] = dice.choice([None, "renamed", "k1"])
            case "rename":
                old = "prompt two" if "prompt two" in page.rows[0] else "redo"
                page.rows[0][page.column(old)] = "prompt two"
            case "insert column":
                at = dice.randint(0, page.columns - 1)
                for number, line in enumerate(page.rows):
                    line.insert(at, f"mine {dice.random()}" if number == 0 else dice.random())
                page.columns += 1
            case "move column":
                source, target = dice.randrange(page.columns), dice.randrange(page.columns)
                for line in page.rows:
                    line.insert(target, line.pop(source))
            case "delete ours":
                name = dice.choice(["image_url", "preview", "cost_usd"])
                if name in page.rows[0]:
                    at = page.column(name)
                    for line in page.rows:
                        del line[at]
                    page.columns -= 1


def our_columns(page: Page, layout: Layout) -> dict[str, int]:
    return {name: page.column(title) for name, title in layout.owned.items()}


def changed_columns(before: list[list[Any]], after: list[list[Any]]) -> set[int]:
    """The columns in which two states of a page differ."""
    return {
        column
        for old, new in zip_longest(before, after, fillvalue=())
        for column, (one, other) in enumerate(zip_longest(old, new))
        if one != other or type(one) is not type(other)
    }


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    rows=st.lists(st.tuples(st.sampled_from(STATUSES), st.integers(0, 3)), max_size=8),
    between=st.lists(st.sampled_from(ROW_ACTS + COLUMN_ACTS), max_size=5),
    racing=st.lists(st.sampled_from(ROW_ACTS), max_size=3),
)
def test_invariant_7_every_row_has_its_own_picture_at_rest(
    seed: int, rows: list[tuple[str, int]], between: list[str], racing: list[str]
) -> None:
    """People act between passes, and rows move even between a pass's read and its write."""
    page = Page([HEADER, *([f"k{n}", f"prompt {n}", "draft", False] for n in range(len(rows)))])
    somebody = Somebody(page, random.Random(seed))  # noqa: S311
    layout = Layout.planned(map_headers(HEADER))
    wanted = [wanted_row(f"k{n}", status, version) for n, (status, version) in enumerate(rows)]
    early = [wanted_row(row.row_key, "queued", 0) for row in wanted]

    first = reconcile(page.read(layout), early, layout, origins=[ORIGIN])
    page.apply(first.updates)
    layout = first.layout
    for act in between:
        somebody.act(act)
    torn = reconcile(page.read(layout), wanted, layout, origins=[ORIGIN])
    for act in racing:
        somebody.act(act)
    page.apply(torn.updates)
    layout = torn.layout

    for _ in range(3):
        result = reconcile(page.read(layout), wanted, layout, origins=[ORIGIN])
        layout = result.layout
        if not result.updates:
            break
        before = [list(row) for row in page.rows]
        page.apply(result.updates)
        assert changed_columns(before, page.rows) <= set(our_columns(page, layout).values())
    assert not result.updates
    ours = our_columns(page, layout)

    key = page.column("slug")
    counts: dict[Any, int] = {}
    for row in page.rows[1:]:
        counts[row[key]] = counts.get(row[key], 0) + 1
    by_key = {row.row_key: row for row in wanted}
    for row in page.rows[1:]:
        want = by_key.get(str(row[key] or ""))
        picture, preview = row[ours["image_url"]], row[ours["preview"]]
        if want is None:
            assert (picture, preview, row[ours["status"]]) == (None, None, None)
        elif counts[row[key]] > 1:
            assert picture in (None, want.image_url)
        else:
            assert picture == want.image_url
            assert preview == (image_formula(want.image_url) if want.image_url else None)
            # Where a race wrote "published" beside an unchanged row's picture, that is true too.
            stands = ("published",) if want.status == "unchanged" else ()
            assert row[ours["status"]] in (want.status, *stands)
            assert row[ours["error"]] == want.error
    present = {str(row[key]) for row in page.rows[1:]}
    vanished = {p.row_key for p in result.problems if p.kind == "vanished"}
    assert vanished == set(by_key) - present


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    acts=st.lists(st.sampled_from(ROW_ACTS + COLUMN_ACTS), max_size=6),
    taken=st.lists(st.sampled_from(["TRUE", "x", "", "brighter"]), min_size=6, max_size=6),
)
def test_invariant_7_no_cell_of_a_persons_is_ever_written(
    seed: int, acts: list[str], taken: list[str]
) -> None:
    """Every write lies in a column of ours, or is the reset of a redo that was taken."""
    dice = random.Random(seed)  # noqa: S311
    redo = [True, "x", "brighter", False, None, "darker"]
    page = Page([HEADER, *([f"k{n}", "p", "draft", value] for n, value in enumerate(redo))])
    somebody = Somebody(page, dice)
    layout = Layout.planned(map_headers(HEADER))
    for act in [None, *acts]:
        if act:
            somebody.act(act)
        wanted = [
            WantedRow(f"k{n}", dice.choice(STATUSES), url(f"k{n}", 1), redo_taken=word or None)
            for n, word in enumerate(taken)
        ]
        result = reconcile(page.read(layout), wanted, layout, origins=[ORIGIN])
        page.apply(result.updates)
        layout = result.layout
        ours = set(our_columns(page, layout).values())
        key = page.column("slug")
        for write in result.updates.cells:
            if write.column not in ours:
                assert page.rows[0][write.column] == layout.redo
                assert write.value in (None, False)
                assert page.rows[write.row][key] in result.redo_cleared
        assert layout.owned["status"] == "rowshot status"


AWKWARD = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["=1+1", "+1", "-1", "@x", "=HYPERLINK(\"x\")", "\t=1", "'=1", "TRUE", "0017"]),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(key=AWKWARD, status=AWKWARD, link=AWKWARD, error=AWKWARD, ours=st.booleans())
def test_invariant_8_only_our_own_pictures_are_formulas(
    key: str, status: str, link: str, error: str, ours: bool
) -> None:
    page = Page([["slug", "prompt"], [key, "=IMPORTDATA(1)"]])
    layout = Layout.planned(map_headers(["slug", "prompt"]))
    row = WantedRow(key.strip(), status, (ORIGIN if ours else "") + link, error, Decimal("0.1"))
    result = reconcile(page.read(layout), [row], layout, origins=[ORIGIN])
    preview = result.layout.owned["preview"]
    page.apply(result.updates)
    for write in result.updates.cells:
        sent = entered(write.value).get("userEnteredValue", {})
        if isinstance(write.value, Formula):
            assert write.column == page.column(preview)
            quoted = re.fullmatch(r'=IMAGE\("((?:[^"]|"")*)"\)', write.value.text)
            assert quoted and quoted[1].startswith(ORIGIN)
            assert not re.search(r"[\s<>]", quoted[1])
            assert list(sent) == ["formulaValue"]
        elif isinstance(write.value, str) and write.value:
            assert sent == {"stringValue": write.value}
    assert page.rows[1][:2] == [key, "=IMPORTDATA(1)"]


@given(text=st.text())
def test_invariant_8_a_url_cannot_leave_its_quotes(text: str) -> None:
    formula = image_formula(ORIGIN + text).text
    assert re.fullmatch(r'=IMAGE\("(?:[^"]|"")*"\)', formula)


@settings(max_examples=200, deadline=None)
@given(
    cells=st.dictionaries(
        st.tuples(st.integers(0, 12), st.integers(0, 6)), st.text(min_size=1, max_size=3)
    )
)
def test_a_batch_sets_exactly_the_cells_that_differ(cells: dict[tuple[int, int], str]) -> None:
    from rowshot.sheet_sync.projection import CellWrite, Updates

    page = Page([[]])
    grid = page.read(Layout((), "slug"))
    updates = Updates(tuple(CellWrite(r, c, v) for (r, c), v in cells.items()))
    seen: dict[tuple[int, int], str] = {}
    for request in batch_of(grid, updates)["requests"]:
        update = request["updateCells"]
        assert update["fields"] == "userEnteredValue"
        for r, row in enumerate(update["rows"], update["start"]["rowIndex"]):
            for c, cell in enumerate(row["values"], update["start"]["columnIndex"]):
                assert (r, c) not in seen
                seen[r, c] = cell["userEnteredValue"]["stringValue"]
    assert seen == cells

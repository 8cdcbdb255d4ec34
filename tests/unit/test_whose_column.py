"""A person's column keeps every cell: in results.csv, in the workbook and in the live worksheet."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from rowshot import messages
from rowshot.deciding import reasons
from rowshot.reading import map_headers, read_sheet
from rowshot.reading.output_columns import COLUMNS, OUTPUT_COLUMNS, image_formula
from rowshot.reporting.results import our_columns, results_csv
from rowshot.reporting.workbook import filled_workbook
from rowshot.sheet_sync.projection import Grid, GridCell, Layout, WantedRow, reconcile
from rowshot.sheet_sync.projection.columns import place_columns
from rowshot.sheet_sync.projection.ownership import Ours
from rowshot.statuses import RowStatus
from unit.sheet_sync.sheet_page import ORIGIN, Page, shown

URL = ORIGIN + "jar/" + "a" * 64 + ".webp"
OLD = ORIGIN + "jar/" + "b" * 64 + ".webp"
LEFT = "The prompt is empty: say what to draw."
Rows = list[list[str]]


@dataclass(frozen=True)
class Told:
    """What a run says of a row."""

    status: str
    image_url: str = ""
    error: str = ""
    cost_usd: str = "0"


DONE = Told("published", URL, "Look at this picture once more.", "0.025")
TOLD = [
    DONE,
    Told("published", URL, "", "0.08"),
    Told("unchanged", OLD),
    Told("failed", OLD, "hiapi refused the prompt: change it.", "0.5"),
    Told("invalid", "", LEFT),
]
Table = list[list[Any]]


def plan_of(data: bytes, name: str) -> dict[str, Any]:
    sheet = read_sheet(data, name=name)
    rows = [{"number": row.number, "cells": list(row.cells)} for row in sheet.rows]
    place = {"header_row": sheet.header_row, "worksheet": sheet.worksheet}
    return {"header": list(sheet.header), "rows": rows, **place}


def report_of(plan: dict[str, Any], told: list[Told]) -> dict[str, Any]:
    rows = zip(plan["rows"], cycle(told))
    return {"rows": [{"row": row["number"], **vars(said)} for row, said in rows]}


class CsvFile:
    """A CSV file, and results.csv that is dropped again."""

    def __init__(self, table: Table) -> None:
        out = io.StringIO(newline="")
        csv.writer(out).writerows(table)
        self.data = out.getvalue().encode()

    def run(self, told: list[Told], owned: dict[str, str] | None = None) -> None:
        plan = plan_of(self.data, "a.csv")
        self.data = results_csv(report_of(plan, told), plan, owned)

    def table(self) -> Table:
        return list(csv.reader(io.StringIO(self.data.decode("utf-8-sig"), newline="")))


class Book:
    """A workbook, and the filled one that is dropped again."""

    def __init__(self, table: Table) -> None:
        book, out = Workbook(), io.BytesIO()
        for row in table:
            book.worksheets[0].append([cell or None for cell in row])
        book.save(out)
        self.data = out.getvalue()

    def run(self, told: list[Told]) -> None:
        plan = plan_of(self.data, "a.xlsx")
        self.data = filled_workbook(self.data, report_of(plan, told), plan, "a.xlsx")

    def table(self) -> Table:
        filled = load_workbook(io.BytesIO(self.data)).worksheets[0]
        return [["" if cell is None else cell for cell in row] for row in filled.values]


class LiveSheet:
    """A worksheet, and a copy of it that nothing is remembered of."""

    def __init__(self, table: Table) -> None:
        self.page = Page([[cell or None for cell in row] for row in table], columns=40)

    def run(self, told: list[Told]) -> None:
        layout = Layout.planned(map_headers([shown(cell) for cell in self.page.rows[0]]))
        rows = zip(self.page.rows[1:], cycle(told))
        wanted = [
            WantedRow(
                str(row[0]),
                said.status,
                said.image_url or None,
                said.error or None,
                Decimal(said.cost_usd),
            )
            for row, said in rows
        ]
        result = reconcile(self.page.read(layout), wanted, layout, origins=[ORIGIN])
        self.page.apply(result.updates)

    def table(self) -> Table:
        return [["" if cell is None else cell for cell in row] for row in self.page.rows]


def through_csv(header: list[str], rows: Rows, owned: dict[str, str] | None = None) -> Rows:
    file = CsvFile([header, *rows])
    file.run([DONE], owned)
    return file.table()


def through_workbook(header: list[str], rows: list[list[Any]]) -> Rows:
    book = Book([header, *rows])
    book.run([DONE])
    return [[str(cell) for cell in row] for row in book.table()]


def through_live_sheet(header: list[str], rows: Rows) -> Rows:
    sheet = LiveSheet([header, *rows])
    sheet.run([DONE])
    return [[shown(cell) for cell in row] for row in sheet.page.rows]


WAYS = [through_csv, through_workbook, through_live_sheet]
KINDS = [CsvFile, Book, LiveSheet]


def under(table: Table, name: str) -> list[Any]:
    at = table[0].index(name)
    return [row[at] for row in table[1:]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "cells",
    [
        {"status": "", "error": "handle broken", "cost_usd": "3.50"},
        {"error": "lid does not close on the jar"},
        {"cost_usd": "0.025"},
        {"status": "published", "error": "handle broken, sent back to the supplier"},
        {"status": "", "image_url": "", "preview": "", "error": "glaze has run at the foot"},
        {"status": "approved", "image_url": "", "preview": "", "error": "", "cost_usd": "4"},
        {"image_url": "https://shop.example/a.jpg", "preview": "", "status": "failed"},
        {"Status": "on sale", "Error": "sent back", "rowshot status": "mine"},
    ],
)
def test_a_column_of_a_persons_is_never_changed(way: Any, cells: dict[str, str]) -> None:
    header = ["slug", "prompt", *cells]
    table = way(header, [["jar", "A jar", *cells.values()], ["tin", "A tin", *([""] * len(cells))]])
    words = {str(status) for status in RowStatus}
    for name, cell in cells.items():
        if cell and not (name == "status" and cell in words):
            assert under(table, name)[:2] == [cell, ""]
            output = name.lower().removeprefix("rowshot ")
            ours = [title for title in table[0] if re.fullmatch(rf"rowshot {output}( 2)?", title)]
            assert ours, "ours is there too"
    assert len(table[0]) == len(set(table[0])) or "" in table[0]


@pytest.mark.parametrize("way", WAYS)
def test_what_an_earlier_run_left_is_filled_again(way: Any) -> None:
    header = ["slug", "prompt", *OUTPUT_COLUMNS]
    formula = image_formula(OLD).text if way is through_workbook else ""
    table = way(
        header,
        [
            ["jar", "A jar", "published", OLD, formula, "", "0.025"],
            ["tin", "A tin", "invalid", "", "", LEFT, ""],
            ["cup", "A cup", "", "", "", "", ""],
        ],
    )
    assert [title for title in table[0] if title] == header
    assert under(table, "status")[:3] == ["published"] * 3
    assert under(table, "cost_usd")[:3] == ["0.025"] * 3


@pytest.mark.parametrize("way", WAYS)
def test_columns_of_another_name_are_filled_again_too(way: Any) -> None:
    header = ["slug", "prompt", "status", "rowshot status", *OUTPUT_COLUMNS[1:]]
    row = ["jar", "A jar", "on sale", "failed", "", "", LEFT, "0.05"]
    table = way(header, [row])
    assert [title for title in table[0] if title] == header
    assert table[1][2:4] == ["on sale", "published"]


def test_a_formula_without_a_result_is_no_empty_cell() -> None:
    rows = [["jar", "A jar", "=VLOOKUP(A2,Faults!A:B,2)", '=_xlfn.IMAGE("https://shop.example/a")']]
    table = through_workbook(["slug", "prompt", "error", "preview"], rows)
    assert table[1][2:4] == rows[0][2:]
    assert {"rowshot error", "rowshot preview"} < set(table[0])


def test_a_total_below_the_rows_belongs_to_a_persons_column() -> None:
    rows = [["jar", "A jar", ""], ["", "", ""], ["", "", "=SUM(C2:C2)"]]
    table = through_workbook(["slug", "prompt", "cost_usd"], rows)
    assert table[3][2] == "=SUM(C2:C2)"
    assert "rowshot cost_usd" in table[0]


def test_what_the_ledger_knows_to_be_ours_is_ours_whatever_it_holds() -> None:
    header, row = ["slug", "prompt", "Fehler", "error"], ["jar", "A jar", "mine", "typed"]
    table = through_csv(header, [row], {"error": "error"})
    assert "rowshot error" not in table[0]
    assert under(table, "Fehler") == ["mine"]


NOTES = ["", "", "handle broken", "3.50", "1,50", "draft", "=A1", "https://shop.example/a.jpg"]
OURS = ["published", "failed", "approved", URL, "0.025"]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("way", WAYS)
def test_no_cell_of_a_persons_ever_changes(way: Any, data: st.DataObject) -> None:
    """A column is a person's as soon as one of its cells holds what Rowshot would never write."""
    names = [*OUTPUT_COLUMNS, "Status", "Rowshot Error", "rowshot cost usd", "note"]
    header = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=8))
    cells = st.lists(st.sampled_from(NOTES + OURS), min_size=len(header), max_size=len(header))
    drawn = data.draw(st.lists(cells, min_size=1, max_size=4))
    rows = [[f"k{number}", "A jar", *row] for number, row in enumerate(drawn)]
    table = way(["slug", "prompt", *header], rows)
    for at, name in enumerate(header):
        column = [row[at] for row in drawn]
        if name == "note" or set(column) & set(NOTES[2:]):
            kept = [cell.removeprefix("'") for cell in under(table, name)]
            assert kept[: len(column)] == column


def titles(table: Table) -> list[str]:
    return [title for title in table[0] if title]


def rounds(kind: Any, table: Table, told: list[list[Told]]) -> list[Table]:
    """The table after each of some runs over what the one before gave back."""
    file, found = kind(table), []
    for each in told:
        file.run(each)
        found.append(file.table())
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("cost_usd", [4.99, 12.5]),
        ("Cost USD", [0.025, 0.08]),
        ("error", ["lid does not close on the jar", "glaze has run at the foot"]),
        ("Error", ["", "sent back to the supplier in May"]),
    ],
)
def test_a_column_that_looks_like_ours_stays_a_persons(
    kind: Any, name: str, cells: list[Any]
) -> None:
    header, rows = ["slug", "prompt", name], [["jar", "A jar"], ["tin", "A tin"]]
    start = [header, *([*row, cell] for row, cell in zip(rows, cells, strict=True))]
    for table in rounds(kind, start, [TOLD[:2], TOLD[1:3], TOLD[:2]]):
        assert [str(cell) for cell in under(table, name)[:2]] == [str(cell) for cell in cells]
        ours = f"rowshot {name.lower().replace(' ', '_')}"
        assert sorted(titles(table)) == sorted(
            [*header, ours, *(each for each in OUTPUT_COLUMNS if each not in ours)]
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_persons_column_stays_theirs_when_ours_was_deleted(kind: Any) -> None:
    """It stands to the left of our status; ours is added to the right of it."""
    start = [["slug", "prompt", "cost_usd"], ["jar", "A jar", 4.99]]
    (table,) = rounds(kind, start, [[DONE]])
    at = table[0].index("rowshot cost_usd")
    rest = [[cell for place, cell in enumerate(row) if place != at] for row in table]
    (table,) = rounds(kind, rest, [[DONE]])
    assert str(under(table, "cost_usd")[0]) == "4.99"


@pytest.mark.parametrize("kind", KINDS)
def test_names_with_numbers_do_not_become_more(kind: Any) -> None:
    mine = {"status": "on sale", "Rowshot Status": "mine", "rowshot status 2": "mine too"}
    start = [["slug", "prompt", *mine], ["jar", "A jar", *mine.values()]]
    for table in rounds(kind, start, [[DONE]] * 3):
        assert len(titles(table)) == 2 + len(mine) + len(OUTPUT_COLUMNS)
        assert [under(table, name)[0] for name in mine] == list(mine.values())
        assert under(table, "rowshot status 3")[0] == "published"


TYPED = ["", 4.99, 12.5, 0.025, "lid does not close on the jar", "on sale", "3.50"]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", KINDS)
def test_results_that_are_dropped_again_and_again_keep_what_a_person_wrote(
    kind: Any, data: st.DataObject
) -> None:
    """Whatever is filled before the first run is a person's, whatever it looks like."""
    names = [*OUTPUT_COLUMNS, "Status", "Cost USD", "rowshot error", "Rowshot Cost USD", "note"]
    header = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=6))
    cells = st.lists(st.sampled_from(TYPED), min_size=len(header), max_size=len(header))
    drawn = data.draw(st.lists(cells, min_size=1, max_size=3))
    told = st.lists(st.sampled_from(TOLD), min_size=len(drawn), max_size=len(drawn))
    said = data.draw(st.lists(told, min_size=4, max_size=4))
    start = [
        ["slug", "prompt", *header],
        *([f"k{n}", "A jar", *row] for n, row in enumerate(drawn)),
    ]
    tables = rounds(kind, start, said)
    for at, name in enumerate(header):
        column = [str(row[at]) for row in drawn]
        if any(column):
            for table in tables:
                assert [str(cell) for cell in under(table, name)[: len(drawn)]] == column
    assert [sorted(titles(table)) for table in tables[1:]] == [sorted(titles(tables[0]))] * 3
    for table, row in zip(tables, said, strict=True):
        columns = zip(*table[: len(drawn) + 1], strict=True)
        held = {(column[0], *map(str, column[1:])) for column in columns}
        for output in ("status", "image_url", "error", "cost_usd"):
            ours = tuple(getattr(each, output).removesuffix("0") for each in row)
            assert any(ours == column[1:] and output in _plain(column[0]) for column in held)


def _plain(title: str) -> str:
    return title.lower().replace("cost usd", "cost_usd")


HEADER = ["slug", "prompt", "cost_usd", "status", "image_url", "preview", "error"]
LINE = ["jar", "A jar", "4.99", "published", URL, "", ""]


@pytest.mark.parametrize(
    ("header", "line", "owned", "expected"),
    [
        # The ledger's word counts, whatever else would do.
        (
            [*HEADER, "rowshot cost_usd"],
            [*LINE, "0.025"],
            {"cost_usd": "rowshot cost_usd"},
            (7, "rowshot cost_usd"),
        ),
        ([*HEADER, "rowshot cost_usd"], [*LINE, ""], {"cost_usd": "cost_usd"}, (2, "cost_usd")),
        ([*HEADER, "Kosten"], [*LINE, "mine"], {"cost_usd": "Kosten"}, (7, "Kosten")),
        # When ours had a longer name, the plain one was a person's.
        (HEADER, LINE, {"cost_usd": "rowshot cost_usd"}, (None, "rowshot cost_usd")),
        (
            [*HEADER, "rowshot cost_usd"],
            [*LINE, "0.025"],
            {"cost_usd": "rowshot cost_usd 2"},
            (None, "rowshot cost_usd 2"),
        ),
        # When ours is gone or has another name, one that is further from the plain one may be it.
        (
            [*HEADER, "rowshot cost_usd"],
            [*LINE, "0.025"],
            {"cost_usd": "price"},
            (7, "rowshot cost_usd"),
        ),
        # A column is ours once.
        (HEADER, LINE, {"cost_usd": "status"}, (3, "status")),
    ],
)
def test_the_ledger_says_which_of_two_columns_is_ours(
    header: list[str], line: list[str], owned: dict[str, str], expected: tuple[int | None, str]
) -> None:
    columns = our_columns(header, lambda at: [line[at]], owned)
    assert columns[-1] == expected
    taken = [at for at, _ in columns if at is not None]
    assert len(taken) == len(set(taken))


def test_the_live_sheet_keeps_a_persons_column_when_ours_of_the_ledger_is_gone() -> None:
    header = ["slug", "prompt", "status", "image_url", "preview", "error", "cost_usd"]
    page = Page([header, ["jar", "A jar", "published", URL, None, None, 4.99]])
    owned = {name: name for name in OUTPUT_COLUMNS} | {"cost_usd": "rowshot cost_usd"}
    layout = Layout.planned(map_headers(header), owned)
    wanted = [WantedRow("jar", "published", URL, None, Decimal("0.025"))]
    page.apply(reconcile(page.read(layout), wanted, layout, origins=[ORIGIN]).updates)
    assert page.under("cost_usd") == [4.99]
    assert page.under("rowshot cost_usd") == [0.025]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", ["#NAME?", "#VALUE!", "#WERT!", "Err:508", "#¿NOMBRE?"])
def test_a_preview_that_another_program_made_an_error_of_is_filled_again(
    kind: Any, error: str
) -> None:
    first = ["jar", "A jar", "published", OLD, error, "Look at this picture once more.", "0.05"]
    start = [["slug", "prompt", *OUTPUT_COLUMNS], first, ["tin", "A tin", "invalid", "", "", LEFT]]
    (table,) = rounds(kind, start, [[DONE]])
    assert titles(table) == start[0]
    assert error not in under(table, "preview")


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_value_of_a_persons_stays(kind: Any) -> None:
    start = [["slug", "prompt", "preview", "error"], ["jar", "A jar", "#NAME?", "#N/A"]]
    for table in rounds(kind, start, [[DONE]] * 3):
        assert (under(table, "preview")[0], under(table, "error")[0]) == ("#NAME?", "#N/A")
        assert len(titles(table)) == 4 + len(OUTPUT_COLUMNS)


def test_without_our_preview_the_rest_of_ours_is_filled_again() -> None:
    header = ["slug", "prompt", "status", "image_url", "error", "cost_usd"]
    table = through_csv(header, [["jar", "A jar", "published", OLD, LEFT, "0,08"]])
    assert sorted(table[0]) == sorted([*header, "preview"])


def test_each_column_is_asked_for_once() -> None:
    header = ["slug", "prompt", *OUTPUT_COLUMNS]
    line = ["jar", "A jar", "published", URL, "", LEFT, "0.025"]
    asked: Counter[int] = Counter()

    def cells(at: int) -> list[str]:
        asked[at] += 1
        return [line[at]] * 50

    assert [at for at, _ in our_columns(header, cells)] == [2, 3, 4, 5, 6]
    assert max(asked.values()) == 1


def test_a_pass_over_a_live_sheet_builds_no_column_for_each_row() -> None:
    header = ["slug", "prompt", *OUTPUT_COLUMNS]
    line = ["jar", "A jar", "published", URL, "", LEFT, 0.025]
    layout = Layout.planned(map_headers(header))

    class Columns(dict[int, list[GridCell]]):
        asked = 0

        def get(self, key: int, default: Any = None) -> Any:
            self.asked += 1
            return super().get(key, default)

    def asked(rows: int) -> int:
        table = [header, *([line] * rows)]
        lines = [[GridCell(cell, str(cell)) for cell in each] for each in zip(*table, strict=True)]
        columns = Columns(enumerate(lines))
        top = [[GridCell(cell, cell) for cell in header]]
        grid = Grid(7, "Sheet1", 1000, len(header), top, columns)
        block = place_columns(grid, layout, Ours((ORIGIN,)))
        assert block is not None and not block.cells
        return columns.asked

    assert asked(3) == asked(90)


def test_every_sentence_of_ours_is_long_enough_to_be_told_from_a_note() -> None:
    sentences = [each.text for each in messages.catalogue().values() if each.about == "row"]
    sentences += [
        value
        for name, value in vars(reasons).items()
        if name.isupper() and isinstance(value, str) and name not in _PARTS
    ]
    error = next(column for column in COLUMNS if column.name == "error")
    assert [said for said in sentences if not error.form(said)] == []


_PARTS = ("IT_WILL_COME", "KEEPS_ASKING", "KEEPS_TRYING", "NO_LINK", "RUN_AGAIN")

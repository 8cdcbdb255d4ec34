"""A person's column keeps every cell: in results.csv, in the workbook and in the live worksheet."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from rowshot import messages
from rowshot.deciding import reasons
from rowshot.reading import map_headers, read_sheet
from rowshot.reading.output_columns import COLUMNS, OUTPUT_COLUMNS, image_formula
from rowshot.reporting.results import results_csv
from rowshot.reporting.workbook import filled_workbook
from rowshot.sheet_sync.projection import Layout, WantedRow, reconcile
from rowshot.statuses import RowStatus
from unit.sheet_sync.sheet_page import ORIGIN, Page, shown

URL = ORIGIN + "jar/" + "a" * 64 + ".webp"
OLD = ORIGIN + "jar/" + "b" * 64 + ".webp"
LEFT = "The prompt is empty: say what to draw."
Rows = list[list[str]]


def report_of(numbers: list[int]) -> dict[str, Any]:
    said = {"status": "published", "image_url": URL, "error": "Look at this picture once more."}
    return {"rows": [{"row": number, **said, "cost_usd": "0.025"} for number in numbers]}


def plan_of(data: bytes, name: str) -> dict[str, Any]:
    sheet = read_sheet(data, name=name)
    rows = [{"number": row.number, "cells": list(row.cells)} for row in sheet.rows]
    place = {"header_row": sheet.header_row, "worksheet": sheet.worksheet}
    return {"header": list(sheet.header), "rows": rows, **place}


def through_csv(header: list[str], rows: Rows, owned: dict[str, str] | None = None) -> Rows:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    plan = plan_of(out.getvalue().encode(), "a.csv")
    data = results_csv(report_of([each["number"] for each in plan["rows"]]), plan, owned)
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def through_workbook(header: list[str], rows: list[list[Any]]) -> Rows:
    book, out = Workbook(), io.BytesIO()
    for row in (header, *rows):
        book.worksheets[0].append([cell or None for cell in row])
    book.save(out)
    plan = plan_of(out.getvalue(), "a.xlsx")
    numbers = [each["number"] for each in plan["rows"]]
    data = filled_workbook(out.getvalue(), report_of(numbers), plan, "a.xlsx")
    filled = load_workbook(io.BytesIO(data)).worksheets[0]
    return [["" if cell is None else str(cell) for cell in row] for row in filled.values]


def through_live_sheet(header: list[str], rows: Rows) -> Rows:
    page = Page([[cell or None for cell in row] for row in (header, *rows)], columns=40)
    layout = Layout.planned(map_headers(header))
    wanted = [WantedRow(row[0], "published", URL, "Look at it.", Decimal("0.025")) for row in rows]
    page.apply(reconcile(page.read(layout), wanted, layout, origins=[ORIGIN]).updates)
    return [[shown(cell) for cell in row] for row in page.rows]


WAYS = [through_csv, through_workbook, through_live_sheet]


def under(table: Rows, name: str) -> list[str]:
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

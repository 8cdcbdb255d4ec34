"""One table of our columns: every kind of sheet that is given back follows it."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from rowshot.reading.output_columns import COLUMNS, OUTPUT_COLUMNS, Formula, Image, RowFacts
from rowshot.reporting.results import facts_of
from rowshot.sheet_sync.projection import WantedRow
from support.edited import answer_of

URL = "https://cdn.example.com/images/jar/" + "a" * 64 + ".webp"
FULL = RowFacts(status="published", image_url=URL, error="Look at it.")

USES = """
import csv, io, json
from decimal import Decimal
from openpyxl import Workbook, load_workbook
from rowshot.reading.output_columns import OUTPUT_COLUMNS
from rowshot.sheet_sync.projection import Layout, WantedRow, reconcile
from rowshot.reporting.results import results_csv
from rowshot.reading import map_headers, read_sheet
from rowshot.reporting.workbook import filled_workbook
from unit.sheet_sync.sheet_page import ORIGIN, Page

URL = ORIGIN + "jar/" + "a" * 64 + ".webp"
HEAD = ["slug", "prompt"]


def plan_of(sheet):
    rows = [{"number": row.number, "cells": list(row.cells)} for row in sheet.rows]
    return {"header": sheet.header, "header_row": sheet.header_row,
            "worksheet": sheet.worksheet, "rows": rows}


def report_of(plan):
    row = {"status": "published", "image_url": URL, "error": None, "cost_usd": "0.025"}
    return {"rows": [{"row": each["number"], **row} for each in plan["rows"]]}


data, results = b"slug,prompt\\njar,A jar\\n", []
for _ in range(2):
    plan = plan_of(read_sheet(data, name="a.csv"))
    data = results_csv(report_of(plan), plan)
    results.append(list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))))

book, out = Workbook(), io.BytesIO()
for line in (HEAD, ["jar", "A jar"]):
    book.active.append(line)
book.save(out)
data, books = out.getvalue(), []
for _ in range(2):
    plan = plan_of(read_sheet(data, name="a.xlsx"))
    data = filled_workbook(data, report_of(plan), plan, "a.xlsx")
    books.append([[cell.value for cell in row] for row in load_workbook(io.BytesIO(data)).active])

page, passes = Page([HEAD, ["jar", "A jar"]]), []
layout = Layout.planned(map_headers(HEAD))
for wanted in ([WantedRow("jar", "published", URL, None, Decimal("0.025"))],) * 2 + ([],):
    done = reconcile(page.read(layout), wanted, layout, origins=[ORIGIN])
    page.apply(done.updates)
    layout = done.layout
    cells = {name: page.under(title)[0] for name, title in layout.owned.items()}
    passes.append([len(done.updates.cells), cells["slot"], cells["lot"]])

unused = [*map_headers([*HEAD, *OUTPUT_COLUMNS]).unknown]
print(json.dumps({"results": results, "books": books, "passes": passes, "unused": unused}))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What comes of two columns more, a text and an amount, that only the table knows."""
    said: dict[str, Any] = answer_of(
        tmp_path_factory.mktemp("copy"),
        "rowshot/reading/output_columns.py",
        '    OutputColumn(\n        "error"',
        '    OutputColumn("slot", lambda row: f"slot {row.status}" if row.status else None),\n'
        '    OutputColumn("lot", lambda row: row.cost_usd and 2 * row.cost_usd),\n',
        USES,
    )
    return said


def test_results_get_a_column_of_the_table(seen: dict[str, Any]) -> None:
    first, second = seen["results"]
    header = ["slug", "prompt", "status", "image_url", "preview", "slot", "lot", "error"]
    assert first[0] == second[0] == [*header, "cost_usd"]
    assert first[1][5:7] == second[1][5:7] == ["slot published", "0.05"]


def test_a_workbook_gets_a_column_of_the_table(seen: dict[str, Any]) -> None:
    first, second = seen["books"]
    header = ["slug", "prompt", "status", "image_url", "preview", "slot", "lot", "error"]
    assert first[0] == second[0] == [*header, "cost_usd"]
    assert first[1][5:7] == second[1][5:7] == ["slot published", 0.05]


def test_a_live_sheet_gets_a_column_of_the_table(seen: dict[str, Any]) -> None:
    first, second, gone = seen["passes"]
    assert first[1:] == ["slot published", 0.05]
    assert second == [0, "slot published", 0.05], "a second pass has nothing to write"
    assert gone[1:] == [None, None], "what belongs to no row goes with its row's other cells"


def test_a_column_of_the_table_is_none_of_a_persons(seen: dict[str, Any]) -> None:
    assert seen["unused"] == []


def test_each_column_says_nothing_of_nothing() -> None:
    assert [column.content(RowFacts()) for column in COLUMNS] == [None] * len(COLUMNS)
    contents = {column.name: column.content(FULL) for column in COLUMNS}
    assert contents == {
        "status": "published",
        "image_url": URL,
        "preview": Image(URL),
        "error": "Look at it.",
        "cost_usd": None,
    }
    assert tuple(contents) == OUTPUT_COLUMNS


@pytest.mark.parametrize("prefix", ["=IMAGE", "= image ", "=_xlfn.IMAGE"])
def test_a_preview_is_known_in_each_programs_spelling(prefix: str) -> None:
    (preview,) = (column for column in COLUMNS if column.name == "preview")
    assert preview.shows_ours
    formula = Formula(f'{prefix}("{URL}")')
    assert preview.shows_ours(formula, URL.__eq__)
    assert not preview.shows_ours(formula, URL.__ne__)
    assert not preview.shows_ours(formula.text, URL.__eq__), "a text that only looks like one"


def test_the_report_and_the_ledger_tell_each_fact() -> None:
    """Or a new column would stay empty in one kind of sheet, and nobody would notice."""
    told = {"status": "failed", "image_url": URL, "error": "Look at it.", "cost_usd": "0.05"}
    of_report = facts_of(told)
    of_ledger = WantedRow("jar", "failed", URL, "Look at it.", Decimal("0.05")).facts
    assert of_report == of_ledger
    untold = [each.name for each in fields(RowFacts) if not getattr(of_report, each.name)]
    assert not untold

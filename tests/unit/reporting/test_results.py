"""results.csv opened in a spreadsheet: nobody's text becomes a formula, and nothing is lost."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.models import Catalogue
from rowshot.reading import OUTPUT_COLUMNS, read_sheet
from rowshot.reading.inert import inert, read_back
from rowshot.reporting.results import results_csv
from rowshot.specs import RowSpec, read_specs

URL = "https://cdn.example/images/jar/" + "0" * 64 + ".webp"


def results(*notes: str, error: str = "", header: str = "note") -> bytes:
    ours = {"status": "published", "image_url": URL, "error": error, "cost_usd": "0.05"}
    rows: list[dict[str, Any]] = [
        {"number": at, "cells": ["jar", "A jar", note]} for at, note in enumerate(notes, 2)
    ]
    report = {"rows": [{"row": row["number"], **ours} for row in rows]}
    return results_csv(report, {"header": ["slug", "prompt", header], "rows": rows})


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def wanted(data: bytes) -> list[RowSpec]:
    """What render ids are made of."""
    return read_specs(read_sheet(data, name="a.csv"), Catalogue.from_package())


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://evil.example";"jar")',
        "=cmd|' /C calc'!A0",
        "@SUM(1,1)",
        "+1+1",
        "-2+3",
        "-5 degrees",
        "- a jar on a table",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "＝1+1",
        '="0017"',
        "'=1+1",
    ],
)
def test_what_a_spreadsheet_would_calculate_is_marked_as_text(text: str) -> None:
    _, first = cells(results(text))

    assert first[2] == f"'{text}"
    (row,) = read_sheet(results(text), name="results.csv").rows
    assert row.cells[2] == text, "read again, it is what it was"


@pytest.mark.parametrize(
    "text",
    ["-5", "+5", "-5.25", "-1,234.50", "-5%", "-", "a=b", "5-3", "'quoted'", "it's", "", "春"],
)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert cells(results(text))[1][2] == text


def test_only_our_own_preview_is_a_formula() -> None:
    header, row = cells(results("x", error="=1+1 said hiapi", header="=note"))

    assert header[2] == "'=note"
    assert [cell for cell in row if cell.startswith("=")] == [f'=IMAGE("{URL}")']
    assert "'=1+1 said hiapi" in row


def test_a_plan_that_is_lost_costs_its_rows_and_not_the_file() -> None:
    assert cells(results_csv({"rows": []}, {"header": [], "rows": []})) == [[*OUTPUT_COLUMNS]]


def test_a_key_and_a_prompt_are_the_same_when_results_are_dropped_again() -> None:
    sheet = b"slug,prompt\n@jar,- a jar\n=jar,'=1+1\n"
    specs = [wanted(sheet)]
    for _ in range(2):
        plan = {
            "header": ["slug", "prompt"],
            "rows": [
                {"number": row.number, "cells": list(row.cells)}
                for row in read_sheet(sheet, name="a.csv").rows
            ],
        }
        sheet = results_csv({"rows": []}, plan)
        specs.append(wanted(sheet))
    assert specs[0] == specs[1] == specs[2]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_program_that_kept_the_apostrophe_changes_nothing(kind: str) -> None:
    rows = [["slug", "prompt"], ["jar", "'- a jar"]]
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(out)
    data = out.getvalue() if kind == "xlsx" else "\n".join(map(",".join, rows)).encode()
    (read,) = read_sheet(data, name=f"a.{kind}").rows
    assert read.cells == ("jar", "- a jar")


@given(st.text(alphabet="'=+-@\t\r\n ,.%15a＝", max_size=12) | st.text(max_size=12))
def test_every_text_is_read_back_as_it_was(text: str) -> None:
    assert read_back(inert(text)) == text

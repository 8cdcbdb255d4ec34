"""A workbook that comes back is the same workbook, with our columns filled."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image as Picture

from rowshot.ledger.records import Memory
from rowshot.results import without_taken_redos
from rowshot.sheets import read_sheet
from rowshot.workbook import LostContent, filled_workbook

URL = "https://cdn.example/images/jar/" + "a" * 64 + ".webp"
OUR = ["status", "image_url", "preview", "error", "cost_usd"]


def workbook(*rows: list[Any], header: list[str] | None = None) -> Workbook:
    book = Workbook()
    book.active.title = "春季"
    book.create_sheet("Notes")["A1"] = "mine"
    sheet = book["春季"]
    sheet.append(["Spring launch"])
    sheet.append(header or ["slug", "prompt", "redo"])
    sheet["C2"].font = Font(bold=True)
    for row in rows:
        sheet.append(row)
    return book


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def planned(data: bytes) -> dict[str, Any]:
    sheet = read_sheet(data, name="launch.xlsx", worksheet="春季")
    rows = [
        {"number": row.number, "cells": list(row.cells), "slug": row.cells[0]} for row in sheet.rows
    ]
    plan = {
        "worksheet": sheet.worksheet,
        "header": sheet.header,
        "header_row": sheet.header_row,
        "rows": rows,
    }
    loaded: dict[str, Any] = json.loads(json.dumps(plan))
    return loaded


def outcome(number: int, status: str = "published", **more: Any) -> dict[str, Any]:
    usual = {"image_url": URL, "error": None, "cost_usd": "0.025"}
    return {"row": number, "status": status, **usual, **more}


def filled(data: bytes, *rows: dict[str, Any], plan: dict[str, Any] | None = None) -> Any:
    done = filled_workbook(data, {"rows": rows}, plan or planned(data), "launch.xlsx")
    return load_workbook(io.BytesIO(done))


def line(sheet: Any, row: int, first: int = 4) -> list[Any]:
    return [sheet.cell(row, first + at).value for at in range(5)]


def test_our_columns_stand_at_the_right_and_the_rest_is_as_it_was() -> None:
    data = saved(workbook(["jar", "A jar", None], ["0017", "=1+1", True]))
    book = filled(data, outcome(3), outcome(4, "failed", image_url=None, error="No.", cost_usd="0"))
    sheet = book["春季"]
    assert line(sheet, 2) == OUR
    assert sheet["D2"].font.bold
    assert line(sheet, 3) == ["published", URL, f'=_xlfn.IMAGE("{URL}")', None, 0.025]
    assert line(sheet, 4) == ["failed", None, None, "No.", None]
    assert [cell.value for cell in sheet[4][:3]] == ["0017", "=1+1", True]
    assert sheet["A1"].value == "Spring launch"
    assert book["Notes"]["A1"].value == "mine"


def test_columns_of_an_earlier_run_are_filled_again() -> None:
    header = ["slug", "status", "image_url", "prompt"]
    data = saved(workbook(["jar", "rendering", None, "A jar"], header=header))
    sheet = filled(data, outcome(3))["春季"]
    assert [cell.value for cell in sheet[2]] == [*header, "preview", "error", "cost_usd"]
    assert [cell.value for cell in sheet[3]][1:3] == ["published", URL]


def test_a_persons_own_status_stays() -> None:
    data = saved(workbook(["jar", "Active", "A jar"], header=["slug", "Status", "prompt"]))
    sheet = filled(data, outcome(3))["春季"]
    assert sheet["B3"].value == "Active"
    assert line(sheet, 2)[0] == "rowshot status"


def test_what_looks_like_a_formula_is_written_as_text() -> None:
    data = saved(workbook(["jar", "A jar", None]))
    sheet = filled(data, outcome(3, error='=HYPERLINK("https://evil.example")\x01'))["春季"]
    cell = sheet["G3"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("https://evil.example") ', "s")


def test_a_redo_that_was_taken_is_reset() -> None:
    data = saved(workbook(["jar", "A jar", True], ["tin", "A tin", True]))
    memories = {"jar": Memory("jar", 2, redo_seen="yes", redo_empty_at=1.0, redo_empty_for=2)}
    plan = without_taken_redos(planned(data), memories)
    sheet = filled(data, outcome(3), outcome(4), plan=plan)["春季"]
    assert [sheet["C3"].value, sheet["C4"].value] == [False, True]


def test_an_empty_drawing_of_googles_exports_is_no_drawing() -> None:
    data = saved(workbook(["jar", "A jar", None]))
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/drawings/drawing1.xml", "<xdr:wsDr></xdr:wsDr>")
    assert line(filled(out.getvalue(), outcome(3))["春季"], 3)[0] == "published"


def _with_picture(book: Workbook) -> None:
    picture = io.BytesIO()
    Picture.new("RGB", (2, 2)).save(picture, "PNG")
    book["Notes"].add_image(Image(picture), "B2")


def _part(name: str, text: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        out = io.BytesIO(data)
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr(name, text)
        return out.getvalue()

    return change


def _pictured(data: bytes) -> bytes:
    book = load_workbook(io.BytesIO(data))
    _with_picture(book)
    return saved(book)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_pictured, "pictures"),
        (_part("xl/vbaProject.bin", "x"), "macros"),
        (_part("xl/charts/chart1.xml", "<c/>"), "charts"),
        (_part("xl/drawings/drawing1.xml", "<xdr:twoCellAnchor/>"), "drawings"),
    ],
)
def test_what_would_be_lost_is_named(change: Callable[[bytes], bytes], what: str) -> None:
    data = change(saved(workbook(["jar", "A jar", None])))
    plan = planned(saved(workbook(["jar", "A jar", None])))
    with pytest.raises(LostContent, match=rf"^launch\.xlsx holds .*{what}.*results\.csv\.$"):
        filled_workbook(data, {"rows": []}, plan, "launch.xlsx")


def test_rules_that_openpyxl_knows_are_kept() -> None:
    book = workbook(["jar", "A jar", None])
    rule = DataValidation(type="list", formula1='"a,b"')
    rule.add("C3")
    book["春季"].add_data_validation(rule)
    sheet = filled(saved(book), outcome(3))["春季"]
    assert [str(each.sqref) for each in sheet.data_validations.dataValidation] == ["C3"]

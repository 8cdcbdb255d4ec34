"""A workbook that comes back is the same workbook, with our columns filled."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image as Picture

from rowshot.ledger.records import RowHistory
from rowshot.reading import read_sheet
from rowshot.reporting.results import without_taken_redos
from rowshot.reporting.workbook import LostContent, filled_workbook

FIELD = Path(__file__).parents[2] / "data" / "field"
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


def planned(data: bytes, worksheet: str = "春季") -> dict[str, Any]:
    sheet = read_sheet(data, name="launch.xlsx", worksheet=worksheet)
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
    histories = {"jar": RowHistory("jar", 2, redo_seen="yes", redo_empty_at=1.0, redo_empty_for=2)}
    plan = without_taken_redos(planned(data), histories)
    sheet = filled(data, outcome(3), outcome(4), plan=plan)["春季"]
    assert [sheet["C3"].value, sheet["C4"].value] == [False, True]


@pytest.mark.parametrize(("cell", "seen"), [("Again", "again"), ("重画", "重画"), ("redo", "yes")])
def test_a_redo_that_was_taken_as_a_note_is_reset(cell: str, seen: str) -> None:
    data = saved(workbook(["jar", "A jar", cell], ["tin", "A tin", None]))
    memory = {"redo_empty_at": 1.0, "redo_empty_for": 2}
    histories = {
        "jar": RowHistory("jar", 2, redo_seen=seen, **memory),
        "tin": RowHistory("tin", 2, **memory),
    }
    rows = without_taken_redos(planned(data), histories)["rows"]
    assert [row["cells"][2:] == [""] for row in rows[:1]] == [True]
    assert ["redo_reset" in row for row in rows] == [True, False]


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
        (_part("XL/Charts/Chart1.xml", "<c/>"), "charts"),
        (_part("xl/queryTables/queryTable1.xml", "<q/>"), "data connections"),
        (_part("xl/xmlMaps.xml", "<m/>"), "XML maps"),
        (_part("xl/drawings/drawing1.xml", "<xdr:twoCellAnchor/>"), "drawings"),
        (_part("xl/sharedStrings.xml", "<sst><si><t>茶</t><rPh/></si></sst>"), "reading aids"),
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


def _edited(part: str, old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {each: archive.read(each) for each in archive.namelist()}
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for each, content in parts.items():
                archive.writestr(each, content)
        return out.getvalue()

    return change


@pytest.mark.parametrize("merged", ["C2:F2", "C3:F3"])
def test_our_columns_stand_beyond_cells_that_are_merged_over_them(merged: str) -> None:
    book = workbook(["jar", "A jar", None])
    book["春季"].merge_cells(merged)
    sheet = filled(saved(book), outcome(3))["春季"]
    assert line(sheet, 2, 7) == OUR
    assert line(sheet, 3, 7)[:2] == ["published", URL]


def test_a_title_that_is_merged_above_the_table_moves_nothing() -> None:
    book = workbook(["jar", "A jar", None])
    book["春季"].merge_cells("A1:H1")
    assert line(filled(saved(book), outcome(3))["春季"], 2) == OUR


def test_a_text_in_several_styles_keeps_them() -> None:
    book = workbook(["jar", "A jar", None])
    bold = CellRichText("A ", TextBlock(InlineFont(b=True), "bold"), " jar")
    book["春季"]["B3"] = bold
    done = filled_workbook(saved(book), {"rows": [outcome(3)]}, planned(saved(book)), "launch.xlsx")
    sheet = load_workbook(io.BytesIO(done), rich_text=True)["春季"]
    assert sheet["B3"].value == bold


def test_a_workbook_without_settings_of_calculation_is_filled_too() -> None:
    data = saved(workbook(["jar", "A jar", None]))
    setting = b'<calcPr calcId="124519" fullCalcOnLoad="1" />'
    book = filled(_edited("xl/workbook.xml", setting, b"")(data), outcome(3))
    assert line(book["春季"], 3)[0] == "published"
    assert book.calculation.fullCalcOnLoad


@pytest.mark.parametrize("name", ["backslash-names", "other-case", "strict"])
def test_a_workbook_of_another_spelling_is_filled_too(name: str) -> None:
    data = (FIELD / f"{name}.xlsx").read_bytes()
    sheet = filled(data, outcome(2), plan=planned(data, "Sheet"))["Sheet"]
    assert line(sheet, 2, 3)[:2] == ["published", URL]
    assert [cell.value for cell in sheet[3][:2]] == ["0018", "A porcelain cup on linen"]


@pytest.mark.parametrize(
    "data",
    [
        (FIELD / "empty-fill.xlsx").read_bytes(),
        b"no workbook at all",
        saved(workbook(["jar", "A jar", None]))[:-40],
    ],
)
def test_whatever_goes_wrong_is_told(data: bytes) -> None:
    plan = planned(saved(workbook(["jar", "A jar", None])))
    told = r"^launch\.xlsx cannot be filled in: its rows are in results\.csv\.$"
    with pytest.raises(LostContent, match=told):
        filled_workbook(data, {"rows": []}, plan, "launch.xlsx")


def test_a_workbook_whose_worksheet_is_gone_is_told() -> None:
    data = saved(workbook(["jar", "A jar", None]))
    with pytest.raises(LostContent, match="cannot be filled in"):
        filled_workbook(data, {"rows": []}, {**planned(data), "worksheet": "Autumn"}, "launch.xlsx")


@pytest.mark.parametrize(
    "around",
    [
        '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        '<hyperlinks><hyperlink ref="A1:XFD1048576" location="Notes!A1"/></hyperlinks>',
    ],
)
def test_ranges_that_would_fill_the_memory_are_too_large(around: str) -> None:
    data = saved(workbook(["jar", "A jar", None]))
    change = _edited("xl/worksheets/sheet2.xml", b"</sheetData>", f"</sheetData>{around}".encode())
    with pytest.raises(LostContent, match="too large to be filled in"):
        filled_workbook(change(data), {"rows": []}, planned(data), "launch.xlsx")


def test_every_worksheet_counts() -> None:
    data = saved(workbook(["jar", "A jar", None]))
    rows = b'<row r="1">' + b"<c/>" * 500_000 + b"</row>"
    change = _edited("xl/worksheets/sheet2.xml", b"<sheetData>", b"<sheetData>" + rows)
    with pytest.raises(LostContent, match="too large to be filled in"):
        filled_workbook(change(data), {"rows": []}, planned(data), "launch.xlsx")

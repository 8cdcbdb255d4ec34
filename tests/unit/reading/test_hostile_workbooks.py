"""Small files that would grow are refused in a sentence, before they take the memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rowshot.reading import read_sheet

MANY = 1_048_576
LONG = "x" * 100_000
ODS_SPACES = " ".join(
    f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
    for each in ("office", "table", "text")
)
BLANKS = "most of them blank: delete the empty rows and columns around the table"
CHARACTERS = "characters: split it into several files"
DAMAGED = "seems to be damaged"


def packed(parts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def ods(*tables: str) -> bytes:
    content = (
        f"<office:document-content {ODS_SPACES}><office:body><office:spreadsheet>"
        f"{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "META-INF/manifest.xml": "<x/>", "content.xml": content})


def table(*rows: str) -> str:
    head = "<table:table-row>" + cell("sku") + cell("prompt") + "</table:table-row>"
    first = "<table:table-row>" + cell("a") + cell("Jar") + "</table:table-row>"
    return f'<table:table table:name="S">{head}{first}{"".join(rows)}</table:table>'


def cell(text: str, repeated: int = 1) -> str:
    many = f'table:number-columns-repeated="{repeated}"'
    return f"<table:table-cell {many}><text:p>{text}</text:p></table:table-cell>"


def row(cells: str, repeated: int) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def xlsx(rows: str, *, texts: str = "", sheets: str = "", styles: str = "") -> bytes:
    relations = "".join(
        f'<Relationship Id="{each}" Type="http://x/{kind}" Target="{each}.xml"/>'
        for each, kind in (("w", "worksheet"), ("s", "sharedStrings"), ("f", "styles"))
    )
    head = (
        '<row r="1"><c t="str"><v>sku</v></c><c t="str"><v>prompt</v></c></row>'
        '<row r="2"><c t="str"><v>a</v></c><c t="str"><v>Jar</v></c></row>'
    )
    size = '<dimension ref="A1:XFD1048576"/>'
    return packed(
        {
            "[Content_Types].xml": "<Types>spreadsheetml</Types>",
            "xl/workbook.xml": f'<workbook><sheet name="S" id="w"/>{sheets}</workbook>',
            "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
            "xl/w.xml": f"<worksheet>{size}<sheetData>{head}{rows}</sheetData></worksheet>",
            "xl/s.xml": f"<sst>{texts}</sst>",
            "xl/f.xml": f"<styleSheet>{styles}</styleSheet>",
        }
    )


def rows_of(cells: str, count: int) -> str:
    return "".join(f'<row r="{number}">{cells}</row>' for number in range(3, count + 3))


Made = Callable[[], bytes]
HOSTILE: dict[str, tuple[Made, str]] = {
    "ods, blank rows repeated": (lambda: ods(table(row(cell(" ", 400), MANY))), BLANKS),
    "ods, blank rows in every table": (
        lambda: ods(*[table(row(cell(" ", 400), 12_600))] * 2), BLANKS
    ),
    "ods, one long text repeated": (lambda: ods(table(row(cell(LONG), 10_000))), CHARACTERS),
    "ods, spaces": (
        lambda: ods(table(row(cell('<text:s text:c="1000"/>' * 150_000), 1))), CHARACTERS
    ),
    "ods, a wide row": (lambda: ods(table(row(cell("x") * 9_000, 1))), "more than 500 columns"),
    "ods, a row of gaps": (lambda: ods(table(row((cell("", 900) + cell("x")) * 900, 1))), DAMAGED),
    "ods, tables": (lambda: ods(table(), '<table:table table:name="x"/>' * 6_000), DAMAGED),
    "xlsx, blank cells": (lambda: xlsx(rows_of("<c/>" * 16_000, 320)), BLANKS),
    "xlsx, spaces far away": (
        lambda: xlsx(rows_of('<c r="XFD9" t="str"><v> </v></c>', 400)), BLANKS
    ),
    "xlsx, one long text shared": (
        lambda: xlsx(rows_of('<c t="s"><v>0</v></c>', 4_000), texts=f"<si><t>{LONG}</t></si>"),
        CHARACTERS,
    ),
    "xlsx, worksheets": (lambda: xlsx("", sheets="<sheet/>" * 6_000), DAMAGED),
    "xlsx, styles": (
        lambda: xlsx("", styles="<cellXfs>" + "<xf/>" * 1_000_001 + "</cellXfs>"), DAMAGED
    ),
    "xlsx, rows without end": (lambda: xlsx("<row/>" * (MANY + 1)), DAMAGED),
    "xlsx, beyond the last column": (lambda: xlsx('<row><c r="XFE3"/></row>'), DAMAGED),
}  # fmt: skip
HARMLESS: dict[str, Made] = {
    "ods, blank rows below": lambda: ods(table(row("<table:table-cell/>", MANY - 2))),
    "ods, blank columns": lambda: ods(table(row(cell("", 16_384), 1))),
    "ods, a table beside that repeats": lambda: ods(
        table(), table(row(cell("x", 400), MANY)).replace('"S"', '"T"')
    ),
    "xlsx, blank rows below": lambda: xlsx('<row r="1048576"/>'),
    "xlsx, a blank cell in the last corner": lambda: xlsx(
        '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    ),
    "ods, half of the columns blank": lambda: ods(
        table(row("<table:table-cell/>" * 50 + cell(" ", 1) * 50, 1) * 1_000)
    ),
    "xlsx, blank cells beside every row": lambda: xlsx(rows_of("<c/>" * 50, 1_000)),
}


SCRIPT = f"""
import json, resource, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_hostile_workbooks import HOSTILE
from rowshot.errors import UnreadableSheet
from rowshot.reading import read_sheet

said = {{}}
if sys.platform == "linux":
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 400_000_000,) * 2)
for name, (made, _) in HOSTILE.items():
    try:
        read_sheet(made(), name="a")
    except UnreadableSheet as error:
        said[name] = error.message
print(json.dumps(said))
"""


def test_what_would_grow_is_refused_within_400_megabytes() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert {name: said.get(name) for name, (_, told) in HOSTILE.items()
            if told not in said.get(name, "")} == {}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_blank_beside_the_table_is_not_in_the_way(name: str) -> None:
    rows = read_sheet(HARMLESS[name](), name="a").rows
    assert [each.cells for each in rows] == [("a", "Jar")]

"""Workbooks, by the writers that people have: openpyxl, xlwt, odfpy and LibreOffice."""

from __future__ import annotations

import datetime
import io
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from sheetcases.columns import NO_PROMPT, NO_SLUG, SHAPES
from sheetcases.files import zipped
from sheetcases.plans import Case, invalid, ready, refused, workbook

BROKEN = "{} cannot be opened because it seems to be damaged: open it in a spreadsheet program, save it again and use that."
LOCKED = "{} is protected by a password: save a copy without one and use that."
PASSWORD_SCRIPT = Path(__file__).with_name("with_password.py")


def xlsx(rows: list[list[Any]] | None = None, edit=None, title: str = "Sheet") -> bytes:
    """A workbook by openpyxl; ``edit`` gets the workbook and its first worksheet."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows or [["slug", "prompt"], ["a", "Jar"]]:
        sheet.append(row)
    if edit:
        edit(book, sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def by_libreoffice(source: bytes, suffix: str, target: str) -> bytes:
    """The same sheet as LibreOffice writes it, formulas calculated."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"sheet.{suffix}")
        path.write_bytes(source)
        out = Path(folder, "out")
        subprocess.run(
            [shutil.which("soffice") or "soffice", "--headless",
             f"-env:UserInstallation=file://{folder}/profile", "--convert-to", target,
             "--outdir", str(out), str(path)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return out.joinpath(f"sheet.{target.partition(':')[0]}").read_bytes()


def with_password(suffix: str) -> bytes:
    """A workbook that LibreOffice protects with a password, by its Python bridge."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "open.xlsx"), Path(folder, f"locked.{suffix}")
        source.write_bytes(xlsx())
        subprocess.run(["/usr/bin/python3", str(PASSWORD_SCRIPT), str(source), str(target)],
                       check=True, capture_output=True, timeout=120)  # fmt: skip
        return target.read_bytes()


def encrypted() -> bytes:
    """A workbook with a password as Excel 2010 and later protect it."""
    from msoffcrypto.format.ooxml import OOXMLFile

    target = io.BytesIO()
    OOXMLFile(io.BytesIO(xlsx())).encrypt("secret", target)
    return target.getvalue()


def rezipped(data: bytes, change) -> bytes:
    """A workbook with its parts changed: ``change`` gets name and content of each."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return zipped(parts)


# Numbers, dates and formats ---------------------------------------------------------------------

TYPED = [
    ["sku", "prompt", "seed", "launch", "price", "approved"],
    ["0017", "A jar for {price} from {launch}", 7, datetime.date(2026, 3, 4), 99, False],
    [17, "A tin for {price} from {launch}", 8.0, datetime.date(2026, 12, 24), 1234.5, True],
    [42.0, "A cup for {price} from {launch}", None, datetime.date(2026, 1, 1), 0.5, None],
    [6901234567892, "A bowl", 2147483647, None, None, None],
]


def typed(_book: Any, sheet: Any) -> None:
    sheet["A2"].number_format = "@"
    sheet["A3"].number_format = "0000"
    for row, code in ((2, "yyyy-mm-dd"), (3, 'yyyy"年"m"月"d"日"'), (4, "d-mmm-yy")):
        sheet.cell(row, 4).number_format = code
    for row, code in ((2, '0"元"'), (3, "[$¥-804]#,##0.00"), (4, "0%")):
        sheet.cell(row, 5).number_format = code


def typed_rows(*, numbers: dict[int, tuple[str, str, str]]) -> list[dict[str, Any]]:
    """The plan of TYPED: row -> key, price and date as this format shows them."""
    prompts = {2: "A jar for {1} from {2}", 3: "A tin for {1} from {2}", 4: "A cup for {1} from {2}"}
    rows = []
    for row, shown in numbers.items():
        seed = {2: 7, 3: 8, 5: 2147483647}.get(row)
        text = prompts.get(row, "A bowl").format(*shown)
        rows.append(ready(row, shown[0], text, approved=row == 3, **({"seed": seed} if seed else {})))
    return rows


SHOWN = {2: ("0017", "99元", "2026-03-04"), 3: ("0017", "¥1,234.50", "2026年12月24日"),
         4: ("42", "50%", "1-Jan-26"), 5: ("6901234567892", "", "")}  # fmt: skip
TYPED_XLSX = typed_rows(numbers=SHOWN)
TYPED_XLSX[1] = invalid(3, "0017", "The sku '0017' is already used in row 2: make it unique.",
                        approved=True)  # fmt: skip
BARE = ("The price '99' in row 2 has no currency, nor have 2 others; it is drawn exactly so.",)
TYPED_XLWT = typed_rows(
    numbers={2: ("0017", "99", "2026-03-04"), 3: ("17", "1234.5", "2026-12-24"),
             4: ("42", "0.5", "2026-01-01"), 5: ("6901234567892", "", "")}
)  # fmt: skip

# Formulas ---------------------------------------------------------------------------------------

FORMULAS = [
    ["slug", "prompt", "size", "label_zh"],
    ["a", '="A jar of "&D2', "1:1", "玉容霜"],
    ["b", "=1/0", "1:1", "x"],
    ["c", "Tea", "=NA()", "x"],
    ['="d-"&1', "Cup", '=""', "x"],
]
CALCULATED = [
    ready(2, "a", "A jar of 玉容霜"),
    invalid(3, "b", "The cell 'prompt' shows the error '#DIV/0!': correct its formula and export "
            "again."),
    invalid(4, "c", "The cell 'size' shows the error '#N/A': correct its formula and export again."),
    ready(5, "d-1", "Cup"),
]  # fmt: skip
UNCALCULATED = "The cell '{}' holds a formula without a stored result: open the file, save it and run the sheet again."


def merged(_book: Any, sheet: Any) -> None:
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("B5:C5")


def hidden_rows(_book: Any, sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.auto_filter.ref = "A1:B4"


def several(book: Any, _sheet: Any) -> None:
    for title, state, rows in (
        ("Old", "hidden", [["slug", "prompt"], ["old", "Old jar"]]),
        ("Products", "visible", [["slug", "prompt"], ["a", "Jar"]]),
        ("More", "visible", [["slug", "prompt"], ["b", "Tea"]]),
    ):
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)


def far_away(_book: Any, sheet: Any) -> None:
    sheet["XFD1"] = ""
    sheet["C1048576"].number_format = "0.00"
    sheet["A9"], sheet["B9"] = "z", "Last jar"


def rich(_book: Any, sheet: Any) -> None:
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    sheet["B2"] = CellRichText("A ", TextBlock(InlineFont(b=True), "bold"), " jar")
    sheet["B3"] = "Two\nlines"
    sheet["A3"].hyperlink = "https://example.com/"
    sheet["A3"] = "linked"


def corner_xls() -> bytes:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet")
    for row, cells in enumerate([["slug", "prompt"], ["a", "Jar"]]):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    sheet.write(65535, 255, "x")
    return saved(book)


def xlwt_typed() -> bytes:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("目录")
    date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, cells in enumerate(TYPED):
        for column, cell in enumerate(cells):
            style = (date,) if isinstance(cell, datetime.date) else ()
            if cell is not None:
                sheet.write(row, column, cell, *style)
    return saved(book)


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def odfpy_plain() -> bytes:
    """As pandas writes it: numbers as Python shows them."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    table = Table(name="Sheet")
    for cells in [["id", "prompt", "seed"], [17.0, "Two\nlines", 3.0], [18.5, "A  wide  gap", ""]]:
        row = TableRow()
        for cell in cells:
            number = isinstance(cell, float)
            made = TableCell(valuetype="float" if number else "string",
                             **({"value": cell} if number else {}))  # fmt: skip
            for line in str(cell).split("\n"):
                made.addElement(P(text=line))
            row.addElement(made)
        table.addElement(row)
    book.spreadsheet.addElement(table)
    return saved(book)


ODS_START = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Sheet"><table:table-row><table:table-cell><text:p>slug</text:p>'
    "</table:table-cell><table:table-cell><text:p>prompt</text:p></table:table-cell></table:table-row>"
)


def ods_bomb(rows: int, columns: int, text: str) -> bytes:
    content = (
        f'{ODS_START}<table:table-row table:number-rows-repeated="{rows}"><table:table-cell '
        f'table:number-columns-repeated="{columns}"><text:p>{text}</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                   "META-INF/manifest.xml": "<x/>", "content.xml": content})  # fmt: skip


CASES = [
    Case("plain.xlsx", xlsx, workbook(ready(2, "a", "Jar"))),
    Case("typed.xlsx", lambda: xlsx(TYPED, typed, "目录"), workbook(*TYPED_XLSX, worksheet="目录")),
    Case("typed-libreoffice.xlsx", lambda: by_libreoffice(xlsx(TYPED, typed, "目录"), "xlsx", "xlsx"),
         workbook(*TYPED_XLSX, worksheet="目录"), needs="soffice"),
    Case("typed-libreoffice.ods", lambda: by_libreoffice(xlsx(TYPED, typed, "目录"), "xlsx", "ods"),
         workbook(*TYPED_XLSX, worksheet="目录", format="ods"), needs="soffice"),
    Case("typed-libreoffice.xls", lambda: by_libreoffice(xlsx(TYPED, typed, "目录"), "xlsx", "xls"),
         workbook(*TYPED_XLSX, worksheet="目录", format="xls"), needs="soffice"),
    Case("typed-xlwt.xls", xlwt_typed, workbook(*TYPED_XLWT, worksheet="目录", format="xls", warnings=BARE)),
    Case("formulas-without-results.xlsx", lambda: xlsx(FORMULAS),
         workbook(invalid(2, "a", UNCALCULATED.format("prompt")),
                  invalid(3, "b", UNCALCULATED.format("prompt")),
                  invalid(4, "c", UNCALCULATED.format("size")),
                  invalid(5, "", NO_SLUG, UNCALCULATED.format("size")))),
    *[Case(f"formulas-libreoffice.{kind}",
           lambda kind=kind: by_libreoffice(xlsx(FORMULAS), "xlsx", kind),
           workbook(*CALCULATED, format=kind), needs="soffice") for kind in ("xlsx", "ods", "xls")],
    Case("merged.xlsx",
         lambda: xlsx([["Spring list", None, None], ["slug", "prompt", "size"], ["a", "Jar", "1:1"],
                       [None, "Jar from above", "1:1"], ["b", "Tea", None]], merged),
         workbook(ready(3, "a", "Jar"), invalid(4, "", NO_SLUG), ready(5, "b", "Tea"), header_row=2)),
    Case("hidden-rows.xlsx", lambda: xlsx([["slug", "prompt"], ["a", "Jar"], ["b", "Tea"], ["c", "Cup"]],
                                          hidden_rows),
         workbook(ready(2, "a", "Jar"), ready(3, "b", "Tea"), ready(4, "c", "Cup"))),
    Case("several-worksheets.xlsx", lambda: xlsx([["Read me"], ["Do not edit"]], several, "Notes"),
         workbook(ready(2, "a", "Jar"), worksheet="Products", warnings=(
             "Only worksheet 'Products' is read; products are also listed in 'Old' (hidden) and "
             "'More': choose another one with --worksheet, or put all rows into one worksheet.",))),
    Case("named-worksheet.xlsx", lambda: xlsx([["Read me"]], several, "Notes"),
         workbook(ready(2, "b", "Tea"), worksheet="More"), worksheet="more "),
    Case("missing-worksheet.xlsx", lambda: xlsx([["Read me"]], several, "Notes"),
         refused("missing-worksheet.xlsx has no worksheet named 'Autumn'; it has 'Notes', 'Old', "
                 "'Products' and 'More'."), worksheet="Autumn"),
    Case("far-away.xlsx", lambda: xlsx([["slug", "prompt"], ["a", "Jar"]], far_away),
         workbook(ready(2, "a", "Jar"), ready(9, "z", "Last jar"))),
    Case("rich-text.xlsx", lambda: xlsx([["slug", "prompt"], ["a", "x"], ["b", "y"]], rich),
         workbook(ready(2, "a", "A bold jar"), ready(3, "linked", "Two\nlines"))),
    Case("blank-cells.xlsx",
         lambda: xlsx([[None, "slug", None, "prompt", "size"], [], [None, "a", "?", "Jar", "9 : 16"],
                       [None, None, None, None, " "], [None, "b", None, None, "7:5"]]),
         workbook(ready(3, "a", "Jar", size="1536*2688"),
                  invalid(5, "b", NO_PROMPT,
                          f"qwen-image-2.0 does not take the size '7:5': use {SHAPES}; the "
                          "nearest is 4:3 (2368×1728)."))),
    Case("empty.xlsx", lambda: xlsx([[]]),
         refused("empty.xlsx has no filled row: its first row should name the columns, such as slug and "
                 "prompt.")),
    Case("cut-off.xlsx", lambda: xlsx()[:-700], refused(BROKEN.format("cut-off.xlsx"))),
    Case("broken-part.xlsx",
         lambda: rezipped(xlsx(), lambda name, part: part[:200] if "sheet1" in name else part),
         refused(BROKEN.format("broken-part.xlsx"))),
    Case("forged-row-number.xlsx",
         lambda: rezipped(xlsx(), lambda name, part: part.replace(b'<row r="2"', b'<row r="99999999"')
                          if "sheet1" in name else part),
         refused(BROKEN.format("forged-row-number.xlsx"))),
    Case("broken-formats.xlsx",
         lambda: rezipped(xlsx([["slug", "prompt", "seed"], ["a", "Jar", 7]]),
                          lambda name, part: b"no XML" if "styles" in name else part),
         workbook(ready(2, "a", "Jar", seed=7),
                  warnings=("The workbook's formats are damaged, so its numbers are read without them: "
                            "check keys with zeros in front, prices and dates.",))),
    Case("carriage-returns.xlsx",
         lambda: rezipped(xlsx([["slug", "prompt"], ["a", "One;two"]]),
                          lambda _, part: part.replace(b"One;two", b"One_x000D_\ntwo")),
         workbook(ready(2, "a", "One\ntwo"))),
    Case("odfpy.ods", odfpy_plain,
         workbook(ready(2, "17", "Two\nlines", seed=3), ready(3, "18.5", "A  wide  gap"), format="ods")),
    Case("blank-rows-repeated.ods", lambda: ods_bomb(1_000_000, 400, " "),
         refused("blank-rows-repeated.ods has more than 5,000,000 cells, most of them blank: delete the "
                 "empty rows and columns around the table, and save it again.")),
    Case("long-text-repeated.ods", lambda: ods_bomb(10_000, 1, "A jar. " * 1000),
         refused("long-text-repeated.ods holds more than 32,000,000 characters: split it into several "
                 "files.")),
    Case("bomb.ods", lambda: ods_bomb(1_000_000, 400, "x"),
         refused("bomb.ods has more than 1,000,000 filled cells: delete columns that are not needed, or "
                 "split it.")),
    Case("far-away.xls", corner_xls,
         workbook(ready(2, "a", "Jar"), invalid(65536, "", NO_SLUG, NO_PROMPT), format="xls",
                  warnings=("Column IV has no name and is not used, so 'x' there is not read.",))),
    Case("cut-off.xls", lambda: corner_xls()[:3000], refused(BROKEN.format("cut-off.xls"))),
    Case("locked.xlsx", encrypted, refused(LOCKED.format("locked.xlsx"))),
    *[Case(f"locked.{kind}", lambda kind=kind: with_password(kind),
           refused(LOCKED.format(f"locked.{kind}")), needs="soffice") for kind in ("ods", "xls")],
]  # fmt: skip

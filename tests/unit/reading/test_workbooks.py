"""Workbooks are read whoever wrote them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt

from rowshot.errors import UnreadableSheet
from rowshot.reading import Sheet, read_sheet

FIELD = Path(__file__).parents[2] / "data" / "field"


def field(name: str) -> Sheet:
    return read_sheet((FIELD / name).read_bytes(), name=name)


def texts(sheet: Sheet) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet.rows]


def ods(body: str, *, styles: str = "", settings: str = "") -> bytes:
    """A workbook of OpenDocument tables."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (
            ("office", "office"),
            ("table", "table"),
            ("text", "text"),
            ("style", "style"),
            ("config", "config"),
        )
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{body}</office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<x/>")
        archive.writestr("content.xml", content)
        if settings:
            whole = f"<office:document-settings {spaces}>{settings}</office:document-settings>"
            archive.writestr("settings.xml", whole)
    return target.getvalue()


def ods_row(*cells: str, repeated: int = 1) -> str:
    made = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{made}</table:table-row>'


def ods_table(*rows: str, title: str = "Sheet") -> str:
    return f'<table:table table:name="{title}">{"".join(rows)}</table:table>'


def xlsx(*rows: list[object]) -> dict[str, bytes]:
    """The parts of a workbook."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # Not by its name, of which zipfile would change the backslashes on Windows.
            entry = zipfile.ZipInfo("x")
            entry.filename = name
            archive.writestr(entry, content)
    return target.getvalue()


def with_cells(cells: str, around: str = "") -> bytes:
    """A workbook with a header and a row that is written out."""
    parts = xlsx(["sku", "prompt"], ["x", "y"])
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    start, end = sheet.index('<row r="2"'), sheet.index("</sheetData>")
    sheet = f"{sheet[:start]}<row>{cells}</row>{sheet[end:]}"
    sheet = sheet.replace("</worksheet>", f"{around}</worksheet>")
    return zipped({**parts, "xl/worksheets/sheet1.xml": sheet.encode()})


def first_row(data: bytes) -> tuple[str, ...]:
    return read_sheet(data, name="a.xlsx").rows[0].cells


HEADER = ods_row("sku", "prompt")


def test_the_reading_aid_above_characters_is_not_text() -> None:
    assert texts(field("reading-aid.ods")) == [("J-1", "緑茶の缶")]


def test_a_reading_aid_within_styled_text_is_not_text_either() -> None:
    prompt = (
        "<text:span>A <text:ruby><text:ruby-base><text:span>抹茶</text:span></text:ruby-base>"
        "<text:ruby-text>まっちゃ</text:ruby-text></text:ruby> bowl</text:span>"
    )
    assert texts(read_sheet(ods(ods_table(HEADER, ods_row("J-2", prompt))), name="a.ods")) == [
        ("J-2", "A 抹茶 bowl")
    ]


def test_numbers_of_an_old_workbook_are_shown_by_their_formats() -> None:
    shown = [row[0] for row in texts(field("numbers-by-format.xls"))]
    assert shown == ["0017", "TIN-018", "123-4567"]


def test_a_workbook_that_says_only_in_its_manifest_what_it_is() -> None:
    kind = b'<x media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    with zipfile.ZipFile(io.BytesIO(ods(ods_table(HEADER, ods_row("0017", "A tin"))))) as archive:
        content = archive.read("content.xml")
    data = zipped({"META-INF\\manifest.xml": kind, "Content.xml": content})
    assert texts(read_sheet(data, name="a.ods")) == [("0017", "A tin")]


def bare_xls(encoding: str, *rows: list[str | float], page: int = 0) -> bytes:
    """What the export of many a web site writes: records without a workbook around them."""
    out = [struct.pack("<6H", 0x0809, 8, 0, 0x10, 0, 0)]
    if page:
        out.append(struct.pack("<3H", 0x0042, 2, page))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                text = cell.encode(encoding)
                head = struct.pack("<6H", 0x0204, 8 + len(text), row, column, 0, len(text))
                out.append(head + text)
            else:
                out.append(struct.pack("<5Hd", 0x0203, 14, row, column, 0, cell))
    return b"".join([*out, struct.pack("<2H", 0x000A, 0)])


@pytest.mark.parametrize(
    ("encoding", "page"), [("utf-8", 0), ("cp1252", 0), ("cp1252", 1252), ("mac_roman", 10000)]
)
def test_an_old_workbook_without_a_container(encoding: str, page: int) -> None:
    data = bare_xls(encoding, ["sku", "prompt"], [17.0, "Thé à la crème"], page=page)
    sheet = read_sheet(data, name="export.xls")
    assert (sheet.format, sheet.worksheet) == ("xls", "Sheet1")
    assert texts(sheet) == [("17", "Thé à la crème")]


@pytest.mark.parametrize("name", ["backslash-names", "empty-fill", "other-case", "strict"])
def test_what_excel_opens_is_read(name: str) -> None:
    assert texts(field(f"{name}.xlsx")) == [
        ("0017", "A matte tea tin on pale stone"),
        ("0018", "A porcelain cup on linen"),
    ]


Parts = dict[str, bytes]


def _changed(part: str, old: bytes, new: bytes) -> Callable[[Parts], Parts]:
    def change(parts: Parts) -> Parts:
        assert old in parts[part]
        return {**parts, part: parts[part].replace(old, new)}

    return change


def _without(part: str) -> Callable[[Parts], Parts]:
    return lambda parts: {name: content for name, content in parts.items() if name != part}


def _renamed(old: str, new: str) -> Callable[[Parts], Parts]:
    return lambda parts: {new if name == old else name: part for name, part in parts.items()}


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: {name.upper(): part for name, part in parts.items()},
        lambda parts: {f"./{name}": part for name, part in parts.items()},
        lambda parts: {f"/{name}": part for name, part in parts.items()},
        _without("xl/styles.xml"),
        _without("docProps/core.xml"),
        _without("xl/theme/theme1.xml"),
        _without("_rels/.rels"),
        _changed("_rels/.rels", b"xl/workbook.xml", b"xl/gone.xml"),
        _renamed("xl/worksheets/sheet1.xml", "XL/Worksheets/Sheet1.XML"),
        _renamed("[Content_Types].xml", "[content_types].XML"),
        _changed("xl/_rels/workbook.xml.rels", b"/xl/worksheets/", b"worksheets\\"),
        _changed("xl/_rels/workbook.xml.rels", b"sheet1.xml", b"sheet%31.xml"),
        _changed("docProps/core.xml", b"<dcterms:created", b"<dcterms:created wrong"),
        _changed("docProps/core.xml", b"Z</dcterms", b"not a date</dcterms"),
        _changed(
            "xl/styles.xml", b"<cellXfs", b"<colors><mruColors><x/></mruColors></colors><cellXfs"
        ),
        _changed("xl/styles.xml", b'<sz val="11" />', b'<sz val="large" />'),
        _changed("xl/workbook.xml", b"<definedNames />", b"<definedNames><x/></definedNames>"),
    ],
)
def test_flaws_beside_the_cells_cost_nothing(change: Callable[[Parts], Parts]) -> None:
    data = zipped(change(xlsx(["sku", "prompt"], ["0017", "A tin"])))
    assert texts(read_sheet(data, name="a.xlsx")) == [("0017", "A tin")]


@pytest.mark.parametrize("styles", [b"", b"\x00\x01\x02", b"<styleSheet><cellXfs>", b"no XML"])
def test_numbers_are_read_without_formats_that_are_no_xml(styles: bytes) -> None:
    parts = xlsx(["sku", "prompt", "seed"], ["0017", "A tin", 7])
    sheet = read_sheet(zipped({**parts, "xl/styles.xml": styles}), name="a.xlsx")
    assert texts(sheet) == [("0017", "A tin", "7")]
    assert sheet.warnings[0].startswith("The workbook's formats are damaged, so its numbers are")


def sharing() -> Parts:
    """A workbook whose second row shares its texts."""
    parts = xlsx(["sku", "prompt"], ["x", "y"])
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    start, end = sheet.index('<row r="2"'), sheet.index("</sheetData>")
    row = '<row r="2"><c t="s"><v>1</v></c><c t="s"><v>0</v></c></row>'
    rels = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="s" Type="http://x/sharedStrings" Target="sharedStrings.xml"/>'
        b"</Relationships>",
    )
    return {
        **parts,
        "xl/worksheets/sheet1.xml": f"{sheet[:start]}{row}{sheet[end:]}".encode(),
        "xl/_rels/workbook.xml.rels": rels,
        "xl/sharedStrings.xml": b"<sst><si><t>A tin</t></si><si><r><t>00</t></r><r><t>17</t></r>"
        b"<rPh><t>x</t></rPh></si></sst>",
    }


def test_worksheets_that_cannot_be_found_are_not_taken_for_empty() -> None:
    parts = _without("xl/_rels/workbook.xml.rels")(xlsx(["sku", "prompt"], ["0017", "A tin"]))
    with pytest.raises(UnreadableSheet, match="seems to be damaged"):
        read_sheet(zipped(parts), name="a.xlsx")


def test_shared_texts() -> None:
    assert first_row(zipped(sharing())) == ("0017", "A tin")


def test_shared_texts_to_which_nothing_points() -> None:
    change = _changed("xl/_rels/workbook.xml.rels", b'Id="s" Type="http://x/sharedStrings"', b"")
    assert first_row(zipped(change(sharing()))) == ("0017", "A tin")


def test_shared_texts_that_are_missing_are_not_taken_for_empty() -> None:
    with pytest.raises(UnreadableSheet, match="seems to be damaged"):
        read_sheet(zipped(_without("xl/sharedStrings.xml")(sharing())), name="a.xlsx")


def test_shared_texts_that_no_cell_needs_may_be_missing() -> None:
    parts = _without("xl/sharedStrings.xml")(sharing())
    alone = xlsx(["sku", "prompt"], ["0017", "A tin"])["xl/worksheets/sheet1.xml"]
    assert first_row(zipped({**parts, "xl/worksheets/sheet1.xml": alone})) == ("0017", "A tin")


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ("<c><v>17</v></c><c t='str'><v>A tin</v></c>", ("17", "A tin")),
        ("<c r='B2' t='str'><v>A tin</v></c><c r='A2'><v>17</v></c>", ("17", "A tin")),
        ("<c t='inlineStr'><is><r><t>00</t></r><r><t>17</t></r></is></c>", ("0017",)),
        ("<c t='inlineStr'><is><t>緑茶</t><rPh sb='0'><t>りょ</t></rPh></is></c>", ("緑茶",)),
        ("<c t='str'><v>One_x000D__x000a_two_x005F_x0041_</v></c>", ("One\r\ntwo_x0041_",)),
        ("<c t='str'><v>_xD800_ _x_ _x00e9_</v></c>", ("_xD800_ _x_ é",)),
        ("<c t='d'><v>2026-03-04</v></c>", ("2026-03-04",)),
        ("<c t='d'><v>2026-03-04T05:06:07.000Z</v></c>", ("2026-03-04 05:06:07",)),
        ("<c t='d'><v>soon</v></c>", ("soon",)),
        ("<c t='d' s='1'><v>9999-12-31T23:59:59.9</v></c>", ("9999-12-31 23:59:59",)),
        ("<c t='b'><v>1</v></c><c t='e'><v>#N/A</v></c>", ("TRUE", "#N/A")),
        ("<c><v>left out that it is a text</v></c>", ("left out that it is a text",)),
        ("<c><v>1_000</v></c>", ("1_000",)),
        ("<c s='99'><v>1e3</v></c>", ("1000",)),
    ],
)  # fmt: skip
def test_cells_of_many_writers(cells: str, shown: tuple[str, ...]) -> None:
    assert first_row(with_cells(cells)) == shown


def test_what_stands_around_the_table_is_no_cell() -> None:
    around = (
        "<controls><from><col>0</col><row>1</row></from><c><v>1</v></c><t>x</t></controls>"
        "<sheetData><row><c><v>9</v></c></row></sheetData>"
    )
    data = with_cells("<c><v>17</v></c><c t='str'><v>A tin</v></c>", around)
    assert texts(read_sheet(data, name="a.xlsx")) == [("17", "A tin")]


def test_days_since_1904_are_counted_from_there() -> None:
    parts = xlsx(["sku", "prompt", "launch"], ["0017", "A tin", 44623])
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b'<c r="C2"', b'<c r="C2" s="1"')
    styles = parts["xl/styles.xml"].replace(b"</cellXfs>", b'<xf numFmtId="14" /></cellXfs>')
    book = parts["xl/workbook.xml"].replace(b"<workbookPr />", b'<workbookPr date1904="1" />')
    data = zipped({**parts, "xl/worksheets/sheet1.xml": sheet, "xl/styles.xml": styles,
                   "xl/workbook.xml": book})  # fmt: skip
    assert first_row(data)[2] == "2026-03-04"


# Which worksheet is read, and what is said of the others ----------------------------------------

PRODUCTS = [["sku", "prompt"], ["T-1", "A tin"]]
Tabs = dict[str, list[list[str]]]


def tabs_xlsx(tabs: Tabs, active: str | None = None, hidden: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in tabs.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if title == hidden else "visible"
        for row in rows:
            sheet.append(row)
    if active:
        book.active = book[active]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def tabs_xls(tabs: Tabs, active: str | None = None, hidden: str = "") -> bytes:
    book = xlwt.Workbook()
    for position, (title, rows) in enumerate(tabs.items()):
        sheet = book.add_sheet(title)
        sheet.visibility = int(title == hidden)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        if title == active:
            book.set_active_sheet(position)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def tabs_ods(tabs: Tabs, active: str | None = None, hidden: str = "") -> bytes:
    tables = "".join(
        ods_table(*(ods_row(*row) for row in rows), title=title).replace(
            "<table:table ", f'<table:table table:style-name="{"h" if title == hidden else "v"}" '
        )
        for title, rows in tabs.items()
    )
    style = (
        '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    )
    setting = f'<config:config-item config:name="ActiveTable">{active}</config:config-item>'
    return ods(tables, styles=style, settings=setting if active else "")


@pytest.mark.parametrize("made", [tabs_xlsx, tabs_xls, tabs_ods])
@pytest.mark.parametrize(
    ("active", "hidden", "read", "others"),
    [
        (None, "", "Example", "'Tea' and 'Cups'"),
        ("Tea", "", "Tea", "'Example' and 'Cups'"),
        ("Notes", "", "Example", "'Tea' and 'Cups'"),
        ("Empty", "", "Example", "'Tea' and 'Cups'"),
        ("Tea", "Example", "Tea", "'Example' (hidden) and 'Cups'"),
        ("Cups", "Notes", "Cups", "'Example' and 'Tea'"),
    ],
)
def test_the_worksheet_that_was_open_is_read_and_others_are_named(
    made: Callable[..., bytes], active: str | None, hidden: str, read: str, others: str
) -> None:
    tabs = {"Notes": [["Read me"]], "Empty": [PRODUCTS[0]]}
    tabs |= dict.fromkeys(["Example", "Tea", "Cups"], PRODUCTS)
    sheet = read_sheet(made(tabs, active, hidden), name="a")
    assert sheet.worksheet == read
    assert sheet.warnings == (
        f"Only worksheet '{read}' is read; products are also listed in {others}: choose another "
        "one with --worksheet, or put all rows into one worksheet.",
    )


@pytest.mark.parametrize("made", [tabs_xlsx, tabs_xls, tabs_ods])
def test_who_names_a_worksheet_needs_no_warning(made: Callable[..., bytes]) -> None:
    data = made({"Tea": PRODUCTS, "Cups": PRODUCTS})
    sheet = read_sheet(data, name="a", worksheet="cups")
    assert (sheet.worksheet, sheet.warnings) == ("Cups", ())


@pytest.mark.parametrize("made", [tabs_xlsx, tabs_xls, tabs_ods])
def test_a_hidden_worksheet_is_read_when_no_other_has_products(made: Callable[..., bytes]) -> None:
    data = made({"Notes": [["Read me"]], "Tea": PRODUCTS}, None, "Tea")
    sheet = read_sheet(data, name="a")
    assert (sheet.worksheet, sheet.warnings) == ("Tea", ())


def test_of_many_worksheets_ten_are_named() -> None:
    sheet = read_sheet(tabs_xlsx({f"W{number}": PRODUCTS for number in range(14)}), name="a")
    assert "'W9', 'W10' and 3 more: choose" in sheet.warnings[0]

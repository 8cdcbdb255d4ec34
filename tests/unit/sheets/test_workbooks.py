"""Workbooks are read whoever wrote them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from rowshot.sheets import Sheet, read_sheet

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

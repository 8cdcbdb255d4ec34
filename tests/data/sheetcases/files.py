"""Files that are something else, whatever their name says."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

from sheetcases.plans import Case, refused

EXPORT = "export it as CSV or XLSX and use that file."


def zipped(parts: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP container, its entries in this order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 0, 0, 0)), content, compression)
    return target.getvalue()


def no_sheet(file: str, data: bytes, kind: str) -> Case:
    """A file that is refused for what it is."""
    return Case(file, lambda: data, refused(f"{file} is {kind}, not a sheet: {EXPORT}"))


def picture() -> bytes:
    """A real PNG."""
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (2, 2), "teal").save(target, "PNG")
    return target.getvalue()


def workbook_types(part: str) -> str:
    """The list of parts of an Office document."""
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Override PartName="/x.xml" ContentType="application/vnd.openxml'
        f'formats-officedocument.{part}.main+xml"/></Types>'
    )


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">&b;</workbook>'
)
OLD_XML = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="urn:schemas-'
    'microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)

CASES = [
    no_sheet("picture.csv", picture(), "a picture (PNG)"),
    no_sheet("leaflet.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "a PDF"),
    no_sheet("web-page.csv", b"\n<!DOCTYPE html>\n<html><table><tr><td>slug</td></tr></table></html>",
             "a web page (HTML)"),
    no_sheet("erp-export.xls", b"<table border=1><tr><td>slug</td><td>prompt</td></tr></table>",
             "a web page (HTML)"),
    no_sheet("old-xml.xls", OLD_XML.encode(), "an XML workbook of Excel 2003"),
    no_sheet("rows.json.csv", json.dumps([{"slug": "a", "prompt": "Jar"}]).encode(), "a JSON file"),
    no_sheet("packed.csv.gz", gzip.compress(b"slug,prompt\na,Jar\n", mtime=0),
             "a compressed file (GZIP)"),
    no_sheet("noise.csv", bytes(range(256)) * 8, "a binary file"),
    no_sheet("folder.zip", zipped({"a.csv": "slug,prompt\na,Jar\n"}), "a ZIP archive"),
    no_sheet("letter.docx", zipped({"[Content_Types].xml": workbook_types("wordprocessingml.document"),
                                    "word/document.xml": "<x/>"}), "a Word document"),
    no_sheet("tables.numbers", zipped({"Index/Document.iwa": b"x"}), "an Apple Numbers document"),
    no_sheet("binary.xlsb", zipped({"[Content_Types].xml": workbook_types("spreadsheetml.sheet"),
                                    "xl/workbook.bin": b"x"}), "a binary Excel workbook (XLSB)"),
    Case("bomb.xlsx",
         lambda: zipped({"[Content_Types].xml": workbook_types("spreadsheetml.sheet"),
                         "xl/workbook.xml": "<x/>",
                         "xl/worksheets/sheet1.xml": b"\0" * (60 * 1024**2)}),
         refused("bomb.xlsx would unpack to 60 MB, which is more than a sheet ever needs (20 MB): copy "
                 "the rows into a new workbook.")),
    Case("entities.xlsx",
         lambda: zipped({"[Content_Types].xml": workbook_types("spreadsheetml.sheet"),
                         "xl/workbook.xml": BILLION_LAUGHS}),
         refused("entities.xlsx cannot be opened because it seems to be damaged: open it in a spreadsheet program, save it again and "
                 "use that.")),
]  # fmt: skip

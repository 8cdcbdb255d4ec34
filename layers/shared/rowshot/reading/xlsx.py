"""Reads XLSX workbooks: stored values, shown as their number formats show them.

Not by openpyxl, which refuses a workbook for styles and properties that nobody asked for, knows
neither Strict Open XML nor other spellings of part names, and reads twice what has formulas.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import ParseError

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.reading.archives import ZIP_DAMAGE
from rowshot.reading.limits import MAX_WORKSHEETS, Work
from rowshot.reading.packages import Package, Relation, fed
from rowshot.reading.sheet import Sheet, SheetRow
from rowshot.reading.stored_numbers import BUILTIN_FORMATS, GENERAL
from rowshot.reading.workbooks import Worksheet, read_worksheet
from rowshot.reading.xlsx_parts import Cells, Looks, Texts

# Where the parts are when nothing says where.
_WORKBOOK, _STYLES, _TEXTS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
_TRUE = ("1", "true", "on")


def read_xlsx(data: bytes, *, name: str, worksheet: str | None) -> Sheet:
    """Read one worksheet of an XLSX workbook whose container was checked.

    Raises:
        UnreadableSheet: When it cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            flaws: list[str] = []
            worksheets = list(_worksheets(Package(archive), Work(name), flaws))
            sheet = read_worksheet(worksheets, name=name, file_format="xlsx", wanted=worksheet)
            return replace(sheet, warnings=(*sheet.warnings, *flaws))
    except (*ZIP_DAMAGE, ParseError) as exc:
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name)) from exc


def _worksheets(package: Package, work: Work, flaws: list[str]) -> Iterator[Worksheet]:
    """The worksheets; what is wrong around them and does not keep them from being read is noted."""
    main = _only(package.relations(""), "officeDocument") or _WORKBOOK
    if not package.has(main):
        main = _WORKBOOK
    relations = package.relations(main)
    sheets: list[dict[str, str]] = []
    since_1904, active = False, ""
    for name, attributes in package.elements(main, "workbookPr", "workbookView", "sheet"):
        if name == "sheet":
            sheets.append(attributes)
            if len(sheets) > MAX_WORKSHEETS:
                raise ValueError("more worksheets than any workbook has")
        elif name == "workbookView":
            active = active or attributes.get("activeTab", "0")
        else:
            # Newer Excel writes a second one, which says other things.
            since_1904 = since_1904 or attributes.get("date1904") in _TRUE
    if sheets and not relations:
        raise ValueError("nothing says where the worksheets are")
    try:
        formats = _formats(package, relations)
    except ParseError:  # Excel, too, repairs such a workbook by leaving its formats out
        formats = ()
        flaws.append(messages.FORMATS_DAMAGED())
    looks = Looks(formats, _texts(package, relations, work), since_1904)
    for position, attributes in enumerate(sheets):
        relation = relations.get(attributes.get("id", ""))
        if relation and relation.kind == "worksheet" and package.has(relation.part):
            yield Worksheet(
                title=attributes.get("name", ""),
                hidden=attributes.get("state", "visible") != "visible",
                active=str(position) == active,
                rows=_Rows(package, relation.part, looks, work),
            )


def _only(relations: dict[str, Relation], kind: str) -> str | None:
    return next((each.part for each in relations.values() if each.kind == kind), None)


def _formats(package: Package, relations: dict[str, Relation]) -> Sequence[str]:
    """The number format of each style of cells."""
    part = _only(relations, "styles") or _STYLES
    if not package.has(part):
        return ()
    written: dict[str, str] = {}
    styles: list[str] = []
    section = ""
    sections = ("numFmts", "cellXfs", "cellStyleXfs", "dxfs")
    for name, attributes in package.elements(part, *sections, "numFmt", "xf"):
        if name in sections:
            section = name
        elif (name, section) == ("numFmt", "numFmts"):
            written[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif (name, section) == ("xf", "cellXfs"):
            styles.append(attributes.get("numFmtId", "0"))
    usual = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    return [written.get(each) or usual.get(each, GENERAL) for each in styles]


def _texts(package: Package, relations: dict[str, Relation], work: Work) -> Sequence[str]:
    """The texts that cells share; some writers name the part and leave it out."""
    part = _only(relations, "sharedStrings") or _TEXTS
    texts = Texts(work)
    if package.has(part):
        for _ in fed(package.open(part), texts):
            pass
    return texts.found


@dataclass(frozen=True)
class _Rows:
    """The rows of one worksheet."""

    package: Package
    part: str
    looks: Looks
    work: Work

    def __call__(self) -> Iterator[SheetRow]:
        cells = Cells(self.looks, self.work)
        for _ in fed(self.package.open(self.part), cells):
            yield from cells.taken()
            if cells.ended:
                return

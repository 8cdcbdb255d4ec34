"""Reads ODS workbooks: what each cell shows, formulas never evaluated."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.sheets.archives import ZIP_DAMAGE
from rowshot.sheets.limits import MAX_COLUMNS
from rowshot.sheets.number_formats import plain_number
from rowshot.sheets.sheet import Sheet, SheetRow
from rowshot.sheets.workbooks import Worksheet, read_worksheet

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CONFIG = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"
_ROW = f"{_TABLE}table-row"
_CELLS = {f"{_TABLE}table-cell": True, f"{_TABLE}covered-table-cell": False}
_READING_AID = f"{_TEXT}ruby-text"  # small characters above others, not a part of the text
_BLANKS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}


def read_ods(data: bytes, *, name: str, worksheet: str | None) -> Sheet:
    """Read one worksheet of an ODS workbook whose container was checked.

    Raises:
        UnreadableSheet: When it cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            active = _active(archive)
            worksheets = [
                Worksheet(
                    title=title,
                    hidden=hidden,
                    active=title == active,
                    rows=_Rows(archive, position),
                )
                for position, (title, hidden) in enumerate(_tables(archive))
            ]
            return read_worksheet(worksheets, name=name, file_format="ods", wanted=worksheet)
    except (*ZIP_DAMAGE, ParseError) as exc:
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name)) from exc


def _parse(content: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """Start and end of each element. A row is forgotten when the next one is asked for."""
    parents: list[Element] = []
    # Expat bounds what entities may grow to, and documents that declare any were refused before.
    for event, element in iterparse(content, events=("start", "end")):  # noqa: S314
        if event == "start":
            parents.append(element)
        else:
            parents.pop()
        yield event, element
        if event == "end" and element.tag == _ROW:
            del parents[-1][:]


def _tables(archive: zipfile.ZipFile) -> list[tuple[str, bool]]:
    """Title of each worksheet, and whether its tab is hidden."""
    hidden_styles = set()
    tables = []
    with archive.open("content.xml") as content:
        for event, element in _parse(content):
            if event == "start" and element.tag == f"{_TABLE}table":
                style = element.get(f"{_TABLE}style-name")
                tables.append((element.get(f"{_TABLE}name", ""), style in hidden_styles))
            elif event == "end" and element.tag == f"{_STYLE}style":
                properties = element.find(f"{_STYLE}table-properties")
                if properties is not None and properties.get(f"{_TABLE}display") == "false":
                    hidden_styles.add(element.get(f"{_STYLE}name"))
    return tables


def _active(archive: zipfile.ZipFile) -> str | None:
    """Title of the worksheet that was open when the workbook was saved."""
    if "settings.xml" not in archive.namelist():
        return None
    with archive.open("settings.xml") as content:
        for _, element in iterparse(content):  # noqa: S314 - as in _parse
            if element.get(f"{_CONFIG}name") == "ActiveTable":
                return element.text
            element.clear()
    return None


class _Rows:
    """The rows of the table at a position in the workbook."""

    def __init__(self, archive: zipfile.ZipFile, position: int) -> None:
        self._archive = archive
        self._position = position

    def __call__(self) -> Iterator[SheetRow]:
        table = -1
        number = 0
        with self._archive.open("content.xml") as content:
            for event, element in _parse(content):
                if event == "start":
                    table += element.tag == f"{_TABLE}table"
                elif table == self._position and element.tag == f"{_TABLE}table":
                    return
                elif table == self._position and element.tag == _ROW:
                    cells, uncalculated = _cells(element)
                    repeated = _repeated(element, "rows")
                    for copy in range(repeated if cells else 0):
                        yield SheetRow(number + copy + 1, cells, uncalculated)
                    number += repeated


def _repeated(element: Element, what: str) -> int:
    return max(1, int(element.get(f"{_TABLE}number-{what}-repeated", "1")))


def _cells(row: Element) -> tuple[tuple[str, ...], frozenset[int]]:
    """The texts of a row without the empty ones at its end, and formulas without a result."""
    cells: list[str] = []
    uncalculated = set()
    empty = 0
    for element in row:
        if element.tag not in _CELLS:
            continue
        # A covered cell is hidden under a merged one, which has the text.
        text = _shown(element) if _CELLS[element.tag] else ""
        pending = f"{_TABLE}formula" in element.attrib and not _calculated(element)
        count = _repeated(element, "columns")
        if not text and not pending:
            empty += count
            continue
        if len(cells) + empty > MAX_COLUMNS:
            cells += [""] * (MAX_COLUMNS + 1 - len(cells))
        else:
            cells += [""] * empty
        empty = 0
        if pending:
            uncalculated.add(len(cells))
        cells += [text] * min(count, MAX_COLUMNS + 1)
    return tuple(cells), frozenset(uncalculated)


def _calculated(element: Element) -> bool:
    return f"{_OFFICE}value-type" in element.attrib or element.find(f"{_TEXT}p") is not None


def _shown(element: Element) -> str:
    """What the cell shows; its stored value where the file does not say."""
    shown = "\n".join(_text(part) for part in element.findall(f"{_TEXT}p"))
    kind = element.get(f"{_OFFICE}value-type")
    if kind == "boolean":
        return element.get(f"{_OFFICE}boolean-value", "false").upper()
    if kind == "float":
        return _number(shown, element.get(f"{_OFFICE}value", ""))
    return shown or next(
        (
            element.get(f"{_OFFICE}{stored}", "")
            for stored in ("string-value", "date-value", "time-value", "value")
            if f"{_OFFICE}{stored}" in element.attrib
        ),
        "",
    )


def _number(shown: str, stored: str) -> str:
    """Some writers (pandas) show every number as Python does: 17.0 for 17."""
    try:
        value = Decimal(stored)
    except InvalidOperation:
        return shown or stored
    if not shown or shown == str(float(value)):
        return plain_number(value)
    return shown


def _text(element: Element) -> str:
    """The text of a paragraph with its spaces, tabs and line breaks; comments have their own."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * min(int(child.get(f"{_TEXT}c", "1")), 1000))
        elif child.tag in _BLANKS:
            parts.append(_BLANKS[child.tag])
        elif child.tag.startswith(_TEXT) and child.tag != _READING_AID:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)

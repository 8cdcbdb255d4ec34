"""Takes texts and rows out of the parts of an XLSX workbook, element by element.

The parts are described in ECMA-376 part 1, sections 18.3 and 18.4. No element is kept, so that a
part takes no more memory than the texts in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from rowshot.reading.limits import MAX_SHEET_COLUMNS, MAX_SHEET_ROWS, Work
from rowshot.reading.number_formats import show
from rowshot.reading.packages import local_name
from rowshot.reading.sheet import SheetRow
from rowshot.reading.stored_numbers import GENERAL, show_stored

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_NUMBER = re.compile(
    r"[-+]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][-+]?[0-9]{1,4})?"
)
_TEXT_TYPES = ("s", "str", "inlineStr")


@dataclass(frozen=True)
class Looks:
    """What all worksheets of a workbook share.

    Args:
        formats: The number format of each style of cells.
        texts: The shared texts.
        since_1904: Whether days are counted from 1904 on.
    """

    formats: Sequence[str]
    texts: Sequence[str]
    since_1904: bool


class Texts:
    """Collects the shared texts of a workbook.

    Args:
        work: Counts them.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self.found: list[str] = []
        self._parts: list[str] = []
        self._reading = _Reading()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._reading.start(local_name(tag))

    def data(self, text: str) -> None:
        """Text goes on."""
        if self._reading.text:
            self._work.read(len(text))
            self._parts.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        name = local_name(tag)
        self._reading.end(name)
        if name == "si":
            self._work.add(1)
            self.found.append(unescaped("".join(self._parts)))
            self._parts.clear()


class _Reading:
    """Follows where the text of a cell or of a shared text is."""

    def __init__(self) -> None:
        self.text = False
        self._aside = False  # within a reading aid above the text

    def start(self, name: str) -> None:
        if name == "rPh":
            self._aside = True
        elif name == "t":
            self.text = not self._aside

    def end(self, name: str) -> None:
        if name == "rPh":
            self._aside = False
        elif name == "t":
            self.text = False


class Cells:
    """Collects the rows of a worksheet.

    Args:
        looks: What the worksheet shares with the others.
        work: Counts the cells.
    """

    def __init__(self, looks: Looks, work: Work) -> None:
        self.ended = False
        self._inside = False
        self._looks = looks
        self._work = work
        self._rows: list[SheetRow] = []
        self._number = 0
        self._texts: dict[int, str] = {}
        self._uncalculated: set[int] = set()
        self._column = -1
        self._count = 0  # of the row's cells, blank ones too
        self._last = 0
        self._numbered = False
        self._cell: dict[str, str] = {}
        self._parts: list[str] = []
        self._formula = self._value = False
        self._reading = _Reading()

    def taken(self) -> list[SheetRow]:
        """The rows that were read since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = local_name(tag)
        if not self._inside:  # what stands around the table has rows and texts of its own
            self._inside = name == "sheetData" and not self.ended
        elif name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._value = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._numbered = "r" in attributes
            self._number = int(attributes.get("r", self._number + 1))
            if self._number > MAX_SHEET_ROWS:
                raise ValueError("beyond the last row")
            self._column = -1
            self._count = 0
        else:
            self._reading.start(name)

    def data(self, text: str) -> None:
        """Text goes on."""
        if self._value or self._reading.text:
            self._work.read(len(text))
            self._parts.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        name = local_name(tag)
        if not self._inside:
            return
        if name == "c":
            self._end_cell()
        elif name == "v":
            self._value = False
        elif name == "row":
            self._end_row()
        elif name == "sheetData":
            self._inside, self.ended = False, True
        else:
            self._reading.end(name)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._work.add(1)
        self._count += 1
        place = _PLACE.fullmatch(attributes.get("r", ""))
        self._column = _position(place[1]) if place else self._column + 1
        if self._column >= MAX_SHEET_COLUMNS:
            raise ValueError("beyond the last column")
        if place and not self._numbered:
            self._number = int(place[2])
        self._numbered = True
        self._cell = attributes
        self._formula = False

    def _end_cell(self) -> None:
        raw = "".join(self._parts)
        self._parts.clear()
        kind = self._cell.get("t", "n")
        if raw:
            text = self._shown(raw, kind)
            if text:
                self._texts[self._column] = text
        elif self._formula and kind not in _TEXT_TYPES:  # an empty text is a result too
            self._uncalculated.add(self._column)

    def _shown(self, raw: str, kind: str) -> str:
        if kind == "s":
            if (at := int(raw)) < 0:
                raise ValueError("no shared text")
            return self._looks.texts[at]
        if kind == "b":
            return "TRUE" if raw.strip().lower() in ("1", "true") else "FALSE"
        if kind in ("str", "inlineStr"):
            return unescaped(raw)
        if kind == "e":
            return raw
        style = int(self._cell.get("s", "0"))
        formats = self._looks.formats
        code = formats[style] if 0 <= style < len(formats) else GENERAL
        if kind == "d":
            return _dated(raw.strip(), code)
        return _numbered(raw.strip(), code, since_1904=self._looks.since_1904)

    def _end_row(self) -> None:
        if self._number <= self._last:
            raise ValueError("rows in disorder")
        self._last = self._number
        width = max((*self._texts, *self._uncalculated), default=-1) + 1
        if width:
            self._work.add(max(0, width - self._count))
            cells = tuple(self._texts.get(column, "") for column in range(width))
            self._rows.append(SheetRow(self._number, cells, frozenset(self._uncalculated)))
        self._texts.clear()
        self._uncalculated.clear()


def unescaped(text: str) -> str:
    """A text without the escapes by which XML holds what it cannot: ``_x000D_`` is a return."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(escaped: re.Match[str]) -> str:
    code = int(escaped[1], 16)
    return escaped[0] if 0xD800 <= code < 0xE000 else chr(code)


@lru_cache(maxsize=1024)
def _position(letters: str) -> int:
    """A column's position from 0: A is 0, AA is 26."""
    position = 0
    for letter in letters.upper():
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1


def _dated(raw: str, code: str) -> str:
    """A date that is written as ISO 8601 has it."""
    for kind in (date, datetime, time):
        try:
            return show(kind.fromisoformat(raw.removesuffix("Z")), code)
        except (ValueError, OverflowError):
            continue
    return raw


def _numbered(raw: str, code: str, *, since_1904: bool) -> str:
    """A number as its format shows it; some writers leave out that it is a text."""
    if not _NUMBER.fullmatch(raw):
        return unescaped(raw)
    return show_stored(int(raw) if raw.isdecimal() else float(raw), code, since_1904=since_1904)

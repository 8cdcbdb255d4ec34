"""Takes the rows out of an OpenDocument spreadsheet, element by element.

The elements are described in OpenDocument 1.3 part 3, sections 6.1 and 9.1. None is kept, so that a
file takes no more memory than the texts of a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rowshot.reading.limits import (
    MAX_COLUMNS,
    MAX_SHEET_COLUMNS,
    MAX_WORKSHEETS,
    Work,
)
from rowshot.reading.number_formats import plain_number

_SPACE = "{{urn:oasis:names:tc:opendocument:xmlns:{}:1.0}}"
_OFFICE, _TABLE, _TEXT, _STYLE = map(_SPACE.format, ("office", "table", "text", "style"))
_ROW = f"{_TABLE}table-row"
# A covered cell is hidden under a merged one, which has the text.
_CELLS = {f"{_TABLE}table-cell": True, f"{_TABLE}covered-table-cell": False}
_BLANKS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
# Small characters above others, and notes below: neither is a part of the text.
_ASIDE = (f"{_TEXT}ruby-text", f"{_TEXT}note")
_STORED = ("string-value", "date-value", "time-value", "value")


@dataclass
class OdsTable:
    """A worksheet.

    Args:
        title: Its name.
        hidden: True when its tab is hidden.
    """

    title: str
    hidden: bool


@dataclass(frozen=True)
class Row:
    """A row, or several that are the same.

    Args:
        table: The position of its table.
        number: Its number in the table, from 1.
        repeated: How many rows it stands for.
        cells: The texts, without the empty ones at the end.
        uncalculated: Positions of formulas without a result.
    """

    table: int
    number: int
    repeated: int
    cells: tuple[str, ...]
    uncalculated: frozenset[int]


class Content:
    """Collects the tables and rows of a spreadsheet's content.

    Args:
        work: Counts the cells.
    """

    def __init__(self, work: Work) -> None:
        self.tables: list[OdsTable] = []
        self._work = work
        self._rows: list[Row] = []
        self._path: list[str] = []
        self._hidden_styles: set[str | None] = set()
        self._style: str | None = None
        self._number = 0
        self._row: dict[str, str] = {}
        self._cells = _RowCells()
        self._count = 0  # of the row's elements for cells
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[list[str]] = []
        self._reading = False
        self._aside = 0  # how deep within what is no text of the cell

    def taken(self) -> list[Row]:
        """The rows that were read since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        parent = self._path[-1] if self._path else ""
        self._path.append(tag)
        if self._aside:
            self._aside += 1
        elif self._cell is not None:
            self._start_within_cell(tag, attributes, parent)
        elif tag in _CELLS and parent == _ROW:
            self._work.add(1)
            self._count += 1
            self._cell = attributes
        elif tag == _ROW:
            self._row, self._cells, self._count = attributes, _RowCells(), 0
        elif tag == f"{_TABLE}table" and parent == f"{_OFFICE}spreadsheet":
            self._start_table(attributes)
        elif tag == f"{_STYLE}style":
            self._style = attributes.get(f"{_STYLE}name")
        elif tag == f"{_STYLE}table-properties":
            if attributes.get(f"{_TABLE}display") == "false":
                self._hidden_styles.add(self._style)

    def data(self, text: str) -> None:
        """Text goes on."""
        if self._reading and not self._aside:
            self._append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._path.pop()
        if self._aside:
            self._aside -= 1
        elif self._cell is not None:
            if tag in _CELLS:
                shown = "\n".join("".join(each) for each in self._paragraphs)
                self._cells.add(_CELLS[tag], self._cell, shown, bool(self._paragraphs))
                self._cell, self._paragraphs = None, []
            elif tag == f"{_TEXT}p":
                self._reading = False
        elif tag == _ROW and self.tables:
            self._end_row()

    def _start_table(self, attributes: dict[str, str]) -> None:
        if len(self.tables) == MAX_WORKSHEETS:
            raise ValueError("more worksheets than any workbook has")
        hidden = attributes.get(f"{_TABLE}style-name") in self._hidden_styles
        self.tables.append(OdsTable(attributes.get(f"{_TABLE}name", ""), hidden))
        self._number = 0

    def _start_within_cell(self, tag: str, attributes: dict[str, str], parent: str) -> None:
        if not self._reading:
            if tag == f"{_TEXT}p" and parent in _CELLS:
                self._paragraphs.append([])
                self._reading = True
            else:
                self._aside = 1  # a comment, a drawing
        elif tag == f"{_TEXT}s":
            count = int(attributes.get(f"{_TEXT}c", "1"))
            self._append(" " * min(count, 1000))
        elif tag in _BLANKS:
            self._append(_BLANKS[tag])
        elif not tag.startswith(_TEXT) or tag in _ASIDE:
            self._aside = 1

    def _append(self, text: str) -> None:
        self._work.read(len(text))
        self._paragraphs[-1].append(text)

    def _end_row(self) -> None:
        repeated = _repeated(self._row, "rows")
        cells, uncalculated = tuple(self._cells.texts), frozenset(self._cells.uncalculated)
        if cells:
            self._work.add(max(0, len(cells) - self._count))
            row = Row(len(self.tables) - 1, self._number + 1, repeated, cells, uncalculated)
            self._rows.append(row)
        self._number += repeated


class _RowCells:
    """The cells of a row as they come, the empty ones at the end left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.uncalculated: set[int] = set()
        self._empty = 0

    def add(self, visible: bool, cell: dict[str, str], shown: str, written: bool) -> None:
        """Add a cell, or several that are the same.

        Args:
            visible: Whether its text is shown.
            cell: Its attributes.
            shown: The text in it.
            written: Whether there is a text, be it empty.
        """
        text = _text(cell, shown) if visible else ""
        calculated = f"{_OFFICE}value-type" in cell or written
        pending = f"{_TABLE}formula" in cell and not calculated
        count = _repeated(cell, "columns")
        if not text and not pending:
            self._empty += count
            return
        # More columns than are read need not be told apart, only noticed.
        self.texts += [""] * min(self._empty, MAX_COLUMNS + 1)
        self._empty = 0
        if pending:
            self.uncalculated.add(len(self.texts))
        self.texts += [text] * min(count, MAX_COLUMNS + 1)
        if len(self.texts) > MAX_SHEET_COLUMNS:
            raise ValueError("beyond the last column")


def _repeated(attributes: dict[str, str], what: str) -> int:
    return max(1, int(attributes.get(f"{_TABLE}number-{what}-repeated", "1")))


def _text(cell: dict[str, str], shown: str) -> str:
    """What the cell shows; its stored value where the file does not say."""
    kind = cell.get(f"{_OFFICE}value-type")
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value", "false").upper()
    if kind == "float":
        return _number(shown, cell.get(f"{_OFFICE}value", ""))
    return shown or next(
        (cell[f"{_OFFICE}{name}"] for name in _STORED if f"{_OFFICE}{name}" in cell), ""
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

"""Reads CSV, TSV and semicolon files, in the encodings that spreadsheets write."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.messages import quoted
from rowshot.reading.assemble import HEADER_SEARCH, assemble
from rowshot.reading.delimited import OpenQuote, records
from rowshot.reading.encodings import decode
from rowshot.reading.headers import recognised
from rowshot.reading.limits import MAX_CELL_CHARACTERS
from rowshot.reading.sheet import Sheet, SheetRow

_DELIMITERS = (",", "\t", ";", "|")
_DECLARATION = re.compile(r"sep=(.) *(?:\r\n|\n|\r)", re.IGNORECASE)
_DELIMITER_NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "vertical bar"}
_FORMATS = {"\t": "tsv"}
# How exports keep a spreadsheet from dropping the zeros of a number: ="0017".
_KEPT = re.compile(r'="([^"]*)"')


def read_text(data: bytes, *, name: str) -> Sheet:
    """Read a delimited text file.

    Raises:
        UnreadableSheet: When it is no such file.
    """
    text, encoding = decode(data, name=name)
    # Old exports mark the end of a file with Ctrl-Z, and fill it up with more of them or with NULs.
    text, delimiter = _declared_delimiter(text.rstrip("\x1a\x00\r\n"))
    delimiter = delimiter or _likely_delimiter(text)
    widths: dict[int, int] = {}
    found = assemble(_rows(text, delimiter, name, widths), name=name)
    named = len(found.header)
    most = _filled_by_most(found.rows, range(named, widths[found.header_row]))
    return Sheet(
        name=name,
        format=_FORMATS.get(delimiter, "csv"),
        encoding=encoding,
        delimiter=delimiter,
        worksheet=None,
        header=found.header,
        header_row=found.header_row,
        rows=tuple(_not_wider(row, named, most, delimiter) for row in found.rows),
    )


def _declared_delimiter(text: str) -> tuple[str, str | None]:
    """Excel's own first line ``sep=;``, which is no row of the sheet."""
    found = _DECLARATION.match(text)
    return (text[found.end() :], found[1]) if found else (text, None)


def _likely_delimiter(text: str) -> str:
    """The delimiter whose rows look most like a sheet with the columns we read."""

    def score(delimiter: str) -> tuple[bool, int, int]:
        complete, known, widest = False, 0, 0
        for cells in islice(_first(text, delimiter), HEADER_SEARCH):
            row_complete, row_known = recognised(cells)
            complete, known = max((complete, known), (row_complete, row_known))
            widest = max(widest, len(cells))
        return complete, known, widest

    return max(_DELIMITERS, key=score)


def _first(text: str, delimiter: str) -> Iterator[list[str]]:
    """The first rows, without complaint: this is only a guess at the delimiter."""
    try:
        yield from records(text, delimiter)
    except OpenQuote:
        return


def _rows(text: str, delimiter: str, name: str, widths: dict[int, int]) -> Iterator[SheetRow]:
    """Every row, blank ones too; notes how many cells each has."""
    number = 0
    try:
        for number, cells in enumerate(records(text, delimiter), start=1):
            if max(map(len, cells)) > MAX_CELL_CHARACTERS:
                limit = f"{MAX_CELL_CHARACTERS:,}"
                raise UnreadableSheet(messages.CELL_TOO_LONG(name=name, limit=limit, row=number))
            widths[number] = len(cells)
            yield SheetRow(number, tuple(map(_unwrapped, cells)))
    except OpenQuote as exc:
        message = messages.LATE_QUOTE if exc.closes else messages.UNCLOSED_QUOTE
        raise UnreadableSheet(message(name=name, row=exc.row)) from exc


def _filled_by_most(rows: Sequence[SheetRow], places: range) -> frozenset[int]:
    """Those columns without a name that are columns all the same, because most rows fill them."""
    filled = Counter(at for row in rows for at in places if _text(row, at))
    return frozenset(at for at, count in filled.items() if 2 * count > len(rows))


def _not_wider(row: SheetRow, named: int, most: frozenset[int], delimiter: str) -> SheetRow:
    """A row that goes on beyond the columns has lost its place: a bare comma cut a text in two.

    Args:
        row: The row.
        named: The columns up to the last that has a name.
        most: Further columns, which have none.
        delimiter: What separates the cells.
    """
    beyond = (at for at in range(named, len(row.cells)) if at not in most or _goes_on(row, at))
    surplus = next((row.cells[at] for at in beyond if _text(row, at)), None)
    if surplus is None:
        return row
    between = _DELIMITER_NAMES.get(delimiter, f"'{delimiter}'")
    problem = messages.SURPLUS_CELLS(value=quoted(surplus), delimiter=between)
    return replace(row, problems=(problem,))


def _goes_on(row: SheetRow, at: int) -> bool:
    """Whether a cell goes on with the text before it: it begins with a space, and that does not."""
    before, cell = row.cells[at - 1], row.cells[at]
    return cell.startswith(" ") and bool(before.strip()) and not before.startswith(" ")


def _text(row: SheetRow, at: int) -> str:
    return row.cells[at].strip() if at < len(row.cells) else ""


def _unwrapped(cell: str) -> str:
    kept = _KEPT.fullmatch(cell.strip(" "))
    return kept[1] if kept else cell

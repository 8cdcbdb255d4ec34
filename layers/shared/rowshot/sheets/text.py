"""Reads CSV, TSV and semicolon files, in the encodings that spreadsheets write."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.sheets.assemble import HEADER_SEARCH, assemble
from rowshot.sheets.encodings import decode
from rowshot.sheets.headers import recognised
from rowshot.sheets.limits import MAX_CELL_CHARACTERS
from rowshot.sheets.sheet import Sheet, SheetRow

_DELIMITERS = (",", "\t", ";", "|")
_DECLARATION = re.compile(r"sep=(.) *(?:\r\n|\n|\r)", re.IGNORECASE)
_FORMATS = {"\t": "tsv"}
# Not a character that text has (a noncharacter), so that no real last row can be taken for it.
_END = "\ufffe"
# How exports keep a spreadsheet from dropping the zeros of a number: ="0017".
_KEPT = re.compile(r'="([^"]*)"')


def read_text(data: bytes, *, name: str) -> Sheet:
    """Read a delimited text file.

    Raises:
        UnreadableSheet: When it is no such file.
    """
    text, encoding = decode(data, name=name)
    # Old exports mark the end of a file with Ctrl-Z.
    text, delimiter = _declared_delimiter(text.rstrip("\x1a"))
    delimiter = delimiter or _likely_delimiter(text)
    records = enumerate(_records(text, delimiter, name), start=1)
    rows = (SheetRow(number, cells) for number, cells in records)
    found = assemble(rows, name=name)
    return Sheet(
        name=name,
        format=_FORMATS.get(delimiter, "csv"),
        encoding=encoding,
        delimiter=delimiter,
        worksheet=None,
        header=found.header,
        header_row=found.header_row,
        rows=found.rows,
    )


def _declared_delimiter(text: str) -> tuple[str, str | None]:
    """Excel's own first line ``sep=;``, which is no row of the sheet."""
    found = _DECLARATION.match(text)
    return (text[found.end() :], found[1]) if found else (text, None)


def _likely_delimiter(text: str) -> str:
    """The delimiter whose rows look most like a sheet with the columns we read."""

    def score(delimiter: str) -> tuple[bool, int, int]:
        complete, known, widest = False, 0, 0
        for cells in islice(_lenient(text, delimiter), HEADER_SEARCH):
            row_complete, row_known = recognised(cells)
            complete, known = max((complete, known), (row_complete, row_known))
            widest = max(widest, len(cells))
        return complete, known, widest

    return max(_DELIMITERS, key=score)


def _lenient(text: str, delimiter: str) -> Iterator[list[str]]:
    """The first rows, without complaint: this is only a guess at the delimiter."""
    try:
        yield from csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True
        )
    except csv.Error:
        return


def _records(text: str, delimiter: str, name: str) -> Iterator[tuple[str, ...]]:
    """Every row, blank ones too.

    The csv module takes an unclosed quotation mark for a cell that reaches to the end of the
    file, and so would lose rows silently. A mark after the end of the file shows it.
    """
    source = io.StringIO(text, newline="")
    ended = [False]

    def lines() -> Iterator[str]:
        last = "\n"
        for line in source:
            last = line
            yield line
        if not last.endswith(("\n", "\r")):
            yield "\n"
        ended[0] = True
        yield _END

    # A space after the comma, as people write it, does not make a quotation mark a plain character.
    reader = csv.reader(lines(), delimiter=delimiter, skipinitialspace=True)
    count = 0
    try:
        for record in reader:
            if ended[0] and record == [_END]:
                return
            count += 1
            if ended[0] and record and record[-1].endswith(_END):
                raise UnreadableSheet(messages.UNCLOSED_QUOTE(name=name, row=count))
            yield tuple(_unwrapped(cell) for cell in record)
    except csv.Error as exc:
        raise UnreadableSheet(
            messages.CELL_TOO_LONG(name=name, limit=f"{MAX_CELL_CHARACTERS:,}", row=count + 1)
        ) from exc


def _unwrapped(cell: str) -> str:
    kept = _KEPT.fullmatch(cell)
    return kept[1] if kept else cell

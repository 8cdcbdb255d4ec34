"""A1 and R1C1 notation to ranges of a grid and back.

https://developers.google.com/workspace/sheets/api/guides/concepts#cell
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CORNER = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9]\d{0,8})?")
_R1C1 = re.compile(r"[Rr](\d+)[Cc](\d+)")
_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, zero-based and half open; None means open on that side."""

    row0: int = 0
    row1: int | None = None
    col0: int = 0
    col1: int | None = None

    def within(self, rows: int, cols: int) -> Area:
        """The same area with its open sides closed, and all sides clipped, to a grid's size."""
        row1 = rows if self.row1 is None else min(self.row1, rows)
        col1 = cols if self.col1 is None else min(self.col1, cols)
        return Area(self.row0, row1, self.col0, col1)

    def overlaps(self, other: Area) -> bool:
        """Whether the two share a cell."""
        return (
            (self.row1 is None or other.row0 < self.row1)
            and (other.row1 is None or self.row0 < other.row1)
            and (self.col1 is None or other.col0 < self.col1)
            and (other.col1 is None or self.col0 < other.col1)
        )


def column_number(letters: str) -> int:
    """``A`` is 0, ``AA`` is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(column: int) -> str:
    """0 is ``A``, 26 is ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def split_title(text: str) -> tuple[str | None, str | None]:
    """``'It''s'!A1`` as (``It's``, ``A1``); without a title or a cell part, None in its place.

    An unquoted text without ``!`` is either; it comes back as the cell part.
    """
    if text.startswith("'"):
        quoted = re.fullmatch(r"'((?:[^']|'')*)'(?:!(.*))?", text, re.DOTALL)
        if not quoted:
            raise ValueError(text)
        return quoted[1].replace("''", "'"), quoted[2]
    title, bang, cells = text.rpartition("!")
    return (title, cells) if bang else (None, text)


def parse_area(text: str) -> Area:
    """``A1``, ``A1:B2``, ``A:C``, ``2:5``, ``A5:A``, ``R1C1:R3C2`` and such. Raises ValueError."""
    first, colon, second = text.partition(":")
    start, end = _corner(first), _corner(second if colon else first)
    if not colon and None in start:
        raise ValueError(text)
    row0, row1 = _side(start[0], end[0])
    col0, col1 = _side(start[1], end[1])
    return Area(row0, row1, col0, col1)


def quote_title(title: str) -> str:
    """A worksheet's title as ranges in answers show it."""
    return title if _PLAIN_TITLE.fullmatch(title) else "'" + title.replace("'", "''") + "'"


def format_area(title: str, area: Area) -> str:
    """A closed area as Google's answers write it: ``Sheet1!A1:B2``, or one cell ``Sheet1!A1``."""
    row1 = area.row1 if area.row1 is not None else area.row0 + 1
    col1 = area.col1 if area.col1 is not None else area.col0 + 1
    start = f"{column_letters(area.col0)}{area.row0 + 1}"
    end = f"{column_letters(max(col1 - 1, 0))}{row1}"
    return f"{quote_title(title)}!{start}" + (f":{end}" if end != start else "")


def _corner(text: str) -> tuple[int | None, int | None]:
    """Zero-based (row, column) of a corner, None for the part that is open."""
    if named := _R1C1.fullmatch(text):
        row, column = int(named[1]), int(named[2])
        if row < 1 or column < 1:
            raise ValueError(text)
        return row - 1, column - 1
    match = _CORNER.fullmatch(text)
    if not match or not (match[1] or match[2]):
        raise ValueError(text)
    return (
        int(match[2]) - 1 if match[2] else None,
        column_number(match[1]) if match[1] else None,
    )


def _side(start: int | None, end: int | None) -> tuple[int, int | None]:
    """One dimension of a range from its two ends, in order; ``A5:A`` is open below."""
    if start is None or end is None:
        return (start if start is not None else end) or 0, None
    return min(start, end), max(start, end) + 1

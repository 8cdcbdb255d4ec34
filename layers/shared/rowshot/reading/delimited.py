"""Takes delimited text apart into rows and cells, quoted as people and programs quote them.

A cell in quotation marks is read by the first of these rules that fits it:

1. As spreadsheets write it: marks inside are doubled, and the cell ends behind its closing mark.
2. As databases and PHP write it: marks inside have a backslash before them.
3. As people write it: marks inside stand as they are, in pairs (a label) or after a digit (inches).
4. Not a quoted cell at all, but a text that begins with words in marks: ``"Sun" in bold serif``.

Where none fits, nothing can be said of the rows below, and the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

_OPENERS = "“„‟”"
_LINE_END = re.compile(r"\r\n|\n|\r")
_BEFORE_A_LABEL = frozenset(" \u00a0\u3000([{:/-–—=")
# How many careless cells of a row are looked at to its end, and how many lines of a cell: more
# prove nothing, and would let a row of marks alone take minutes.
_TRIES = 8


class OpenQuote(Exception):
    """A quotation mark opens a cell whose end cannot be told.

    Args:
        row: The row's number, from 1.
        closes: True when it does close, but only behind text that looks like further rows.
    """

    def __init__(self, row: int, *, closes: bool) -> None:
        super().__init__(row, closes)
        self.row = row
        self.closes = closes


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Every row of a text, blank ones too.

    Raises:
        OpenQuote: Where a quotation mark leaves open what belongs to its cell.
    """
    return _Reader(text, delimiter).records()


class _Reader:
    """Reads one text. Each pattern is possessive: no text makes it go back."""

    def __init__(self, text: str, delimiter: str) -> None:
        self.text = text
        self.delimiter = delimiter
        self._tries = 0
        between = re.escape(delimiter)
        # A space after the comma, as people write it, does not make a mark a plain character.
        gap = "" if delimiter == " " else " *+"
        end = rf"{gap}({between}|\r\n|\n|\r|\Z)"
        plain = rf"[^{between}\r\n]*+"
        # The rules of this module's head, and all cells without marks.
        self._usual = re.compile(
            rf'(?:{gap}"((?:[^"]++|"")*+)"{gap}|(?!{gap}["{_OPENERS}])({plain}))'
            rf"({between}|\r\n|\n|\r|\Z)"
        )
        self._escaped = re.compile(rf'{gap}"((?:[^"\\]++|\\[\s\S])*+)"{end}')
        self._opening = re.compile(rf'{gap}"')
        self._end = re.compile(end)
        inside = rf"[^{_OPENERS}\r\n]"
        self._curly = re.compile(
            rf"{gap}[{_OPENERS}]((?:{inside}++|[“„‟]{inside}*+[”“])*+)[”“]{end}"
        )
        pair = "" if delimiter == "\t" else r'(?:"[^"\r\n]*+")?+'
        self._words = re.compile(rf"{gap}{pair}{plain}({between}|\r\n|\n|\r|\Z)")

    def records(self) -> Iterator[list[str]]:
        start = number = 0
        while start < len(self.text):
            number += 1
            cells, start = self._record(start, number)
            yield cells

    def _record(self, start: int, number: int) -> tuple[list[str], int]:
        cells: list[str] = []
        at, self._tries = start, 0
        while True:
            found = self._usual.match(self.text, at)
            if found is not None and found[1] is None:
                cell, at, end = found[2], found.end(), found[3]
            else:
                cell, at, end = self._quoted(found, at, start, number)
            cells.append(cell)
            if end != self.delimiter:
                return cells, at

    def _quoted(
        self, found: re.Match[str] | None, at: int, start: int, number: int
    ) -> tuple[str, int, str]:
        """The cell that begins with a quotation mark, where the next begins, what lies between."""
        if found is not None:
            cell = found[1].replace('""', '"')
            end = found[3]
        else:
            found = self._escaped.match(self.text, at)
            if found is None or '\\"' not in found[1]:
                return self._careless(at, number)
            cell = re.sub(r'\\(["\\])', r"\1", found[1])
            end = found[2]
        if _LINE_END.search(cell) and self._swallows_rows(start, found.end(1)):
            if self.delimiter != "\t":
                raise OpenQuote(number, closes=True)
            return self._literal(at)
        return cell, found.end(), end

    def _careless(self, at: int, number: int) -> tuple[str, int, str]:
        """A cell that quotes as people do, or that is no quoted cell; within its line."""
        self._tries += 1
        careful = self._tries <= _TRIES
        curly = self._curly.match(self.text, at) if careful else None
        if curly is not None and self.delimiter in curly[1]:
            return curly[1], curly.end(), curly[2]
        opening = self._opening.match(self.text, at)
        if opening is None:
            return self._literal(at)
        close = self._close(opening.end()) if careful else None
        if close is not None:
            end = self._end.match(self.text, close + 1)
            assert end is not None  # noqa: S101 - _close has looked
            return self.text[opening.end() : close], end.end(), end[1]
        cell, after, end_mark = self._literal(at)
        if self.delimiter != "\t" and (_odd(cell) or self._is_open(cell)):
            raise OpenQuote(number, closes=False)
        return cell, after, end_mark

    def _is_open(self, cell: str) -> bool:
        """Whether the first words in marks hold a delimiter and are not closed as a label is.

        Behind a label stands a space or a sign; a mark, or a space within, opens something else.
        """
        words, _, rest = cell.lstrip(" ").removeprefix('"').partition('"')
        closed = not words[-1:].isspace() and not re.match(r'["\w]', rest)
        return self.delimiter in words and not closed

    def _literal(self, at: int) -> tuple[str, int, str]:
        """A cell with its marks as they stand."""
        found = self._words.match(self.text, at)
        assert found is not None  # noqa: S101 - it matches any text
        return self.text[at : found.start(1)], found.end(), found[1]

    def _close(self, begin: int) -> int | None:
        """Where the mark stands that closes a cell whose text holds marks as they are.

        A mark after a space opens words within the text, and the next other mark closes them. A
        mark after a digit says inches, unless it closes such words or the cell.
        """
        depth = 1
        line_end = _LINE_END.search(self.text, begin)
        for found in re.finditer('"', self.text[begin : line_end.start() if line_end else None]):
            at = begin + found.start()
            before = self.text[at - 1]
            ends = self._end.match(self.text, at + 1) is not None
            follows = self.text[at + 1 : at + 2]
            if (at == begin or before in _BEFORE_A_LABEL) and not ends and not follows.isspace():
                depth += 1
            elif depth > 1:
                depth -= 1
            elif ends:
                return at
            elif not before.isdigit():
                return None
        return None

    def _swallows_rows(self, start: int, close: int) -> bool:
        """True when a cell over several lines looks like several rows.

        Each of its lines would then be a row as wide as the first, with a key before the first
        delimiter, and no delimiter followed by a space as the commas of a text are.
        """
        lines = _lines(self.text, start, close)
        delimiters = next(lines).count(self.delimiter)
        return delimiters > 0 and all(
            line.count(self.delimiter) == delimiters
            and self._is_key(line.partition(self.delimiter)[0])
            and (self.delimiter == "\t" or f"{self.delimiter} " not in line)
            for line in islice(lines, _TRIES)
        )

    def _is_key(self, cell: str) -> bool:
        words = len(cell.split())
        return '"' not in cell and (words == 1 or (words > 1 and self.delimiter == "\t"))


def _lines(text: str, start: int, until: int) -> Iterator[str]:
    """The whole lines of a text from one place to another."""
    at = start
    while at <= until:
        end = _LINE_END.search(text, at)
        yield text[at : end.start() if end else None]
        at = end.end() if end else len(text) + 1


def _odd(cell: str) -> bool:
    """Whether a mark lacks its partner, also when those after digits say inches and need none."""
    return cell.count('"') % 2 == 1 and len(re.findall(r'(?<!\d)"', cell)) % 2 == 1

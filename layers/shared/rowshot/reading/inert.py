"""Text in a CSV file that a spreadsheet would calculate, marked as text and read as it was.

A CSV file has no types: Excel, Google Sheets and LibreOffice take a cell that begins with ``=``,
``+``, ``-`` or ``@`` for a formula, which can open links and, in old versions, start programs.
"""

from __future__ import annotations

import re

# The full-width signs are formulas to a Japanese Excel. Apostrophes before them are marked as well,
# so that taking one away always gives the text that was there.
_ACTIVE = re.compile(r"\A'*(?:[\t\r\n]\s*\S|\s*[=+\-@＝＋－＠])")
_HARMLESS = re.compile(r"[=+\-@]|[+-]\d+(?:[.,]\d+)*%?")


def inert(text: str) -> str:
    """The text as a cell of a CSV file: after an apostrophe if it would be calculated.

    Numbers with a sign, and a sign alone, stay as they are.
    """
    return f"'{text}" if _ACTIVE.match(text) and not _HARMLESS.fullmatch(text) else text


def read_back(cell: str) -> str:
    """What a cell says, without the apostrophe that marks it as text."""
    return cell[1:] if cell.startswith("'") and _ACTIVE.match(cell[1:]) else cell

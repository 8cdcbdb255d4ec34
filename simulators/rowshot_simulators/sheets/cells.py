"""One cell: what was entered, what it amounts to and how it shows.

``CellData`` and ``ExtendedValue`` as in
https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from .errors import invalid

_EPOCH = date(1899, 12, 30)  # day 0 of Sheets' date serial numbers
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LITERAL = re.compile(r'=\s*"((?:[^"]|"")*)"\s*')
_HYPERLINK = re.compile(
    r'=\s*HYPERLINK\s*\(\s*"((?:[^"]|"")*)"\s*(?:[,;]\s*"((?:[^"]|"")*)"\s*)?\)\s*', re.IGNORECASE
)
_IMAGE = re.compile(r"=\s*IMAGE\s*\(.*\)\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, with its leading equals sign."""

    text: str


Value = str | int | float | bool | Formula | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's content and dress; immutable, so that snapshots of a grid are cheap.

    Args:
        value: What was entered.
        format: ``userEnteredFormat``, kept as it came.
        validation: ``dataValidation``, kept as it came.
        note: The cell's note.
    """

    value: Value = None
    format: Mapping[str, Any] | None = None
    validation: Mapping[str, Any] | None = None
    note: str | None = None

    @property
    def blank(self) -> bool:
        """Whether the cell shows and holds nothing."""
        return self.value is None or self.value == ""


EMPTY = Cell()


def with_value(cell: Cell | None, value: Value, number_format: str | None = None) -> Cell:
    """The same cell with another content, and the number format that typing it brings along."""
    cell = cell or EMPTY
    if number_format and not pattern_of(cell):
        dress = {**(cell.format or {}), "numberFormat": {"pattern": number_format}}
        return replace(cell, value=value, format=dress)
    return replace(cell, value=value)


def from_json(value: Any) -> Value:
    """An ``ExtendedValue`` or None. Raises ApiError on two values or a wrong type."""
    if not value:
        return None
    if not isinstance(value, dict) or len(value) != 1:
        raise invalid("Invalid value: oneof field 'value' is already set.")
    ((kind, content),) = value.items()
    if kind == "stringValue" and isinstance(content, str):
        return content or None
    if kind == "boolValue" and isinstance(content, bool):
        return content
    if kind == "numberValue" and isinstance(content, int | float) and content is not True:
        return content
    if kind == "formulaValue" and isinstance(content, str):
        if not content.startswith("="):
            raise invalid(f"Invalid formulaValue: {content}")
        return Formula(content)
    raise invalid(f'Invalid JSON payload received. Unknown name or bad value for "{kind}".')


def to_json(value: Value) -> dict[str, Any] | None:
    """The ``ExtendedValue`` of a value, None for an empty cell."""
    match value:
        case None | "":
            return None
        case bool():
            return {"boolValue": value}
        case int() | float():
            return {"numberValue": value}
        case Formula(text):
            return {"formulaValue": text}
        case _:
            return {"stringValue": value}


def effective(value: Value) -> Value:
    """What a value amounts to; the few formulas that this simulator computes, else ``#NAME?``."""
    if not isinstance(value, Formula):
        return value
    if literal := _LITERAL.fullmatch(value.text):
        return literal[1].replace('""', '"')
    if link := _HYPERLINK.fullmatch(value.text):
        return (link[2] if link[2] is not None else link[1]).replace('""', '"')
    if _IMAGE.fullmatch(value.text):
        return None
    try:
        return float(value.text[1:])
    except ValueError:
        return "#NAME?"


def pattern_of(cell: Cell) -> str:
    """The number format's pattern, empty for automatic."""
    return str(((cell.format or {}).get("numberFormat") or {}).get("pattern") or "")


def shown(cell: Cell | None) -> str:
    """The text that the grid shows (``formattedValue``)."""
    if cell is None:
        return ""
    match effective(cell.value):
        case None:
            return ""
        case bool() as truth:
            return "TRUE" if truth else "FALSE"
        case int() | float() as number:
            return _format_number(number, pattern_of(cell))
        case text:
            return str(text)


def rendered(cell: Cell | None, option: str) -> Any:
    """A value as ``ValueRenderOption`` asks; "" for an empty cell."""
    if cell is None or cell.blank:
        return ""
    if option == "FORMULA":
        return cell.value.text if isinstance(cell.value, Formula) else cell.value
    if option == "UNFORMATTED_VALUE":
        value = effective(cell.value)
        return "" if value is None else value
    return shown(cell)


def raw_input(value: Any) -> Value:
    """A value of ``values.update`` with ``valueInputOption=RAW``: stored as it comes."""
    if isinstance(value, dict | list):
        raise invalid("Invalid values: list_value or struct_value is not a cell's value.")
    return None if value in ("", None) and value is not False else value


def user_input(value: Any) -> tuple[Value, str | None]:
    """A value with ``USER_ENTERED``: parsed as if typed, with the number format that brings."""
    if not isinstance(value, str):
        return raw_input(value), None
    text = value.strip()
    if text.startswith("'"):
        return text[1:] or None, None
    if len(text) > 1 and text[0] == "=":
        return Formula(text), None
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE", None
    number = _typed_number(text)
    if number is not None:
        return number
    if len(text) > 1 and text[0] == "+":
        return Formula("=" + text), None
    return value or None, None


def _typed_number(text: str) -> tuple[Value, str | None] | None:
    """A number, percentage, amount of dollars or ISO date as a person types it."""
    if day := _ISO_DATE.fullmatch(text):
        try:
            return (date(*map(int, day.groups())) - _EPOCH).days, "yyyy-mm-dd"
        except ValueError:
            return None
    bare, pattern = text, None
    if text.endswith("%"):
        bare, pattern = text[:-1], "0.00%" if "." in text else "0%"
    elif text.startswith("$"):
        bare, pattern = text[1:], "$#,##0.00" if "." in text else "$#,##0"
    if not any(c.isdigit() for c in bare[:2]) and not re.match(r"[+-]?\.\d", bare):
        return None
    if not _NUMBER.fullmatch(bare):
        return None
    number = float(bare.replace(",", ""))
    if pattern and pattern.endswith("%"):
        number = round(number / 100, 12)
    return (int(number) if number.is_integer() and abs(number) < 1e15 else number), pattern


def _format_number(number: int | float, pattern: str) -> str:
    """A number under a simple pattern: zeros, decimals, thousands, percent, dollars, ISO date."""
    if pattern.lower() == "yyyy-mm-dd":
        return (_EPOCH + timedelta(days=int(number))).isoformat()
    shape = re.fullmatch(r"([^#0.,%@]*)([#0,]+)(?:\.(0+))?(%?)", pattern)
    if not shape:
        return f"{number:.15g}"
    prefix, whole, decimals, percent = shape[1], shape[2], len(shape[3] or ""), shape[4]
    size = abs(number) * (100 if percent else 1)
    digits = f"{size:{',' if ',' in whole else ''}.{decimals}f}"
    head, dot, tail = digits.partition(".")
    zeros = whole.replace(",", "").count("0")
    sign = "-" if number < 0 else ""
    return f"{sign}{prefix}{head.rjust(zeros, '0')}{dot}{tail}{percent}"

"""Shows a number or a date as its spreadsheet number format shows it.

The format language is that of ECMA-376 part 1, section 18.8.31.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

from rowshot.reading.date_formats import LONGEST_FORMAT, show_date
from rowshot.reading.fraction_formats import show_fraction

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)'
    r"|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]|\[(?P<bracket>[^\]]*)\]"
    r"|(?P<general>General)|(?P<exponent>E[+-]0+)|(?P<digit>[0#?])|(?P<mark>[.,%/@])|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*([-+]?[0-9]{1,15}(?:\.[0-9]{0,15})?)")
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
    "<>": operator.ne,
}  # fmt: skip


def show(value: object, code: str = "General") -> str:
    """The text of a cell.

    Args:
        value: What the cell stores: text, number, boolean, date, time, duration or None.
        code: Its number format.
    """
    if len(code) > LONGEST_FORMAT:
        code = "General"
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (datetime, date, time, timedelta)):
        return show_date(value, code)
    if isinstance(value, (int, float, Decimal)):
        return _show_number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value),
                            code)  # fmt: skip
    return str(value)


def plain_number(value: Decimal) -> str:
    """A number without a format: no trailing zeros, no exponent, at most 15 digits of a float."""
    if not value.is_finite():
        return str(value)
    with localcontext() as context:
        context.prec = 15 if value != value.to_integral_value() else 400
        rounded = +value
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


@dataclass
class _Section:
    """One of the parts that semicolons separate.

    Args:
        parts: ``("digit", "0")``, ``("point", "")``, ``("general", "")`` or ``("text", …)``.
        grouped: True when thousands are separated.
        scale: By what power of ten the shown number differs from the stored one.
        exponent: Digits of the exponent, 0 for none.
        condition: Comparison and number that decide whether the section is used.
        code: The section as it is written.
    """

    code: str = ""
    parts: list[tuple[str, str]] = field(default_factory=list)
    grouped: bool = False
    scale: int = 0
    exponent: int = 0
    condition: tuple[str, Decimal] | None = None

    @property
    def signed(self) -> bool:
        """Whether its condition lets numbers pass that are not negative."""
        if self.condition is None:
            return True
        return self.condition[0] not in ("<", "<=", "=") or self.condition[1] > 0


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[_Section, ...]:
    return tuple(_section(part) for part in _split(code))


def _split(code: str) -> list[str]:
    """Split at semicolons that are not quoted or in brackets."""
    return re.findall(r'(?:^|;)((?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[]|["\\\[])*)', code) or [""]


def _section(code: str) -> _Section:
    section = _Section(code)
    commas = 0
    seen_digit = seen_point = False
    for token in _TOKEN.finditer(code):
        kind, text = str(token.lastgroup), token[token.lastgroup or 0]
        if kind == "digit":
            section.grouped |= commas > 0 and seen_digit and not seen_point
            commas, seen_digit = 0, True
            section.parts.append(("digit", text))
        elif kind == "mark" and text == ".":
            section.scale -= 3 * commas
            commas, seen_point = 0, True
            section.parts.append(("point", ""))
        elif kind == "mark" and text == ",":
            commas += seen_digit
        elif kind == "mark" and text == "%":
            section.scale += 2
            section.parts.append(("text", "%"))
        elif kind == "exponent":
            section.exponent = text.count("0")
            section.parts.append(("exponent", text[1]))
        elif kind == "general":
            section.parts.append(("general", ""))
        elif kind == "bracket" and (condition := _CONDITION.fullmatch(text)):
            section.condition = condition[1], Decimal(condition[2])
        elif kind in ("quoted", "escaped", "currency", "plain"):
            section.parts.append(("text", text))
        elif kind == "space":
            section.parts.append(("text", " "))
        elif kind == "mark" and text == "/":
            section.parts.append(("text", text))
        elif kind == "mark":
            section.parts.append(("general", ""))
    section.scale -= 3 * commas
    return section


def _show_number(value: Decimal, code: str) -> str:
    if code in ("General", "@", "") or not value.is_finite():
        return plain_number(value)
    sections = _sections(code)
    section = _chosen(sections, value)
    fraction = show_fraction(abs(value), section.code)
    text = (_fill(section, abs(value)) if fraction is None else fraction).strip()
    # A section for negative numbers alone says itself how they look.
    signed = section.signed if _conditional(sections) else section is sections[0]
    return f"-{text}" if value < 0 and signed and re.search(r"[1-9]", text) else text


def _chosen(sections: Sequence[_Section], value: Decimal) -> _Section:
    """The section for a number: by conditions where there are some, otherwise by its sign."""
    if _conditional(sections):
        for section in sections[:3]:
            if not section.condition or _COMPARE[section.condition[0]](value, section.condition[1]):
                return section
        return sections[-1]
    if value < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]


def _conditional(sections: Sequence[_Section]) -> bool:
    return any(section.condition for section in sections[:2])


def _fill(section: _Section, value: Decimal) -> str:
    """Put the digits of a number that is not negative into the places of a section."""
    kinds = [kind for kind, _ in section.parts]
    point = kinds.index("point") if "point" in kinds else len(kinds)
    decimals = sum(kind == "digit" for kind in kinds[point:])
    places = sum(kind == "digit" for kind in kinds[:point])
    if section.exponent:
        return _scientific(section, value, places, decimals)
    with localcontext() as context:
        context.prec = 400
        scaled = value.scaleb(section.scale)
        rounded = scaled.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole, _, fraction = f"{rounded:f}".partition(".")
    digits = whole.lstrip("0").rjust(places, " ")
    shown: list[str] = []
    place = after = 0
    for position, (kind, text) in enumerate(section.parts):
        if kind == "general":
            shown.append(plain_number(value))
        elif kind == "text":
            shown.append(text)
        elif kind == "point":
            shown.append("." if _needs_point(section.parts[position:], fraction) else "")
        elif position < point:
            take = len(digits) - places + 1 if place == 0 else 1
            start = 0 if place == 0 else len(digits) - places + place
            shown.append(_whole(digits, start, take, text, section.grouped))
            place += 1
        else:
            rest = fraction[after:].rstrip("0")
            shown.append(fraction[after] if text == "0" or rest else "")
            after += 1
    return "".join(shown)


def _whole(digits: str, start: int, take: int, place: str, grouped: bool) -> str:
    """The digits of one place before the point, with the separators that follow them."""
    shown = ""
    for position in range(start, start + take):
        digit = digits[position]
        if digit == " ":
            # Zeros are padded only where a 0 asks for them.
            digit = "0" if place == "0" else ""
        left = len(digits) - position - 1
        shown += digit + ("," if grouped and digit and left and left % 3 == 0 else "")
    return shown


def _needs_point(rest: list[tuple[str, str]], fraction: str) -> bool:
    fixed = any(part == ("digit", "0") for part in rest)
    return fixed or bool(fraction.rstrip("0"))


def _scientific(section: _Section, value: Decimal, places: int, decimals: int) -> str:
    """A mantissa and its exponent, which is a multiple of the places before the point."""
    step = max(1, places)
    with localcontext() as context:
        context.prec = 400
        power = value.adjusted() // step * step if value else 0
        mantissa = value.scaleb(-power).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if mantissa >= 10**step:
            power += step
            mantissa = mantissa.scaleb(-step).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    sign = "-" if power < 0 else "+" if ("exponent", "+") in section.parts else ""
    return f"{mantissa:f}E{sign}{str(abs(power)).zfill(section.exponent)}"

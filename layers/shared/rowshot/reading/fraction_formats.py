"""Shows a number as a fraction, for number formats such as ``# ?/?``."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_FORMAT = re.compile(
    r'\A(?P<before>(?:"[^"]*"|\\.|[^#0?"\\])*+)'
    r'(?:(?P<whole>[#0?]+)(?:"[^"]*"|\\.|_.| )+)?'
    r"[#0?]+ */ *(?:(?P<places>[#0?]+)|(?P<parts>[1-9][0-9]{0,4}))(?P<after>[^#0?/]*)",
    re.DOTALL,
)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]', re.DOTALL)
_MOST_PLACES = 7


def show_fraction(value: Decimal, section: str) -> str | None:
    """A number that is not negative as a fraction.

    Args:
        value: The number.
        section: One section of a number format.

    Returns:
        The text, or None when the section asks for no fraction.
    """
    found = _FORMAT.fullmatch(section)
    if not found:
        return None
    whole, above, under = _split(value, found)
    shown = f"{above}/{under}"
    if found["whole"]:
        number = str(whole) if whole or not above or "0" in found["whole"] else ""
        shown = f"{number} {shown}".strip() if above else number
    return f"{_literal(found['before'])}{shown}{_literal(found['after'])}".strip()


def _split(value: Decimal, found: re.Match[str]) -> tuple[int, int, int]:
    """Whole part, numerator and denominator."""
    exact = Fraction(value)
    whole = int(exact) if found["whole"] else 0
    if found["parts"]:
        under = int(found["parts"])
        rest = Decimal((exact - whole).numerator) * under / (exact - whole).denominator
        above = int(rest.quantize(Decimal(1), ROUND_HALF_UP))
    else:
        near = (exact - whole).limit_denominator(10 ** min(len(found["places"]), _MOST_PLACES) - 1)
        above, under = near.numerator, near.denominator
    return (whole + 1, 0, under) if found["whole"] and above == under else (whole, above, under)


def _literal(text: str) -> str:
    return _LITERAL.sub(lambda found: found[1] or found[2] or "", text)

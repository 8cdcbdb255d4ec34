"""Amounts of US dollars as text, for people and for machines. Exact: nothing is ever rounded."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def parse_usd(value: object) -> Decimal:
    """An amount from a string or a JSON number.

    Raises:
        ValueError: When it is no number, negative or not finite.
    """
    try:
        amount = Decimal(str(value))
    except InvalidOperation as exc:
        raise ValueError(f"{value!r} is no amount of money") from exc
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{value!r} is no amount of money")
    return amount


def usd(amount: Decimal) -> str:
    """An amount for a machine, without trailing zeros: ``0.025``, ``20``."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dollars(amount: Decimal) -> str:
    """An amount for a person, with two digits of cents at least: ``$0.025``, ``$1,234.50``."""
    whole, _, cents = f"{amount:,f}".partition(".")
    return f"${whole}.{cents.rstrip('0').ljust(2, '0')}"

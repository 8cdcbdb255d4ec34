"""How many bytes AWS counts: text in UTF-8, and items as DynamoDB keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_OF_A_CONTAINER = 3  # of every list and map, and one more for each element


def text_bytes(text: str) -> int:
    """The bytes of a text."""
    return len(text.encode())


def json_bytes(value: Any) -> int:
    """The bytes of a value as JSON text, as boto3 and Lambda's runtime write it."""
    return text_bytes(json.dumps(value, separators=(",", ":")))


def size_of(item: Mapping[str, Any]) -> int:
    """The bytes of an item, with its attributes' names.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(text_bytes(name) + _value(each) for name, each in item.items())


def _value(value: Any) -> int:
    match value:
        case str():
            return text_bytes(value)
        case bool() | None:
            return 1
        case Decimal():
            return _number(value)
        case Mapping():
            return _OF_A_CONTAINER + len(value) + size_of(value)
        case list():
            return _OF_A_CONTAINER + len(value) + sum(map(_value, value))
        case set():
            return sum(map(_value, value))
    return len(getattr(value, "value", value))  # bytes


def _number(value: Decimal) -> int:
    """One byte for each pair of significant digits, one for the exponent, one for a minus."""
    if not value:
        return 1
    digits = len("".join(map(str, value.as_tuple().digits)).rstrip("0"))
    halved = value.adjusted() % 2 == 0  # pairs begin at the point: the first has one digit then
    return 1 + (digits + halved + 1) // 2 + (value < 0)

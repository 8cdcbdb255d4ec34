"""Plain Python values as DynamoDB writes them, and back.

The same rules as in ``boto3.dynamodb.types`` (DynamoDB API reference, AttributeValue). That module
brings all of boto3 with it, file transfers and thread pools included, which costs each cold start
more than everything else the ledger needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any

# DynamoDB keeps 38 digits; a number that would be rounded is a mistake of ours.
_NUMBERS = Context(
    Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow]
)


def to_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of an item as DynamoDB takes them.

    Raises:
        TypeError: A value is of a kind that has no place in the table.
    """
    return {name: _written(value) for name, value in item.items()}


def from_wire(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of an item as plain values; every number is a ``Decimal``."""
    return {name: _read(value) for name, value in raw.items()}


def _written(value: Any) -> dict[str, Any]:
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):  # before int, of which it is one
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int | Decimal | float):
        return {"N": _number(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, Mapping):
        return {"M": to_wire(value)}
    if isinstance(value, list | tuple):
        return {"L": [_written(each) for each in value]}
    if isinstance(value, Set) and value:
        return _set(value)
    raise TypeError(f"the ledger cannot keep a {type(value).__name__}")


def _set(values: Set[Any]) -> dict[str, Any]:
    if all(isinstance(each, str) for each in values):
        return {"SS": sorted(values)}
    if all(isinstance(each, bytes) for each in values):
        return {"BS": sorted(values)}
    return {"NS": [_number(each) for each in values]}


def _number(value: Any) -> str:
    """Instants, the only binary floats here, are kept to the millisecond."""
    exact = Decimal(f"{value:.3f}") if isinstance(value, float) else value
    return str(_NUMBERS.create_decimal(exact))


def _read(value: Mapping[str, Any]) -> Any:
    ((kind, stored),) = value.items()
    match kind:
        case "S" | "BOOL" | "B":
            return stored
        case "N":
            return _NUMBERS.create_decimal(stored)
        case "NULL":
            return None
        case "M":
            return from_wire(stored)
        case "L":
            return [_read(each) for each in stored]
        case "SS" | "BS":
            return set(stored)
        case "NS":
            return {_NUMBERS.create_decimal(each) for each in stored}
    raise TypeError(f"DynamoDB sent a value of the unknown kind {kind}")

"""Turns a cell into the value of a model's input field."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from rowshot import messages
from rowshot.messages import listed, quoted
from rowshot.models import Field, Model
from rowshot.models.shapes import as_ratio, nearest_shape, shape_names
from rowshot.reading.yes_no import tick
from rowshot.specs.lengths import MAX_PROMPT_CHARACTERS
from rowshot.specs.shop import describes_size

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_BETWEEN_ADDRESSES = re.compile(r"[\s|]+|[,;，；](?=\s*https?://)")
_LARGEST = 2**63


class BadValue(ValueError):
    """A cell does not fit its field; the text is the sentence to show."""


def field_value(cell: str, *, column: str, name: str, model: Model) -> Any:
    """The JSON value that a cell means.

    Args:
        cell: The cell's text, not empty.
        column: What the sheet calls the column.
        name: The model's field.
        model: The model.

    Raises:
        BadValue: When the field does not take it.
    """
    spec = model.fields[name]
    if name == model.shape_field:
        return shape_value(cell, model, column=column)
    if spec.type == "boolean":
        ticked = tick(cell)
        if ticked is None:
            raise BadValue(messages.NOT_A_TICK(field=column, value=quoted(cell)))
        return ticked
    if spec.type in ("integer", "number"):
        return _one_of(_number(cell, column, spec), cell, column, spec, model)
    if spec.type == "array":
        return _addresses(cell, column, spec)
    return _text(cell, column, spec, model)


def is_text(name: str, model: Model) -> bool:
    """Whether a field of the model takes any text, so that a word for nothing would be sent."""
    spec = model.fields.get(name)
    return spec is not None and spec.type == "string" and not spec.enum


def shape_value(cell: str, model: Model, *, column: str) -> str:
    """The value of the model's shape field for a size or aspect cell.

    Raises:
        BadValue: When the model does not take it.
    """
    ratio = as_ratio(cell)
    value = model.shape(ratio)
    if value is not None:
        return value
    near = nearest_shape(model, ratio)
    hint = f"; the nearest is {near}" if near else ""
    if describes_size(cell) or not (near or cell.casefold() == "auto"):
        hint = f"; if {quoted(column)} is the product's own size, give that column another name"
    raise BadValue(
        messages.SIZE_NOT_TAKEN(
            model=model.id,
            value=quoted(cell),
            allowed=listed(shape_names(model)) or "a ratio such as 1:1, 4:3 or 16:9",
            hint=hint,
        )
    )


def _text(cell: str, column: str, spec: Field, model: Model) -> Any:
    if spec.enum:
        return _one_of(cell, cell, column, spec, model)
    most = min(spec.max_length or MAX_PROMPT_CHARACTERS, MAX_PROMPT_CHARACTERS)
    if len(cell) > most:
        raise BadValue(
            messages.VALUE_TOO_LONG(
                field=column, model=model.id, length=f"{len(cell):,}", limit=f"{most:,}"
            )
        )
    return cell


def _one_of(value: Any, cell: str, column: str, spec: Field, model: Model) -> Any:
    if not spec.enum:
        return value
    for option in spec.enum:
        if str(option).casefold() == str(value).casefold():
            return option
    allowed = listed(str(option) for option in spec.enum)
    raise BadValue(
        messages.VALUE_NOT_TAKEN(model=model.id, field=column, value=quoted(cell), allowed=allowed)
    )


def _number(cell: str, column: str, spec: Field) -> int | float:
    kind = "whole number" if spec.type == "integer" else "number"
    text = unicodedata.normalize("NFKC", cell).replace(" ", "").replace("−", "-")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    try:
        # A strict pattern, for Decimal also reads '1_000' and 'Infinity'.
        value = (
            Decimal(text) if re.fullmatch(r"[+-]?\d+(\.\d*)?(E[+-]?\d{1,2})?", text, re.I) else None
        )
    except InvalidOperation:
        value = None
    whole = value is not None and value == value.to_integral_value()
    if value is None or abs(value) > _LARGEST or (spec.type == "integer" and not whole):
        hint = (
            "; if that column describes the product, give it another name"
            if any(map(str.isalpha, cell))
            else ""
        )
        raise BadValue(
            messages.NOT_A_NUMBER(field=column, kind=kind, value=quoted(cell), hint=hint)
        )
    if not (spec.min is None or value >= spec.min) or not (spec.max is None or value <= spec.max):
        raise BadValue(messages.NUMBER_RANGE(field=column, range=_range(spec), value=quoted(cell)))
    return int(value) if whole else float(value)


def _range(spec: Field) -> str:
    if spec.min is not None and spec.max is not None:
        return f"{spec.min:g} to {spec.max:.0f}"
    return f"at least {spec.min:g}" if spec.min is not None else f"at most {spec.max:.0f}"


def _addresses(cell: str, column: str, spec: Field) -> list[str]:
    addresses = [part for part in _BETWEEN_ADDRESSES.split(cell) if part]
    for address in addresses:
        if not re.fullmatch(r"https://[^\s/]+\S*", address):
            raise BadValue(messages.NOT_AN_ADDRESS(field=column, value=quoted(address)))
    if spec.max is not None and len(addresses) > spec.max:
        raise BadValue(
            messages.TOO_MANY_VALUES(field=column, limit=f"{spec.max:g}", count=len(addresses))
        )
    return addresses

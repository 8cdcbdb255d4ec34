"""Field masks (``fields=sheets(properties,data.rowData.values(note))``): partial answers.

https://developers.google.com/workspace/sheets/api/guides/field-masks
"""

from __future__ import annotations

import re
from typing import Any

from .errors import invalid

Mask = dict[str, Any]
"""Field name to the mask of what lies below; an empty mask lets everything through."""

_TOKEN = re.compile(r"[A-Za-z0-9_*@]+|[(),./]")


def parse_mask(text: str) -> Mask:
    """A mask from its text; slashes and dots both descend. Raises ApiError on bad syntax."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise invalid("Request contains an invalid argument.")
    mask, rest = _fields(tokens)
    if rest:
        raise invalid("Request contains an invalid argument.")
    return mask


def apply_mask(mask: Mask, value: Any) -> Any:
    """What a mask lets through of a JSON value; lists are transparent."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [apply_mask(mask, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: apply_mask(mask[key], item) for key, item in value.items() if key in mask}


def below(mask: Mask, *path: str) -> Mask | None:
    """The mask at a path, None when the mask does not reach it, empty when all is wanted."""
    for name in path:
        if not mask or "*" in mask:
            return {}
        if name not in mask:
            return None
        mask = mask[name]
    return mask


def _fields(tokens: list[str]) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while True:
        tokens = _field(mask, tokens)
        if not tokens or tokens[0] != ",":
            return mask, tokens
        tokens = tokens[1:]


def _field(into: Mask, tokens: list[str]) -> list[str]:
    """Reads ``a.b(c,d)`` into a mask and returns the tokens that follow it."""
    node = into
    while True:
        if not tokens or tokens[0] in "(),./":
            raise invalid("Request contains an invalid argument.")
        node = node.setdefault(tokens[0], {})
        tokens = tokens[1:]
        if not tokens or tokens[0] not in "./(":
            return tokens
        if tokens[0] == "(":
            inner, rest = _fields(tokens[1:])
            if not rest or rest[0] != ")":
                raise invalid("Request contains an invalid argument.")
            node.update(inner)
            return rest[1:]
        tokens = tokens[1:]

"""Learns allowed values from hiapi's refusals."""

from __future__ import annotations

import re

# "invalid input: size: value must be one of '2688*1536', '2368*1728'"
_REFUSAL = re.compile(
    r"invalid input:\s*(?:input\.)?(?P<field>[A-Za-z_][A-Za-z0-9_]*):\s*value must be one of"
    r"\s*(?P<values>'[^']*'(?:\s*,\s*'[^']*')*)"
)
_MOST_VALUES = 100
_LONGEST_VALUE = 64


def learn_from_refusal(message: str) -> tuple[str, list[str]] | None:
    """Read the field and the values it takes from the message of a 400.

    Returns:
        The field's name and all its values in order, or None when the message says nothing of the
        kind, or more than any real list would.
    """
    found = _REFUSAL.search(message)
    if found is None:
        return None
    values = list(dict.fromkeys(re.findall(r"'([^']*)'", found["values"])))
    if len(values) > _MOST_VALUES or any(not v or len(v) > _LONGEST_VALUE for v in values):
        return None
    return found["field"], values

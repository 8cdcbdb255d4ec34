"""What is learned of models beside the packaged file: from hiapi's refusals and from its lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

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


def merged(older: Mapping[str, Any], newer: Mapping[str, Any]) -> dict[str, Any]:
    """Both overrides of one model in one, for `Catalogue.with_overrides`.

    Args:
        older: What was learned before.
        newer: What is learned now; where it says nothing, the older one holds.
    """
    before, now = older.get("fields", {}), newer.get("fields", {})
    fields = {
        name: {**(before.get(name) or {}), **now[name]} if now.get(name) else now.get(name, spec)
        for name, spec in {**before, **now}.items()
    }
    return {**older, **newer, **({"fields": fields} if fields else {})}

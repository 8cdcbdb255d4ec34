"""Models in words, for tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rowshot.messages import listed
from rowshot.models.model import Field
from rowshot.models.prices import Prices
from rowshot.money import dollars


def price_text(prices: Prices | None) -> str:
    """A model's prices for a person: ``$0.03, $0.04 where resolution is 2K``."""
    if prices is None:
        return "an unknown price"
    texts = [] if prices.base is None else [dollars(prices.base)]
    for policy in prices.policies:
        conditions = listed(
            (_condition(name, rule) for name, rule in policy.rule.items()), last="and"
        )
        texts.append(f"{dollars(policy.usd)} where {conditions}")
    return ", ".join(texts) or "an unknown price"


def _condition(name: str, rule: Mapping[str, Any]) -> str:
    if "match" in rule:
        wanted = rule["match"]
        options = wanted if isinstance(wanted, list) else [wanted]
        return f"{name} is {listed(str(option) for option in options)}"
    if "with" in rule:
        return f"{name} is {'given' if rule['with'] else 'not given'}"
    return f"{name} has some property"


def field_text(field: Field) -> str:
    """An input field for a person: ``1K, 2K or 4K (1K)``, with the default in brackets."""
    text = listed(str(value) for value in field.enum) or {
        "boolean": "yes or no",
        "integer": "a whole number",
        "number": "a number",
        "array": "web addresses",
    }.get(field.type, "text")
    if field.min is not None and field.max is not None and field.type != "array":
        text += f" from {field.min:g} to {field.max:.0f}"
    if field.max_length is not None:
        text += f", at most {field.max_length:,} characters"
    if field.required:
        text += ", needed"
    if field.default is None:
        return text
    default = {"True": "yes", "False": "no"}.get(str(field.default), str(field.default))
    return f"{text} ({default})"

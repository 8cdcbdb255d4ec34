"""What a picture costs: a base price, and rules that look at the input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rowshot.money import parse_usd


@dataclass(frozen=True)
class Policy:
    """A price for inputs of a certain kind.

    Args:
        rule: Field -> condition, as hiapi's price list writes it: ``{"match": value}`` (or a list
            of values) compares, ``{"with": true}`` asks whether the field is sent at all.
        usd: The price of one picture.
    """

    rule: Mapping[str, Mapping[str, Any]]
    usd: Decimal

    def applies(self, sent: Mapping[str, Any], defaults: Mapping[str, Any]) -> bool | None:
        """Whether every condition holds; None when one is of a kind that we cannot read."""
        answers = [
            _holds(condition, sent.get(field), defaults.get(field))
            for field, condition in self.rule.items()
        ]
        if False in answers:
            return False
        return None if None in answers else True


@dataclass(frozen=True)
class Prices:
    """All price rules of one model.

    Args:
        base: The price when no policy applies, None when the list has none.
        policies: The others; the first that applies decides.
    """

    base: Decimal | None
    policies: tuple[Policy, ...] = ()

    def of(self, sent: Mapping[str, Any], defaults: Mapping[str, Any]) -> Decimal | None:
        """USD for one picture; None when it is not known, so that nothing is bought blindly."""
        for policy in self.policies:
            applies = policy.applies(sent, defaults)
            if applies is None:
                return None
            if applies:
                return policy.usd
        return self.base

    def as_json(self) -> dict[str, Any]:
        """The rules as JSON, with prices as strings; `prices_from_json` reads them back."""
        return {
            "base": None if self.base is None else str(self.base),
            "policies": [
                {"rule": {name: dict(rule) for name, rule in policy.rule.items()},
                 "usd": str(policy.usd)}
                for policy in self.policies
            ],
        }  # fmt: skip


def prices_from_json(data: Mapping[str, Any] | None) -> Prices | None:
    """Read what `Prices.as_json` wrote.

    Raises:
        ValueError: When a price is no amount of money.
    """
    if data is None:
        return None
    base = data.get("base")
    return Prices(
        base=None if base is None else parse_usd(base),
        policies=tuple(
            Policy(rule=policy["rule"], usd=parse_usd(policy["usd"]))
            for policy in data.get("policies", ())
        ),
    )


def _holds(condition: Mapping[str, Any], sent: Any, default: Any) -> bool | None:
    if set(condition) == {"match"}:
        wanted = condition["match"]
        options = wanted if isinstance(wanted, list) else [wanted]
        value = default if sent is None else sent
        return any(_text(value) == _text(option) for option in options)
    if set(condition) == {"with"} and isinstance(condition["with"], bool):
        return (sent not in (None, "", [])) is condition["with"]
    return None


def _text(value: Any) -> str:
    return str(value).casefold()

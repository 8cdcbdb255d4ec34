"""What experience teaches about models: how long they take, their newest lists and prices."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger import keys
from rowshot.ledger.table import Table, Update

_KEPT = 24  # latencies remembered of a model
_OUT_WAIT = 60.0  # nominal seconds for which a model that is out is left alone
_OUT_ANEW = 300.0  # nominal seconds without a refusal after which a model counts as back


class ModelFacts:
    """Reads and changes what was learned of models."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def latencies(self, model: str) -> list[float]:
        """Nominal seconds from order to success of the latest renders, oldest first."""
        item = self._table.get(keys.latency(model))
        return [float(each) for each in item.get("seconds", [])] if item else []

    def add_latency(self, model: str, seconds: float) -> None:
        """Remembers one more latency; two at the same moment may forget one, which is harmless."""
        kept = [*self.latencies(model), round(seconds, 1)][-_KEPT:]
        self._table.write(Update(keys.latency(model), set={"seconds": kept}))

    def out_until(self, models: Iterable[str]) -> dict[str, float]:
        """Instants up to which models are left alone, for those that were out."""
        found = self._table.get_many(keys.latency(model) for model in models)
        return {
            key[0].removeprefix("MODEL#"): float(item["out_until"])
            for key, item in found.items()
            if "out_until" in item
        }

    def out_for(self, model: str, clock: Clock) -> float:
        """Notes that hiapi has just called a model unavailable.

        Returns:
            Nominal seconds for which it has been, without a pause of five minutes.
        """
        item = self._table.get(keys.latency(model)) or {}
        since = float(item.get("out_since", 0))
        if not since or clock.since(float(item["out_at"])) > _OUT_ANEW:
            since = clock.now()
        change = {"out_since": since, "out_at": clock.now(), "out_until": clock.after(_OUT_WAIT)}
        self._table.write(Update(keys.latency(model), set=change))
        return clock.since(since)

    def overrides(self) -> dict[str, Any]:
        """What was learned, by model id, in the form that the catalogue lays over its own data."""
        pk, prefix = keys.learned("")
        return {
            item["sk"].removeprefix(prefix): _numbers(item["override"])
            for item in self._table.query(pk, prefix=prefix)
        }

    def learn_values(self, model: str, field: str, values: list[str]) -> None:
        """Takes up the values that hiapi itself named for a field."""
        item = self._table.get(keys.learned(model)) or {}
        override = _numbers(item.get("override", {}))
        known = override.get("fields", {})
        changed = {**known, field: {**known.get(field, {}), "enum": values}}
        self.learn(model, {**override, "fields": changed})

    def learn(self, model: str, override: dict[str, Any]) -> None:
        """Replaces what was learned of a model."""
        self._table.write(Update(keys.learned(model), set={"override": override}))


def _numbers(value: Any) -> Any:
    """DynamoDB gives every number as a Decimal; whole ones become integers again."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    if isinstance(value, dict):
        return {name: _numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    return value

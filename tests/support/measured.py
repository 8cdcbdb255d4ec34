"""A world whose steps are measured."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

from rowshot.ordering.executor import Connections
from rowshot.recovery.measure import Measure
from rowshot.reporting.finish import Finish
from rowshot.telemetry.metrics import Figure
from support.world import Options, World


class Noted:
    """A meter that remembers."""

    def __init__(self) -> None:
        self.values: dict[str, list[Any]] = defaultdict(list)

    def add(self, figure: Figure, value: float | Decimal = 1, *, kind: str = "") -> None:
        self.values[figure].append(value)
        if kind:
            self.values[f"{figure} {kind}"].append(value)

    def total(self, name: str) -> Any:
        return sum(self.values[name])


class Measured(World):
    """A world whose steps are measured."""

    def __init__(self, options: Options | None = None) -> None:
        self.noted = Noted()
        super().__init__(options)

    def _connections(self) -> Connections:
        return replace(super()._connections(), meter=self.noted)

    def _finish(self) -> Finish:
        return replace(super()._finish(), meter=self.noted)

    def watch(self) -> dict[str, Any]:
        seen = Noted()
        Measure(self.ledger, seen)()
        return {name: value for name, (value,) in seen.values.items()}

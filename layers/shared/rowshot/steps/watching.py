"""What Sweep measures every minute: how the account and the rows on their way stand."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rowshot.ledger import Ledger, keys
from rowshot.metrics import Figure, Meter

_DAY = 86_400.0  # nominal seconds after which Sweep ends a task whatever happens


@dataclass(frozen=True)
class Watch:
    """Takes the figures that no single row can tell.

    Args:
        ledger: The ledger.
        meter: Where the figures go.
    """

    ledger: Ledger
    meter: Meter

    def __call__(self) -> None:
        """Reads the gate, the day's budget and the open renders, and changes nothing."""
        gate = self.ledger.gate.view()
        self.meter.add(Figure.ACCOUNT_PAUSED, 1 if gate.paused_at else 0)
        self.meter.add(Figure.TASKS_IN_FLIGHT, len(gate.holders))
        self.meter.add(Figure.TASKS_PARKED, len(gate.parked))
        self.meter.add(Figure.DAY_RESERVED_USD, self._reserved_today())
        self.meter.add(Figure.OLDEST_ROW_SECONDS, self._oldest())

    def _reserved_today(self) -> Decimal:
        budget = self.ledger.table.get(keys.day(self.ledger.clock.day())) or {}
        return Decimal(budget.get("reserved", 0))

    def _oldest(self) -> float:
        """The age of the oldest render in flight, in nominal seconds.

        Parked ones are not in it: their rows have been told, and they are counted by themselves.
        """
        since = self.ledger.clock.since
        ages = (since(each.claimed_at) for each in self.ledger.renders.open() if not each.parked)
        return max((age for age in ages if age < _DAY), default=0.0)

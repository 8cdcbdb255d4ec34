"""What Sweep measures every minute: how the account and the rows on their way stand."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rowshot.ledger import Ledger, keys
from rowshot.ledger.records import Account
from rowshot.telemetry.metrics import Figure, Meter

_DAY = 86_400.0  # nominal seconds after which a task is given up whatever happens


@dataclass(frozen=True)
class Measure:
    """Takes the figures that no single row can tell.

    Args:
        ledger: The ledger.
        meter: Where the figures go.
    """

    ledger: Ledger
    meter: Meter

    def __call__(self) -> None:
        """Reads the account, the day's budget and the renders in flight, and changes nothing."""
        account = self.ledger.limiter.view()
        self.meter.add(Figure.ACCOUNT_PAUSED, 1 if account.paused_at else 0)
        self.meter.add(Figure.TASKS_IN_FLIGHT, len(account.held))
        self.meter.add(Figure.TASKS_PARKED, len(account.parked))
        self.meter.add(Figure.DAY_RESERVED_USD, self._reserved_today())
        self.meter.add(Figure.OLDEST_ROW_SECONDS, self._oldest(account))

    def _reserved_today(self) -> Decimal:
        budget = self.ledger.table.get(keys.day(self.ledger.clock.day())) or {}
        return Decimal(budget.get("reserved", 0))

    def _oldest(self, account: Account) -> float:
        """The age of the oldest order at work, in nominal seconds.

        Parked ones are not in it: their rows have been told, and they are counted by themselves.
        """
        since, ledger = self.ledger.clock.since, self.ledger
        working = ledger.rows.get_many(_named(each) for each in sorted(account.working))
        renders = ledger.renders.get_many(row.render_id for row in working)
        ages = (since(each.claimed_at) for each in renders.values() if not each.parked)
        return max((age for age in ages if age < _DAY), default=0.0)


def _named(at_work: str) -> tuple[str, int]:
    run_id, _, number = at_work.partition("#")
    return run_id, int(number)

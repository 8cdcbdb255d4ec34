"""What is known of a row when somebody decides about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from rowshot.ledger.jobs import Job
from rowshot.ledger.records import Account, Picture, Render, Row, Run


@dataclass(frozen=True)
class Rules:
    """The ceilings and deadlines of a deployment; durations in nominal seconds.

    Args:
        in_flight: Slots of the account.
        run_usd: What a run may reserve.
        day_usd: What all runs may reserve on one day.
        soft_deadline: After which looks at a task become rare.
        hard_deadline: After which a row stops waiting for its task.
    """

    in_flight: int = 8
    run_usd: Decimal = Decimal(25)
    day_usd: Decimal = Decimal(100)
    soft_deadline: float = 240.0
    hard_deadline: float = 1800.0


@dataclass(frozen=True)
class Facts:
    """One read of everything that a decision about a row depends on.

    Args:
        job: What the row wants.
        row: The row.
        run: Its run.
        render: The render that it wants, None where nobody ever ordered it.
        picture: The render's picture as it is stored for this row, None without one.
        account: The hiapi account.
        out_until: Instant up to which the row's model is left alone, 0 when it works.
        execution: Name of the execution that asks; empty where the line is served.
        latencies: Recent nominal seconds of the model from order to success, oldest first.
    """

    job: Job
    row: Row
    run: Run
    render: Render | None = None
    picture: Picture | None = None
    account: Account = field(default_factory=Account)
    out_until: float = 0.0
    execution: str = ""
    latencies: tuple[float, ...] = ()

    @property
    def is_meant(self) -> bool:
        """Whether the row names the execution that asks."""
        return self.row.execution == self.execution

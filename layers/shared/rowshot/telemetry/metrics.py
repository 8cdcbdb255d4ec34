"""Figures for CloudWatch: what a call of a function has to tell, printed in one line at its end.

The line is in CloudWatch's embedded metric format, which AWS reads out of the functions' logs; on
the local engine it is one more line in them. Every figure stands under the namespace ``Rowshot``
and the dimension ``service``, which is the stack's name (``POWERTOOLS_SERVICE_NAME``), so that
several stacks in one account stay apart. ``docs/operations.md`` explains each of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Rowshot"

Handler = Callable[[Any, Any], Any]


class Figure(StrEnum):
    """What is measured. The names are an API: alarms, dashboard and documentation use them."""

    ORDERS_PLACED = "OrdersPlaced"
    PICTURES_PUBLISHED = "PicturesPublished"
    RESERVED_USD = "ReservedUsd"
    SPENT_USD = "SpentUsd"
    RENDER_SECONDS = "RenderSeconds"
    POLLS_PER_PICTURE = "PollsPerPicture"
    FAILURES = "Failures"
    KEY_DENIED = "KeyDenied"
    RUNS_ENDED = "RunsEnded"
    WRITE_BACK_LAG_SECONDS = "WriteBackLagSeconds"
    ACCOUNT_PAUSED = "AccountPaused"
    DAY_RESERVED_USD = "DayReservedUsd"
    TASKS_IN_FLIGHT = "TasksInFlight"
    TASKS_PARKED = "TasksParked"
    OLDEST_ROW_SECONDS = "OldestRowSeconds"

    @property
    def unit(self) -> MetricUnit:
        """CloudWatch's unit; money has none there."""
        if self.endswith("Seconds"):
            return MetricUnit.Seconds
        return MetricUnit.NoUnit if self.endswith("Usd") else MetricUnit.Count


class Meter(Protocol):
    """Takes figures from the steps."""

    def add(self, figure: Figure, value: float | Decimal = 1, *, kind: str = "") -> None:
        """Notes a figure.

        Args:
            figure: Which one.
            value: A number, an amount in USD or nominal seconds, as the figure's name says.
            kind: Counts the figure under this ``kind`` too.
        """


class NullMeter:
    """Takes figures and forgets them."""

    def add(self, figure: Figure, value: float | Decimal = 1, *, kind: str = "") -> None:
        """Does nothing."""


class Emf:
    """Collects the figures of one call, then prints them."""

    def __init__(self) -> None:
        self._by_kind: dict[str, EphemeralMetrics] = {}

    def add(self, figure: Figure, value: float | Decimal = 1, *, kind: str = "") -> None:
        """Notes a figure, and again under its kind where it has one."""
        for each in dict.fromkeys(("", kind)):
            self._of(each).add_metric(name=figure, unit=figure.unit, value=float(value))

    def flush(self) -> None:
        """Prints what was noted, one line for each kind, and begins anew."""
        noted, self._by_kind = self._by_kind, {}
        for metrics in noted.values():
            metrics.flush_metrics()

    def flushed(self, handler: Handler) -> Handler:
        """Decorates a handler: whatever it notes is printed, also when it fails."""

        @functools.wraps(handler)
        def call(event: Any, context: Any) -> Any:
            try:
                return handler(event, context)
            finally:
                self.flush()

        return call

    def _of(self, kind: str) -> EphemeralMetrics:
        if kind not in self._by_kind:
            metrics = EphemeralMetrics(namespace=NAMESPACE)
            if kind:
                metrics.add_dimension("kind", kind)
            self._by_kind[kind] = metrics
        return self._by_kind[kind]


NULL_METER = NullMeter()
METER = Emf()
"""The process's own meter; a function answers one call at a time."""

"""How a simulated hiapi behaves."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from .faults import Fault

DEFAULT_TOKEN = "sk-hiapi-simulator"  # noqa: S105 - opens nothing but the simulator
DAY_S = 86_400.0


@dataclass(frozen=True)
class SimulatorOptions:
    """Everything that can be chosen at the start. Durations are nominal seconds.

    Args:
        tokens: The bearer tokens that are let in; each is an account of its own.
        time_scale: Wall seconds per nominal second; at 0 every task is done at the first look.
        seed: What latencies and faults are drawn from.
        places: Tasks of one account that progress at a time; the others wait in line.
        latency_s: Range of a task's latency, for all models; None for each model's own.
        draws_by: What a latency belongs to: the n-th task of the account (``order``), or the
            prompt, however the tasks are ordered (``prompt``).
        url_lifetime_s: How long a link works; at time scale 0 in wall seconds.
        expired_as: What an expired link answers: 404, or 403 with an XML body.
        max_edge: Pictures are drawn no larger than this many pixels; None for the real size.
        balance_usd: Money in each account; None for an account that never runs dry.
        requests_per_s: Creates and polls that an account may send a second; None for no limit.
        burst: Requests that it may send at once before that limit holds.
        faults: Rules in force from the start.
        state_file: Where tasks and idempotency keys are kept over a restart.
        host: Address to listen on.
        port: Port of the API; 0 for any free one.
        output_port: Port of the pictures' own origin; 0 for any free one.
        now: Wall-clock Unix seconds; tests give their own.
    """

    tokens: tuple[str, ...] = (DEFAULT_TOKEN,)
    time_scale: float = 1.0
    seed: int = 0
    places: int = 6
    latency_s: tuple[float, float] | None = None
    draws_by: Literal["order", "prompt"] = "order"
    url_lifetime_s: float = DAY_S
    expired_as: Literal[404, 403] = 404
    max_edge: int | None = None
    balance_usd: Decimal | None = None
    requests_per_s: float | None = None
    burst: int = 10
    faults: tuple[Fault, ...] = ()
    state_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    output_port: int = 0
    now: Callable[[], float] = field(default=time.time, repr=False)

    def wall(self, seconds: float) -> float:
        """Wall seconds that a nominal duration takes."""
        return seconds * self.time_scale

    def kept(self, seconds: float) -> float:
        """Wall seconds that something is kept: at time scale 0 nothing may vanish at once."""
        return seconds * (self.time_scale or 1.0)

"""How a world is set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rowshot_simulators.hiapi import Fault

EPOCH = 1_760_000_000.0  # where virtual time starts, in Unix seconds: an October morning
INBOX, MEDIA = "inbox", "media"
MEDIA_URL = "https://cdn.example"
API, OUTPUTS = "http://localhost:1", "http://localhost:2"
TOKEN = "sk-hiapi-simulator"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:rowshot-render"
FINISH_MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:rowshot-finish"


@dataclass
class Options:
    """How a world is set up. Durations are virtual seconds.

    Args:
        seed: What every chance in it comes from.
        in_flight: Slots of the account.
        run_usd: Limit of a run.
        day_usd: Limit of a day.
        soft_deadline: After which tasks are looked at less often.
        hard_deadline: After which rows stop waiting.
        hiapi: Further options of the simulator.
        faults: Rules of the simulator.
        sweep_every: Between two passes of Sweep.
        unsteady: True to let functions overlap at every moment, and indexes lag.
    """

    seed: int = 1
    in_flight: int = 8
    run_usd: Decimal = Decimal(25)
    day_usd: Decimal = Decimal(100)
    soft_deadline: float = 240.0
    hard_deadline: float = 1800.0
    hiapi: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    sweep_every: float = 60.0
    unsteady: bool = False

"""One task of the simulated hiapi, and the places that tasks progress in.

Nothing runs in the background: when a task is created, its whole future is known, and its status
is worked out from the clock when somebody looks. So ten thousand tasks cost no more than ten.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

# The share of a task's latency after which its output is being stored.
_ARCHIVING_FROM = 0.9


@dataclass(frozen=True)
class Fate:
    """How a task will end, decided when it is created.

    Args:
        fail_code: Set when it ends in ``fail``.
        fail_message: The reason given with it; may be missing.
        interim: The status shown while it is handled.
        has_output: False for a success without output.
        other_first: A further output, of type ``text``, comes before the image.
        lifetime_s: Nominal seconds that its link works.
        flaw: What is wrong with its picture, or nothing.
    """

    fail_code: str | None = None
    fail_message: str | None = None
    interim: str = "handling"
    has_output: bool = True
    other_first: bool = False
    lifetime_s: float = 0.0
    flaw: str = ""


@dataclass
class Task:
    """A paid task. Instants are wall-clock Unix seconds; ``finished`` is None for a stuck one."""

    id: str
    account: str
    number: int
    model: str
    input: Mapping[str, Any]
    key: str | None
    body_sha256: str
    price_usd: str
    latency_s: float
    created: float
    started: float
    leaves: float
    finished: float | None
    fate: Fate
    storage: str | None = None
    route: str | None = None
    polls: int = 0
    downloads: int = 0
    seen_finished: float | None = None
    first_download: float | None = None

    @property
    def prompt(self) -> str:
        """The prompt that was paid for."""
        return str(self.input.get("prompt", ""))

    @property
    def price(self) -> Decimal:
        """USD that it cost."""
        return Decimal(self.price_usd)

    def done(self, now: float) -> bool:
        """Whether it has ended."""
        return self.finished is not None and now >= self.finished

    def status(self, now: float) -> str:
        """Its status at an instant."""
        if self.done(now):
            return "fail" if self.fate.fail_code is not None else "success"
        if now < self.started:
            return "queued"
        if self.finished is None:
            return self.fate.interim
        archiving = self.started + _ARCHIVING_FROM * (self.finished - self.started)
        return "archiving" if now >= archiving else self.fate.interim

    def release(self, now: float) -> None:
        """Lets a stuck task end now."""
        if self.finished is None:
            self.finished = max(now, self.leaves)

    def to_json(self) -> dict[str, Any]:
        """What has to be kept over a restart."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Task:
        """The reverse of ``to_json``."""
        return cls(**{**kept, "fate": Fate(**kept["fate"])})


@dataclass
class Places:
    """The places of one account: first come, first served, each task in the next free one.

    Tasks arrive in order of time, so the instant at which each place falls free is all that has
    to be remembered.
    """

    size: int
    _free: list[float] = field(default_factory=list)

    def admit(self, now: float, wall_latency: float) -> tuple[float, float]:
        """Gives a new task its place: the instants at which it starts and leaves."""
        started = now if len(self._free) < self.size else max(now, self._free[0])
        leaves = started + wall_latency
        self.occupy(leaves)
        return started, leaves

    def occupy(self, leaves: float) -> None:
        """Takes the next free place until an instant."""
        if len(self._free) < self.size:
            heapq.heappush(self._free, leaves)
        else:
            heapq.heapreplace(self._free, leaves)

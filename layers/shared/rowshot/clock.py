"""One clock for the whole product.

An *instant* is wall-clock Unix time in seconds, so instants compare across runs of any time scale.
A *duration* is nominal: what it would be against the real hiapi. The clock converts between the
two (wall = nominal x scale), so that a laptop run at scale 0.1 is ten times as fast everywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class Clock:
    """Converts durations and tells instants.

    Args:
        scale: Wall seconds per nominal second, 0 or more. At 0 nobody waits, and durations that
            passed are measured in wall seconds, so deadlines keep a meaning.
        source: Where wall time comes from; tests give their own.
    """

    scale: float = 1.0
    source: Callable[[], float] = field(default=time.time, repr=False)

    def now(self) -> float:
        """The present instant."""
        return self.source()

    def wall(self, seconds: float) -> float:
        """Wall seconds that a nominal duration takes."""
        return seconds * self.scale

    def after(self, seconds: float) -> float:
        """The instant that lies a nominal duration ahead."""
        return self.now() + self.wall(seconds)

    def since(self, instant: float) -> float:
        """Nominal seconds that have passed since an instant; negative when it lies ahead."""
        return (self.now() - instant) / (self.scale or 1.0)

    def until(self, instant: float) -> float:
        """Nominal seconds until an instant, 0 when it has passed."""
        return max(0.0, -self.since(instant))

    def timestamp(self, instant: float | None = None) -> str:
        """An instant (by default the present one) as UTC ISO 8601 with milliseconds and a Z."""
        moment = datetime.fromtimestamp(self.now() if instant is None else instant, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def day(self) -> str:
        """Today's date in UTC, the day that a daily budget counts."""
        return datetime.fromtimestamp(self.now(), UTC).date().isoformat()

"""Waits inside a function where that is cheaper than going through the state machine again.

Each round of Wait, Task and Choice costs as much as 18 seconds of a small function (prices of
October 2025: $25 for a million transitions, $16.67 for a million GB-seconds). So a step that is to
be repeated in a few seconds is repeated here, exactly as the state machine would; longer waits, and
whatever is left when the time is up, are the state machine's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from rowshot.clock import Clock
from rowshot.ledger.jobs import Next, Step

SHORT = 8.0  # nominal seconds up to which waiting here is the cheaper way
_RESERVE = 32.0  # wall seconds that one more look may take in the worst case: hiapi and retries
_MOST_LOOKS = 40  # at a time scale of 0 no wait would ever use the time up


@dataclass(frozen=True)
class WaitInPlace:
    """Repeats a step in place.

    Args:
        step: The step, safe to repeat at any time.
        own: Its name as an outcome: only that is repeated here.
        clock: Converts its waits.
        pause: Waits wall seconds.
        now: Wall seconds that only ever grow.
    """

    step: Callable[[], Next]
    own: Step
    clock: Clock
    pause: Callable[[float], None] = time.sleep  # noqa: TID251 - the one place that waits
    now: Callable[[], float] = time.monotonic

    def __call__(self, time_left: float) -> Next:
        """Takes the row on until something other than a short wait comes next.

        Args:
            time_left: Wall seconds that the function still has.
        """
        end = self.now() + time_left - _RESERVE
        outcome = self.step()
        for _ in range(_MOST_LOOKS):
            seconds = self.clock.wall(outcome.wait)
            if outcome.step != self.own or outcome.wait > SHORT or self.now() + seconds > end:
                return outcome
            self.pause(seconds)
            outcome = self.step()
        return outcome

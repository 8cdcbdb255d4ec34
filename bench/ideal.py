"""The best that six places allow: each task in the order of creation, in the next free place."""

from __future__ import annotations

import heapq
from collections.abc import Iterable


def ideal_seconds(latencies: Iterable[float], places: int = 6) -> float:
    """Seconds from the first start to the last end when no place ever waits for work.

    Args:
        latencies: Seconds of each task, in the order of their creation.
        places: How many progress at once.
    """
    free = [0.0] * places
    for latency in latencies:
        heapq.heapreplace(free, free[0] + latency)
    return max(free)


def quantile(values: Iterable[float], part: float) -> float:
    """The value below which a part (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]

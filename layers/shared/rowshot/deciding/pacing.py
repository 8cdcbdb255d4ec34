"""When to look at a task: seldom, but at the right moment. Whole nominal seconds throughout."""

from __future__ import annotations

from collections.abc import Sequence

SHORTEST = 2  # sub-second polling is the commonest cause of 429 at hiapi
LONGEST = 60
_UNKNOWN_MODEL_FIRST = 12  # before anything is known of a model
_ENOUGH = 4  # latencies from which on a distribution means something
_EARLY = 0.1  # the part of recent renders that was done by the first look
_STEP = 4
_SLOW_STEP = 15  # after the soft deadline
_VERY_SLOW_STEP = 45
_LATE_SHORTEST = 120.0  # after the hard deadline
_LATE_LONGEST = 3600.0


def first_look(
    latencies: Sequence[float], expected: float | None = None, *, at_once: bool = False
) -> int:
    """Seconds from the order to the first look.

    Args:
        latencies: Recent nominal seconds from order to success of this model.
        expected: What the model is known to take at least, while there are few latencies.
        at_once: Whether hiapi has a place free for the task: then it may be done as soon as the
            quickest of the recent ones, most of which stood in line there first.
    """
    if len(latencies) < _ENOUGH:
        return _bounded(expected if expected else _UNKNOWN_MODEL_FIRST)
    return _bounded(min(latencies) if at_once else quantile(latencies, _EARLY))


def next_look(
    elapsed: float, latencies: Sequence[float], soft_deadline: float, *, storing: bool = False
) -> int:
    """Seconds to the next look after one that found the task unfinished.

    Args:
        elapsed: Seconds since the order.
        latencies: Recent latencies of this model.
        soft_deadline: Seconds after which looks become rare.
        storing: Whether the picture is made and is only being stored: it is there in a moment.
    """
    if elapsed > 2 * soft_deadline:
        return _VERY_SLOW_STEP
    if elapsed > soft_deadline:
        return _SLOW_STEP
    if storing:
        return SHORTEST
    if len(latencies) >= _ENOUGH:
        # Somebody else's look, or a queue at hiapi, may come long before the task can be done.
        early = min(latencies) - elapsed
        if early > _STEP:
            return _bounded(early)
    return _STEP


def late_look(elapsed: float) -> float:
    """Seconds to the next look at a task past its hard deadline: ever less often, for a day."""
    return min(_LATE_LONGEST, max(_LATE_SHORTEST, elapsed / 8))


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which a part (0 to 1) of the values lies, without interpolation."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _bounded(seconds: float) -> int:
    return max(SHORTEST, min(LONGEST, round(seconds)))

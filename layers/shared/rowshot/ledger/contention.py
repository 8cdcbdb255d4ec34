"""How what AWS puts off is tried again: soon, by chance, and not for ever."""

from __future__ import annotations

import random

TRIES = 12  # together about four seconds


def back_off(attempt: int) -> float:
    """Wall seconds before the next try; attempts count from 0."""
    return random.uniform(0.01, 0.05) * min(1 << attempt, 16)  # noqa: S311 - jitter

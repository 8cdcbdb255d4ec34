"""A short slice of ``make chaos``."""

from __future__ import annotations

import pytest

from support.chaos import schedule


@pytest.mark.parametrize("seed", range(12))
def test_a_random_schedule_keeps_every_promise(seed: int) -> None:
    outcome = schedule(seed)
    assert not outcome.broken, outcome.words
    assert not outcome.errors, outcome.errors[0]

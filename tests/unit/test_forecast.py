"""How long the rest of a run takes, before the first picture and after."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from rowshot.clock import Clock
from rowshot.ledger.records import Row
from rowshot.statuses import RowStatus
from rowshot_local.forecast import Forecast

QUEUED, RENDERING, PUBLISHING, PUBLISHED = (
    RowStatus.QUEUED,
    RowStatus.RENDERING,
    RowStatus.PUBLISHING,
    RowStatus.PUBLISHED,
)


class Watch:
    """A forecast, and the time that passes for it."""

    def __init__(self, seconds: float = 25.0, rows: int = 12, scale: float = 1.0) -> None:
        self.now = 100.0
        known = dict.fromkeys(range(rows), seconds)
        self._forecast = Forecast(Clock(scale), known, now=lambda: self.now)

    def left(self, *statuses: RowStatus) -> float | None:
        rows = [Row("r", number, "", status) for number, status in enumerate(statuses)]
        return self._forecast.left(rows)


def test_before_the_first_picture_it_is_what_the_model_is_known_to_take() -> None:
    # Two rounds of 25 s at hiapi, which works on six at a time.
    assert Watch().left(*[QUEUED] * 12) == pytest.approx(50, abs=5)
    assert Watch().left(*[QUEUED] * 1) == pytest.approx(25, abs=5)
    assert Watch(scale=0.1).left(*[QUEUED] * 1) == pytest.approx(2.5, abs=1)


def test_it_counts_down_while_the_pictures_are_made() -> None:
    watch = Watch()
    watch.left(*[QUEUED] * 6)
    first = watch.left(*[RENDERING] * 6)
    watch.now += 10
    second = watch.left(*[RENDERING] * 6)
    assert first is not None
    assert second is not None
    assert second < first - 5


def test_later_it_follows_what_was_seen() -> None:
    """A server that is three times as slow as it is known to be."""
    watch = Watch()
    watch.left(*[QUEUED] * 12)
    watch.now += 15
    watch.left(*[RENDERING] * 6, *[QUEUED] * 6)
    watch.now += 60
    left = watch.left(*[PUBLISHED] * 6, *[RENDERING] * 6)
    assert left is not None
    assert left > 35


def test_rows_that_are_written_while_the_first_are_made_count() -> None:
    """The first rows of a long sheet are under way before the last ones are in the ledger."""
    watch = Watch(rows=60)
    watch.left(*[QUEUED] * 6)
    watch.now += 30
    left = watch.left(*[PUBLISHED] * 6, *[RENDERING] * 6, *[QUEUED] * 48)
    assert left is not None
    assert left > 150


def test_nothing_is_guessed_when_nothing_moves_or_all_is_done() -> None:
    watch = Watch()
    assert watch.left(*[RENDERING] * 2) is not None
    watch.now += 61
    assert watch.left(*[RENDERING] * 2) is None
    assert watch.left(PUBLISHING, RENDERING) is not None, "it moves again"
    assert watch.left(*[PUBLISHED] * 2) is None
    assert watch.left() is None


def test_the_seconds_are_those_of_each_rows_model() -> None:
    plan = {
        "rows": [
            {"number": 2, "model": "flux-schnell/text-to-image"},
            {"number": 3, "model": "qwen-image-2.0"},
            {"number": 4},
        ]
    }
    kept = {"plan.json": json.dumps(plan).encode()}
    files: Any = SimpleNamespace(get=lambda run_id, name: kept.get(name))
    forecast = Forecast.of_run(files, "r", Clock(1.0))
    quick, slow = (forecast.left([Row("r", n, "", QUEUED)]) for n in (2, 3))
    assert quick == pytest.approx(6)
    assert slow == pytest.approx(26)

"""A short slice of ``make chaos``, and that a seed always gives the same schedule."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.chaos import schedule
from support.mishaps import ALL, SELDOM, too_seldom
from support.tally import Tally

TESTS = Path(__file__).resolve().parents[1]
TRACE = "import sys; from support.chaos import schedule; schedule(int(sys.argv[1]), print)"


@pytest.mark.parametrize("seed", range(12))
def test_a_random_schedule_keeps_every_promise(seed: int) -> None:
    outcome = schedule(seed)
    assert not outcome.broken, outcome.words
    assert not outcome.errors, outcome.errors[0]


@pytest.mark.parametrize(
    "seed",
    [2, pytest.param(14, marks=pytest.mark.slow)],  # the second has a Google Sheet
)
def test_the_same_seed_gives_the_same_places_times_and_table(seed: int) -> None:
    first, second = trace(seed, "1"), trace(seed, "2")
    differs = [(one, other) for one, other in zip(first, second, strict=False) if one != other]
    assert not differs, f"{len(differs)} lines differ, the first is {differs[0]}"
    assert len(first) == len(second) > 300


def test_a_mishap_that_strikes_too_seldom_is_named() -> None:
    tally = Tally()
    for name in ALL:
        tally.add(name, reached=30, struck=20)
    assert too_seldom(tally) == []
    tally.struck[ALL[0]] -= 1
    tally.count("death in plan: somewhere new", struck=False)
    assert [line.split(" struck")[0] for line in too_seldom(tally)] == [
        ALL[0],
        "death in plan: somewhere new is not listed in tests/support/mishaps.py.",
    ]


def test_every_mishap_has_a_name_of_its_own() -> None:
    assert len(set(ALL)) == len(ALL)
    assert not set(ALL) & set(SELDOM)


def trace(seed: int, hash_seed: str) -> list[str]:
    """What happened when, and the table in the end, in a process of its own."""
    played = subprocess.run(
        [sys.executable, "-c", TRACE, str(seed)],
        cwd=TESTS,
        env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    return played.stdout.splitlines()

"""``make chaos``: hundreds of random schedules through random faults, and what became of them.

The same seed always gives the same schedule: ``python tests/chaos --seed 44 --count 1`` repeats
one that broke a promise.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.chaos import Outcome, schedule
from support.promises import KINDS

_SHOWN = 10


def main() -> int:
    """Plays the schedules on all processors; 1 when any promise was broken."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=200, help="how many schedules")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    chosen = parser.parse_args()
    began = time.monotonic()
    seeds = range(chosen.seed, chosen.seed + chosen.count)
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(chosen.jobs, len(seeds))) as pool:
        outcomes = list(_told(pool.imap_unordered(schedule, seeds), len(seeds)))
    _show(sorted(outcomes, key=lambda each: each.seed), time.monotonic() - began)
    return int(any(each.broken or each.errors for each in outcomes))


def _told(outcomes, count: int):  # type: ignore[no-untyped-def]
    for number, outcome in enumerate(outcomes, 1):
        if sys.stderr.isatty():
            print(f"\r{number} of {count}", end="", file=sys.stderr)
        yield outcome
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)


def _show(outcomes: list[Outcome], seconds: float) -> None:
    lines = [
        ("schedules", len(outcomes)),
        ("rows", sum(each.rows for each in outcomes)),
        ("rows with a picture in the end", sum(each.published for each in outcomes)),
        ("tasks that hiapi made", sum(each.tasks for each in outcomes)),
        ("functions that died", sum(each.deaths for each in outcomes)),
        ("faults of hiapi", sum(each.faults for each in outcomes)),
        *sum((Counter(each.cloud) for each in outcomes), Counter()).items(),
        ("errors that nobody expected", sum(len(each.errors) for each in outcomes)),
        *((kind, sum(each.broken.get(kind, 0) for each in outcomes)) for kind in KINDS),
    ]
    for name, number in lines:
        print(f"{name:<34}{number:>8}")
    print(f"{'seconds':<34}{seconds:>8.0f}")
    bad = [each for each in outcomes if each.broken or each.errors]
    for each in bad[:_SHOWN]:
        print(f"\nseed {each.seed}:\n{each.words}\n{''.join(each.errors[:1])}")


if __name__ == "__main__":
    sys.exit(main())

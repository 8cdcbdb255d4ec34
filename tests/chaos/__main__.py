"""``make chaos``: hundreds of random schedules through random faults, and what became of them.

The same seed always gives the same schedule: ``python tests/chaos --seed 44 --count 1`` repeats
one that broke a promise. Before its figures stands how often each mishap could have struck, and
how often it did; in 200 schedules or more each has to strike 20 times.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.chaos import Outcome, schedule
from support.mishaps import ALL, SELDOM, too_seldom
from support.promises import KINDS
from support.tally import Tally

_SHOWN = 10
_ALL = 200  # schedules, in which everything has to strike often enough


def main() -> int:
    """Plays the schedules on all processors; 1 when anything was broken, or struck too seldom."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=_ALL, help="how many schedules")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    chosen = parser.parse_args()
    began = time.monotonic()
    seeds = range(chosen.seed, chosen.seed + chosen.count)
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(chosen.jobs, len(seeds))) as pool:
        outcomes = list(_told(pool.imap_unordered(schedule, seeds), len(seeds)))
    tally = sum((each.tally for each in outcomes), Tally())
    _show_mishaps(tally)
    _show(sorted(outcomes, key=lambda each: each.seed), tally, time.monotonic() - began)
    missing = too_seldom(tally) if chosen.count >= _ALL else []
    for line in missing:
        print(line)
    return int(bool(missing) or any(each.broken or each.errors for each in outcomes))


def _show_mishaps(tally: Tally) -> None:
    print(f"{'':<52}{'reached':>8}{'struck':>8}")
    for name in sorted({*ALL, *SELDOM, *tally.reached}):
        reason = f"  {SELDOM[name]}" if name in SELDOM else ""
        print(f"{name:<52}{tally.reached[name]:>8}{tally.struck[name]:>8}{reason}")
    print()


def _told(outcomes, count: int):  # type: ignore[no-untyped-def]
    for number, outcome in enumerate(outcomes, 1):
        if sys.stderr.isatty():
            print(f"\r{number} of {count}", end="", file=sys.stderr)
        yield outcome
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)


def _show(outcomes: list[Outcome], tally: Tally, seconds: float) -> None:
    lines = [
        ("schedules", len(outcomes)),
        ("rows", sum(each.rows for each in outcomes)),
        ("rows with a picture in the end", sum(each.published for each in outcomes)),
        ("tasks that hiapi made", sum(each.tasks for each in outcomes)),
        ("functions that died", tally.sum("death")),
        ("faults of hiapi", tally.sum("hiapi")),
        ("faults of Google", tally.sum("Google")),
        ("mishaps at AWS", tally.sum("AWS")),
        ("dead letters that were sent again", sum(each.redriven for each in outcomes)),
        ("errors that nobody expected", sum(len(each.errors) for each in outcomes)),
        *((kind, sum(each.broken.get(kind, 0) for each in outcomes)) for kind in KINDS),
    ]
    for name, number in lines:
        print(f"{name:<34}{number:>8}")
    print(f"{'seconds':<34}{seconds:>8.0f}")
    bad = [each for each in outcomes if each.broken or each.errors]
    for each in bad[:_SHOWN]:
        print(f"\nseed {each.seed}:\n{each.words}\n{''.join(each.errors[:1])}")
        print(f'Repeat it with: make chaos CHAOS="--seed {each.seed} --count 1"')


if __name__ == "__main__":
    sys.exit(main())

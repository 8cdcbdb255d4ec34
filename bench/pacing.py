"""The throughput benchmark on virtual time: the same, whatever else the machine does."""

from __future__ import annotations

import heapq
import statistics
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from bench.batches import sheet
from bench.observed import Observed
from bench.report import Line, Result, at_most, ratio_line
from bench.virtual import DURATIONS, Options, through_virtual_time

ROWS = 60
SEEDS = (60, 61, 62, 63, 64)
_EVERY = 4.0  # seconds between the loop's looks


def run() -> Result:
    ours = [one(seed) for seed in SEEDS]
    loops = [the_loop(each.tasks) for each in ours]

    def mean(of: Callable[[Observed], float], batches: Sequence[Observed]) -> float:
        return statistics.mean(of(each) for each in batches)

    share = mean(lambda each: each.utilisation, ours)
    loop_share = mean(lambda each: each.utilisation, loops)
    polls = mean(lambda each: each.polls_per_row, ours)
    loop_polls = mean(lambda each: each.polls_per_row, loops)
    delay = mean(lambda each: each.delay(), ours)
    loop_delay = mean(lambda each: each.delay(), loops)
    return Result(
        "pacing",
        f"Throughput on virtual time, {ROWS} rows",
        [
            Line(
                "share of the ideal",
                f"{share:.3f}",
                f"{loop_share:.3f}",
                share / loop_share,
                "≥ 0.97; ratio ≥ 1.05",
                share >= 0.97 and share / loop_share >= 1.05,
            ),
            ratio_line("polls a row", polls, loop_polls, most=0.7, digits=2),
            at_most("success to URL, median", delay, 4, unit=" s", peer=f"{loop_delay:.2f} s"),
        ],
        notes=[
            f"The real steps, mean of {len(SEEDS)} seeds; a call of Submit, Poll and Publish takes "
            f"{', '.join(f'{seconds:g} s' for seconds in DURATIONS.values())} besides its waiting. "
            "The loop is worked out for the same latencies, with as long to publish.",
        ],
    )


def one(seed: int) -> Observed:
    """A batch of Rowshot's."""
    (seen,), _ = through_virtual_time([sheet("pacing", ROWS)], Options(seed=seed))
    return seen


def the_loop(tasks: Sequence[Any]) -> Observed:
    """What the loop makes of the same latencies: six workers, a look every four seconds."""
    free = [0.0] * 6
    seen, stored = [], {}
    for number, task in enumerate(tasks):
        created = free[0]
        looks = ceil(task["latency_s"] / _EVERY)
        end = created + looks * _EVERY + DURATIONS["publish"]
        heapq.heapreplace(free, end)
        own = {"created": created, "completed": created + task["latency_s"], "polls": looks}
        seen.append({"task_id": str(number), "latency_s": task["latency_s"], **own})
        stored[str(number)] = end
    return Observed(seen, stored)

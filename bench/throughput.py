"""Sixty rows in real time: do hiapi's places ever stand idle, and how soon is a picture there?"""

from __future__ import annotations

import sys

from bench.batches import sheet, through_rowshot, through_the_loop
from bench.observed import Observed
from bench.report import Line, Result, at_most, ratio_line

ROWS = 60


def run() -> Result:
    data = sheet("caddies", ROWS)
    (ours,), usage = through_rowshot([data])
    print(f"  Rowshot: {ours.utilisation:.3f} of the ideal", file=sys.stderr, flush=True)
    (loop,) = through_the_loop([data])
    return Result(
        "throughput",
        f"Throughput, {ROWS} rows",
        lines(ours, loop),
        notes=[
            "Real time. Both work against a simulated hiapi of the same seed: the n-th task takes "
            f"as long in both (ideal: {ours.ideal:.1f} s on six places without gaps).",
            "From the first create to the last URL in the ledger (loop: file on disk). Rowshot "
            "starts cold; engine, functions, simulator and pictures share the machine.",
            "Polls are all requests for a task's state, Publish's own for a fresh link included.",
        ],
        raw={"usage": usage.to_json()},
    )


def lines(ours: Observed, loop: Observed) -> list[Line]:
    share = Line(
        "share of the ideal",
        f"{ours.utilisation:.3f}",
        f"{loop.utilisation:.3f}",
        ours.utilisation / loop.utilisation,
        "≥ 0.97",
        ours.utilisation >= 0.97,
    )
    return [
        share,
        ratio_line(
            "pictures an hour",
            3600 * len(ours.tasks) / ours.makespan,
            3600 * len(loop.tasks) / loop.makespan,
            least=1.05,
        ),
        ratio_line("polls a row", ours.polls_per_row, loop.polls_per_row, most=0.7, digits=2),
        at_most("success to URL, median", ours.delay(), 2, unit=" s", peer=f"{loop.delay():.2f} s"),
        at_most("success to URL in the Google Sheet, median", ours.sheet_delay(), 6, unit=" s"),
        at_most(
            "success to URL, 95th percentile",
            ours.delay(0.95),
            4,
            unit=" s",
            peer=f"{loop.delay(0.95):.2f} s",
        ),
        Line(
            "success to the look that saw it, median",
            f"{ours.seen_after():.2f} s",
            f"{loop.seen_after():.2f} s",
        ),
    ]

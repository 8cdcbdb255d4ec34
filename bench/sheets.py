"""Three sheets dropped together: does one of them wait for the others?"""

from __future__ import annotations

from collections.abc import Sequence

from bench.batches import sheet, through_rowshot, through_the_loop
from bench.observed import Observed
from bench.report import Line, Result, at_most, ratio_line

ROWS = 20
SOFT_DEADLINE = 240.0


def run() -> Result:
    sheets = [sheet(name, ROWS) for name in ("cups", "pots", "trays")]
    ours, usage = through_rowshot(sheets)
    loops = through_the_loop(sheets)
    return Result(
        "sheets",
        f"Three sheets of {ROWS} rows",
        lines(ours, loops),
        notes=[
            "Real time, all three dropped at once; the peer is three loops, so 18 tasks stand at "
            "hiapi, which works on six.",
            "A fair share means that all sheets end together: the first end's share of the last.",
        ],
        raw={"usage": usage.to_json()},
    )


def lines(ours: Sequence[Observed], loops: Sequence[Observed]) -> list[Line]:
    return [
        at_most(
            "longest time from order to success",
            _longest(ours),
            SOFT_DEADLINE,
            unit=" s",
            peer=f"{_longest(loops):.2f} s",
        ),
        Line(
            "fairness, first end / last end",
            f"{_fairness(ours):.2f}",
            f"{_fairness(loops):.2f}",
            _fairness(ours) / _fairness(loops),
        ),
        ratio_line("all three done, seconds", _span(ours), _span(loops)),
        ratio_line("polls a row", _polls(ours), _polls(loops), most=0.6, digits=2),
    ]


def _longest(all_sheets: Sequence[Observed]) -> float:
    return max(
        float(task["completed"] - task["created"]) for each in all_sheets for task in each.tasks
    )


def _begin(all_sheets: Sequence[Observed]) -> float:
    return min(float(task["created"]) for each in all_sheets for task in each.tasks)


def _ends(all_sheets: Sequence[Observed]) -> list[float]:
    begin = _begin(all_sheets)
    return [max(each.stored.values()) - begin for each in all_sheets]


def _fairness(all_sheets: Sequence[Observed]) -> float:
    ends = _ends(all_sheets)
    return min(ends) / max(ends)


def _span(all_sheets: Sequence[Observed]) -> float:
    return max(_ends(all_sheets))


def _polls(all_sheets: Sequence[Observed]) -> float:
    tasks = [task for each in all_sheets for task in each.tasks]
    return sum(int(task["polls"]) for task in tasks) / len(tasks)

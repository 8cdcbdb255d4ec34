"""Ten rows or ten thousand: what does one more row cost?"""

from __future__ import annotations

import time
from decimal import Decimal

from bench.batches import on_the_engine, sheet
from bench.machine import peak_mb
from bench.report import Line, Result
from bench.virtual import BenchWorld, Options, through_virtual_time

MOST = 10_000
ENGINE_ROWS = (10, 100, 1_000)
_WINDOW = MOST // 10
_MARKS = (_WINDOW, 2 * _WINDOW, MOST - _WINDOW, MOST)


class Marks:
    """How far a batch had come when certain rows were published.

    Attributes:
        seconds: By published rows the process's time on the processor.
        calls: By published rows the requests to the ledger.
    """

    def __init__(self) -> None:
        self.seconds: dict[int, float] = {}
        self.calls: dict[int, int] = {}

    def note(self, world: BenchWorld, published: int) -> None:
        """Takes the figures down, at the rows that matter."""
        if published in _MARKS:
            self.seconds[published] = time.process_time()
            self.calls[published] = world.meter.requests


def run() -> Result:
    return Result(
        "scale",
        f"Scale, up to {MOST:,} rows",
        [*_our_part(), *_engine()],
        notes=[
            "Our part alone: the real steps and ledger calls on virtual time, against a table and "
            "buckets in memory; processor time of the one process that holds all of it.",
            "On the engine: the whole template at time scale 0, pictures of 16 pixels; from drop "
            "to the results. Beyond a thousand rows the engine is the limit, not Rowshot: it "
            "answers the ledger's requests one after the other and keeps every child's history.",
        ],
    )


def _our_part() -> list[Line]:
    marks = Marks()
    room = Decimal(MOST)
    options = Options(seed=60, run_usd=room, day_usd=room)
    began = time.process_time()
    through_virtual_time([sheet("scale", MOST)], options, on_published=marks.note)
    whole = time.process_time() - began
    early, late = _MARKS[:2], _MARKS[2:]
    return [
        Line(f"{MOST:,} rows, processor seconds", f"{whole:.0f}"),
        _marginal("processor ms a row", marks.seconds, early, late, 1000),
        _marginal("ledger calls a row", marks.calls, early, late, 1),
        Line("peak memory, MB", f"{peak_mb():.0f}"),
    ]


def _marginal(
    what: str,
    figures: dict[int, float] | dict[int, int],
    early: tuple[int, ...],
    late: tuple[int, ...],
    factor: float,
) -> Line:
    before = factor * (figures[early[1]] - figures[early[0]]) / _WINDOW
    after = factor * (figures[late[1]] - figures[late[0]]) / _WINDOW
    return Line(
        f"{what}, last {_WINDOW:,} (peer: rows {early[0]:,} to {early[1]:,})",
        f"{after:.1f}",
        f"{before:.1f}",
        after / before,
        "≤ 1.2",
        after <= 1.2 * before,
    )


def _engine() -> list[Line]:
    lines = []
    for rows in ENGINE_ROWS:
        seconds, memory = on_the_engine(sheet(f"engine{rows}", rows))
        what = f"{rows:,} rows on the engine, ms a row (engine's peak memory {memory:.0f} MB)"
        lines.append(Line(what, f"{1000 * seconds / rows:.0f}"))
    return lines

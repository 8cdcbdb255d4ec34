"""The machines under what Step Functions and Lambda bound, and the line with the largest sheets."""

from __future__ import annotations

import random
import runpy
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rowshot.ledger.records import SPARE_AT_WORK
from support import promises, template, virtual
from support.kills import Place
from support.machine import Execution, Failed, Interpreter, TimedOut
from support.sheets import keys, sheet
from support.world import Options, World

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 20_000  # rows of a sheet
LAUNCH = ROOT / "examples" / "launch.py"


class Machine:
    """A machine alone, with functions that answer at once.

    Args:
        name: Which machine.
        answers: What a function answers.
        throttled: Virtual seconds in which Lambda refuses every call.
    """

    def __init__(self, name: str, answers: dict[str, Any], throttled: float = 0.0) -> None:
        self.loop = virtual.VirtualLoop()
        self.calls: list[str] = []
        self.refused = 0
        self.ended_at = 0.0
        self.execution = Execution("row", None)
        self._answers = answers
        self._throttled = throttled
        self._interpreter = Interpreter(
            template.machine(name),
            self._invoke,
            random.Random(1),  # noqa: S311 - chance, no secret
            self._is_throttled,
        )

    def run(self) -> Any:
        try:
            walk = self._interpreter.run({"run_id": "r"}, self.execution)
            return self.loop.run_until_complete(walk)
        finally:
            self.ended_at = self.loop.time()
            self.loop.close()

    def _is_throttled(self) -> bool:
        refused = self.loop.time() < self._throttled
        self.refused += refused
        return refused

    async def _invoke(self, function: str, payload: Any) -> Any:
        self.calls.append(function)
        answer = self._answers[function]
        if answer is None:
            raise Failed("Lambda.Unknown", "the function died")
        return answer


ROW = {
    "submit": {"next": "poll", "wait": 24},
    "poll": {"next": "publish", "wait": 0},
    "publish": {"next": "done", "wait": 0},
}


def test_a_picture_takes_six_transitions() -> None:
    machine = Machine("render", ROW)
    machine.run()
    assert machine.execution.visited == ["Submit", "WaitForTask", "Poll", "Looked", "Publish"]
    assert len(machine.execution.visited) + 1 == 6  # and its start


def test_a_row_outlasts_minutes_in_which_lambda_is_full() -> None:
    machine = Machine("render", ROW, throttled=150)
    machine.run()
    assert machine.refused > 1
    assert machine.calls == ["submit", "poll", "publish"]


def test_a_row_whose_function_always_dies_is_left_to_sweep() -> None:
    machine = Machine("render", {**ROW, "submit": None})
    with pytest.raises(Failed, match="RowUnsettled"):
        machine.run()
    assert machine.calls == ["submit"] * 6


def test_a_wait_of_a_fraction_is_refused() -> None:
    with pytest.raises(Failed, match="whole number"):
        Machine("finish", {"finish": {"next": "finish", "wait": 0.5}}).run()


def test_a_history_that_is_too_long_ends_an_execution() -> None:
    with pytest.raises(Failed, match="history"):
        Machine("finish", {"finish": {"next": "finish", "wait": 1}}).run()


ENDLESS = [
    ("render", {**ROW, "poll": {"next": "poll", "wait": 3600}}),
    (
        "render",
        {**ROW, "submit": {"next": "poll", "wait": 900}, "poll": {"next": "submit", "wait": 0}},
    ),
    ("finish", {"finish": {"next": "finish", "wait": 600}}),
]


@pytest.mark.parametrize(("name", "answers"), ENDLESS)
def test_an_execution_that_never_ends_meets_its_time_limit(
    name: str, answers: dict[str, Any]
) -> None:
    machine = Machine(name, answers)
    with pytest.raises(TimedOut):
        machine.run()
    assert machine.ended_at == template.machine(name)["TimeoutSeconds"]


def test_a_row_whose_execution_met_its_time_limit_is_started_again() -> None:
    with World(Options(hiapi={"latency_s": (60, 60)})) as world:
        world.interpreters["render"] = replace(
            world.interpreters["render"],
            definition={**template.machine("render"), "TimeoutSeconds": 30},
        )
        run_id = world.drop(sheet(2))
        world.run(run_id)
        assert {each.status for each in world.executions()} == {"TIMED_OUT", "SUCCEEDED"}
        assert world.report(run_id)["counts"]["published"] == 2
        assert world.books()["tasks_created"] == 2


@pytest.mark.slow
def test_the_launch_ends_with_every_picture(tmp_path: Path) -> None:
    """810 rows, of which never more are at work than the account allows."""
    path = tmp_path / "launch.csv"
    assert runpy.run_path(str(LAUNCH))["write"](path) == 810
    data = path.read_bytes()
    with World(Options()) as world:
        most = [0]

        def judge(place: Place) -> None:
            most[0] = max(most[0], len(world.ledger.limiter.view().working))

        world.judges.append(judge)
        run_id = world.drop(data, "launch.csv")
        world.run(run_id)
        assert not promises.check(world, {run_id: keys(data)})
        assert world.report(run_id)["counts"]["published"] == 810
        assert most[0] <= world.options.in_flight + SPARE_AT_WORK
        states = Counter(
            name for each in world.executions() for name in each.visited if "job" in each.input
        )
        assert states["Submit"] == states["Publish"] == 810


@pytest.mark.slow
def test_the_largest_sheet_is_planned_and_cancelled() -> None:
    """Its rows stand in line without an execution, and are given up many at a time."""
    options = replace(Options(), run_usd=Decimal(1000), day_usd=Decimal(1000))
    with World(options) as world:
        run_id = world.drop(sheet(LARGEST))
        world.run(until=30)
        run = world.ledger.runs.get(run_id)
        assert (run.planned, run.rows) == (True, LARGEST)
        assert len(world.executions()) <= options.in_flight + SPARE_AT_WORK
        before = world.dynamodb.calls["transact_write_items"]
        cancelled = world.control.cancel(run_id)
        begun = len(world.executions())
        assert cancelled.dropped == LARGEST - begun
        assert world.dynamodb.calls["transact_write_items"] - before <= LARGEST / 49 + 1
        world.run(run_id)
        assert world.report(run_id)["counts"]["cancelled"] == LARGEST - begun
        assert world.books()["tasks_created"] == begun

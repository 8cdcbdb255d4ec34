"""The machine under what Step Functions and Lambda bound, with the largest sheets."""

from __future__ import annotations

import random
import runpy
from pathlib import Path
from typing import Any

import pytest

from support import template, virtual
from support.machine import Execution, Failed, Interpreter
from support.world import World

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 20_000  # rows of a sheet
LAUNCH = ROOT / "examples" / "launch.py"


@pytest.fixture(scope="module")
def launch(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    sheet = tmp_path_factory.mktemp("launch") / "launch.csv"
    assert runpy.run_path(str(LAUNCH))["write"](sheet) == 810
    return sheet.read_bytes()


@pytest.fixture(scope="module")
def jobs(launch: bytes) -> list[bytes]:
    """What Plan hands to the machine for the launch."""
    with World() as world:
        run_id = world.call("plan", world.upload(launch, "launch.csv"))
        return (world.inbox.get(run_id, "manifest-1.jsonl") or b"").splitlines()


class Machine:
    """The machine alone, with functions that answer at once.

    Args:
        lines: The manifest.
        broken: Whether Submit fails for good.
        throttled: Virtual seconds in which Lambda refuses every call.
    """

    def __init__(self, lines: list[bytes], broken: bool = False, throttled: float = 0.0) -> None:
        self.loop = virtual.VirtualLoop()
        self.broken = broken
        self.calls: list[str] = []
        self.refused = 0
        self.execution = Execution("run", None)
        self.value = {"run_id": "r", "rows": len(lines), "bucket": "inbox", "manifest": "m"}
        self._throttled = throttled
        self.interpreter = Interpreter(
            template.machine(40),
            self.invoke,
            lambda bucket, key: b"\n".join(lines),
            random.Random(1),  # noqa: S311 - chance, no secret
            self.is_throttled,
        )

    def is_throttled(self) -> bool:
        refused = self.loop.time() < self._throttled
        self.refused += refused
        return refused

    async def invoke(self, function: str, payload: Any) -> Any:
        self.calls.append(function)
        if function == "submit" and self.broken:
            raise Failed("Lambda.Unknown", "the function died")
        following = {"submit": "poll", "poll": "publish"}.get(function, "done")
        return {"next": following, "wait": 4}

    def run(self) -> Any:
        try:
            return self.loop.run_until_complete(self.interpreter.run(self.value, self.execution))
        finally:
            self.loop.close()


def test_the_launch_ends_through_the_machine(jobs: list[bytes]) -> None:
    machine = Machine(jobs)
    machine.run()
    assert len(jobs) == machine.calls.count("publish") == 810
    assert machine.execution.visited == [
        "AnythingToRender",
        "RenderRows",
        "Finish",
        "Finished",
        "RunEnded",
    ]
    assert "error" not in machine.value


def test_the_largest_sheet_ends_through_the_machine(jobs: list[bytes]) -> None:
    lines = (jobs * (LARGEST // len(jobs) + 1))[:LARGEST]
    machine = Machine(lines)
    result = machine.run()
    assert machine.calls.count("publish") == LARGEST
    assert machine.calls.count("finish") == 1
    assert "error" not in result, "the outputs of its rows fit"


def test_a_run_ends_however_much_its_rows_say(jobs: list[bytes]) -> None:
    """Rows that fail tell why, and with many of them Step Functions refuses the Map's result."""
    lines = (jobs * (LARGEST // len(jobs) + 1))[:LARGEST]
    machine = Machine(lines, broken=True)
    result = machine.run()
    assert result["error"]["Error"] == "States.DataLimitExceeded"
    assert machine.calls.count("finish") == 1


def test_rows_outlast_minutes_in_which_lambda_is_full(jobs: list[bytes]) -> None:
    machine = Machine(jobs[:40], throttled=150)
    machine.run()
    assert machine.refused > 40
    assert machine.calls.count("publish") == 40


def test_a_wait_of_a_fraction_is_refused(jobs: list[bytes]) -> None:
    machine = Machine(jobs[:1])

    async def invoke(function: str, payload: Any) -> Any:
        return {"next": "finish", "wait": 0.5}

    machine.interpreter.invoke = invoke
    machine.value["rows"] = 0
    with pytest.raises(Failed, match="whole number"):
        machine.run()


def test_a_history_that_is_too_long_ends_an_execution(jobs: list[bytes]) -> None:
    machine = Machine(jobs[:1])

    async def invoke(function: str, payload: Any) -> Any:
        return {"next": "finish", "wait": 1}

    machine.interpreter.invoke = invoke
    machine.value["rows"] = 0
    with pytest.raises(Failed, match="history"):
        machine.run()

"""The simulated hiapi as a process: its first line, its end, its memory over a kill."""

from __future__ import annotations

import ast
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import rowshot_simulators.hiapi as package
from rowshot_simulators.hiapi import SimulatorOptions, start_simulator

SERVE = """
import sys
from pathlib import Path
from rowshot_simulators.hiapi import SimulatorOptions, run_forever
run_forever(0, SimulatorOptions(time_scale=0, state_file=Path(sys.argv[1])), die_with_parent=True)
"""


@contextmanager
def serving(state_file: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(state_file)], stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout is not None
            line = json.loads(process.stdout.readline())
            yield process, line["address"], line["token"]
        finally:
            process.kill()


def buy(address: str, token: str) -> tuple[str, bool]:
    answer = httpx.post(
        f"{address}/v1/tasks",
        json={"model": "qwen-image-2.0", "input": {"prompt": "一罐茶"}},
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "row-1"},
    )
    return answer.json()["data"]["taskId"], "Idempotent-Replay" in answer.headers


def test_a_kill_loses_no_task_and_no_key(tmp_path: Path) -> None:
    file = tmp_path / "hiapi.jsonl"
    with serving(file) as (process, address, token):
        task, replayed = buy(address, token)
        process.kill()
        process.wait(10)
    assert not replayed
    with serving(file) as (_, address, token):
        assert buy(address, token) == (task, True)
        state = httpx.get(f"{address}/_sim/state").json()
    assert (state["tasks_created"], state["charged_usd"]) == (1, "0.025")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path / "hiapi.jsonl") as (process, address, _):
        assert httpx.get(f"{address}/_sim/state").status_code == 200
        process.send_signal(number)
        process.wait(10)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{address}/_sim/state")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal is Linux's")
def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    """A parent that starts it, passes its first line on, and is killed."""
    parent_code = "import subprocess, sys\nsubprocess.Popen([sys.executable, *sys.argv[1:]]).wait()"
    command = [sys.executable, "-c", parent_code, "-c", SERVE, str(tmp_path / "hiapi.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        address = json.loads(parent.stdout.readline())["address"]
        parent.kill()
        # The pipe closes when the last process that holds it is gone.
        assert parent.stdout.read() == ""
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/_sim/state")


def test_stopping_frees_the_port_and_the_thread() -> None:
    with start_simulator() as simulator:
        port = int(simulator.base_url.rsplit(":", 1)[1])
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{simulator.base_url}/_sim/state")
    with start_simulator(SimulatorOptions(port=port)) as again:
        assert again.base_url == simulator.base_url


def test_a_port_that_is_taken_is_an_error() -> None:
    with start_simulator() as simulator:
        port = int(simulator.base_url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="in use"):
            start_simulator(SimulatorOptions(port=port))


def test_it_imports_nothing_of_the_core() -> None:
    """Or it would share the core's misreadings of the vendor's documentation."""
    assert package.__file__ is not None
    for file in Path(package.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            assert not any(name.split(".")[0] == "rowshot" for name in names), file

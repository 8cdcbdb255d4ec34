"""The simulator as a process of its own: its first line, its back door, its memory."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from rowshot.sheet_sync.google import open_worksheet
from rowshot_simulators.sheets import SheetsSimulatorOptions, start_sheets_simulator

CODE = """
import sys
from pathlib import Path
from rowshot_simulators.sheets import SheetsSimulatorOptions, run_forever
state = Path(sys.argv[1]) if len(sys.argv) > 1 else None
run_forever(0, SheetsSimulatorOptions(time_scale=0, state_file=state))
"""


@contextmanager
def process(*arguments: str, stop: int = signal.SIGKILL) -> Iterator[dict[str, str]]:
    """A running simulator's first line; a signal stops it at the end."""
    running = subprocess.Popen(
        [sys.executable, "-c", CODE, *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        yield json.loads(running.stdout.readline())
    finally:
        running.send_signal(stop)
        running.communicate(timeout=10)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_an_orderly_stop_leaves_no_key_behind(stop: int) -> None:
    with process(stop=stop) as hello:
        file = Path(hello["service_account_file"])
        assert file.exists()
        assert requests.get(f"{hello['address']}/_sim/state", timeout=10).ok
    assert not file.exists()


def post(base_url: str, path: str, **body: Any) -> Any:
    answer = requests.post(f"{base_url}/_sim/{path}", json=body, timeout=10)
    assert answer.ok, answer.text
    return answer.json()


def test_the_first_line_says_how_to_reach_it() -> None:
    with process() as hello:
        info = json.loads(Path(hello["service_account_file"]).read_text("utf-8"))
        assert info["client_email"] == hello["client_email"]
        assert info["token_uri"] == hello["address"] + "/token"
        made = post(hello["address"], "spreadsheets", title="T", sheets={"春": [["slug"], ["a"]]})
        live = open_worksheet(info, made["id"], "春", base_url=hello["address"])
        assert live.export_table() == [["slug"], ["a"]]


def test_documents_and_keys_survive_a_kill(tmp_path: Path) -> None:
    state = str(tmp_path / "sheets.json")
    with process(state) as hello:
        info = json.loads(Path(hello["service_account_file"]).read_text("utf-8"))
        rows = [["slug", "redo"], ["a", True], ["b", {"formula": '=IMAGE("https://x.example/")'}]]
        key = post(hello["address"], "spreadsheets", title="T", rows=rows)["id"]
    with process(state) as again:
        info["token_uri"] = again["address"] + "/token"
        live = open_worksheet(info, key, "Sheet1", base_url=again["address"])
        assert live.export_table() == [["slug", "redo"], ["a", "TRUE"], ["b", ""]]


def test_the_back_door() -> None:
    with start_sheets_simulator(SheetsSimulatorOptions(time_scale=0)) as sim:
        key = post(sim.base_url, "spreadsheets", title="T", rows=[["a"]])["id"]
        batch = {
            "insertDimension": {"range": {"dimension": "ROWS", "startIndex": 0, "endIndex": 1}}
        }
        post(sim.base_url, f"spreadsheets/{key}/batchUpdate", requests=[batch])
        assert sim.grid(key, "Sheet1") == [[], ["a"]]
        email = post(sim.base_url, "accounts", name="second")["client_email"]
        post(sim.base_url, "share", spreadsheet_id=key, email=email, role="reader")
        post(sim.base_url, "faults", kind="error", status=503, times=2)
        state = requests.get(f"{sim.base_url}/_sim/state", timeout=10).json()
        assert state["spreadsheets"][0]["roles"][email] == "reader"
        assert state["traffic"]["faults"][0]["status"] == 503
        shown = requests.get(f"{sim.base_url}/_sim/spreadsheets/{key}", timeout=10).json()
        assert shown["grids"] == {"Sheet1": [[], ["a"]]}
        requests.delete(f"{sim.base_url}/_sim/faults", timeout=10)
        assert not sim.traffic.faults
        assert requests.get(f"{sim.base_url}/_sim/log", timeout=10).json() == {"requests": []}


def test_it_imports_nothing_of_the_product() -> None:
    """A simulator that shared the product's code would share its misreadings."""
    code = (
        "import sys; import rowshot_simulators.sheets.server; "
        "print([m for m in sys.modules if m.split('.')[0] in ('rowshot', 'gspread')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""``rowshot run`` as people use it: their sheets, environment, Ctrl-C and kills."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import sys
import urllib.request
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from rowshot_local.engine import process
from rowshot_local.engine.folder import EngineFolder
from rowshot_simulators.hiapi import HiapiSimulator, SimulatorOptions, start_simulator
from rowshot_simulators.sheets import start_sheets_simulator
from support.cli import Shell, ended, running, simulator_process, until
from support.sheets import table

ROOT = Path(__file__).parents[2]
CATALOG = ROOT / "examples" / "catalog.csv"
SCALE = "0.02"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A folder of one test, of which nothing may be running afterwards."""
    made = Shell(tmp_path)
    yield made
    try:
        until(lambda: not made.processes(), 10)
    except TimeoutError:
        left = list(running(str(tmp_path)))
        for pid, _ in left:
            os.kill(pid, signal.SIGKILL)
        pytest.fail(f"still running: {left}")


@pytest.fixture
def hiapi() -> Iterator[HiapiSimulator]:
    """A server that draws small pictures and takes its time."""
    options = SimulatorOptions(max_edge=32, time_scale=0.1, latency_s=(8, 12))
    with start_simulator(options) as simulator:
        yield simulator


def drafts(number: int) -> bytes:
    """A sheet of rows for the cheapest model, all different."""
    return table(
        {"slug": f"draft-{n}", "prompt": f"Draft number {n}", "model": "flux-schnell"}
        for n in range(number)
    )


def at(server: HiapiSimulator) -> dict[str, str]:
    """The environment that names a server."""
    return {"HIAPI_BASE_URL": f"{server.base_url}/v1", "HIAPI_TOKEN": server.token}


def books(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{address}/_sim/state") as answer:  # noqa: S310 - our own
        loaded: dict[str, Any] = json.load(answer)
        return loaded


def test_the_catalogue_twice_with_a_token_at_hand(shell: Shell) -> None:
    """A token alone never spends: the built-in simulator answers."""
    arguments = ("run", CATALOG, "--state", shell.state, "--time-scale", SCALE)
    first = shell(*arguments, HIAPI_TOKEN="a-real-one")
    assert (first.code, first.err) == (0, "")
    assert "nothing is spent" in first.out
    assert "Would have cost $0.28 (simulated)." in first.out
    assert "Spent" not in first.out
    report = shell.report()
    assert report["simulated"] is True
    assert "Simulated</span>" in (shell.folder / "out" / "index.html").read_text("utf-8")
    assert report["counts"]["published"] == report["counts"]["rows"] == 12
    assert Decimal(report["spent_usd"]) == Decimal("0.28")
    for row in report["rows"]:
        picture = (shell.folder / "out" / row["file"]).read_bytes()
        assert (picture[8:12], len(picture)) == (b"WEBP", row["bytes"])
    with (shell.folder / "out" / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["published"] * 12
    assert shell.processes() == []

    second = shell(*arguments, HIAPI_TOKEN="a-real-one")
    assert (second.code, second.err) == (0, "")
    again = shell.report()
    assert again["counts"]["unchanged"] == 12
    assert again["spent_usd"] == again["estimate_usd"] == "0"
    urls = [[row["image_url"] for row in each["rows"]] for each in (report, again)]
    assert urls[0] == urls[1]

    plan = json.loads(shell("plan", CATALOG, "--state", shell.state, "--json").out)
    assert plan["counts"] == {"unchanged": 12}
    listed = shell("status", "--state", shell.state)
    assert "All prices are simulated: nothing was spent." in listed.out
    real = shell(*arguments, "--live", HIAPI_TOKEN="a-real-one")
    assert real.code == 2
    assert "holds simulated pictures" in real.sentence


def test_another_server_is_honoured_to_the_end(shell: Shell) -> None:
    sheet = shell.sheet("drafts.csv", drafts(3))
    with simulator_process(shell, time_scale=0.02) as server:
        address = {"HIAPI_BASE_URL": server["address"], "HIAPI_TOKEN": server["token"]}
        arguments = ("run", sheet, "--state", shell.state, "--time-scale", SCALE)
        ran = shell(*arguments, **address)
        assert (ran.code, ran.err) == (0, "")
        assert f"hiapi at {server['address']}: pictures cost real money." in ran.out
        assert "Spent $0.015." in ran.out
        assert shell.report()["simulated"] is False
        tasks = books(server["address"])["tasks"]
        bought = {row["task_id"] for row in shell.report()["rows"]}
        assert {task["task_id"] for task in tasks} == bought
        assert len(bought) == 3

        more = shell.sheet("more.csv", drafts(4))
        denied = shell("run", more, "--state", shell.state, "--time-scale", SCALE,
                       **{**address, "HIAPI_TOKEN": "wrong"})  # fmt: skip
        assert denied.code in (1, 2)
        assert "Traceback" not in denied.err
        assert "HIAPI_TOKEN" in denied.out + denied.err or "key" in denied.out + denied.err
        assert books(server["address"])["tasks_created"] == 3


def test_a_worksheet_at_another_server_is_filled_in(shell: Shell, hiapi: HiapiSimulator) -> None:
    rows = [["slug", "prompt", "Status"], ["杯", "A celadon cup", "in stock"], ["tin", "", "-"]]
    with start_sheets_simulator() as google:
        key = google.create_spreadsheet("Launch", {"Notes": [["mine"]], "春季": rows})
        account = shell.sheet("key.json", json.dumps(google.service_account_info()).encode())
        shell.environment = {
            **at(hiapi),
            "SHEETS_BASE_URL": google.base_url,
            "GOOGLE_SERVICE_ACCOUNT_FILE": str(account),
        }
        sheet = shell.sheet(
            "launch.csv", table([dict(zip(rows[0], row, strict=True)) for row in rows[1:]])
        )
        ended = shell(
            *("run", sheet, "--state", shell.state, "--time-scale", "0.1"),
            *("--spreadsheet", key, "--worksheet", "春季"),
        )
        assert ended.code == 1, ended.err
        header, cup, tin = google.grid(key, "春季")
        assert header[:4] == ["slug", "prompt", "Status", "rowshot status"]
        assert (cup[:4], tin[3]) == (["杯", "A celadon cup", "in stock", "published"], "invalid")
        assert cup[header.index("image_url")] == shell.report()["rows"][0]["image_url"]
        assert google.grid(key, "Notes") == [["mine"]]
        assert "private_key" not in (shell.folder / "out" / "report.json").read_text("utf-8")


def test_what_cannot_start_is_said_in_one_sentence(shell: Shell) -> None:
    missing = shell("run", "missing.csv", "--state", shell.state)
    assert (missing.code, missing.out) == (2, "")
    assert missing.sentence == "There is no file missing.csv: check its name."
    assert not shell.state.exists()


def test_sheets_that_are_wrong_end_with_their_exit_code(
    shell: Shell, hiapi: HiapiSimulator
) -> None:
    shell.environment = at(hiapi)
    options = ("--state", shell.state, "--time-scale", "0.1")
    unreadable = shell("run", shell.sheet("photo.csv", b"\x89PNG\r\n\x1a\n"), *options)
    assert (unreadable.code, unreadable.sentence.partition(" is ")[0]) == (2, "photo.csv")
    assert not (shell.folder / "out").exists(), "nothing was read, so no results are touched"

    rows = [
        {"slug": "good", "prompt": "A jar", "model": "flux-schnell"},
        {"slug": "bad", "prompt": "A jar", "model": "dall-e"},
    ]
    mixed = shell("run", shell.sheet("mixed.csv", table(rows)), *options)
    assert (mixed.code, mixed.err) == (1, "")
    assert "row 3 bad: There is no model 'dall-e'" in mixed.out
    assert [row["status"] for row in shell.report()["rows"]] == ["published", "invalid"]

    dear = shell("run", shell.sheet("dear.csv", drafts(9)), "--max-usd", "0.04", *options)
    assert dear.code == 2
    assert "$0.045" in dear.sentence
    assert "$0.04:" in dear.sentence
    assert shell.report()["counts"]["over budget"] == 9
    assert hiapi.state()["tasks_created"] == 1


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def forget(shell: Shell) -> None:
    """Deletes what the engine would be restored from: only stored objects are left."""
    folder = EngineFolder.below(shell.state)
    shutil.rmtree(folder.snapshots)
    shutil.rmtree(folder.live, ignore_errors=True)


@pytest.mark.parametrize("loss", [None, forget], ids=["kept", "snapshots-lost"])
def test_killed_in_mid_run_the_same_command_goes_on(
    shell: Shell, hiapi: HiapiSimulator, loss: Callable[[Shell], None] | None
) -> None:
    shell.environment = at(hiapi)
    sheet = shell.sheet("drafts.csv", drafts(8))
    arguments = ("run", sheet, "--state", shell.state, "--time-scale", "0.1")
    command = shell.start(*arguments)
    until(lambda: hiapi.state(with_tasks=False)["tasks_created"] >= 5)
    # Everything at once, as the out-of-memory killer or a dead battery would.
    for pid in [command.pid, *process.leftovers(EngineFolder.below(shell.state))]:
        kill(pid)
    command.communicate()
    if loss:
        loss(shell)
    again = shell(*arguments)
    assert (again.code, again.err) == (0, "")
    report, state = shell.report(), hiapi.state()
    assert report["counts"]["published"] + report["counts"]["unchanged"] == 8
    assert state["tasks_created"] == state["unique_bodies"] == 8
    assert state["max_in_flight"] <= 8


def test_ctrl_c_stops_everything_and_the_same_command_goes_on(
    shell: Shell, hiapi: HiapiSimulator
) -> None:
    # Shells let what they start in the background ignore Ctrl-C, and that is inherited.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    shell.environment = at(hiapi)
    sheet = shell.sheet("drafts.csv", drafts(6))
    arguments = ("run", sheet, "--state", shell.state, "--time-scale", "0.1")
    command = shell.start(*arguments)
    until(lambda: hiapi.state(with_tasks=False)["tasks_created"] >= 3)
    os.kill(command.pid, signal.SIGINT)
    stopped = ended(command)
    assert stopped.code == 130
    assert stopped.sentence == "Stopped. Run the same command again to continue."
    assert shell.processes() == []
    again = shell(*arguments)
    assert again.code == 0
    assert hiapi.state()["tasks_created"] == hiapi.state()["unique_bodies"] == 6


def test_ten_thousand_rows_of_a_workbook_are_priced_in_little_memory(shell: Shell) -> None:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("products")
    page.append(["slug", "recipe", "product", "label_zh", "size", "price", "redo", "approved"])
    for number in range(10_000):
        recipe, size = ("packshot", "1:1") if number % 2 else ("listing-card", "4:3")
        product = f"a tall tin of tea, number {number}"
        page.append([f"tea-{number:05}", recipe, product, "龙井茶", size, "99 元", False, False])
    path = shell.folder / "large.xlsx"
    book.save(path)
    command = shell.start("plan", path, "--max-usd", "250", "--state", shell.state)
    assert command.stdout is not None
    assert command.stderr is not None
    shown = command.stdout.read()
    _, code, used = os.wait4(command.pid, 0)
    command.returncode = os.waitstatus_to_exitcode(code)
    with command.stdout, command.stderr:
        assert (command.returncode, command.stderr.read()) == (0, "")
    assert "10000 rows: 10000 ready." in shown
    assert "It would cost $250.00; the limit is $250.00." in shown
    assert used.ru_maxrss < 300 * 1024  # kilobytes, on Linux

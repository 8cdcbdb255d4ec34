"""Live worksheets on the engine: the real queue, roles and gspread, from drop to last cell."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import Workbook, load_workbook

from rowshot.inbound.signing import SIGNATURE, TIMESTAMP, menu_secret, sign
from rowshot.reading.inert import read_back
from rowshot_local.environment import Target
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_local.run_progress import follow
from rowshot_simulators.hiapi import Fault, HiapiSimulator, SimulatorOptions
from rowshot_simulators.sheets import SheetsSimulator
from support.cli import Shell

HEADER = ["slug", "prompt", "redo"]

pytestmark = pytest.mark.xdist_group("live sheets")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("live"))


@pytest.fixture(scope="module")
def local(shell: Shell) -> Iterator[LocalStack]:
    with start_local_stack(
        shell.state,
        Target(None, "", 0.02),
        time_scale=0.02,
        simulator_options=SimulatorOptions(max_edge=48),
    ) as started:
        yield started


def google(local: LocalStack) -> SheetsSimulator:
    assert local.worksheets.simulator is not None
    return local.worksheets.simulator


def hiapi(local: LocalStack) -> HiapiSimulator:
    assert local.simulator is not None
    return local.simulator


@contextmanager
def held_open(local: LocalStack, prompt: str) -> Iterator[Callable[[], None]]:
    """Keeps a run from ending before its test has seen enough: call what it yields at each look.

    Args:
        local: What runs.
        prompt: The prompt of the row whose task does not end.
    """
    hiapi(local).add_faults(Fault("task", "stuck", prompt=prompt))

    def let_go() -> None:
        hiapi(local).clear_faults()
        hiapi(local).release()

    try:
        yield let_go
    finally:
        let_go()


def as_csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def run(local: LocalStack, data: bytes, name: str) -> tuple[str, dict[str, Any]]:
    """Drops a file as ``rowshot run`` does; its worksheet's id and its report."""
    metadata = local.worksheets.load(data, name)
    run_id = local.stack.drop(data, name, metadata)
    return metadata["spreadsheet-id"], finish(local, run_id)


def finish(local: LocalStack, run_id: str) -> dict[str, Any]:
    for _ in follow(local.stack, run_id):
        pass
    report: dict[str, Any] = json.loads(local.stack.inbox.get(run_id, "report.json") or b"{}")
    return report


def worksheet(local: LocalStack, key: str, title: str = "Sheet1") -> list[dict[str, str]]:
    """What the worksheet shows, row by row."""
    header, *rows = google(local).grid(key, title)
    wide = (row + [""] * (len(header) - len(row)) for row in rows)
    return [dict(zip(header, row, strict=True)) for row in wide]


def test_the_worksheet_agrees_with_the_results_and_a_second_run_writes_nothing(
    local: LocalStack,
) -> None:
    rows = [HEADER, ["jar", "=1+1 jars", ""], ["罐", "+1 罐子", ""], ["bad", "", ""]]
    key, report = run(local, as_csv(rows), "agree.csv")
    assert report["live_sheet"]["complete"] is True
    text = (local.stack.inbox.get(report["run_id"], "results.csv") or b"").decode("utf-8-sig")
    for shown, result in zip(worksheet(local, key), csv.DictReader(io.StringIO(text)), strict=True):
        for column in ("slug", "prompt", "status", "image_url", "error", "cost_usd"):
            assert shown[column] == read_back(result[column]), column
    entered = google(local).entered(key, "Sheet1")
    assert [entered[1][1], entered[2][1]] == ["=1+1 jars", "+1 罐子"]
    written = google(local).traffic.count("write", key)
    again, second = run(local, as_csv(rows), "agree.csv")
    assert again == key
    assert (second["counts"]["unchanged"], second["counts"]["invalid"]) == (2, 1)
    assert google(local).traffic.count("write", key) == written


def test_rows_appear_while_the_run_goes_on(local: LocalStack) -> None:
    """The queue's passes fill the sheet, not only the last ones of the run's end."""
    data = as_csv([HEADER, *([f"w-{n}", f"A jar {n}", ""] for n in range(60))])
    metadata = local.worksheets.load(data, "while.csv")
    seen: set[int] = set()
    with held_open(local, "A jar 59") as let_go:
        run_id = local.stack.drop(data, "while.csv", metadata)
        for _ in follow(local.stack, run_id):
            shown = worksheet(local, metadata["spreadsheet-id"])
            seen.add(sum(row.get("status") == "published" for row in shown))
            if len(seen - {0, 60}) >= 2:
                let_go()
    assert len(seen - {0, 60}) >= 2
    assert {row["status"] for row in worksheet(local, metadata["spreadsheet-id"])} == {"published"}


def test_a_person_sorts_and_deletes_meanwhile(local: LocalStack) -> None:
    data = as_csv([HEADER, *([f"p-{n:02d}", f"A tin {n}", ""] for n in range(30))])
    metadata = local.worksheets.load(data, "person.csv")
    key = metadata["spreadsheet-id"]
    person = google(local).person(key, "Sheet1")
    done = 0
    with held_open(local, "A tin 29") as let_go:
        run_id = local.stack.drop(data, "person.csv", metadata)
        for progress in follow(local.stack, run_id):
            if progress.done > 4 and done == 0:
                person.sort("slug", descending=True)
                done = 1
            elif progress.done > 12 and done == 1:
                person.insert_rows(2, [["mine", "my own note"]])
                person.delete_row(person.row_of("slug", "p-07"))
                done = 2
            elif done == 2:
                let_go()
    assert done == 2
    report: dict[str, Any] = json.loads(local.stack.inbox.get(run_id, "report.json") or b"{}")
    shown = {row["slug"]: row["image_url"] for row in worksheet(local, key)}
    assert shown.pop("mine") == ""
    assert shown == {
        row["slug"]: row["image_url"] for row in report["rows"] if row["slug"] != "p-07"
    }
    assert any("p-07" in note for note in report["live_sheet"]["notes"])


def test_a_redo_is_reset_in_the_sheet_and_bought_once(local: LocalStack) -> None:
    plain = [HEADER, ["r", "A jar to do again", "FALSE"]]
    run(local, as_csv(plain), "redo.csv")
    ticked = as_csv([HEADER, ["r", "A jar to do again", "TRUE"]])
    key, first = run(local, ticked, "redo.csv")
    _, second = run(local, ticked, "redo.csv")
    assert (first["rows"][0]["versions"], second["rows"][0]["versions"]) == (2, 2)
    assert second["spent_usd"] == "0"
    assert google(local).entered(key, "Sheet1")[1][2] is False


def test_the_menu_prices_and_renders_a_worksheet(local: LocalStack) -> None:
    key = google(local).create_spreadsheet("Mine", {"春季": [HEADER[:2], ["m-1", "A menu jar"]]})
    status, answer = ask(local, {"spreadsheet_id": key, "worksheet": "春季", "mode": "price"})
    assert status == 200, answer
    assert answer["estimate_usd"] == "0.025"
    status, answer = ask(local, {"spreadsheet_id": key, "worksheet": "春季", "mode": "render"})
    assert status == 200, answer
    report = finish(local, answer["run_id"])
    assert report["counts"]["published"] == 1
    (row,) = worksheet(local, key, "春季")
    assert (row["status"], row["image_url"]) == ("published", report["rows"][0]["image_url"])


def test_the_secret_that_the_command_prints_opens_its_own_sheet(
    local: LocalStack, shell: Shell
) -> None:
    keys = [
        google(local).create_spreadsheet(name, {"a": [HEADER[:2], ["s-1", "A jar"]]})
        for name in ("Mine", "Yours")
    ]
    printed = [shell("menu-secret", key, "--state", shell.state) for key in keys]
    assert [(each.code, each.err) for each in printed] == [(0, ""), (0, "")]
    mine, yours = (each.out.strip() for each in printed)
    address = f"https://docs.google.com/spreadsheets/d/{keys[0]}/edit#gid=0"
    assert shell("menu-secret", address, "--state", shell.state).out.strip() == mine
    request = {"spreadsheet_id": keys[0], "worksheet": "a", "mode": "price"}
    assert ask(local, request, secret=mine)[0] == 200
    assert ask(local, request, secret=yours)[0] == 401


def test_nobody_without_the_secret_is_let_in(local: LocalStack) -> None:
    status, answer = ask(local, {"spreadsheet_id": "x" * 44, "worksheet": "a"}, secret="guess")
    assert status == 401
    assert "not signed" in answer["error"]


def ask(
    local: LocalStack, request: dict[str, Any], secret: str | None = None
) -> tuple[int, dict[str, Any]]:
    """What the script in a sheet sends."""
    secrets = local.stack.client("secretsmanager")
    name = local.stack.outputs["DropSecret"]
    master = secrets.get_secret_value(SecretId=name)["SecretString"]
    secret = secret or menu_secret(master, request["spreadsheet_id"])
    body = json.dumps(request).encode()
    stamp = str(int(time.time()))
    answer = httpx.post(
        local.engine.function_url(local.stack.outputs["DropUrl"]),
        content=body,
        headers={
            "content-type": "application/json",
            TIMESTAMP: stamp,
            SIGNATURE: sign(secret, stamp, body),
        },
        timeout=60,
        trust_env=False,
    )
    return answer.status_code, answer.json()


def test_a_workbook_comes_back_filled(local: LocalStack, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(HEADER[:2])
    book.active.append(["x-1", "A workbook jar"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    _, report = run(local, path.read_bytes(), "book.xlsx")
    assert report["workbook"] == {"file": "results.xlsx", "problem": None}
    data = local.stack.inbox.get(report["run_id"], "results.xlsx") or b""
    sheet = load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[1]][2:4] == ["status", "image_url"]
    assert [cell.value for cell in sheet[2]][:4] == [
        "x-1",
        "A workbook jar",
        "published",
        report["rows"][0]["image_url"],
    ]


def test_a_sheet_that_is_gone_does_not_hold_the_pictures_up(local: LocalStack) -> None:
    data = as_csv([HEADER, ["g-1", "A jar", ""]])
    metadata = local.worksheets.load(data, "gone.csv")
    google(local).delete_spreadsheet(metadata["spreadsheet-id"])
    report = finish(local, local.stack.drop(data, "gone.csv", metadata))
    assert report["counts"]["published"] == 1
    assert report["live_sheet"]["complete"] is False
    assert "The Google Sheet no longer exists" in report["live_sheet"]["problem"]

"""What people do to runs: watch, cancel, resume and retry, here and by a stack's outputs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rowshot_local.environment import Target
from rowshot_local.local_stack import LocalStack, attached_stack, start_local_stack
from rowshot_simulators.hiapi import HiapiSimulator, SimulatorOptions, start_simulator
from support.cli import Ended, Shell, ended, until
from support.sheets import table

SCALE = 0.1

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def hiapi() -> Iterator[HiapiSimulator]:
    """A server with two places, so that rows wait."""
    options = SimulatorOptions(max_edge=32, time_scale=SCALE, latency_s=(20, 30), places=2)
    with start_simulator(options) as simulator:
        yield simulator


@pytest.fixture
def shell(tmp_path: Path, hiapi: HiapiSimulator) -> Shell:
    """A folder whose commands talk to that server."""
    address = {"HIAPI_BASE_URL": hiapi.base_url, "HIAPI_TOKEN": hiapi.token}
    return Shell(tmp_path, address)


def rows(number: int) -> bytes:
    return table(
        {"slug": f"s{n}", "prompt": f"Picture number {n}.", "model": "flux-schnell"}
        for n in range(number)
    )


def only_run(shell: Shell) -> str:
    """The id of the run that an engine here works on, once it is noted."""
    found: list[str] = []

    def noted() -> bool:
        with attached_stack(shell.state) as stack:
            if stack is not None:
                found.extend(run.id for run in stack.ledger.runs.latest(1))
        return bool(found)

    until(noted)
    return found[0]


def statuses(shell: Shell) -> list[str]:
    return [row["status"] for row in shell.report()["rows"]]


def test_a_run_is_watched_cancelled_and_resumed(shell: Shell, hiapi: HiapiSimulator) -> None:
    sheet = shell.sheet("rows.csv", rows(12))
    here = ("--state", shell.state)
    command = shell.start("run", sheet, *here, "--time-scale", str(SCALE))
    run_id = only_run(shell)
    watcher = shell.start("watch", *here)
    until(lambda: hiapi.state(with_tasks=False)["tasks_created"] >= 4)
    cancelled = shell("cancel", *here)
    assert (cancelled.code, cancelled.err) == (0, "")
    assert f"Cancelled run {run_id}" in cancelled.out
    assert f"{run_id}  rows.csv: cancelling" in shell("status", run_id, *here).out
    again = shell("cancel", run_id, *here)
    assert f"Run {run_id} was already cancelled." in again.out
    told = re.search(r"(\d+) waiting rows? will not be ordered", cancelled.out)
    flying = re.search(r"(\d+) pictures? being made at hiapi will still be billed", cancelled.out)
    assert told
    assert flying
    assert int(flying[1]) <= 8
    ran, watched = ended(command), ended(watcher)
    assert ran.code == watched.code == 1
    resume = f"rowshot resume {run_id} --state {shell.state}"
    assert f"Resume it with: {resume}\n" in ran.out
    assert "cancelled" in watched.out
    bought = hiapi.state(with_tasks=False)["tasks_created"]
    # What was in flight is published; the rest was never ordered.
    assert statuses(shell).count("published") == bought < 12
    assert set(statuses(shell)) == {"published", "cancelled"}

    listed = shell("status", *here)
    assert re.search(rf"{run_id} .* rows.csv .* cancelled .* 12 ", listed.out)
    resumed = shell("resume", *here, "--time-scale", str(SCALE))
    assert (resumed.code, resumed.err) == (0, "")
    assert f"Resuming run {run_id}: {12 - bought} rows left." in resumed.out
    assert statuses(shell) == ["published"] * 12
    books = hiapi.state()
    assert books["tasks_created"] == books["unique_bodies"] == 12
    late = shell("cancel", run_id, *here)
    assert late.code == 2
    assert late.sentence == f"Run {run_id} is already finished: nothing was cancelled."
    for command, words in {"cancel": "in progress", "resume": "left unfinished"}.items():
        assert words in shell(command, *here).sentence
    assert shell("watch", run_id, *here).code == 0
    assert shell.processes() == []


def test_failed_rows_are_retried_one_or_all(shell: Shell, hiapi: HiapiSimulator) -> None:
    refused = {"on": "task", "kind": "fail", "code": "INVALID_INPUT", "message": "not this"}
    hiapi.add_faults(*({**refused, "prompt": f"number {n}."} for n in (1, 2)))
    here = ("--state", shell.state, "--time-scale", str(SCALE))
    ran = shell("run", shell.sheet("rows.csv", rows(3)), *here)
    assert ran.code == 1
    assert statuses(shell) == ["published", "failed", "failed"]
    run_id = shell.report()["run_id"]
    wrong = shell("retry", run_id, "--row", "2", *here)
    assert wrong.code == 2
    assert wrong.sentence == "Row 2 is published: only failed rows can be ordered again."
    hiapi.clear_faults()
    one = shell("retry", run_id, "--row", "4", *here)
    assert (one.code, one.err) == (1, "")
    assert statuses(shell) == ["published", "failed", "published"]
    both = shell("retry", *here)
    assert (both.code, both.err) == (0, "")
    assert statuses(shell) == ["published"] * 3
    assert hiapi.state(with_tasks=False)["tasks_created"] == 5


@pytest.fixture
def stack(tmp_path: Path, hiapi: HiapiSimulator) -> Iterator[LocalStack]:
    """An engine in the place of AWS."""
    target = Target(hiapi.base_url, hiapi.token, SCALE)
    with start_local_stack(tmp_path / "aws", target, time_scale=SCALE) as started:
        yield started


def test_a_stack_is_dropped_to_and_controlled_by_its_name(
    shell: Shell, stack: LocalStack, hiapi: HiapiSimulator
) -> None:
    """The commands find everything by the stack's outputs, with the shell's own credentials."""
    shell.environment = {
        "AWS_ENDPOINT_URL": stack.engine.endpoint_url,
        "AWS_ACCESS_KEY_ID": stack.engine.key,
        "AWS_SECRET_ACCESS_KEY": stack.engine.key,
        "AWS_REGION": stack.engine.region,
    }
    there = ("--stack", "rowshot")

    def asked(*words: Any) -> Ended:
        return shell(*words, *there)

    dropped = asked("drop", shell.sheet("rows.csv", rows(14)), "--first", "12")
    assert dropped.code == 0
    run_id = dropped.out.strip()
    assert dropped.err.strip() == f"Follow it with: rowshot watch {run_id} --stack rowshot"
    until(lambda: hiapi.state(with_tasks=False)["tasks_created"] >= 3)
    assert "will still be billed" in asked("cancel", run_id).out
    watched = asked("watch", run_id)
    assert watched.code == 1
    assert "2 skipped" in watched.out
    resumed = asked("resume", run_id)
    assert resumed.code == 0
    assert asked("watch", run_id).code == 0
    assert run_id in asked("status").out
    assert asked("status", "0" * 16).code == 2
    plan = asked("plan", shell.folder / "rows.csv")
    assert "12 unchanged" in plan.out
    missing = shell("status", "--stack", "nothing")
    assert (missing.code, missing.out) == (2, "")
    assert missing.sentence.startswith("There is no stack nothing in ")
    models = asked("models")
    assert (models.code, models.err) == (0, "")

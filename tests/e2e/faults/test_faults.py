"""Everything that can go wrong, on the engine: hiapi, Google and our own functions at once.

One by one, and mixed at random, the faults are tried on virtual time (``tests/handlers``), where a
thousand runs take minutes. Here the same ones strike the real thing: Lambda workers that die,
the queue, the roles, sockets that are cut.
"""

from __future__ import annotations

import json
import os
import random
import signal
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from rowshot_local.engine import process
from rowshot_local.engine.folder import EngineFolder
from rowshot_local.environment import Target
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_local.run_progress import follow
from rowshot_simulators import sheets
from rowshot_simulators.hiapi import SimulatorOptions
from support.faults import FINAL, PASSING, only_for
from support.sheets import table

pytestmark = pytest.mark.xdist_group("faults")

LIMIT = 8  # slots
SCALE = 0.03  # rows that wait for another sheet's picture ask too often at less
DEATHS = 2  # the engine may notice one only a minute later
SLOW = {"empty"}  # given up only when the link expires
GOOGLES = (
    sheets.SheetsFault("error", "read", times=2, status=429),
    sheets.SheetsFault("error", "write", times=2, status=503),
    sheets.SheetsFault("error", "any", times=2, status=500, skip=6),
    sheets.SheetsFault("reset_after", "write", times=2, skip=4),
    sheets.SheetsFault("truncated", "read", times=1, skip=8),
)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def local(state: Path) -> Iterator[LocalStack]:
    with start_local_stack(
        state,
        Target(None, "", SCALE),
        time_scale=SCALE,
        simulator_options=SimulatorOptions(max_edge=48, seed=5),
        # The engine may notice a death only after the function's whole time, in wall seconds.
        # Fewer rows at once need fewer worker processes; two runs still want more than the slots.
        parameters={"HardDeadlineSeconds": "14400"},
    ) as started:
        yield started


def finish(local: LocalStack, *run_ids: str) -> list[dict[str, Any]]:
    """Follows runs to their end; their reports."""
    for run_id in run_ids:
        for _ in follow(local.stack, run_id):
            pass
    inbox = local.stack.inbox
    return [json.loads(inbox.get(run_id, "report.json") or b"{}") for run_id in run_ids]


def paid_once(local: LocalStack) -> dict[str, Any]:
    """Checks the simulator's books: a second task only where the first had failed; the books."""
    assert local.simulator is not None
    books = local.simulator.state()
    same = defaultdict(list)
    for task in books["tasks"]:
        same[task["body_sha256"]].append(task)
    for tasks in same.values():
        for first, second in pairwise(tasks):
            assert first["status"] == "fail", (first, second)
            assert first["completed"] <= second["created"], (first, second)
    assert books["max_in_flight"] <= LIMIT
    assert books["downloads_with_authorization"] == 0
    return books


def test_all_faults_at_once_and_functions_that_die(local: LocalStack, state: Path) -> None:
    """Each row has a fault of its own, Google has trouble, and workers are killed meanwhile."""
    assert local.simulator is not None
    assert local.worksheets.simulator is not None
    chance = random.Random(2026)  # noqa: S311 - chance, no secret
    kinds = {**PASSING, **{name: fault for name, (fault, _) in FINAL.items()}}
    names = sorted(kinds.keys() - SLOW)
    chance.shuffle(names)
    local.simulator.add_faults(*(only_for(kinds[name], f"<{name}>") for name in names))
    data = table(
        {"slug": f"row {at}", "prompt": f"A jar <{name}>", "note": "=1+1"}
        for at, name in enumerate(names)
    )
    metadata = local.worksheets.load(data, "faults.csv")
    key = metadata["spreadsheet-id"]
    for fault in GOOGLES:
        local.worksheets.simulator.add_fault(fault)
    run_id = local.stack.drop(data, "faults.csv", metadata)
    deaths = 0
    for progress in follow(local.stack, run_id):
        # One death between two looks, while there is something to die of.
        if deaths < DEATHS and progress.run.status.is_open and progress.done:
            deaths += kill_a_worker(state, chance)
    local.simulator.clear_faults()
    local.worksheets.simulator.clear_faults()
    assert deaths
    (report,) = finish(local, run_id)
    for row, name in zip(report["rows"], names, strict=True):
        if name in PASSING:
            assert (row["status"], row["cost_usd"]) == ("published", "0.025"), (name, row["error"])
        else:
            assert row["status"] == "failed", (name, row)
            assert FINAL[name][1].casefold() in row["error"].casefold(), (name, row["error"])
    books = paid_once(local)
    failed_first = 1 + 2  # "storage" and "timeout twice", whose attempts stay reserved
    assert books["tasks_created"] == len(names) + failed_first
    assert Decimal(books["charged_usd"]) <= Decimal("0.025") * (len(names) + failed_first)
    header, *grid = local.worksheets.simulator.grid(key, "Sheet1")
    shown = [dict(zip(header, row, strict=False)) for row in grid]
    assert [row["status"] for row in shown] == [row["status"] for row in report["rows"]]
    assert [row.get("image_url") or None for row in shown] == [
        row["image_url"] for row in report["rows"]
    ]
    assert {row["note"] for row in shown} == {"=1+1"}


def kill_a_worker(state: Path, chance: random.Random) -> int:
    """Kills a process of Poll or of WriteBack, as a machine of Lambda's may die; how many died.

    Submit and Publish have what they work on to themselves for as long as Lambda would let them
    run, which no time scale makes shorter: they die on virtual time.
    """
    workers = [pid for pid in process.leftovers(EngineFolder.below(state)) if mortal(pid)]
    if not workers:
        return 0
    with suppress(ProcessLookupError):
        os.kill(chance.choice(workers), signal.SIGKILL)
        return 1
    return 0


def mortal(pid: int) -> bool:
    """Whether a process is a worker of a function that may die here."""
    try:
        settings = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    name = next((each for each in settings if each.startswith(b"AWS_LAMBDA_FUNCTION_NAME=")), b"")
    return b"poll" in name.lower() or b"write" in name.lower()


def test_two_sheets_with_50_rows_in_common_at_the_same_moment(local: LocalStack) -> None:
    """Each common picture is bought once, and both sheets get it."""
    assert local.simulator is not None
    before = len(local.simulator.state()["tasks"])
    common = [{"slug": f"c-{n}", "prompt": f"A common tin {n}"} for n in range(50)]
    files = {
        name: table(
            [*common, *({"slug": f"{name}-{n}", "prompt": f"{name} {n}"} for n in range(5))]
        )
        for name in ("left", "right")
    }
    runs = [
        local.stack.drop(data, f"{name}.csv", local.worksheets.load(data, f"{name}.csv"))
        for name, data in files.items()
    ]
    reports = finish(local, *runs)
    for report in reports:
        assert report["counts"]["published"] == 55, report["counts"]
    bought = [Decimal(report["spent_usd"]) for report in reports]
    assert sum(bought) == Decimal("0.025") * 60
    assert len(paid_once(local)["tasks"]) - before == 60
    pictures = [
        {row["slug"]: row["image_url"] for row in report["rows"] if row["slug"].startswith("c-")}
        for report in reports
    ]
    assert pictures[0] == pictures[1]
    assert Counter(url is None for url in pictures[0].values()) == {False: 50}

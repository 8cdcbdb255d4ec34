"""Runs sheets through Rowshot and through the loop, each against a fresh simulator of one seed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.observed import SEED, Observed
from bench.report import ROOT
from bench.usage import Usage, usage_of
from rowshot_local.environment import Target
from rowshot_local.following import follow
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_local.simulators.hiapi import SimulatorOptions, start_simulator


def sheet(name: str, rows: int) -> bytes:
    """A sheet of different products."""
    lines = [f"{name}-{number:05d},Tea caddy {number} of series {name}" for number in range(rows)]
    return "\n".join(["slug,prompt", *lines, ""]).encode()


def through_rowshot(sheets: Sequence[bytes]) -> tuple[list[Observed], Usage]:
    """Drops sheets together and waits for their ends; nothing is warmed up before.

    Returns:
        What was observed of each sheet, and what AWS would have counted of all of them.
    """
    with tempfile.TemporaryDirectory(prefix="rowshot-bench-") as folder:
        with start_local_stack(
            Path(folder), Target(None, "", 1.0), time_scale=1.0, simulator_options=_options()
        ) as local:
            with ThreadPoolExecutor(len(sheets)) as pool:
                runs = list(
                    pool.map(lambda each: _drop_and_follow(local, *each), enumerate(sheets))
                )
            if local.simulator is None:
                raise RuntimeError("benchmarks never run against another server")
            tasks = local.simulator.state()["tasks"]
            observed = [_observed(tasks, _stored(local, run_id)) for run_id in runs]
            return observed, usage_of(local, runs)


def through_the_loop(sheets: Sequence[bytes]) -> list[Observed]:
    """Starts one loop a sheet, all at once, and waits for their ends."""
    with tempfile.TemporaryDirectory(prefix="rowshot-bench-") as folder:
        with start_simulator(_options()) as simulator, ThreadPoolExecutor(len(sheets)) as pool:
            folders = [Path(folder) / str(number) for number in range(len(sheets))]
            start = [
                pool.submit(_loop, simulator.base_url, simulator.token, *each)
                for each in zip(sheets, folders, strict=True)
            ]
            files = [each.result()["files"] for each in start]
            tasks = simulator.state()["tasks"]
    return [_observed(tasks, stored) for stored in files]


def _options() -> SimulatorOptions:
    return SimulatorOptions(time_scale=1.0, seed=SEED, draws_by="order")


def _drop_and_follow(local: LocalStack, number: int, data: bytes) -> str:
    run_id = local.stack.drop(data, f"sheet-{number}.csv", {})
    for progress in follow(local.stack, run_id):
        if progress.done == progress.total and not progress.run.status.is_open:
            break
    return run_id


def _stored(local: LocalStack, run_id: str) -> dict[str, float]:
    """When each picture's URL was in the ledger, by task."""
    items = list(local.stack.ledger.table.query(f"RUN#{run_id}", prefix="ROW#"))
    unpublished = [item["row_key"] for item in items if item["status"] != "published"]
    if unpublished:
        raise RuntimeError(f"rows without a picture: {unpublished}")
    return {item["task_id"]: float(item["updated_at"]) for item in items}


def _observed(tasks: list[dict[str, Any]], stored: dict[str, float]) -> Observed:
    return Observed([task for task in tasks if task["task_id"] in stored], stored)


def _loop(base_url: str, token: str, data: bytes, folder: Path) -> Any:
    folder.mkdir()
    (folder / "sheet.csv").write_bytes(data)
    command = [sys.executable, "-m", "bench.loop", base_url, token, folder / "sheet.csv", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the loop ended early: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout)

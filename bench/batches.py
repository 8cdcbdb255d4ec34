"""Runs sheets through Rowshot and through the loop, each against a fresh simulator of one seed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.machine import peak_mb
from bench.observed import SEED, Observed
from bench.report import ROOT
from bench.usage import Usage, usage_of
from bench.watching import Watch
from rowshot_local.environment import Target
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_local.run_progress import follow
from rowshot_simulators.hiapi import SimulatorOptions, start_simulator

_PROMPT = "A tea caddy of the series "


def sheet(name: str, rows: int) -> bytes:
    """A sheet of different products."""
    slugs = [f"{name}-{number:05d}" for number in range(rows)]
    lines = [f"{slug},{_PROMPT}{slug}" for slug in slugs]
    return "\n".join(["slug,prompt", *lines, ""]).encode()


def slug_of(prompt: str) -> str:
    """The row that a prompt was written for."""
    return prompt.removeprefix(_PROMPT)


def through_rowshot(sheets: Sequence[bytes], scale: float = 1.0) -> tuple[list[Observed], Usage]:
    """Drops sheets together and waits for their ends; nothing is warmed up before.

    Args:
        sheets: The files.
        scale: Wall seconds of a nominal second; only at 1 do the figures mean anything.

    Returns:
        What was observed of each sheet, and what AWS would have counted of all of them.
    """
    with tempfile.TemporaryDirectory(prefix="rowshot-bench-") as folder:
        with start_local_stack(
            Path(folder), Target(None, "", scale), time_scale=scale, simulator_options=_options()
        ) as local:
            with Watch(local.worksheets) as watch, ThreadPoolExecutor(len(sheets)) as pool:
                runs = list(
                    pool.map(lambda each: _drop_and_follow(local, *each), enumerate(sheets))
                )
            if local.simulator is None:
                raise RuntimeError("benchmarks never run against another server")
            tasks = local.simulator.state()["tasks"]
            observed = [_observed(tasks, _stored(local, run_id), watch.shown) for run_id in runs]
            return observed, usage_of(local, runs)


def on_the_engine(data: bytes) -> tuple[float, float]:
    """Runs a sheet at time scale 0 with tiny pictures: what is left is what everything else takes.

    Returns:
        Seconds from the drop to the run's end, and the most memory that the engine had, in MB.
    """
    with (
        tempfile.TemporaryDirectory(prefix="rowshot-bench-") as folder,
        start_local_stack(
            Path(folder),
            Target(None, "", 0.0),
            time_scale=0.0,
            simulator_options=_options(max_edge=16),
            parameters={"MaxRunUsd": "10000", "MaxDayUsd": "10000"},
        ) as local,
    ):
        began = time.monotonic()
        _drop_and_follow(local, 0, data)
        return time.monotonic() - began, _peak_mb(local)


def _peak_mb(local: LocalStack) -> float:
    """The most memory that the engine had."""
    pid = getattr(local.engine, "pid", None)
    return peak_mb(pid) if pid else 0.0


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


def _options(max_edge: int | None = None) -> SimulatorOptions:
    return SimulatorOptions(time_scale=1.0, seed=SEED, draws_by="order", max_edge=max_edge)


def _drop_and_follow(local: LocalStack, number: int, data: bytes) -> str:
    name = f"sheet-{number}.csv"
    run_id = local.stack.drop(data, name, local.worksheets.load(data, name))
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


def _observed(
    tasks: list[dict[str, Any]], stored: dict[str, float], shown: Mapping[str, float] | None = None
) -> Observed:
    own = [task for task in tasks if task["task_id"] in stored]
    in_sheet = {
        task["task_id"]: (shown or {})[slug]
        for task in own
        if (slug := slug_of(task["input"]["prompt"])) in (shown or {})
    }
    return Observed(own, stored, in_sheet)


def _loop(base_url: str, token: str, data: bytes, folder: Path) -> Any:
    folder.mkdir()
    (folder / "sheet.csv").write_bytes(data)
    command = [sys.executable, "-m", "bench.loop", base_url, token]
    command += [str(folder / "sheet.csv"), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the loop ended early: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout)

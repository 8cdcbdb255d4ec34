"""`make sam-local`: every function in sam's containers, or under Lambda's emulator without them.

With ``--serve`` the servers stay up, and the commands are printed that reach functions by hand.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from rowshot_simulators.sheets import SheetsSimulatorOptions, start_sheets_simulator
from support.artifacts.built import BUILD, ROOT, built_functions
from support.artifacts.containers import ContainedFunctions, contained, engine_answers
from support.artifacts.resting import resting_stack
from support.artifacts.walk import Walk, sample

_NO_ENGINE = (
    "No container engine answers here (docker info), so sam's containers are skipped.\n"
    "The same events go to the same built functions under Lambda's own emulator instead."
)


def prove() -> int:
    """Sends every event; returns pytest's exit code."""
    contained_too = engine_answers()
    if not contained_too:
        print(_NO_ENGINE, flush=True)
    command = [sys.executable, "-m", "pytest", "tests/artifacts", "--verbose", "-s"]
    command += ["--containers"] if contained_too else []
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def serve() -> int:
    """Keeps the servers up until Ctrl-C; the events for them lie in `.aws-sam/local`."""
    if not engine_answers():
        print("No container engine answers here: start Docker and try again.", file=sys.stderr)
        return 1
    functions = {each.event_name: each for each in built_functions().values()}
    folder = ROOT / ".aws-sam" / "local"
    folder.mkdir(parents=True, exist_ok=True)
    options = SheetsSimulatorOptions(time_scale=0)
    with (
        tempfile.TemporaryDirectory(prefix="rowshot-") as state,
        start_sheets_simulator(options) as sheets,
        resting_stack(Path(state), sheets) as local,
        contained(local, sheets, functions, folder) as sam,
        contextlib.suppress(KeyboardInterrupt),
    ):
        walk = Walk(local, sheets, sam.invoke)
        print("Planning a sheet in a container, so that the events have a run to name.", flush=True)
        walk.plan()
        _write_events(walk, folder)
        _explain(sam, folder)
        threading.Event().wait()
    return 0


def _write_events(walk: Walk, folder: Path) -> None:
    rows = ("submit", "poll", "publish")
    events: dict[str, Any] = {name: {**sample(name), "job": walk.job} for name in rows}
    events["finish"] = walk.finish_event()
    events["write_back"] = walk.mark_event()
    events["drop"] = walk.request_event()
    events["sweep"] = sample("sweep")
    for name, event in events.items():
        text = json.dumps(event, ensure_ascii=False, indent=2)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def _explain(sam: ContainedFunctions, folder: Path) -> None:
    print("\nThe servers are up until Ctrl-C. In another terminal:\n")
    keys = " ".join(f"{name}={value}" for name, value in sam.keys.items())
    print(f"export {keys} SAM_CLI_TELEMETRY=0")
    for file in sorted(folder.glob("*.json")):
        if file.name != "env.json":
            print(*(each.replace(f"{ROOT}/", "") for each in sam.command(file.stem, file)))
    template = BUILD.relative_to(ROOT) / "local.yaml"
    variables = folder.relative_to(ROOT) / "env.json"
    print("\nor, for any client of Lambda's API on port 3001:\n")
    print(
        f".venv-sam/bin/sam local start-lambda --template {template} --env-vars {variables} "
        "--skip-pull-image --warm-containers LAZY --region us-east-1",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(serve() if "--serve" in sys.argv[1:] else prove())

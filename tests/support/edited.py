"""Our packages in a copy with another source: what follows from a change of one table."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (ROOT / "layers/shared/rowshot", ROOT / "local/rowshot_local")


def answer_of(folder: Path, module: str, before: str, added: str, script: str, *args: str) -> Any:
    """What a script prints as JSON, with lines added to one of our modules.

    Args:
        folder: An empty folder for the copy.
        module: The module's path in the copy, such as ``rowshot/statuses.py``.
        before: The text before which the lines are added.
        added: The lines.
        script: The script's source; it finds our packages and the helpers of the unit tests.
        args: Its arguments.
    """
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(package, folder / package.name, ignore=ignored)
    source = folder / module
    head, found, tail = source.read_text("utf-8").partition(before)
    assert found, f"{module} has no {before!r}"
    source.write_text(head + added + found + tail, "utf-8")
    path = os.pathsep.join([str(folder), str(ROOT / "tests")])
    answer = subprocess.run(
        [sys.executable, "-c", script, *args],
        env={**os.environ, "PYTHONPATH": path},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)

"""Functions stay within the memory that the template gives them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support import template

TESTS = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux")
def test_sweep_holds_several_runs_of_the_largest_sheet() -> None:
    measured = subprocess.run(
        [sys.executable, "-m", "support.memory"], cwd=TESTS, capture_output=True, check=True
    )
    peak = int(measured.stdout.split()[-1])
    globally = template.template()["Globals"]["Function"]["MemorySize"]
    limit = template.properties("SweepFunction").get("MemorySize", globally) * 1024**2
    assert peak < 0.8 * limit, f"{peak / 1024**2:.0f} MiB"

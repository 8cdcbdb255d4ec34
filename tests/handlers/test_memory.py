"""Functions stay within the memory that the template gives them, with the largest sheet allowed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.deployment import Deployment

TESTS = Path(__file__).resolve().parents[1]
DEPLOYMENT = Deployment()


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux")
@pytest.mark.parametrize("function", ["plan", "finish", "sweep"])
def test_the_largest_sheet_fits(function: str) -> None:
    """20,000 rows with prompts that make the file as large as it may be; for Sweep, five runs."""
    measured = subprocess.run(
        [sys.executable, "-m", "support.memory", function],
        cwd=TESTS,
        capture_output=True,
        check=True,
    )
    peak = int(measured.stdout.split()[-1])
    limit = DEPLOYMENT.memory(DEPLOYMENT.functions()[function]) * 1024**2
    assert 0 < peak < 0.8 * limit, f"{peak / 1024**2:.0f} MiB"

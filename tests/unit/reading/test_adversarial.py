"""No text makes a pattern or a reader go back over it again and again.

Work that grows with the square of a text's length would take hours on these; the process is ended
long before.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
LIMIT_SECONDS = 240  # ten times what is needed, for a busy machine


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "at_least"), [("patterns", 25), ("readers", 100)])
def test_no_text_takes_long(kind: str, at_least: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "support.adversarial", kind],
        cwd=TESTS,
        capture_output=True,
        check=True,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    assert int(done.stdout) >= at_least

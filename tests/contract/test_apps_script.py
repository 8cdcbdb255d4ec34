"""The sheet's own menu, under Node with Google's services faked."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "apps-script"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_menu_works_under_node() -> None:
    answer = subprocess.run(
        ["node", "--test", "test/menu.test.mjs"],
        cwd=SCRIPT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stdout

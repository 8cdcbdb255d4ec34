"""The page of the decisions is printed from their tables."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_page_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_row_decisions.py"))
    written = made["PAGE"].read_text("utf-8")
    assert written == made["page"](), "run python docs/make_row_decisions.py"

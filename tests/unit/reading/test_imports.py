"""Heavy readers are loaded for the files that need them, not before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SHEETS = Path(__file__).parents[2] / "data" / "sheets"
HEAVY = {"openpyxl", "olefile"}
SCRIPT = """
import sys
from pathlib import Path
import rowshot.models, rowshot.specs
from rowshot.reading import read_sheet

if len(sys.argv) > 1:
    read_sheet(Path(sys.argv[1]).read_bytes(), name="sheet")
print(*sys.modules)
"""


@pytest.mark.parametrize(
    ("file", "needed"),
    [
        (None, set()),
        ("chinese.csv", set()),
        ("chinese-excel-gbk.csv", set()),
        ("traditional-big5.csv", set()),
        ("odfpy.ods", set()),
        ("typed.xlsx", set()),
        ("typed-xlwt.xls", {"olefile"}),
    ],
)
def test_loaded(file: str | None, needed: set[str]) -> None:
    command = [sys.executable, "-c", SCRIPT, *([str(SHEETS / file)] if file else [])]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    assert HEAVY & set(done.stdout.split()) == needed

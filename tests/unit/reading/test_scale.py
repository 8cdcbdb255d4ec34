"""Ten thousand rows of a workbook are read, checked and priced in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

ROWS = 10_000
MEASURED = """
import json, re, sys
from pathlib import Path
from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.specs import read_specs

sheet = read_sheet(Path(sys.argv[1]).read_bytes(), name="large.xlsx")
specs = read_specs(sheet, Catalogue.from_package())
json.dump(
    {
        "rows": len(specs),
        "problems": sum(bool(spec.problems) for spec in specs),
        "usd": str(sum(spec.price for spec in specs)),
        # The peak since this program began; getrusage would count the parent's before it too.
        "kilobytes": int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]),
    },
    sys.stdout,
)
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").is_file(), reason="the peak is read from Linux's /proc"
)
def test_ten_thousand_rows(tmp_path: Path) -> None:
    target = tmp_path / "large.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Products")
    header = ["sku", "recipe", "prompt", "size", "model", "product", "label_zh", "label_en"]
    sheet.append([*header, "backdrop", "price", "seed", "redo", "approved"])
    for row in range(ROWS):
        asked = [f"sku-{row}", "packshot", None, "1:1", "qwen-image-2.0"]
        shown = [f"a jar of tea {row}", "茉莉龙珠", f"Jasmine Pearls {row}", "off-white"]
        sheet.append([*asked, *shown, 99.5, row, False, False])
    book.save(target)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(target)], capture_output=True, check=True, text=True
    )
    found = json.loads(done.stdout)
    assert (found["rows"], found["problems"], found["usd"]) == (ROWS, 0, "250.000")
    assert found["kilobytes"] < 300_000

"""Damaged files are refused in a sentence: no crash, no traceback, whatever their reader does."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.errors import UnreadableSheet
from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.specs import read_specs

SHEETS = Path(__file__).parents[2] / "data" / "sheets"
WORKBOOKS = ["typed.xlsx", "formulas-libreoffice.ods", "typed-libreoffice.xls", "typed-xlwt.xls"]


def damaged(data: bytes, seed: int) -> bytes:
    """The file after a bad copy: bytes changed, lost, doubled or cut off."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    changed = bytearray(data)
    for _ in range(dice.randint(1, 5)):
        if not changed:
            break
        at = dice.randrange(len(changed))
        length = dice.randint(1, 20)
        kind = dice.randrange(4)
        if kind == 0:
            changed[at] = dice.randrange(256)
        elif kind == 1:
            del changed[at : at + length]
        elif kind == 2:
            changed[at:at] = changed[at : at + length]
        elif dice.random() < 0.3:
            del changed[at + 1 :]
    return bytes(changed)


@pytest.mark.parametrize("name", WORKBOOKS)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_a_bad_copy(name: str, seed: int) -> None:
    data = damaged((SHEETS / name).read_bytes(), seed)
    try:
        read_specs(read_sheet(data, name=name), Catalogue.from_package())
    except UnreadableSheet as exc:
        assert exc.message.endswith(".")


@pytest.mark.parametrize(
    ("record", "body"),
    [
        (0x0200, struct.pack("<IIHHH", 0, 2**31, 0, 250, 0)),  # DIMENSIONS: two billion rows
        (0x0200, struct.pack("<IIHHH", 9, 2, 0, 250, 0)),  # the last row before the first
        (0x00FC, struct.pack("<II", 2**31, 2**31)),  # SST: two billion texts
    ],
)
def test_what_a_workbook_announces_is_not_believed(record: int, body: bytes) -> None:
    whole = (SHEETS / "typed-xlwt.xls").read_bytes()
    data = bytearray(whole)
    at = 512  # where xlwt puts the workbook's records
    while struct.unpack_from("<H", data, at)[0] != record:
        at += 4 + struct.unpack_from("<H", data, at + 2)[0]
    data[at + 4 : at + 4 + len(body)] = body
    assert read_sheet(bytes(data), name="a.xls") == read_sheet(whole, name="a.xls")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold to the limit")
@pytest.mark.parametrize("name", ["typed-libreoffice.xls", "typed-xlwt.xls"])
def test_a_bad_copy_takes_neither_process_nor_memory(name: str) -> None:
    script = f"""
import random, resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from rowshot.errors import UnreadableSheet
from rowshot.reading import read_sheet
from test_damage import SHEETS, damaged

whole = (SHEETS / {name!r}).read_bytes()
read_sheet(whole, name="a.xls")
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 50_000_000,) * 2)
for seed in range(300):
    try:
        read_sheet(damaged(whole, seed), name="a.xls")
    except UnreadableSheet:
        pass
print("whole")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "whole\n", done.stderr

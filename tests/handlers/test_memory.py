"""Functions stay within the memory that the template gives them, with the largest sheet allowed.

All have 20,000 rows with prompts that make the file as large as it may be. Plan is measured once
for each kind of sheet, whichever worker comes first, because the others begin with what it wrote.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.deployment import Deployment

TESTS = Path(__file__).resolve().parents[1]
DEPLOYMENT = Deployment(SheetMenu="true")
PART = 0.8  # of a function's memory that it may take

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux"),
]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Path]:
    """The folder of the sheets and their plans, one for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "largest"
    folder.mkdir(exist_ok=True)
    mine = folder / f"used by {worker_id}"
    mine.touch()
    yield folder
    mine.unlink()
    if not any(folder.glob("used by *")):
        shutil.rmtree(folder, ignore_errors=True)  # a quarter of a gigabyte


def fits(function: str, peak: int) -> bool:
    limit = DEPLOYMENT.memory(DEPLOYMENT.functions()[function]) * 1024**2
    print(f"{function}: {peak / 1024**2:.0f} of {limit / 1024**2:.0f} MiB")
    return 0 < peak < PART * limit


def measured(function: str, kind: str, folder: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "support.memory", function, kind, str(folder)],
        cwd=TESTS,
        stdout=subprocess.PIPE,
        check=True,
    )
    return int(done.stdout.split()[-1])


def of_plan(kind: str, folder: Path) -> int:
    """What Plan takes; measured by the first that asks, while the others wait."""
    noted = folder / f"peak.{kind}"
    with (folder / f"lock.{kind}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not noted.exists():
            noted.write_text(str(measured("plan", kind, folder)))
    return int(noted.read_text())


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_plan_of_the_largest_sheet_fits(kind: str, kept: Path) -> None:
    assert fits("plan", of_plan(kind, kept))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_end_of_the_largest_run_fits(kind: str, kept: Path) -> None:
    """With a Google Sheet to be filled in (csv), or with a workbook (xlsx)."""
    of_plan(kind, kept)
    assert fits("finish", measured("finish", kind, kept))


def test_giving_the_largest_run_up_fits(kept: Path) -> None:
    """Sweep writes its report and its table in Finish's place."""
    of_plan("csv", kept)
    assert fits("sweep", measured("give_up", "csv", kept))


@pytest.mark.parametrize("function", ["sweep", "dispatch", "write_back", "drop"])
def test_the_largest_run_fits(function: str, kept: Path) -> None:
    """What each of them meets stands in ``support/memory.py``.

    Sweep plans five runs whose Plan died, all in one call. It begins with another one as long as
    20 of its 120 seconds are left; where DynamoDB takes 40 ms for a transaction, a run takes 17.
    """
    of_plan("csv", kept)
    assert fits(function, measured(function, "csv", kept))

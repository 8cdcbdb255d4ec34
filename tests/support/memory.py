"""How many bytes a function holds with the largest sheet: ``python -m support.memory plan``.

The step runs in a copy of this process, whose peak the system counts. What the cloud in memory
held before is taken off, for Lambda has no cloud in it; what is added to the table meanwhile is
not, so the figures are a little too large. Objects are kept on disk.
"""

from __future__ import annotations

import ctypes
import io
import multiprocessing
import os
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import Workbook

from rowshot.inbound.plan_run import Dropped, NothingKnown, draw_up_from
from rowshot.ledger import keys
from rowshot.ledger.records import Picture, Row, Run, RunStatus, Version
from rowshot.ledger.table import Update
from rowshot.planning.plan_file import NAME
from rowshot.planning.plan_writing import _written
from rowshot.reading import read_sheet
from rowshot.reading.limits import MAX_BYTES, MAX_ROWS
from rowshot.reading.origin import SheetOrigin
from rowshot.statuses import RowStatus
from rowshot.storage import WORKBOOK, XLSX
from support.aws import S3
from support.options import EPOCH, INBOX, MEDIA_URL, Options
from support.sheets import table
from support.world import World

RUNS = 2  # that Sweep looks after at a time
RUN = "f" * 16
_MODEL = "qwen-image-2.0"
_ROOM = MAX_BYTES // MAX_ROWS - 20  # bytes of a prompt, beside its key
_WORDS = "A jar of 茶 cream in soft light on a stone shelf, steam behind it. " * 30


class OnDisk(S3):
    """A bucket whose objects take no memory, and come as boto3's do: a copy at each reading."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def put_object(self, *, Body: bytes, **request: Any) -> dict[str, Any]:
        """PutObject."""
        path = self._folder / f"{len(list(self._folder.iterdir()))}"
        path.write_bytes(Body)
        return super().put_object(Body=str(path).encode(), **request)

    def get_object(self, **request: Any) -> dict[str, Any]:
        """GetObject."""
        answer = super().get_object(**request)
        return {**answer, "Body": io.BytesIO(Path(answer["Body"].read().decode()).read_bytes())}


def peak(function: str, kind: str = "csv") -> int:
    """The most bytes that a function holds.

    Args:
        function: ``plan``, ``finish`` or ``sweep``.
        kind: What the sheet is, ``csv`` or ``xlsx``.
    """
    base = _resident()
    with TemporaryDirectory() as folder, World(Options(run_usd=Decimal(1000))) as world:
        bucket: Any = OnDisk(Path(folder))
        world.s3 = world.inbox._client = world.media._client = bucket
        world.stepfunctions._begin = lambda execution: None  # they run at AWS, not in the function
        payload = _SCENES[function](world, kind)
        ctypes.CDLL(None).malloc_trim(0)  # what was freed must not hide what is taken
        held = _resident()

        def act() -> None:
            world.call(function, payload)
            written = " ".join(bucket.keys(INBOX))
            assert _WRITES[function] in written, f"{function} did not come to its end: {written}"

        return base + _apart(act) - held


def _dropped(world: World, kind: str) -> Dropped:
    """The largest sheet in the inbox."""
    # In a process of its own: what it takes to write a workbook must not hide what Plan takes.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return world.upload(pool.submit(_sheet, kind).result(), f"large.{kind}")


def _planned(world: World, kind: str) -> dict[str, str]:
    """The largest run, planned and all published, with its sheet in the inbox."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        data = pool.submit(_sheet, kind).result()
        world.inbox.put(RUN, NAME, pool.submit(_plan, data).result(), "application/jsonl")
    _open(world, RUN, f"large.{kind}")
    if kind == "xlsx":
        world.inbox.put(RUN, WORKBOOK, data, XLSX)
    world.ledger.runs.begin(RUN, rows=MAX_ROWS, queued=0, estimate=Decimal(0), base_round=0)
    rows = [_published(number) for number in range(2, MAX_ROWS + 2)]
    world.ledger.rows.add(rows)
    world.ledger.runs.planned(RUN)
    for row in rows:
        assert row.picture
        version = Version(1, row.render_id, row.picture, EPOCH)
        world.ledger.histories.add_version("sheet", row.row_key, version)
    return {"run_id": RUN}


def _open(world: World, run_id: str, name: str) -> None:
    key = f"sheets/{name}"
    world.ledger.runs.open(Run(run_id, RunStatus.PLANNING, INBOX, key, name, "sheet", EPOCH))


def _published(number: int) -> Row:
    name, render_id = f"jar-{number}", f"{number:064x}"
    picture = Picture(f"{MEDIA_URL}/images/{name}/{render_id}.webp", 2048, 2048, 300_000)
    return Row(RUN, number, name, RowStatus.PUBLISHED, render_id, picture=picture)


def _dead_plans(world: World, kind: str) -> None:
    """Several runs of the largest sheet whose Plan died when it had kept its plan."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        plan = pool.submit(_plan, pool.submit(_sheet, kind).result()).result()
    for number in range(RUNS):
        run_id = f"{number:016x}"
        world.inbox.put(run_id, NAME, plan, "application/jsonl")
        _open(world, run_id, "large.csv")
        overdue = {"due_at": 0, "started_at": EPOCH - 3000}
        world.ledger.table.write(Update(keys.run(run_id), set=overdue))


_SCENES: dict[str, Callable[[World, str], Any]] = {
    "plan": _dropped,
    "finish": _planned,
    "sweep": _dead_plans,
}


_WRITES = {"plan": NAME, "finish": "report.json", "sweep": NAME}


def _prompt(number: int, most: int) -> str:
    return f"{number} {_WORDS}".encode()[:most].decode("utf-8", "ignore")


def _sheet(kind: str) -> bytes:
    """As many rows as a sheet may have, with prompts that together are as long as a file may be."""
    names = range(2, MAX_ROWS + 2)
    rows = [{"slug": f"jar-{each}", "prompt": _prompt(each, _ROOM)} for each in names]
    if kind == "csv":
        return table(rows)
    book = Workbook(write_only=True)
    page = book.create_sheet("products")
    for row in [{"slug": "slug", "prompt": "prompt"}, *rows]:
        page.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plan(data: bytes) -> bytes:
    sheet = read_sheet(data, name="large")
    drawn = draw_up_from(
        sheet, NothingKnown(), "sheet", default_model=_MODEL, max_usd=Decimal(1000), first=None
    )
    run = Run(RUN, RunStatus.PLANNING, INBOX, "k", "large", "sheet", EPOCH)
    source = SheetOrigin("large", "", "", "sheet")
    return b"".join(_written(run, source, sheet, drawn))


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _apart(act: Callable[[], Any]) -> int:
    """The peak of a copy of this process that does something; it starts with what we hold."""
    ours, theirs = multiprocessing.Pipe()
    child = os.fork()
    if not child:
        try:
            act()
            theirs.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
            os._exit(0)
        finally:
            os._exit(1)
    theirs.close()
    most: int = ours.recv()
    os.waitpid(child, 0)
    return most


if __name__ == "__main__":
    sys.stdout.write(f"{peak(*sys.argv[1:])}\n")

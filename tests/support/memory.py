"""How many bytes Sweep holds over several runs of the largest sheet: ``python -m support.memory``.

The step runs in a copy of this process, whose peak the system counts; what the cloud in memory
holds is taken off, for Lambda has no cloud in it.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from rowshot.jobs import Job
from rowshot.ledger import keys
from rowshot.ledger.records import Run, RunStatus
from rowshot.ledger.table import Put, Update
from rowshot.sheets.limits import MAX_BYTES, MAX_ROWS
from support.options import EPOCH, INBOX
from support.world import World

RUNS = 5
_BODY = "A jar of 雪 cream in soft light on a stone shelf, steam behind it. " * 30


def sweep_peak() -> int:
    """The most bytes that Sweep holds."""
    base = _resident()
    with World() as world:
        world.stepfunctions._begin = lambda execution: None  # they run at AWS, not in Sweep
        for number in range(RUNS):
            _dead_run(world, f"{number:016x}")
        ctypes.CDLL(None).malloc_trim(0)  # what was freed must not hide what is taken
        held = _resident()
        # The bucket in memory hands out its own bytes; boto3 reads a copy in parts and joins them.
        read = 2 * max(len(each[-1].body) for each in world.s3.objects.values())
        return base + read + _apart(lambda: world.call("sweep")) - held


def _dead_run(world: World, run_id: str) -> None:
    """A run whose execution died with two tasks under way."""
    run = Run(run_id, RunStatus.PLANNING, INBOX, "sheets/l.csv", "l.csv", "sheet", EPOCH)
    world.ledger.runs.open(run)
    world.ledger.table.write(Update(keys.run(run_id), set={"status": "running", "due_at": 0}))
    jobs = "\n".join(_job(run_id, number).line() for number in range(2, MAX_ROWS + 2))
    world.inbox.put(run_id, "manifest-1.jsonl", jobs.encode(), "application/jsonl")
    for number in (2, MAX_ROWS + 1):
        world.ledger.table.write(Put(keys.render(f"{run_id}-{number}"), _task(run_id, number)))


def _job(run_id: str, number: int) -> Job:
    body = f"{number} {_BODY}".encode()[: MAX_BYTES // MAX_ROWS].decode("utf-8", "ignore")
    name, price = f"jar-{number}", Decimal("0.025")
    model = "qwen-image-2.0"
    return Job(
        run_id, number, name, name, "0" * 64, model, 1, price, body, 3, "s", "s", name, False
    )


def _task(run_id: str, number: int) -> dict[str, Any]:
    return {
        "model": "qwen-image-2.0",
        "price": Decimal("0.025"),
        "state": "running",
        "attempt": 1,
        "key": "key",
        "body": b"{}",
        "buyer_run": run_id,
        "buyer_row": number,
        "claimed_at": EPOCH,
        "task_id": f"tk-{run_id}-{number}",
        "open": "render",
        "due_at": number,
    }


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
    sys.stdout.write(f"{sweep_peak()}\n")

"""A run's manifest: the jobs that were planned, and the start of an execution over some of them."""

from __future__ import annotations

import io
import json
from collections.abc import Collection

from rowshot.jobs import Job
from rowshot.ledger.records import Run
from rowshot.machine import Machine
from rowshot.storage import Inbox

_FIRST = "manifest-1.jsonl"


def write_first(inbox: Inbox, run_id: str, jobs: list[Job]) -> list[Job]:
    """Writes the jobs of a run as they are planned.

    Returns:
        The jobs that count: those of an earlier planning of the same run, if it came so far.
    """
    inbox.put_once(run_id, _FIRST, _lines(jobs), "application/jsonl")
    return jobs_of(inbox, run_id)


def jobs_of(inbox: Inbox, run_id: str, only: Collection[int] | None = None) -> list[Job]:
    """The jobs of a run as it was planned; none where it was never planned to its end.

    Args:
        inbox: The bucket.
        run_id: The run.
        only: Numbers of the rows that are wanted, None for all.
    """
    # Line by line: of the largest sheet, all lines beside all jobs would not fit into Sweep.
    lines = io.BytesIO(inbox.get(run_id, _FIRST) or b"")
    jobs = (Job.from_state(json.loads(line)) for line in lines if line.strip())
    return [job for job in jobs if only is None or job.number in only]


def start(inbox: Inbox, machine: Machine, run: Run, jobs: list[Job]) -> None:
    """Starts a run's present generation over some of its rows; harmless when repeated."""
    name = f"manifest-{run.generation}.jsonl"
    key = f"runs/{run.id}/{name}"
    if name != _FIRST:
        key = inbox.put_once(run.id, name, _lines(jobs), "application/jsonl")
    machine.start(run.id, run.generation, rows=len(jobs), bucket=inbox.bucket, manifest=key)


def _lines(jobs: list[Job]) -> bytes:
    return "\n".join(job.line() for job in jobs).encode()

"""What Submit, Poll and Publish share: the tools that follow one job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import uniform
from typing import Any

from rowshot.clock import Clock
from rowshot.errors import HiapiError
from rowshot.hiapi import HiapiClient
from rowshot.jobs import DONE, Job, Next
from rowshot.ledger import Ledger
from rowshot.ledger.records import Render
from rowshot.marks import Marks
from rowshot.metrics import DEAF, Figure, Meter
from rowshot.statuses import RowStatus
from rowshot.steps.failures import Kind

_BUSY = 5.0  # nominal seconds to wait when hiapi asks to wait but does not say how long


@dataclass(frozen=True)
class Follower:
    """One job's connections: ledger, hiapi, and who is told of a change.

    Args:
        ledger: The ledger.
        hiapi: The client of the account.
        marks: Tells the write-back.
        point: Called with a name before each side effect; tests kill the process there.
        meter: Takes the figures that people watch.
    """

    ledger: Ledger
    hiapi: HiapiClient
    marks: Marks
    point: Callable[[str], None] = lambda name: None
    meter: Meter = DEAF

    @property
    def clock(self) -> Clock:
        """The ledger's clock."""
        return self.ledger.clock

    def record(self, job: Job, status: RowStatus, error: str = "", **more: Any) -> bool:
        """Sets the row's status, unless it is at its end, and tells the write-back.

        Returns:
            Whether the row was changed.
        """
        self.point(f"record row {status}")
        changed = self.ledger.rows.record(job.run_id, job.number, status, error=error, **more)
        if changed:
            self.touch(job)
        return changed

    def touch(self, job: Job) -> None:
        """Tells the write-back that a row of the job's sheet has changed."""
        if job.live:
            self.point("mark sheet")
            self.marks.touch(job.run_id, job.sheet_id)

    def end(
        self,
        job: Job,
        status: RowStatus,
        error: str,
        kind: Kind | None,
        *,
        awaited: bool = False,
    ) -> Next:
        """Ends the row without a picture.

        Args:
            job: The row's job.
            status: How it ends.
            error: The sentence for the sheet.
            kind: What it counts as, None where nothing failed.
            awaited: Whether its picture may still come, so that Sweep has to look after it.
        """
        if kind is Kind.KEY_DENIED:  # counted for rows at their end too: Sweep still meets it
            self.meter.add(Figure.KEY_DENIED)
        if self.record(job, status, error, awaited=awaited) and kind:
            self.meter.add(Figure.FAILURES, kind=kind)
        return DONE

    def fail_with(self, job: Job, render: Render) -> Next:
        """Ends the row as its render ended."""
        return self.end(job, RowStatus.FAILED, render.failure, Kind.TASK_FAILED)

    def slow_down(self, error: HiapiError) -> float:
        """Takes up a 429 for the whole account and returns the seconds to wait, with jitter."""
        seconds = error.retry_after if error.retry_after is not None else _BUSY
        self.point("slow down")
        self.ledger.gate.slow_down(seconds)
        return seconds + jitter(seconds)


def jitter(seconds: float) -> float:
    """Up to a fifth of a wait, and up to a second more, so that not all come back at once."""
    return uniform(0, 1 + seconds / 5)  # noqa: S311 - not for secrets

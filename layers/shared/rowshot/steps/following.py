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
from rowshot.statuses import RowStatus

_BUSY = 5.0  # nominal seconds to wait when hiapi asks to wait but does not say how long


@dataclass(frozen=True)
class Follower:
    """One job's connections: ledger, hiapi, and who is told of a change.

    Args:
        ledger: The ledger.
        hiapi: The client of the account.
        marks: Tells the write-back.
        point: Called with a name before each side effect; tests kill the process there.
    """

    ledger: Ledger
    hiapi: HiapiClient
    marks: Marks
    point: Callable[[str], None] = lambda name: None

    @property
    def clock(self) -> Clock:
        """The ledger's clock."""
        return self.ledger.clock

    def record(self, job: Job, status: RowStatus, error: str = "", **more: Any) -> None:
        """Sets the row's status, unless it is at its end, and tells the write-back."""
        self.point(f"record row {status}")
        if self.ledger.rows.record(job.run_id, job.number, status, error=error, **more):
            self.touch(job)

    def touch(self, job: Job) -> None:
        """Tells the write-back that a row of the job's sheet has changed."""
        if job.live:
            self.point("mark sheet")
            self.marks.touch(job.run_id, job.sheet_id)

    def end(self, job: Job, status: RowStatus, error: str) -> Next:
        """Ends the row."""
        self.record(job, status, error)
        return DONE

    def fail_with(self, job: Job, render: Render) -> Next:
        """Ends the row as its render ended."""
        return self.end(job, RowStatus.FAILED, render.failure)

    def slow_down(self, error: HiapiError) -> float:
        """Takes up a 429 for the whole account and returns the seconds to wait, with jitter."""
        seconds = error.retry_after if error.retry_after is not None else _BUSY
        self.ledger.gate.slow_down(seconds)
        return seconds + jitter(seconds)


def jitter(seconds: float) -> float:
    """Up to a fifth of a wait, and up to a second more, so that not all come back at once."""
    return uniform(0, 1 + seconds / 5)  # noqa: S311 - not for secrets

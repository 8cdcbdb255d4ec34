"""Goes on with runs whose execution died, and writes the results of ended ones anew."""

from __future__ import annotations

from dataclasses import dataclass, field

from rowshot.ledger import Ledger
from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.ledger.table import Conflict
from rowshot.machine import Machine
from rowshot.reporting import unreadable_report
from rowshot.statuses import RowStatus
from rowshot.steps import failures
from rowshot.steps.following import Follower
from rowshot.steps.manifests import jobs_of, start
from rowshot.storage import Inbox

_LIVES = 5  # times that Sweep goes on with a run by itself; then its rows end
_ENDINGS = 5  # times that it then lets Finish try; executions cost money
_PLANNING_LONGEST = 7200.0  # nominal seconds: Plan's three tries take less than an hour


@dataclass(frozen=True)
class Reviving:
    """Looks after runs.

    Args:
        ledger: The ledger.
        inbox: Where the runs' files lie.
        machine: Starts executions.
        follower: For its points, at which tests kill the process.
    """

    ledger: Ledger
    inbox: Inbox
    machine: Machine
    follower: Follower
    _corrected: dict[str, list[Row]] = field(default_factory=dict)

    def look_after(self, run: Run) -> None:
        """Goes on with an open run, unless its execution is alive."""
        if run.status is RunStatus.PLANNING and not self._given_up(run):
            # Plan is retried by Lambda itself.
            self._alive(run)
        elif self.machine.status(run.id, run.generation) == "RUNNING":
            self._alive(run)
        else:
            self._go_on(run)

    def _alive(self, run: Run) -> None:
        self.follower.point("look later")
        self.ledger.runs.looked_after(run.id)

    def corrected(self, row: Row) -> None:
        """Remembers a row that got its end after its run had ended."""
        self._corrected.setdefault(row.run_id, []).append(row)

    def rewrite(self) -> None:
        """Writes the results of every run that has corrected rows anew: Finish does it."""
        for run_id, rows in self._corrected.items():
            run = self.ledger.runs.get(run_id)
            if run.status.is_open:
                continue  # its end is still to come, and tells of these rows
            self.follower.point("reopen run")
            try:
                reopened = self.ledger.runs.reopen(run, lives=run.lives)
            except Conflict:
                continue
            self.follower.point("start execution")
            start(self.inbox, self.machine, reopened, [])
            for row in rows:
                self.follower.point("settle row")
                self.ledger.rows.settled(row)

    def _given_up(self, run: Run) -> bool:
        """Ends a run that Plan could not plan; True when it goes on nevertheless."""
        if self.ledger.clock.since(run.started_at) < _PLANNING_LONGEST:
            return False
        if jobs_of(self.inbox, run.id) or any(True for _ in self.ledger.rows.of_run(run.id)):
            return True  # it came so far that there are rows: they get their end
        self.follower.point("give plan up")
        report = unreadable_report(run, failures.NOT_PLANNED)
        self.inbox.put_json(run.id, "report.json", report)
        self.ledger.runs.ended(run.id, RunStatus.STOPPED, failures.NOT_PLANNED)
        return False

    def _go_on(self, run: Run) -> None:
        unfinished = {row.number for row in self.ledger.rows.of_run(run.id) if not row.status.final}
        jobs = jobs_of(self.inbox, run.id, unfinished)
        if run.lives >= _LIVES:
            for job in jobs:
                self.follower.point("end row")
                self.ledger.rows.record(
                    run.id, job.number, RowStatus.FAILED, error=failures.INTERNAL
                )
            jobs = []
        if run.lives >= _LIVES + _ENDINGS:
            self.follower.point("give run up")
            self.ledger.runs.ended(run.id, RunStatus.STOPPED, failures.NOT_FINISHED)
            return
        self.follower.point("reopen run")
        try:
            reopened = self.ledger.runs.reopen(run, lives=run.lives + 1)
        except Conflict:
            return  # somebody else did so at the same moment
        self.follower.point("start execution")
        start(self.inbox, self.machine, reopened, jobs)

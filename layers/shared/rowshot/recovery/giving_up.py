"""The end of a run that nothing else ends: its results as far as they can be told, then a mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from rowshot.ledger import Ledger
from rowshot.ledger.records import Run, RunStatus
from rowshot.ordering.dispatch import MOST_FINISHES
from rowshot.planning.plan_file import is_simulated
from rowshot.reporting.gathering import gather, write_table
from rowshot.reporting.notifications import Notices
from rowshot.reporting.report import Report, short_report
from rowshot.storage import Inbox
from rowshot.telemetry.logs import logger

_LEAST, _PER_ROW = 20.0, 0.003  # wall seconds that a whole report may take


@dataclass(frozen=True)
class GivingUp:
    """Gives runs up.

    Args:
        ledger: The ledger.
        inbox: Where the runs' files lie.
        notices: Tells people.
        time_left: Wall seconds that the function still has.
    """

    ledger: Ledger
    inbox: Inbox
    notices: Notices
    time_left: Callable[[], float]

    def __call__(self, run: Run, reason: str) -> None:
        """Ends a run and then tells people, unless something of it changes meanwhile.

        Args:
            run: As it was read just before.
            reason: What happened and what to do, in one sentence.
        """
        number = self._own_try(run)
        run = replace(run, reason=reason, finishes=number or run.finishes)
        if not (number and self._told_whole(run)):
            self.inbox.put_json(run.id, "report.json", self._short(run))
        if self.ledger.runs.given_up(run, reason):
            self.tell(run)

    def tell(self, run: Run) -> None:
        """Tells people of a run that was given up; after a crash twice is better than never."""
        if not run.told:
            self.notices.given_up(self._short(run))
        self.ledger.runs.let_go(run)

    def _own_try(self, run: Run) -> int:
        """Counts a try to write the whole results as one more of Finish's; 0 for no try.

        What kept Finish from it may even kill Sweep: so there is only one.
        """
        died = run.finishes - run.finished > MOST_FINISHES
        enough = self.time_left() > _LEAST + run.rows * _PER_ROW
        return self.ledger.runs.finishing(run) if run.planned and enough and not died else 0

    def _told_whole(self, run: Run) -> bool:
        """Writes the results from the ledger, as Finish would; whether there is a report."""
        written = False
        try:
            found = gather(self.ledger, self.inbox, run, RunStatus.STOPPED)
            self.inbox.put_json(run.id, "report.json", found.report)
            written = True
            write_table(self.ledger, self.inbox, run, found)
        except Exception:
            logger.exception("results of a run that is given up", extra={"run_id": run.id})
        return written

    def _short(self, run: Run) -> Report:
        return short_report(run, run.reason, simulated=is_simulated(self.inbox, run.id))

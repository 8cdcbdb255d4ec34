"""Sweep: starts again what has no owner, every minute. It decides nothing about a row itself.

Rows at work, or awaited, whose execution is gone get their next one; runs whose end nobody began
get it; rows that wait with a settled render go back into the line; a plan that stopped half-way is
written to its end; sheets that lacked something when their run ended get another pass; and Dispatch
gets a message, in case one was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from rowshot.deciding import reasons
from rowshot.ledger.records import Account, Row, Run, RunStatus
from rowshot.ledger.worksheets import Watched
from rowshot.ordering.dispatch import Dispatch
from rowshot.planning.plan_file import had_begun, put_into_line, read
from rowshot.recovery.giving_up import GivingUp
from rowshot.recovery.older import adopt
from rowshot.reporting.notifications import Notices
from rowshot.telemetry.logs import logger

T = TypeVar("T")
_ENOUGH = 20.0  # wall seconds that one look may take
_PLANNING_LONGEST = 7200.0  # nominal seconds: Plan's three tries take less than an hour
_PLANNING_STUCK = 1200.0  # nominal seconds after which a plan that is kept is written to its end


@dataclass(frozen=True)
class Swept:
    """What one pass looked at."""

    runs: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Sweep:
    """The step.

    Args:
        dispatch: What starts rows again, and ends runs.
        time_left: Wall seconds that the function still has.
        notices: Tells people of runs that are given up.
    """

    dispatch: Dispatch
    time_left: Callable[[], float]
    notices: Notices
    _unexpected: list[Exception] = field(default_factory=list)

    def __call__(self) -> Swept:
        """One pass over everything that may have lost its owner, as far as the time allows.

        Raises:
            Exception: The last one of those that nobody expected, after everything was done.
        """
        ledger = self.dispatch.connections.ledger
        account = ledger.limiter.view()
        runs = self._each(ledger.runs.overdue(), self._look_after_run)
        rows = self._each(self._at_work(account), self._look_after_row)
        rows += self._each(ledger.rows.awaited(), self._look_after_row)
        self._each(dict.fromkeys(ledger.line.overdue()), self.dispatch.release)
        self._each(ledger.sheets.overdue(), self._look_after_sheet)
        self._forget_leaks(account)
        self.dispatch.connections.dispatch.send()
        if self._unexpected:
            raise self._unexpected[-1]
        return Swept(runs, rows)

    def _each(self, found: Iterable[T], look_after: Callable[[T], None]) -> int:
        number = 0
        for each in found:
            if self.time_left() < _ENOUGH:
                break
            number += 1
            try:
                look_after(each)
            except Exception as error:
                # Nobody expected it; but one that cannot be looked after must not keep Sweep from
                # all the others, for good.
                logger.exception("sweep", kind=type(each).__name__)
                self._unexpected.append(error)
        return number

    # ------------------------------------------------------------------ rows

    def _at_work(self, account: Account) -> Iterator[Row]:
        named = (each.partition("#") for each in sorted(account.working))
        wanted = [(run_id, int(number)) for run_id, _, number in named]
        yield from self.dispatch.connections.ledger.rows.get_many(wanted)

    def _look_after_row(self, row: Row) -> None:
        if row.awaited:
            self.dispatch.connections.ledger.rows.look_later(row)
        self.dispatch.go_on(row.run_id, row.number)

    def _forget_leaks(self, account: Account) -> None:
        """Takes out of the account what nothing stands for: no crash leaves it, an upgrade may."""
        ledger = self.dispatch.connections.ledger
        renders = ledger.renders.get_many(account.held)
        flying = {each.id for each in renders.values() if each.state.is_in_flight}
        rows = {row.at_work for row in self._at_work(account) if row.status.at_work}
        held, working = account.held - flying, account.working - rows
        if held or working:
            logger.warning("forgotten", held=sorted(held), working=sorted(working))
            ledger.limiter.forget(held=held, working=working)

    # ------------------------------------------------------------------ sheets

    def _look_after_sheet(self, watched: Watched) -> None:
        """Asks for another pass over a sheet that is not complete, where nobody else does."""
        first = self.dispatch.connections.ledger.sheets.look_later(watched)
        if first and watched.left:
            self.dispatch.connections.sync.send(watched.run_id, watched.sheet_id, 0)

    # ------------------------------------------------------------------ runs

    def _look_after_run(self, run: Run) -> None:
        ledger = self.dispatch.connections.ledger
        ledger.runs.looked_after(run.id)
        if run.status is RunStatus.STOPPED and not run.is_due:
            self._giving_up.tell(run)  # whoever gave it up died before
        elif not run.planned:
            self._planning(run)
        elif hopeless := self.dispatch.end_run(run.id, again=True):
            self._giving_up(hopeless, reasons.NOT_FINISHED)

    @property
    def _giving_up(self) -> GivingUp:
        ledger, inbox = self.dispatch.connections.ledger, self.dispatch.inbox
        return GivingUp(ledger, inbox, self.notices, self.time_left)

    def _planning(self, run: Run) -> None:
        """A run that is being planned: Lambda tries Plan again, and after that Sweep goes on."""
        connections, inbox = self.dispatch.connections, self.dispatch.inbox
        age = connections.clock.since(run.started_at)
        kept = read(inbox, run.id)
        stuck = age > _PLANNING_STUCK
        if kept and stuck:
            put_into_line(connections.ledger, run, kept)
            connections.dispatch.send(run_id=run.id)
        elif not kept and self._is_older(run, stuck):
            adopt(connections, inbox, run)
        elif age > _PLANNING_LONGEST:
            self._giving_up(run, reasons.NOT_PLANNED)

    def _is_older(self, run: Run, stuck: bool) -> bool:
        """Whether the first release planned the run, also where it died before it noted so."""
        if run.status is not RunStatus.PLANNING:
            return True
        return stuck and had_begun(self.dispatch.inbox, run.id)

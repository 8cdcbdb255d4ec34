"""Dispatch: gives free slots, and places at work, to the rows whose turn it is.

Woken by a message whenever something may go on; several of it may run at once. Each row is decided
on by itself, and begins in one transaction, so that a second Dispatch simply reads again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Any

from rowshot.deciding.actions import Claim, End, Start, Stay, Tell, WaitWithRender
from rowshot.deciding.answers import NoRoom
from rowshot.deciding.conclude import PROBE_EVERY, conclude
from rowshot.deciding.facts import Facts
from rowshot.deciding.next_action import next_action
from rowshot.deciding.reasons import INTERNAL, Reason
from rowshot.ledger.jobs import Job
from rowshot.ledger.line import FREE, Place
from rowshot.ledger.records import Account, RenderState, Row, Run
from rowshot.ledger.table import Key
from rowshot.ordering.claims import Claims
from rowshot.ordering.executions import Executions, execution_name
from rowshot.ordering.executor import LEDGER_ONLY, Connections, Executor
from rowshot.ordering.halting import end_queued
from rowshot.ordering.read_facts import read_facts
from rowshot.planning.plan_file import read_job
from rowshot.statuses import RowStatus
from rowshot.storage import Inbox
from rowshot.telemetry.logs import logger
from rowshot.telemetry.metrics import Figure

_PAGE = 25  # places of one lane that are read at once
_MOST_LOOKS = 3  # at one place in one call
_MOST_ENDED = 2000  # rows of a halted run that one call ends; Sweep sends another message
MOST_FINISHES = 10  # starts of Finish for the same results; executions cost money
_CRASHED = ("FAILED", "TIMED_OUT")
_ENOUGH = 10.0  # wall seconds that beginning one more row may take


@dataclass(frozen=True)
class Message:
    """What Dispatch is told.

    Args:
        run_id: A run that may be at its end, or the one of ``row``.
        render_id: A render that has settled.
        row: A row whose execution has ended though its work has not.
    """

    run_id: str = ""
    render_id: str = ""
    row: int = 0

    @classmethod
    def of(cls, body: dict[str, Any]) -> Message:
        """Reads a message's body; another release may have put more into it."""
        return cls(body.get("run_id", ""), body.get("render_id", ""), int(body.get("row", 0)))


@dataclass(frozen=True)
class Dispatch:
    """The step.

    Args:
        connections: Ledger and queues.
        inbox: Where the runs' plans lie.
        rows: The machine that takes one row its way.
        finish: The machine that ends a run.
    """

    connections: Connections
    inbox: Inbox
    rows: Executions
    finish: Executions

    def __call__(self, messages: Sequence[Message], time_left: Callable[[], float]) -> int:
        """Does what the messages ask for, then begins as many rows as may.

        Args:
            messages: What happened.
            time_left: Wall seconds that the function still has.

        Returns:
            How many rows began.
        """
        for render_id in dict.fromkeys(each.render_id for each in messages if each.render_id):
            self.release(render_id)
        for each in dict.fromkeys(messages):
            if each.row:
                self.go_on(each.run_id, each.row)
        for run_id in dict.fromkeys(each.run_id for each in messages if each.run_id):
            self.end_run(run_id)
        return self.serve(time_left)

    def release(self, render_id: str) -> None:
        """Puts the rows that waited with a render back into the line, if it has settled."""
        ledger = self.connections.ledger
        render = ledger.renders.get(render_id)
        settled = render is None or render.late or not render.state.is_on_its_way
        for place in ledger.line.waiting_for(render_id):
            row = ledger.rows.get(place.turn.run_id, place.turn.number)
            if row is None or row.place != place.key:
                ledger.line.forget(place)
            elif settled:
                ledger.line.put_back(row)
            else:
                ledger.line.look_later(place)

    def go_on(self, run_id: str, number: int) -> None:
        """Starts the next execution of a row whose last one has ended before its work."""
        ledger = self.connections.ledger
        row = ledger.rows.get(run_id, number)
        if row is None or not _is_followed(row):
            return
        status, job = self.rows.look(row.execution) if row.execution else ("ENDED", None)
        if status == "RUNNING":
            return
        job = job or read_job(self.inbox, row)
        if job is None:
            return  # the run's files are gone: nobody knows where the picture belongs
        if status == "MISSING":
            self.rows.start_row(job, row.execution)
            return
        facts = read_facts(ledger, job, row.execution)
        action = next_action(facts, self.connections.clock, self.connections.rules)
        if row.execution and isinstance(action, LEDGER_ONLY):
            Executor(self.connections, {}).carry_out(action, facts)
            return
        name = execution_name(job, row.starts + 1)
        claims = Claims(ledger.table, self.connections.clock)
        if claims.restart(row, name, crashed=status in _CRASHED):
            self.rows.start_row(job, name)

    def end_run(self, run_id: str, *, again: bool = False) -> Run | None:
        """Starts Finish for a run whose rows have all ended; harmless when repeated.

        Args:
            run_id: The run.
            again: Whether Finish may be started again for what it was started for before.

        Returns:
            The run where Finish was started in vain too often, so that it is to be given up.
        """
        runs = self.connections.ledger.runs
        run = runs.get(run_id)
        if run.halted and run.open_rows and end_queued(self.connections.ledger, run, _MOST_ENDED):
            run = runs.get(run_id)
        if not run.is_due:
            return None
        if run.finish_for == run.changes:
            last = self.finish.status(_finish_name(run_id, run.finishes))
            if not again or last == "RUNNING":
                return None
            if run.finishes - run.finished >= MOST_FINISHES:
                return run
        number = runs.finishing(run)
        if number:
            self.finish.start(_finish_name(run_id, number), {"run_id": run_id})
        return None

    def serve(self, time_left: Callable[[], float]) -> int:
        """Begins the rows whose turn it is, until slots, room or time are used up."""
        begun = 0
        served: Counter[Key] = Counter()
        progress = True
        while progress and time_left() > _ENOUGH:
            progress = False
            closed: set[str] = set()
            for place in self._turns():
                if time_left() < _ENOUGH:
                    break
                lane = place.key[0]
                # A place is looked at again after a race; one that never moves must not be paid for
                # until the time is used up. Sweep's next message finds it.
                if lane in closed or served[place.key] >= _MOST_LOOKS:
                    continue
                served[place.key] += 1
                outcome = self._serve(place)
                if outcome is _STAYS:
                    closed.add(lane)
                else:
                    progress = True
                    begun += outcome is _BEGUN
        return begun

    def _turns(self) -> Iterator[Place]:
        """The first places of all lanes, in the order of their turns."""
        account = self.connections.ledger.limiter.view()
        in_flight = self.connections.rules.in_flight
        if not account.room(in_flight):
            return iter(())
        # A look at rows that need a slot is worth its cost only where they may get one.
        clock = self.connections.clock
        may_buy = not clock.until(account.blocked_until) and (
            not clock.until(account.probe_at) if account.paused_at else account.free(in_flight) > 0
        )
        if account.paused_at:
            self._tell_of_pause(account)
        open_lanes = account.lanes if may_buy else account.lanes & {FREE}
        lanes = [self.connections.ledger.line.first(lane, _PAGE) for lane in sorted(open_lanes)]
        return merge(*lanes, key=lambda place: place.turn)

    def _tell_of_pause(self, account: Account) -> None:
        """Notes of the runs whose rows are the next that they wait for the balance."""
        ledger = self.connections.ledger
        heads = [each for lane in sorted(account.lanes) for each in ledger.line.first(lane, _PAGE)]
        for run_id in dict.fromkeys(place.turn.run_id for place in heads):
            run = ledger.runs.paused(run_id)
            if run and run.spreadsheet_id:
                self.connections.sync.notify(run_id, run.sheet_id)

    def _serve(self, place: Place) -> object:
        ledger = self.connections.ledger
        row = ledger.rows.get(place.turn.run_id, place.turn.number)
        if row is None or row.place != place.key:
            ledger.line.forget(place)
            return _MOVED
        job = read_job(self.inbox, row)
        if job is None:  # the run's files are gone: nobody knows what it wants
            ledger.rows.end_queued(
                [row], RowStatus.FAILED, error=INTERNAL, reason=str(Reason.INTERNAL)
            )
            self.connections.dispatch.send(run_id=row.run_id)
            return _MOVED
        out_until = ledger.models.out_until([job.model]).get(job.model, 0.0)
        facts = read_facts(ledger, job, out_until=out_until)
        if facts.row.place != place.key:
            return _MOVED
        return self._carry_out(facts, place)

    def _carry_out(self, facts: Facts, place: Place) -> object:
        clock, rules = self.connections.clock, self.connections.rules
        action = next_action(facts, clock, rules)
        match action:
            case Claim(probe):
                return self._claim(action, facts, probe)
            case Start():
                return self._start(facts)
            case WaitWithRender() if facts.render:
                self.connections.ledger.line.wait_with(facts.row, facts.render.attempt)
                return _MOVED
            case End() | Tell():
                Executor(self.connections, {}).carry_out(action, facts)
                return _MOVED
            case Stay() if facts.row.lane == FREE and _needs_slot(facts):
                self._change_lane(facts)
                return _MOVED
        return _STAYS

    def _claim(self, action: Claim, facts: Facts, probe: bool) -> object:
        ledger, rules = self.connections.ledger, self.connections.rules
        name = execution_name(facts.job, facts.row.starts + 1)
        claims = Claims(ledger.table, self.connections.clock)
        until = self.connections.clock.after(PROBE_EVERY) if probe else 0.0
        refused = claims.claim(facts, name, rules, probe_until=until)
        if refused is None:
            self.connections.meter.add(Figure.RESERVED_USD, facts.job.price)
            self._begin(facts.job, name)
            return _BEGUN
        change = conclude(action, refused, facts, self.connections.clock, rules)
        for effect in change.effects:
            Executor(self.connections, {}).carry_out(effect.end, facts)  # type: ignore[union-attr]
        # Whoever has the slot gives it back with a message: asking on would only be paid for.
        return _STAYS if refused is NoRoom.NO_SLOT else _MOVED

    def _start(self, facts: Facts) -> object:
        name = execution_name(facts.job, facts.row.starts + 1)
        claims = Claims(self.connections.ledger.table, self.connections.clock)
        if not claims.start(facts, name, self.connections.rules):
            return _MOVED
        self._begin(facts.job, name)
        return _BEGUN

    def _begin(self, job: Job, name: str) -> None:
        try:
            self.rows.start_row(job, name)
        except Exception:  # one row's start must not keep the others back; Sweep starts it
            logger.exception("start", run_id=job.run_id, row=job.number)
        if job.live:
            self.connections.sync.notify(job.run_id, job.sheet_id)

    def _change_lane(self, facts: Facts) -> None:
        """A row that was to need no purchase needs one after all."""
        self.connections.ledger.limiter.open_lanes([facts.job.model])
        self.connections.ledger.line.change_lane(facts.row, facts.job.model)


def _finish_name(run_id: str, number: int) -> str:
    return f"{run_id}-{number}"


_BEGUN, _MOVED, _STAYS = object(), object(), object()


def _is_followed(row: Row) -> bool:
    """Whether somebody has to work on the row: it is at work, or its picture may still come."""
    return row.awaited or row.status.at_work


def _needs_slot(facts: Facts) -> bool:
    render = facts.render
    if render is None:
        return True
    return render.state in (RenderState.FAILED, RenderState.RELEASED)

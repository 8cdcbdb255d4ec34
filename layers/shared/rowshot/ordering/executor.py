"""Carries out what is decided about a row, as far as one function may.

A function is the set of actions that it can perform; any other action is the machine's next state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import uniform
from typing import Any

from rowshot.clock import Clock
from rowshot.deciding.actions import (
    Action,
    Copy,
    End,
    Fetch,
    GiveUp,
    Look,
    Nothing,
    Order,
    Park,
    Release,
    Tell,
    ToLine,
    Wait,
)
from rowshot.deciding.answers import Answer
from rowshot.deciding.changes import (
    Aside,
    AttemptFailed,
    BackInLine,
    Change,
    Effect,
    Ended,
    HaltRun,
    Learn,
    NotCreated,
    Parked,
    PauseAccount,
    PictureLost,
    ResumeAccount,
    Running,
    Said,
    SlowDown,
    Stored,
    Succeeded,
)
from rowshot.deciding.conclude import PROBE_EVERY, conclude
from rowshot.deciding.facts import Facts, Rules
from rowshot.deciding.next_action import next_action
from rowshot.deciding.reasons import Reason
from rowshot.ledger import Ledger
from rowshot.ledger.jobs import DONE, Job, Next, Step
from rowshot.ledger.records import RunStatus
from rowshot.ordering.notify import DispatchQueue
from rowshot.ordering.read_facts import read_facts
from rowshot.ordering.writing import Writer
from rowshot.sheet_sync.queue import SyncQueue
from rowshot.telemetry.metrics import NULL_METER, Figure, Meter

Perform = Callable[[Any, Facts], Answer]

_MOST_STEPS = 12  # decisions of one call; a row whose facts change that often is looked at again
_STATE_OF: dict[type, Step] = {
    Order: "submit",
    Look: "poll",
    Fetch: "publish",
    Copy: "publish",
    Tell: "publish",
}
LEDGER_ONLY = (End, Park, GiveUp, Release, ToLine, Tell)
_SETTLES = (Stored, AttemptFailed, NotCreated, PictureLost)
_FREES = (Succeeded, Parked, AttemptFailed, NotCreated, BackInLine)


@dataclass(frozen=True)
class Connections:
    """What whoever works on rows needs.

    Args:
        ledger: The ledger.
        sync: Tells the write-back of changed rows.
        dispatch: Tells Dispatch that something may go on.
        rules: Ceilings and deadlines.
        meter: Takes the figures that people watch.
    """

    ledger: Ledger
    sync: SyncQueue
    dispatch: DispatchQueue
    rules: Rules = field(default_factory=Rules)
    meter: Meter = NULL_METER

    @property
    def clock(self) -> Clock:
        """The ledger's clock."""
        return self.ledger.clock


@dataclass(frozen=True)
class Executor:
    """One function's part in a row's way.

    Args:
        connections: What it is connected to.
        performers: What it can perform outside the ledger, by kind of action.
    """

    connections: Connections
    performers: Mapping[type, Perform]

    def __call__(self, job: Job, execution: str) -> Next:
        """Takes a row one step on, and says what comes next. Safe to repeat at any time.

        Args:
            job: The row's job.
            execution: The execution that asks; only the one that the row names may act.
        """
        for _ in range(_MOST_STEPS):
            facts = self.read(job, execution)
            action = next_action(facts, self.connections.clock, self.connections.rules)
            if isinstance(action, Nothing):
                return DONE
            if isinstance(action, Wait):
                return Next("poll", _spread(action.seconds, action.spread))
            if type(action) not in self.performers and not isinstance(action, LEDGER_ONLY):
                return Next(_STATE_OF[type(action)])
            change = self.carry_out(action, facts)
            if change and change.wait is not None:
                return Next("poll", _spread(change.wait, change.spread), change.why)
        return Next("poll", 1, "the row changes all the time")

    def read(self, job: Job, execution: str) -> Facts:
        """Reads everything that a decision about the row depends on."""
        return read_facts(self.connections.ledger, job, execution)

    def carry_out(self, action: Action, facts: Facts) -> Change | None:
        """Performs an action and writes what came of it.

        Returns:
            What came of it; None when the row or the render has changed meanwhile.
        """
        perform = self.performers.get(type(action))
        if isinstance(action, Order | Look):
            latencies = self.connections.ledger.models.latencies(facts.job.model)
            facts = replace(facts, latencies=tuple(latencies))
        answer = perform(action, facts) if perform else None
        change = conclude(action, answer, facts, self.connections.clock, self.connections.rules)
        if change.effects and not Writer(self.connections.ledger).write(change.effects, facts):
            return None
        for aside in change.aside:
            self._write_aside(aside, facts)
        self._follow_up(change.effects, facts)
        return change

    def _write_aside(self, aside: Aside, facts: Facts) -> None:
        ledger = self.connections.ledger
        match aside:
            case SlowDown(seconds):
                ledger.limiter.slow_down(seconds)
            case PauseAccount(said):
                ledger.limiter.pause(said, PROBE_EVERY)
                ledger.runs.paused(facts.job.run_id)
                self.connections.dispatch.send(delay=PROBE_EVERY)
            case ResumeAccount():
                ledger.limiter.resume()
                self.connections.dispatch.send()
            case HaltRun(sentence):
                ledger.runs.halt(facts.job.run_id, RunStatus.STOPPED, sentence)
                self.connections.dispatch.send(run_id=facts.job.run_id)
            case Learn(name, values):
                ledger.models.learn_values(facts.job.model, name, list(values))

    def _follow_up(self, effects: tuple[Effect, ...], facts: Facts) -> None:
        """Tells whoever has to know; all of it is harmless when repeated."""
        job = facts.job
        kinds = {type(effect) for effect in effects}
        self._measure(effects, facts)
        if kinds & {Stored, Said, Ended, BackInLine, Succeeded, Running} and job.live:
            self.connections.sync.notify(job.run_id, job.sheet_id)
        late = any(isinstance(each, Ended) and each.end.awaited for each in effects)
        settled = job.render_id if late or kinds.intersection(_SETTLES) else ""
        over = job.run_id if kinds & {Stored, Ended} else ""
        if settled or over or kinds.intersection(_FREES):
            self.connections.dispatch.send(run_id=over, render_id=settled)

    def _measure(self, effects: tuple[Effect, ...], facts: Facts) -> None:
        meter, render = self.connections.meter, facts.render
        for effect in effects:
            match effect:
                case Running():
                    meter.add(Figure.ORDERS_PLACED)
                case Succeeded() if render:
                    took = self.connections.clock.since(render.placed_at)
                    self.connections.ledger.models.add_latency(facts.job.model, took)
                    meter.add(Figure.SPENT_USD, render.price)
                    meter.add(Figure.RENDER_SECONDS, took)
                    meter.add(Figure.POLLS_PER_PICTURE, render.polls + 1)
                case NotCreated() if render:
                    meter.add(Figure.RESERVED_USD, -render.price)
                case Stored():
                    meter.add(Figure.PICTURES_PUBLISHED)
                case Ended(end):
                    if end.reason is Reason.KEY_DENIED:
                        meter.add(Figure.KEY_DENIED)
                    if end.reason.kind and not facts.row.status.final:
                        meter.add(Figure.FAILURES, kind=end.reason.kind)
                case _:
                    pass


def _spread(seconds: float, spread: bool) -> float:
    """A wait; up to a fifth of it, and up to a second more, where many may wait for one moment."""
    return seconds + uniform(0, 1 + seconds / 5) if spread else seconds  # noqa: S311 - no secret

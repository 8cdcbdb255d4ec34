"""Follows a run in its ledger until it has ended."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from rowshot.errors import RowshotError, RunNotFound
from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.statuses import RowStatus
from rowshot_local.forecast import Forecast
from rowshot_local.stack import Stack
from rowshot_local.wording import here, row_here

_START_PATIENCE = 60.0  # wall seconds for Plan to note the run
_PLAN_PATIENCE = 600.0  # wall seconds for Plan to read and price it, Plan's own timeout
_NO_PLAN = (
    "The sheet was dropped, but its planning failed: the engine's log in the state folder says why."
)
_POLL = 0.25
_SWEEP_EVERY = 20.0  # wall seconds; the engine's schedule is slower at a fast time scale


class RunFailedToStart(RowshotError):
    """Plan never noted the run."""


@dataclass(frozen=True)
class Progress:
    """A run at one moment.

    Args:
        run: The run.
        counts: Rows by status.
        in_flight: Tasks at hiapi, of all runs.
        left: Wall seconds that the rest will take, None while nobody can tell.
        spent: USD booked so far.
        reserved: USD reserved so far.
        paused: Why nothing is ordered, empty when orders go on.
        rows: All rows.
        simulated: Whether a simulator draws the pictures, so that nothing is spent.
        interrupted: Whether it is unfinished and nobody carries it out.
    """

    run: Run
    counts: Counter[RowStatus]
    in_flight: int
    left: float | None
    spent: Decimal
    reserved: Decimal
    paused: str
    rows: tuple[Row, ...] = ()
    simulated: bool = False
    interrupted: bool = False

    @property
    def ready(self) -> int:
        """Rows whose picture is there."""
        return sum(number for status, number in self.counts.items() if status.ready)

    @property
    def done(self) -> int:
        """Rows at their end."""
        return sum(number for status, number in self.counts.items() if status.final)

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.counts.values())


def run_word(run: Run, *, at_rest: bool = False) -> str:
    """What a run's status is called: a halted one collects what is in flight before it ends.

    Args:
        run: The run.
        at_rest: Whether nobody carries out runs at the moment.
    """
    if at_rest and run.status.is_open:
        return "interrupted"
    if run.halted and run.status.is_open:
        return "cancelling" if run.halted == RunStatus.CANCELLED else "stopping"
    return str(run.status)


class Looks:
    """Looks at one run again and again.

    Args:
        stack: Where the run is.
        run_id: The run.
    """

    def __init__(self, stack: Stack, run_id: str) -> None:
        self._stack = stack
        self._run_id = run_id
        self._forecast: Forecast | None = None

    def __call__(self) -> Progress:
        """The run as it stands.

        Raises:
            RunNotFound: There is none of this id.
        """
        progress = _progress(self._stack, self._run_id)
        if not progress.run.status.is_open or progress.interrupted:
            return progress
        if not progress.rows or progress.paused:
            return progress
        if self._forecast is None:
            self._forecast = Forecast.of_run(self._stack.inbox, self._run_id, self._stack.clock)
        return replace(progress, left=self._forecast.left(progress.rows))


def progress_of(stack: Stack, run_id: str) -> Progress:
    """A run as it stands.

    Raises:
        RunNotFound: There is none of this id.
    """
    return Looks(stack, run_id)()


def _progress(stack: Stack, run_id: str) -> Progress:
    ledger = stack.ledger
    run = ledger.runs.get(run_id)
    rows = tuple(ledger.rows.of_run(run_id))
    if stack.local:
        run = replace(run, reason=here(run.reason))
        rows = tuple(map(row_here, rows))
    counts = Counter(row.status for row in rows)
    account = ledger.limiter.view()
    return Progress(
        run,
        counts,
        len(account.held),
        None,
        run.spent,
        run.reserved,
        account.pause_reason,
        rows,
        stack.simulated,
        interrupted=stack.at_rest and run.status.is_open,
    )


def follow(
    stack: Stack, run_id: str, *, pause: Callable[[float], None] | None = None
) -> Iterator[Progress]:
    """Yields the run's progress until it has ended, the last one included.

    Sweep is called now and then, so that what lost its owner is looked after at any time scale.

    Raises:
        RunFailedToStart: Plan did not note the run within a minute.
    """
    wait = pause or _wait
    _await_start(stack, run_id, wait)
    look = Looks(stack, run_id)
    swept = begun = time.monotonic()
    while True:
        started = time.monotonic()
        progress = look()
        yield progress
        if not progress.run.status.is_open:
            return
        planning = progress.run.status is RunStatus.PLANNING
        if planning and time.monotonic() - begun > _PLAN_PATIENCE:
            raise RunFailedToStart(_NO_PLAN)
        if time.monotonic() - swept > _SWEEP_EVERY:
            stack.sweep()
            swept = time.monotonic()
        # A large run takes long to read: looking must stay a small part of the work.
        wait(max(_POLL, 5 * (time.monotonic() - started)))


def _await_start(stack: Stack, run_id: str, wait: Callable[[float], None]) -> None:
    deadline = time.monotonic() + _START_PATIENCE
    while time.monotonic() < deadline:
        try:
            stack.ledger.runs.get(run_id)
            return
        except RunNotFound:
            wait(0.05)
    raise RunFailedToStart(_NO_PLAN)


def _wait(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 - between two looks at a ledger that tells of no changes

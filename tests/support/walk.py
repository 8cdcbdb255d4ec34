"""Walks through all reachable states of a small world, with the real decision and the real ledger.

Two rows share a render; there is one slot. Each step is something that can happen next: Dispatch
looks at a row, an execution carries out what is decided, hiapi answers in one of several ways, a
function dies, Sweep starts a row again, a person cancels or tops up, time passes a deadline.
Messages are not part of it: Dispatch may look at any moment or never, so all of their losses,
doublings and orders are in. What only wastes time is left out: waits, throttling, a slow network.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.deciding.actions import Copy, Fetch, Look, Nothing, Order, Wait
from rowshot.deciding.answers import Accepted, Answer, NoRoom, Task
from rowshot.deciding.facts import Facts, Rules
from rowshot.deciding.next_action import next_action
from rowshot.deciding.reasons import Reason
from rowshot.errors import HiapiOutOfBalance, HiapiUnknownOutcome
from rowshot.ledger import Ledger, keys
from rowshot.ledger.jobs import Job
from rowshot.ledger.line import Place
from rowshot.ledger.records import Picture, Render, RenderState, Row, Run, RunStatus
from rowshot.ledger.table import Update
from rowshot.ordering.dispatch import Dispatch
from rowshot.ordering.executor import Connections, Executor
from rowshot.ordering.halting import end_queued
from rowshot.ordering.read_facts import read_facts
from rowshot.planning.plan_file import _OLDER as OLDER
from rowshot.recovery.older import adopt
from rowshot.statuses import RowStatus
from support import template
from support.aws import DynamoDB

PRICE = Decimal("0.025")
MODEL = "qwen-image-2.0"
RUN = "0123456789abcdef"
TIMES = (1_000_000.0, 1_002_100.0, 1_080_000.0, 1_170_000.0)
"""A moment, and then past: the hard deadline, an idempotency key, a task's day."""

_ALL, _WRITES_OF_ADOPTING = 1000, 6
_NOISE = ("updated_at", "expires_at", "looked_at", "polls")  # nothing is decided by them here
_AT_WORK = (RowStatus.RENDERING, RowStatus.PUBLISHING)
_IN_FLIGHT = (RenderState.CLAIMED, RenderState.RUNNING)


@dataclass(frozen=True)
class Small:
    """A small world.

    Args:
        rows: Rows that want the same picture.
        fails: Tasks that may fail, of those that hiapi makes.
        lost: Answers to orders that may be lost.
        deaths: Executions, and functions in the middle of an order, that may die.
        balance: Pictures that the account can pay before a top-up; None for plenty.
        cancels: Whether somebody may cancel the run.
        times: How many of ``TIMES`` come.
        budget: Attempts that the run's limit has room for.
        starts: Executions of a row beyond which no state is looked into: a probe of a paused
            account may be repeated for ever.
        left: How far the first release had come with the picture when this one took the run over:
            ``queued``, ``claimed``, ``running`` or ``succeeded``; empty for a run of this release.
        made: Whether hiapi has the task of an order that was ``claimed``.
    """

    rows: int = 2
    fails: int = 1
    lost: int = 0
    deaths: int = 1
    balance: int | None = None
    cancels: bool = False
    times: int = 1
    budget: int = 2
    starts: int = 4
    left: str = ""
    made: bool = False


@dataclass(frozen=True)
class State:
    """Everything that matters for what may happen next."""

    items: tuple[tuple[tuple[str, str], Any], ...]
    table: dict[tuple[str, str], Any] = field(default_factory=dict, compare=False, repr=False)
    tasks: tuple[tuple[str, str], ...] = ()  # idempotency key and state, as hiapi keeps them
    alive: frozenset[str] = frozenset()
    time: int = 0
    fails: int = 0
    lost: int = 0
    deaths: int = 0
    paid: int = 0
    cancelled: bool = False
    topped_up: bool = False
    finished: int = 0


@dataclass
class Seen:
    """What a walk found."""

    states: int = 0
    cut: int = 0
    steps: int = 0
    ends: int = 0
    broken: list[str] = field(default_factory=list)
    dead_ends: list[str] = field(default_factory=list)


class Died(Exception):
    """The function is gone in the middle of its work."""


@contextmanager
def dying_after(table: DynamoDB, most: int) -> Iterator[None]:
    """Lets a function die behind its n-th write."""
    left = [most]

    def counted(write: Any) -> Any:
        def act(**request: Any) -> Any:
            answer = write(**request)
            left[0] -= 1
            if not left[0]:
                raise Died
            return answer

        return act

    names = ("update_item", "put_item", "delete_item", "transact_write_items")
    for name in names:
        setattr(table, name, counted(getattr(table, name)))
    try:
        yield
    finally:
        for name in names:
            delattr(table, name)


class _Quiet:
    """Takes messages and facts about models, and forgets them."""

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **more: {} if name == "out_until" else []


def job(number: int) -> Job:
    """What a row wants: the same as every other."""
    return Job(
        run_id=RUN,
        number=number,
        row_key=f"jar-{number}",
        folder=f"jar-{number}",
        render_id="r",
        model=MODEL,
        version=1,
        price=PRICE,
        body="{}",
        max_attempt=3,
        sheet_id="s",
        memory_sheet="s",
        memory_key=f"jar-{number}",
        live=False,
    )


class _Plans:
    """The plan file: each row's line stands where its number says; or the first release's."""

    def get(self, run_id: str, name: str) -> bytes | None:
        """The file from which the first release's machine took its rows."""
        lines = (job(number).line() for number in (2, 3))
        return "\n".join(lines).encode() if name == OLDER else None

    def get_part(self, run_id: str, name: str, offset: int, length: int) -> bytes:
        """A line."""
        return json.dumps({"job": json.loads(job(offset).line())}).encode()


class Walker:
    """Steps through a small world.

    Args:
        small: The world.
    """

    def __init__(self, small: Small) -> None:
        self.small = small
        self.state = State(())
        self.choice = ""
        self.started: set[str] = set()
        self.table = DynamoDB.of(template.properties("LedgerTable"), now=self.now)
        client: Any = self.table
        self.ledger = Ledger(client, "ledger", Clock(1.0, self.now))
        quiet: Any = _Quiet()
        self.ledger.models = quiet
        self.rules = Rules(in_flight=1, run_usd=PRICE * small.budget, day_usd=PRICE * 100)
        self.connections = Connections(self.ledger, quiet, quiet, self.rules)
        machines: Any = self
        plans: Any = _Plans()
        self.plans = plans
        self.dispatch = Dispatch(self.connections, plans, machines, machines)
        self.executor = Executor(
            self.connections,
            {Order: self._order, Look: self._look, Fetch: self._fetch, Copy: self._fetch},
        )

    def now(self) -> float:
        """The moment."""
        return TIMES[self.state.time]

    # ------------------------------------------------------------------ the machines, for Dispatch

    def start_row(self, job: Job, name: str) -> None:
        """An execution begins."""
        self.started.add(name)

    def start(self, name: str, state: Any) -> None:
        """Finish begins: here it only notes that results were written."""

    def look(self, name: str) -> tuple[str, Job]:
        """Whether an execution lives, and what it was given."""
        number = int(name.split("-")[-2])
        return "RUNNING" if name in self.state.alive else "ABORTED", job(number)

    # ------------------------------------------------------------------ what hiapi answers

    def _order(self, order: Order, facts: Facts) -> Answer:
        render = facts.render
        assert render is not None
        if order.parked:
            render = self.ledger.renders.unpark(render, 1) or render
            if render.parked:
                return None
        held = self.ledger.renders.hold(render)
        if held is None:
            return NoRoom.TAKEN_BY_OTHERS
        if self.choice == "die before":
            raise Died
        tasks = dict(self.state.tasks)
        known = held.key in tasks
        if self.choice == "lost before":
            raise_lost = HiapiUnknownOutcome("no answer")
            return raise_lost
        if not known:
            if self._is_empty():
                return HiapiOutOfBalance("top up", status=402)
            tasks[held.key] = "running"
            self.state = replace(
                self.state, tasks=tuple(sorted(tasks.items())), paid=self.state.paid + 1
            )
        if self.choice == "die after":
            raise Died
        if self.choice == "lost after":
            return HiapiUnknownOutcome("no answer")
        return Accepted(held.key)

    def _is_empty(self) -> bool:
        small, state = self.small, self.state
        return small.balance is not None and not state.topped_up and state.paid >= small.balance

    def _look(self, look: Look, facts: Facts) -> Answer:
        assert facts.render is not None
        task_id = facts.render.task_id
        standing = dict(self.state.tasks)[task_id]
        words = {"running": "handling", "done": "success", "failed": "fail"}
        url = "https://x.example/a.png" if standing == "done" else ""
        return Task(task_id, words[standing], url, error_code="TASK_TIMEOUT")

    def _fetch(self, fetch: Any, facts: Facts) -> Answer:
        assert facts.render is not None
        if isinstance(fetch, Fetch) and self.ledger.renders.hold(facts.render) is None:
            return None
        return Picture(f"https://cdn.example/{facts.job.folder}", 1, 1, 1)

    # ------------------------------------------------------------------ states

    def first(self) -> State:
        """A run that was just planned, or that the first release began."""
        self._load(State(()))
        if self.small.left:
            return self._left(self.small.left)
        run = Run(RUN, RunStatus.PLANNING, "inbox", "k", "s", "s", self.now(), max_usd=Decimal(1))
        self.ledger.runs.open(run)
        numbers = range(2, self.small.rows + 2)
        self.ledger.runs.begin(
            RUN, rows=len(numbers), queued=len(numbers), estimate=PRICE, base_round=0
        )
        self.ledger.rows.add(
            [
                Row(
                    RUN,
                    number,
                    f"jar-{number}",
                    RowStatus.QUEUED,
                    render_id="r",
                    lane=MODEL,
                    round=number,
                    planned_at=(number, 1),
                )
                for number in numbers
            ]
        )
        self.ledger.runs.planned(RUN)
        return self._kept()

    def _left(self, left: str) -> State:
        """What the first release left of a run, as it is kept in ``tests/data/releases``."""
        ordered = left != "queued"
        paid = PRICE if left == "succeeded" else Decimal(0)
        reserved = PRICE if ordered else Decimal(0)
        run = Run(RUN, RunStatus.PLANNING, "inbox", "k", "s", "s", self.now(), max_usd=Decimal(1))
        self.ledger.runs.open(run)
        of_run = {"status": "running", "generation": 1, "rows": self.small.rows}
        self._put(keys.run(RUN), {**of_run, "reserved": reserved, "spent": paid})
        for number in range(2, self.small.rows + 2):
            begun = ordered and number == 2
            status = RowStatus.RENDERING if begun else RowStatus.QUEUED
            row = {"row_key": f"jar-{number}", "status": str(status), "attempts": int(begun)}
            more = {"render_id": "r", "version": 1, "cost": Decimal(0), "error": ""}
            self._put(keys.row(RUN, number), {**row, **more})
        if not ordered:
            return self._kept()
        key = "rowshot-r-1"
        order = {"state": left, "attempt": 1, "key": key, "body": b"{}", "model": MODEL}
        bought = {"buyer_run": RUN, "buyer_row": 2, "price": PRICE, "version": 1}
        times = {"claimed_at": self.now(), "day": self.ledger.clock.day(), "due_at": self.now()}
        self._put(keys.render("r"), {**order, **bought, **times, "open": "render"})
        self._put(keys.day(self.ledger.clock.day()), {"reserved": PRICE})
        tasks: tuple[tuple[str, str], ...] = ()
        if left == "claimed":
            self._put(keys.render("r"), {"unsent": False})
            tasks = ((key, "running"),) if self.small.made else ()
        else:
            self._put(keys.render("r"), {"task_id": key, "placed_at": self.now()})
            tasks = ((key, "running" if left == "running" else "done"),)
        if left != "succeeded":
            self._put(keys.ACCOUNT, {"holders": {"r"}, f"round_{RUN}": 12, "served": 11})
        self.state = replace(self.state, tasks=tasks)
        return self._kept()

    def _put(self, key: tuple[str, str], values: dict[str, Any]) -> None:
        self.ledger.table.write(Update(key, set=values))

    def _adopt(self, most: int) -> None:
        """This release takes the run over, and dies after so many writes."""
        with dying_after(self.table, most):
            adopt(self.connections, self.plans, self.ledger.runs.get(RUN))

    def _load(self, state: State) -> None:
        self.state = state
        self.started = set()
        self.table.items = {}
        self.table._partitions.clear()
        for index in self.table._by_index.values():
            index.clear()
        for key, item in state.table.items():
            self.table._stand(key, item)

    def _kept(self) -> State:
        items = tuple(
            (key, _still({name: each for name, each in item.items() if name not in _NOISE}))
            for key, item in sorted(self.table.items.items())
        )
        named = {row.execution for row in self.ledger.rows.of_run(RUN)}
        alive = frozenset((self.state.alive | self.started) & named)
        return replace(self.state, items=items, table=dict(self.table.items), alive=alive)

    # ------------------------------------------------------------------ steps

    def steps(self, state: State) -> Iterator[tuple[str, State]]:
        """Everything that may happen next."""
        small = self.small
        for number in range(2, small.rows + 2):
            yield from self._tried(state, f"dispatch {number}", lambda n=number: self._serve(n))
            for choice in self._choices(state):
                yield from self._tried(
                    state, f"work {number} {choice}", lambda n=number: self._work(n), choice
                )
            yield from self._tried(state, f"sweep {number}", lambda n=number: self._sweep(n))
            if state.deaths < small.deaths:
                yield from self._tried(state, f"kill {number}", lambda n=number: self._kill(n))
        yield from self._adopted(state)
        yield from self._tried(state, "release", lambda: self.dispatch.release("r"))
        yield from self._tried(state, "end run", self._end_run)
        yield from self._hiapi(state)
        if small.cancels and not state.cancelled:
            yield from self._tried(state, "cancel", self._cancel)
        if small.balance is not None and not state.topped_up:
            yield "top up", replace(state, topped_up=True)
        yield from self._tried(state, "lease over", self._end_lease)
        if state.time + 1 < small.times:
            yield "time", replace(state, time=state.time + 1)

    def _adopted(self, state: State) -> Iterator[tuple[str, State]]:
        self._load(state)
        if not self.small.left or self.ledger.runs.get(RUN).planned:
            return
        yield from self._tried(state, "adopt", lambda: self._adopt(_ALL))
        if state.deaths < self.small.deaths:
            for most in range(1, _WRITES_OF_ADOPTING):
                yield from self._tried(
                    state, f"adopt, dead after {most}", lambda most=most: self._adopt(most)
                )

    def _choices(self, state: State) -> list[str]:
        found = [""]
        if state.lost < self.small.lost:
            found += ["lost before", "lost after"]
        if state.deaths < self.small.deaths:
            found += ["die before", "die after"]
        return found

    def _tried(
        self, state: State, label: str, act: Any, choice: str = ""
    ) -> Iterator[tuple[str, State]]:
        self._load(state)
        self.choice = choice
        ordering = self._orders
        try:
            act()
        except Died:
            self.state = replace(self.state, deaths=self.state.deaths + 1)
            self._lose_executions()
        if choice.startswith("lost") and self._orders != ordering:
            self.state = replace(self.state, lost=self.state.lost + 1)
        after = self._kept()
        if after != state:
            yield label, after

    _orders = 0

    def _serve(self, number: int) -> None:
        row = self.ledger.rows.get(RUN, number)
        assert row is not None
        if row.status is RowStatus.QUEUED and row.place[0].startswith("LINE#"):
            facts = read_facts(self.ledger, job(number))
            self.dispatch._carry_out(facts, Place(row.place, row.turn, row.starts))

    def _work(self, number: int) -> None:
        row = self.ledger.rows.get(RUN, number)
        assert row is not None
        if row.execution not in self.state.alive:
            return
        facts = read_facts(self.ledger, job(number), row.execution)
        action = next_action(facts, self.ledger.clock, self.rules)
        if self.choice and not isinstance(action, Order):
            return
        if isinstance(action, Nothing | Wait):
            return
        self._orders += isinstance(action, Order)
        self.executor.carry_out(action, facts)

    def _sweep(self, number: int) -> None:
        row = self.ledger.rows.get(RUN, number)
        assert row is not None
        if not row.awaited and row.status not in _AT_WORK:
            return
        if not row.starts and not row.awaited:  # the first release's: Sweep finds its run
            return
        if row.execution in self.state.alive:
            return
        self.dispatch.go_on(RUN, number)

    def _kill(self, number: int) -> None:
        row = self.ledger.rows.get(RUN, number)
        assert row is not None
        if row.execution in self.state.alive:
            self.state = replace(
                self.state,
                alive=self.state.alive - {row.execution},
                deaths=self.state.deaths + 1,
            )

    def _lose_executions(self) -> None:
        """The execution whose function died; the machine's own retries are left out."""
        orders = {
            row.execution
            for row in self.ledger.rows.of_run(RUN)
            if row.status is RowStatus.RENDERING
        }
        self.state = replace(self.state, alive=self.state.alive - orders)

    def _end_run(self) -> None:
        run = self.ledger.runs.get(RUN)
        if run.halted and run.open_rows:
            end_queued(self.ledger, run)
        run = self.ledger.runs.get(RUN)
        if run.is_due and self.ledger.runs.ended(run, RunStatus.FINISHED):
            self.state = replace(self.state, finished=1)

    def _end_lease(self) -> None:
        """What was put off, or held by a function that died, is due."""
        render = self.ledger.renders.get("r")
        if render and render.due_at > self.now():
            self.ledger.table.write(Update(keys.render("r"), set={"due_at": self.now()}))
        account = self.ledger.limiter.view()
        if account.probe_at > self.now():
            self.ledger.table.write(Update(keys.ACCOUNT, set={"probe_at": self.now()}))

    def _cancel(self) -> None:
        self.ledger.runs.halt(RUN, RunStatus.CANCELLED, "cancelled")
        self.state = replace(self.state, cancelled=True)

    def _hiapi(self, state: State) -> Iterator[tuple[str, State]]:
        """A task comes to its end at hiapi."""
        for key, standing in state.tasks:
            if standing != "running":
                continue
            others = {name: each for name, each in state.tasks if name != key}
            done = tuple(sorted({**others, key: "done"}.items()))
            yield f"done {key[-1]}", replace(state, tasks=done)
            if state.fails < self.small.fails:
                failed = tuple(sorted({**others, key: "failed"}.items()))
                yield f"failed {key[-1]}", replace(state, tasks=failed, fails=state.fails + 1)

    # ------------------------------------------------------------------ promises

    def broken(self, state: State) -> Iterator[str]:
        """What does not hold in a state."""
        self._load(state)
        rows = list(self.ledger.rows.of_run(RUN))
        run, account = self.ledger.runs.get(RUN), self.ledger.limiter.view()
        render = self.ledger.renders.get("r")
        running = [key for key, standing in state.tasks if standing == "running"]
        if len(running) > 1 + len(account.parked):
            yield f"{running} are in flight, one is allowed"
        unfailed = [key for key, standing in state.tasks if standing != "failed"]
        if len(unfailed) > 1:
            yield f"{unfailed} were bought for one picture"
        if run.reserved > self.rules.run_usd or len(state.tasks) * PRICE > run.reserved:
            yield f"{len(state.tasks)} tasks of ${run.reserved}, ${self.rules.run_usd} allowed"
        if run.spent + run.possibly_billed > run.reserved:
            yield f"spent ${run.spent} + ${run.possibly_billed} of ${run.reserved}"
        if not run.planned:
            return  # the first release's, and not taken over to its end
        if run.open_rows != sum(not row.status.final for row in rows):
            yield f"{run.open_rows} rows count as open"
        places = {
            key for key in state.table if key[0].startswith("LINE#") or key[1][:5] == keys.WAIT
        }
        if places != {row.place for row in rows if row.status is RowStatus.QUEUED}:
            yield f"places {places}"
        if account.working != {row.at_work for row in rows if row.status in _AT_WORK}:
            yield f"at work: {account.working}"
        flying = bool(render and render.state in _IN_FLIGHT and not render.parked)
        if account.held != ({"r"} if flying else set()):
            yield f"slots: {account.held}"
        yield from self._results(state, rows, render)

    def _results(self, state: State, rows: list[Row], render: Render | None) -> Iterator[str]:
        for row in rows:
            if row.status is RowStatus.FAILED and not row.error:
                yield f"row {row.number} failed without a reason"
            if row.status is RowStatus.PUBLISHED and row.picture is None:
                yield f"row {row.number} has no picture"

    def is_beyond(self, state: State) -> bool:
        """Whether a row has had more executions than are looked into."""
        starts = (
            item.get("starts", 0) for key, item in state.table.items() if key[1][:4] == "ROW#"
        )
        return max(starts) > self.small.starts

    def is_end(self, state: State) -> bool:
        """Whether nothing is left to do: the run has ended, and what was paid for is there."""
        self._load(state)
        run, account = self.ledger.runs.get(RUN), self.ledger.limiter.view()
        rows = list(self.ledger.rows.of_run(RUN))
        if run.status.is_open or run.is_due or account.held or account.working or account.parked:
            return False
        if any(row.awaited for row in rows):
            return False
        done = any(standing == "done" for _, standing in state.tasks)
        told = any(row.reason in (Reason.UNSETTLED, Reason.OUTLIVED) for row in rows)
        return not done or told or any(row.status is RowStatus.PUBLISHED for row in rows)


def _still(value: Any) -> Any:
    """A value that can be part of a set."""
    if isinstance(value, dict):
        return tuple(sorted((name, _still(each)) for name, each in value.items()))
    if isinstance(value, set):
        return frozenset(value)
    return tuple(map(_still, value)) if isinstance(value, list) else value


def walk(small: Small, limit: int = 200_000) -> Seen:
    """Walks through every reachable state.

    Args:
        small: The world.
        limit: States after which the world is not small.
    """
    walker, seen = Walker(small), Seen()
    first = walker.first()
    waiting, before = deque([first]), {first: [""]}
    origins: dict[State, list[State]] = {first: []}
    cut: set[State] = set()
    while waiting:
        state = waiting.popleft()
        seen.broken += [f"{words}: {before[state]}" for words in walker.broken(state)]
        if len(seen.broken) > 5 or len(origins) > limit:
            break
        if walker.is_beyond(state):
            cut.add(state)
            continue
        for label, after in list(walker.steps(state)):
            seen.steps += 1
            if after not in origins:
                origins[after] = []
                before[after] = [*before[state], label]
                waiting.append(after)
            origins[after].append(state)
    seen.states = len(origins)
    ends = [state for state in origins if walker.is_end(state)]
    seen.ends, seen.cut = len(ends), len(cut)
    reached, back = {*ends, *cut}, deque([*ends, *cut])
    while back:
        for origin in origins[back.popleft()]:
            if origin not in reached:
                reached.add(origin)
                back.append(origin)
    stuck = [state for state in origins if state not in reached]
    seen.dead_ends = [str(before[state]) for state in stuck[:5]]
    return seen

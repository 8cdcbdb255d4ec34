"""How a row's work begins: its attempt is bought on paper, or its place at work is taken.

The rule that keeps money safe: the slot, the budget of the run, the budget of the day, the order's
exact bytes, the row's status and its place in the line are written together, and only where no
other attempt of the render is open.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.deciding.answers import NoRoom
from rowshot.deciding.facts import Facts, Rules
from rowshot.ledger import keys, limiter
from rowshot.ledger.jobs import Job
from rowshot.ledger.records import Render, RenderState, Row
from rowshot.ledger.renders import LEASE
from rowshot.ledger.table import Conflict, Delete, Operation, Table, Update
from rowshot.statuses import RowStatus

_KEEP_DAY = 30 * 86_400  # wall seconds


def idempotency_key(render_id: str, attempt: int) -> str:
    """The key of an attempt, always the same one; 80 characters or so of hiapi's 255."""
    return f"rowshot-{render_id}-{attempt}"


class Claims:
    """Begins the work of rows."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def claim(
        self, facts: Facts, execution: str, rules: Rules, *, probe_until: float = 0.0
    ) -> NoRoom | None:
        """Buys the next attempt on paper and begins the row: everything or nothing.

        Args:
            facts: What was read.
            execution: Name of the execution that will work on the row.
            rules: The ceilings.
            probe_until: For an order that asks whether a paused account works again: when the
                next one after it may.

        Returns:
            Why nothing was written, or None.
        """
        job, row = facts.job, facts.row
        if job.price > rules.day_usd:
            return NoRoom.DAY_FULL  # no condition can say so of a day that nothing was bought on
        slot = limiter.take(
            row,
            facts.account,
            self._clock.now(),
            render_id=job.render_id,
            in_flight=rules.in_flight,
            probe_until=probe_until,
        )
        operations: list[Operation] = [
            self._attempt(job, facts.render),
            slot,
            self._reserve_run(job, rules.run_usd),
            self._reserve_day(job.price, rules.day_usd),
            self._begin(row, execution, RowStatus.RENDERING, bought=True),
            Delete(row.place),
        ]
        causes = (
            NoRoom.CHANGED,
            NoRoom.NO_SLOT,
            NoRoom.RUN_CLOSED,
            NoRoom.DAY_FULL,
            NoRoom.TAKEN_BY_OTHERS,
        )
        try:
            self._table.transact(operations)
        except Conflict as conflict:
            failed = zip(causes, conflict.failed, strict=False)
            cause = next(cause for cause, each in failed if each)
            return self._why_closed(job) if cause is NoRoom.RUN_CLOSED else cause
        return None

    def start(self, facts: Facts, execution: str, rules: Rules) -> bool:
        """Begins a row whose picture is bought already; it needs a place at work, but no slot.

        Returns:
            False when there is no room, or somebody else moved the row.
        """
        row, render = facts.row, facts.render
        done = render is None or render.state in (RenderState.SUCCEEDED, RenderState.PUBLISHED)
        status = RowStatus.PUBLISHING if done else RowStatus.RENDERING
        operations: list[Operation] = [
            limiter.take_room(row, rules.in_flight),
            self._begin(row, execution, status, bought=False),
            Delete(row.place),
        ]
        return self._written(operations)

    def restart(self, row: Row, execution: str, *, crashed: bool) -> bool:
        """Names the next execution of a row whose last one is gone.

        Args:
            row: As it was read.
            execution: The name.
            crashed: Whether the last one failed.

        Returns:
            False when the row was ended, or given another execution, meanwhile.
        """
        change = Update(
            keys.row(row.run_id, row.number),
            set={"execution": execution, "due_at": self._clock.now() + LEASE},
            add={"starts": 1, **({"crashes": 1} if crashed else {})},
            when="#execution = :seen AND #status = :status"
            if row.execution
            else "attribute_not_exists(#execution) AND #status = :status",
            given={"status": str(row.status)} | ({"seen": row.execution} if row.execution else {}),
        )
        return self._written([change])

    def _why_closed(self, job: Job) -> NoRoom:
        run = self._table.get(keys.run(job.run_id)) or {}
        return NoRoom.RUN_CLOSED if "halted" in run else NoRoom.RUN_FULL

    def _attempt(self, job: Job, seen: Render | None) -> Update:
        attempt = _next_attempt(seen)
        now = self._clock.now()
        values: dict[str, Any] = {
            "model": job.model,
            "version": job.version,
            "price": job.price,
            "state": str(RenderState.CLAIMED),
            "attempt": attempt,
            "key": idempotency_key(job.render_id, attempt),
            "body": job.body.encode(),
            "buyer_run": job.run_id,
            "buyer_row": job.number,
            "claimed_at": now,
            "day": self._clock.day(),
            "polls": 0,
            "unsent": True,
            "due_at": now,
        }
        gone = ("placed_at", "task_id", "failure", "failure_code", "final", "parked", "late")
        return Update(
            keys.render(job.render_id),
            set=values,
            remove=(*gone, "looked_at", "missing_since", "open"),
            when="attribute_not_exists(#pk)"
            if seen is None
            else "#state = :seen AND #attempt = :before",
            given={} if seen is None else {"seen": str(seen.state), "before": seen.attempt},
        )

    def _begin(self, row: Row, execution: str, status: RowStatus, *, bought: bool) -> Update:
        now = self._clock.now()
        return Update(
            keys.row(row.run_id, row.number),
            set={
                "status": str(status),
                "error": "",
                "execution": execution,
                "updated_at": now,
                "due_at": now + LEASE,
            },
            add={"starts": 1, **({"attempts": 1} if bought else {})},
            remove=("place",),
            when="#status = :queued AND #place = :place",
            given={"queued": "queued", "place": list(row.place)},
        )

    def _reserve_run(self, job: Job, ceiling: Decimal) -> Update:
        return Update(
            keys.run(job.run_id),
            set={"status": "running"},  # perhaps it was paused
            add={"reserved": job.price},
            when="attribute_not_exists(#halted) AND #reserved <= :room",
            given={"room": ceiling - job.price},
        )

    def _reserve_day(self, price: Decimal, ceiling: Decimal) -> Update:
        return Update(
            keys.day(self._clock.day()),
            set={"expires_at": int(self._clock.now()) + _KEEP_DAY},
            add={"reserved": price},
            when="attribute_not_exists(#reserved) OR #reserved <= :room",
            given={"room": ceiling - price},
        )

    def _written(self, operations: list[Operation]) -> bool:
        try:
            self._table.transact(operations)
        except Conflict:
            return False
        return True


def _next_attempt(seen: Render | None) -> int:
    if seen is None:
        return 1
    return seen.attempt if seen.state is RenderState.RELEASED else seen.attempt + 1

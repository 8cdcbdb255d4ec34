"""Claims: how an attempt is bought on paper, before the order is sent.

The rule that keeps money safe: the slot, the budget of the run, the budget of the day and the
order's exact bytes are written together, and only where no other attempt of the render is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger import gate, keys
from rowshot.ledger.records import Buyer, Render, RenderState
from rowshot.ledger.rows import Rows
from rowshot.ledger.table import Change, Conflict, Delete, Operation, Table
from rowshot.statuses import RowStatus

LEASE = 150.0  # wall seconds: longer than Submit's, Poll's and Publish's timeouts


@dataclass(frozen=True)
class Order:
    """What is to be bought.

    Args:
        render_id: Which render.
        model: hiapi's id of the model.
        version: The render's version.
        price: USD of one attempt.
        body: The exact bytes that will be posted.
        max_attempt: The highest attempt that this run may buy.
        buyer: On whose account.
    """

    render_id: str
    model: str
    version: int
    price: Decimal
    body: bytes
    max_attempt: int
    buyer: Buyer


@dataclass(frozen=True)
class Limits:
    """The ceilings that a claim must fit under."""

    in_flight: int
    run_usd: Decimal
    day_usd: Decimal


class Claim(StrEnum):
    """What came of a claim. Whatever is not ``TAKEN`` wrote nothing and reserved nothing."""

    TAKEN = "taken"
    CHANGED = "changed"
    NO_SLOT = "no slot"
    RUN_CLOSED = "run closed"
    DAY_FULL = "day full"
    ROW_ENDED = "row ended"


def idempotency_key(render_id: str, attempt: int) -> str:
    """The key of an attempt, always the same one; 80 characters or so of hiapi's 255."""
    return f"rowshot-{render_id}-{attempt}"


class Claims:
    """Buys attempts."""

    def __init__(self, table: Table, clock: Clock, rows: Rows) -> None:
        self._table = table
        self._clock = clock
        self._rows = rows

    def claim(
        self,
        order: Order,
        seen: Render | None,
        limits: Limits,
        *,
        view: gate.GateView,
        ticket: gate.Ticket,
        probing: bool = False,
    ) -> Claim:
        """Buys the next attempt on paper: everything or nothing, before anything is sent.

        Args:
            order: What is bought.
            seen: The render as it was read; any change since makes the claim fail.
            limits: The ceilings.
            view: The gate as it was read.
            ticket: The place in the line that is given up for the slot, or would have been taken.
            probing: Whether this order asks if a paused account works again.
        """
        if order.price > limits.day_usd:
            return Claim.DAY_FULL  # no condition can say so of a day that nothing was bought on
        attempt = self._next_attempt(seen)
        now, today = self._clock.now(), self._clock.day()
        values: dict[str, Any] = {
            "model": order.model,
            "version": order.version,
            "price": order.price,
            "state": str(RenderState.CLAIMED),
            "attempt": attempt,
            "key": idempotency_key(order.render_id, attempt),
            "body": order.body,
            "buyer_run": order.buyer.run_id,
            "buyer_row": order.buyer.number,
            "claimed_at": now,
            "day": today,
            "polls": 0,
            "open": "render",
            "due_at": now + LEASE,
        }
        operations: list[Operation] = [
            Change(
                keys.render(order.render_id),
                set=values,
                remove=(
                    "placed_at",
                    "task_id",
                    "failure",
                    "final",
                    "parked",
                    "looked_at",
                    "missing_since",
                    "unsent",
                ),
                when="attribute_not_exists(#pk)"
                if seen is None
                else "#state = :seen AND #attempt = :before",
                given={} if seen is None else {"seen": str(seen.state), "before": seen.attempt},
            ),
            gate.take_slot(order.render_id, view, ticket, limits.in_flight, probing=probing),
            self._reserve_run(order, limits.run_usd),
            self._reserve_day(today, order.price, limits.day_usd),
            self._rows.change(
                order.buyer.run_id, order.buyer.number, RowStatus.RENDERING, add={"attempts": 1}
            ),
        ]
        if ticket.stands:
            operations.append(Delete(ticket.key))
        try:
            self._table.transact(operations)
        except Conflict as conflict:
            causes = (
                Claim.CHANGED,
                Claim.NO_SLOT,
                Claim.RUN_CLOSED,
                Claim.DAY_FULL,
                Claim.ROW_ENDED,
            )
            return next(
                cause for cause, failed in zip(causes, conflict.failed, strict=False) if failed
            )
        return Claim.TAKEN

    def _next_attempt(self, seen: Render | None) -> int:
        if seen is None:
            return 1
        return seen.attempt if seen.state is RenderState.RELEASED else seen.attempt + 1

    def _reserve_run(self, order: Order, ceiling: Decimal) -> Change:
        return Change(
            keys.run(order.buyer.run_id),
            set={"status": "running"},  # perhaps it was paused
            add={"reserved": order.price},
            when="attribute_not_exists(#halted) AND #reserved <= :room",
            given={"room": ceiling - order.price},
        )

    def _reserve_day(self, today: str, price: Decimal, ceiling: Decimal) -> Change:
        return Change(
            keys.day(today),
            set={"expires_at": int(self._clock.now()) + 30 * 86_400},
            add={"reserved": price},
            when="attribute_not_exists(#reserved) OR #reserved <= :room",
            given={"room": ceiling - price},
        )

"""Renders: how an attempt is claimed, paid, followed and ended, each in one transaction.

Nothing here talks to hiapi. The rule that keeps money safe is in ``claim``: the slot, the budget of
the run, the budget of the day and the order's exact bytes are written together, before the order is
sent, and only where no other attempt of the same render is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger import gate, keys
from rowshot.ledger.memories import new_version
from rowshot.ledger.records import Buyer, Picture, Render, RenderState, Version
from rowshot.ledger.rows import Rows
from rowshot.ledger.table import Change, Conflict, Delete, Key, Operation, Put, Table
from rowshot.statuses import RowStatus

_LEASE = 150.0  # wall seconds: longer than Submit's, Poll's and Publish's timeouts


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


class Renders:
    """Reads and changes renders."""

    def __init__(self, table: Table, clock: Clock, rows: Rows) -> None:
        self._table = table
        self._clock = clock
        self._rows = rows

    def get(self, render_id: str) -> Render | None:
        """The render as it stands, or None when it was never wanted."""
        item = self._table.get(keys.render(render_id))
        return Render.from_item(render_id, item) if item else None

    def get_many(self, render_ids: Iterable[str]) -> dict[str, Render]:
        """Those of the renders that were ever claimed."""
        found = self._table.get_many(keys.render(render_id) for render_id in render_ids)
        renders = (Render.from_item(_id_of(key), item) for key, item in found.items())
        return {render.id: render for render in renders}

    def picture(self, render_id: str, folder: str) -> Picture | None:
        """The render's stored picture in a folder, or None."""
        return Picture.from_item(self._table.get(keys.picture(render_id, folder)) or {})

    def pictures(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Picture]:
        """Stored pictures by (render id, folder)."""
        found = self._table.get_many(keys.picture(*each) for each in wanted)
        return {
            (_id_of(key), key[1].removeprefix("PICTURE#")): picture
            for key, item in found.items()
            if (picture := Picture.from_item(item))
        }

    def any_picture(self, render_id: str) -> tuple[str, Picture] | None:
        """A folder that holds the render's picture, with the picture, or None."""
        for item in self._table.query(keys.render(render_id)[0], prefix="PICTURE#", limit=1):
            picture = Picture.from_item(item)
            if picture:
                return item["sk"].removeprefix("PICTURE#"), picture
        return None

    def overdue(self) -> Iterator[Render]:
        """Open renders that nobody has looked after since their lease ended."""
        until = self._clock.now()
        for item in self._table.query("render", index="open", until=until):
            render = self.get(_id_of((item["pk"], item["sk"])))
            if render and render.due_at <= until:
                yield render

    def open(self) -> Iterator[Render]:
        """Every render that is not at its end, whoever looks after it."""
        found = self._table.query("render", index="open")
        yield from self.get_many(_id_of((item["pk"], item["sk"])) for item in found).values()

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
            "due_at": now + _LEASE,
        }
        operations: list[Operation] = [
            Change(
                keys.render(order.render_id),
                set=values,
                remove=("task_id", "failure", "final", "parked", "looked_at", "unsent"),
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

    def running(self, render: Render, task_id: str, wait: float) -> bool:
        """Notes the task that hiapi made of a claimed attempt; harmless when repeated.

        Returns:
            False when whoever replayed the same order had noted the same task.
        """
        try:
            self._table.write(
                Change(
                    keys.render(render.id),
                    set={
                        "state": str(RenderState.RUNNING),
                        "task_id": task_id,
                        "due_at": self._clock.after(wait) + _LEASE,
                    },
                    when="#attempt = :attempt AND #state = :claimed",
                    given={"attempt": render.attempt, "claimed": str(RenderState.CLAIMED)},
                )
            )
        except Conflict:
            return False
        return True

    def look(self, render: Render, wait: float) -> bool:
        """Notes a look that found the task unfinished, and who looks next until when.

        Returns:
            False when the attempt ended meanwhile.
        """
        now = self._clock.now()
        return self._change_open(
            render,
            set={"looked_at": now, "due_at": self._clock.after(wait) + _LEASE},
            add={"polls": 1},
        )

    def keep(self, render: Render, wait: float) -> bool:
        """Keeps a task for the caller, who did not look at it, for one wait and function's time.

        Returns:
            False when the attempt ended meanwhile.
        """
        return self._change_open(render, set={"due_at": self._clock.after(wait) + _LEASE})

    def hold(self, render: Render, wait: float, *, unsent: bool = False) -> Render | None:
        """Keeps a render for the caller alone, for one wait and one function's time.

        Args:
            render: As it was read.
            wait: Nominal seconds.
            unsent: True when hiapi has certainly not taken the order so far, and nobody sends it
                before the wait is over.

        Returns:
            The render as it is now, None when somebody else changed it since it was read.
        """
        due = round(self._clock.after(wait) + _LEASE, 3)  # the table keeps milliseconds
        held = self._change_open(
            render,
            set={"due_at": due, "unsent": unsent},
            when="#due_at = :due",
            given={"due": render.due_at},
        )
        return replace(render, due_at=due, unsent=unsent) if held else None

    def release(self, render: Render, wait: float) -> None:
        """Lets others at a render again, after a wait of nominal seconds."""
        self._change_open(render, set={"due_at": self._clock.after(wait)})

    def succeeded(self, render: Render) -> bool:
        """Ends an attempt well: frees its slot, books its price on the buyer's row and run."""
        return self._end(
            render,
            RenderState.SUCCEEDED,
            {"succeeded_at": self._clock.now(), "due_at": self._clock.now()},
            keep_open=True,
            book={"spent": render.price},
            row={"cost": render.price},
        )

    def failed(self, render: Render, reason: str, *, final: bool) -> bool:
        """Ends an attempt that failed at hiapi. Its price stays reserved: it may be billed."""
        return self._end(
            render,
            RenderState.FAILED,
            {"failure": reason, "final": final},
            book={"possibly_billed": render.price},
            row={"possibly_billed": render.price},
        )

    def lost(self, render: Render, reason: str) -> bool:
        """Notes that a picture which was paid for is gone for good at hiapi."""
        return self._change_open(
            render,
            set={"state": str(RenderState.FAILED), "failure": reason, "final": True},
            remove=("open", "due_at"),
        )

    def allow_again(self, render: Render) -> None:
        """Lets a failed render be bought again: a person has decided so."""
        self._change_open(render, set={"final": False})

    def not_created(self, render: Render, reason: str, *, refused: bool) -> bool:
        """Ends an attempt of which hiapi certainly made no task: slot and money come back.

        Args:
            render: The claimed render.
            reason: Why, for people.
            refused: True when the order itself is at fault; False when it only has to wait.
        """
        state = RenderState.FAILED if refused else RenderState.RELEASED
        give_back = -render.price
        return self._end(
            render,
            state,
            {"failure": reason, "final": False},
            book={"reserved": give_back},
            row={"attempts": Decimal(-1)},
            day=give_back,
        )

    def park(self, render: Render, wait: float) -> bool:
        """Takes a task past its hard deadline off its slot; Sweep goes on looking."""
        change = Change(
            keys.render(render.id),
            set={"parked": True, "due_at": self._clock.after(wait)},
            when="#attempt = :attempt AND #state IN (:claimed, :running)",
            given=_at(render, RenderState.CLAIMED, RenderState.RUNNING),
        )
        return self._transact([change, gate.park(render.id)])

    def published(
        self,
        render: Render,
        folder: str,
        picture: Picture,
        *,
        row: Buyer,
        sheet_id: str,
        row_key: str,
        version: int,
    ) -> bool:
        """Notes a stored picture: on the render, on the row, and in the sheet's memory.

        Returns:
            False when the row had its picture already.
        """
        now = self._clock.now()
        entry = Version(version, render.id, picture, now)
        operations: list[Operation] = [
            Change(
                keys.render(render.id),
                set={"state": str(RenderState.PUBLISHED)},
                remove=("open", "due_at"),
                when="#attempt = :attempt",
                given={"attempt": render.attempt},
            ),
            Put(keys.picture(render.id, folder), picture.item(), when=""),
            self._rows.published(row.run_id, row.number, picture),
        ]
        try:
            self._table.transact([*operations, new_version(sheet_id, row_key, entry)])
        except Conflict as conflict:
            *others, known = conflict.failed
            # Two runs of one sheet may wait for the same picture: it is one version all the same.
            return known and not any(others) and self._transact(operations)
        return True

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
        if price > ceiling:
            return Change(keys.day(today), add={"reserved": price}, when="#reserved < #reserved")
        return Change(
            keys.day(today),
            set={"expires_at": int(self._clock.now()) + 30 * 86_400},
            add={"reserved": price},
            when="attribute_not_exists(#reserved) OR #reserved <= :room",
            given={"room": ceiling - price},
        )

    def _end(
        self,
        render: Render,
        state: RenderState,
        values: dict[str, Any],
        *,
        book: dict[str, Decimal],
        row: dict[str, Decimal],
        day: Decimal | None = None,
        keep_open: bool = False,
    ) -> bool:
        """Ends the attempt that was read, once: whoever comes second changes nothing."""
        buyer = render.buyer
        operations: list[Operation] = [
            Change(
                keys.render(render.id),
                set={"state": str(state), **values},
                remove=() if keep_open else ("open", "due_at"),
                when="#attempt = :attempt AND #state IN (:claimed, :running)",
                given=_at(render, RenderState.CLAIMED, RenderState.RUNNING),
            ),
            gate.give_back(render.id),
            Change(keys.run(buyer.run_id), add=book),
        ]
        if row:
            task = {"task_id": render.task_id} if render.task_id else {}
            operations.append(Change(keys.row(buyer.run_id, buyer.number), set=task, add=row))
        if day is not None and render.day:
            operations.append(Change(keys.day(render.day), add={"reserved": day}))
        return self._transact(operations)

    def _change_open(
        self,
        render: Render,
        *,
        set: dict[str, Any],
        add: dict[str, Any] | None = None,
        remove: tuple[str, ...] = (),
        when: str = "",
        given: dict[str, Any] | None = None,
    ) -> bool:
        condition = "#attempt = :attempt AND #state = :state"
        try:
            self._table.write(
                Change(
                    keys.render(render.id),
                    set=set,
                    add=add or {},
                    remove=remove,
                    when=f"{condition} AND {when}" if when else condition,
                    given={"attempt": render.attempt, "state": str(render.state), **(given or {})},
                )
            )
        except Conflict:
            return False
        return True

    def _transact(self, operations: list[Operation]) -> bool:
        try:
            self._table.transact(operations)
        except Conflict:
            return False
        return True


def _at(render: Render, *states: RenderState) -> dict[str, Any]:
    return {"attempt": render.attempt, **{str(state): str(state) for state in states}}


def _id_of(key: Key) -> str:
    return key[0].removeprefix("RENDER#")

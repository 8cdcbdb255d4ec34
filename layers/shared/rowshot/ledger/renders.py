"""Renders: how an attempt is followed and ended, each in one transaction.

Nothing here talks to hiapi. How an attempt is bought is in ``claims``, how its picture becomes a
row's in ``pictures``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger import gate, keys
from rowshot.ledger.claims import LEASE
from rowshot.ledger.records import Render, RenderState
from rowshot.ledger.table import Change, Conflict, Key, Operation, Table


class Renders:
    """Reads and changes renders."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def get(self, render_id: str) -> Render | None:
        """The render as it stands, or None when it was never wanted."""
        item = self._table.get(keys.render(render_id))
        return Render.from_item(render_id, item) if item else None

    def get_many(self, render_ids: Iterable[str]) -> dict[str, Render]:
        """Those of the renders that were ever claimed."""
        found = self._table.get_many(keys.render(render_id) for render_id in render_ids)
        renders = (Render.from_item(_id_of(key), item) for key, item in found.items())
        return {render.id: render for render in renders}

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
                        "placed_at": self._clock.now(),
                        "due_at": self._clock.after(wait) + LEASE,
                    },
                    when="#attempt = :attempt AND #state = :claimed",
                    given={"attempt": render.attempt, "claimed": str(RenderState.CLAIMED)},
                )
            )
        except Conflict:
            return False
        return True

    def look(self, render: Render, wait: float, *, missing: bool = False) -> bool:
        """Notes a look that found the task unfinished, and who looks next until when.

        Args:
            render: As it was read.
            wait: Nominal seconds.
            missing: True when hiapi did not know the task.

        Returns:
            False when the attempt ended meanwhile.
        """
        now = self._clock.now()
        since = (render.missing_since or now) if missing else 0
        changed = {"missing_since": since} if missing or render.missing_since else {}
        return self._change_open(
            render,
            set={"looked_at": now, "due_at": self._clock.after(wait) + LEASE, **changed},
            add={"polls": 1},
        )

    def keep(self, render: Render, wait: float) -> bool:
        """Keeps a task for the caller, who did not look at it, for one wait and function's time.

        Returns:
            False when the attempt ended meanwhile.
        """
        return self._change_open(render, set={"due_at": self._clock.after(wait) + LEASE})

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
        due = round(self._clock.after(wait) + LEASE, 3)  # the table keeps milliseconds
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

    def unpark(self, render: Render, limit: int) -> Render | None:
        """Takes a slot for a parked order, because sending it again may only now make its task.

        Args:
            render: As it was read.
            limit: The account's slots.

        Returns:
            The render as it is now, None when no slot is free or somebody else changed it.
        """
        change = Change(
            keys.render(render.id),
            remove=("parked",),
            when="#attempt = :attempt AND #state IN (:claimed) AND #parked = :yes",
            given={**_at(render, RenderState.CLAIMED), "yes": True},
        )
        taken = self._transact([change, gate.unpark(render.id, limit)])
        return replace(render, parked=False) if taken else None

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

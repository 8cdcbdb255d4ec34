"""Renders: read, and kept for one caller at a time.

How an attempt is bought, and how it ends, is in ``ordering``; nothing here talks to hiapi.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger import keys, limiter
from rowshot.ledger.records import Render
from rowshot.ledger.table import Conflict, Key, Table, Update

LEASE = 150.0  # wall seconds: longer than Submit's, Poll's and Publish's timeouts
_SEEN = "#attempt = :attempt AND #state = :state"


class Renders:
    """Reads and holds renders."""

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

    def hold(self, render: Render, *, unsent: bool = False) -> Render | None:
        """Keeps a render for the caller alone, for one function's time.

        Args:
            render: As it was read.
            unsent: Whether hiapi has certainly not taken the order so far.

        Returns:
            The render as it is now, None when somebody else changed it since it was read.
        """
        due = round(self._clock.now() + LEASE, 3)  # the table keeps milliseconds
        changed: dict[str, Any] = {"due_at": due, "unsent": unsent}
        given = {**_seen(render), "due": render.due_at}
        change = Update(
            keys.render(render.id), set=changed, when=f"{_SEEN} AND #due_at = :due", given=given
        )
        try:
            self._table.write(change)
        except Conflict:
            return None
        return replace(render, due_at=due, unsent=unsent)

    def unpark(self, render: Render, in_flight: int) -> Render | None:
        """Takes a slot for a parked order, because sending it again may only now make its task.

        Args:
            render: As it was read.
            in_flight: The account's slots.

        Returns:
            The render as it is now, None when no slot is free or somebody else changed it.
        """
        change = Update(
            keys.render(render.id),
            remove=("parked",),
            when=f"{_SEEN} AND #parked = :yes",
            given={**_seen(render), "yes": True},
        )
        try:
            self._table.transact([change, limiter.unpark(render.id, in_flight)])
        except Conflict:
            return None
        return replace(render, parked=False)

    def allow_again(self, render: Render) -> None:
        """Lets a failed render be bought again: a person has decided so."""
        change = Update(
            keys.render(render.id), set={"final": False}, when=_SEEN, given=_seen(render)
        )
        try:
            self._table.write(change)
        except Conflict:
            return  # somebody else buys it at this moment


def _seen(render: Render) -> dict[str, Any]:
    return {"attempt": render.attempt, "state": str(render.state)}


def _id_of(key: Key) -> str:
    return key[0].removeprefix("RENDER#")

"""The line: the rows whose turn has not come, and those that wait with a render.

One lane a model, and one for rows that need no purchase, so that a model that is out stands in
nobody's way. A row and its place change in one transaction; a queued row has exactly one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger import keys
from rowshot.ledger.records import ON_ITS_WAY, Row, Turn
from rowshot.ledger.table import Check, Conflict, Delete, Key, Operation, Put, Table, Update, merged

FREE = "free"
"""The lane of rows that need no purchase, so no slot."""

_LATER = 120.0  # wall seconds after which Sweep looks whether the render has settled


@dataclass(frozen=True)
class Place:
    """A place as it stands in the table."""

    key: Key
    turn: Turn
    starts: int


class Line:
    """Reads the line and moves rows in it."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def first(self, lane: str, limit: int) -> list[Place]:
        """The first places of a lane."""
        found = self._table.query(keys.line(lane), limit=limit)
        return [_place(item, item["sk"]) for item in found]

    def waiting_for(self, render_id: str) -> Iterator[Place]:
        """The rows that wait with a render."""
        pk = keys.render(render_id)[0]
        for item in self._table.query(pk, prefix=keys.WAIT):
            yield _place(item, item["sk"].removeprefix(keys.WAIT))

    def overdue(self) -> Iterator[str]:
        """Renders that rows have been waiting with for a while."""
        until = self._clock.now()
        for item in self._table.query("wait", index="open", until=until):
            yield item["pk"].removeprefix("RENDER#")

    def look_later(self, place: Place) -> None:
        """Puts Sweep's next look at a waiting row off."""
        due = {"due_at": self._clock.now() + _LATER}
        try:
            self._table.write(Update(place.key, set=due, when="attribute_exists(#pk)"))
        except Conflict:
            return  # it was put back into the line meanwhile

    def wait_with(self, row: Row, attempt: int) -> bool:
        """Moves a row out of the line until its render settles.

        Args:
            row: As it was read, in the line.
            attempt: The attempt of the render that was seen on its way.

        Returns:
            False when the render settled meanwhile, or somebody else moved the row.
        """
        key = keys.waiting(row.render_id, row.turn)
        states = {str(state): str(state) for state in ON_ITS_WAY}
        still = Check(
            keys.render(row.render_id),
            when="#attempt = :attempt AND #state IN (:claimed, :running, :succeeded) "
            "AND attribute_not_exists(#late)",
            given={"attempt": attempt, **states},
        )
        watched = {"open": "wait", "due_at": self._clock.now() + _LATER}
        return self._transact([still, *move(row, key, watched)])

    def put_back(self, run_row: Row) -> bool:
        """Moves a row that waited with a render back to its turn in the line."""
        return self._transact(move(run_row, (keys.line(run_row.lane), run_row.turn.sort_key())))

    def change_lane(self, row: Row, lane: str) -> bool:
        """Moves a queued row to another lane, at its turn."""
        key = keys.line(lane), row.turn.sort_key()
        named = Update(keys.row(row.run_id, row.number), set={"lane": lane})
        return self._transact(merged([*move(row, key), named]))

    def forget(self, place: Place) -> None:
        """Removes a place that its row does not stand at."""
        given = {"starts": place.starts}
        try:
            self._table.write(Delete(place.key, when="#starts = :starts", given=given))
        except Conflict:
            return  # the row was put back at this very place

    def _transact(self, operations: list[Operation]) -> bool:
        try:
            self._table.transact(operations)
        except Conflict:
            return False
        return True


def place(row: Row, key: Key, more: dict[str, Any] | None = None) -> Put:
    """The place of a queued row."""
    return Put(key, {"starts": row.starts, **(more or {})}, when="")


def own_place(row: Row) -> Key:
    """Where a row's turn is in the line."""
    return keys.line(row.lane), row.turn.sort_key()


def move(row: Row, key: Key, more: dict[str, Any] | None = None) -> list[Operation]:
    """Moves a queued row from the place where it was read to another one."""
    change = Update(
        keys.row(row.run_id, row.number),
        set={"place": list(key)},
        when="#status = :queued AND #place = :place",
        given={"queued": "queued", "place": list(row.place)},
    )
    return [change, Delete(row.place), place(row, key, more)]


def _place(item: dict[str, Any], turn: str) -> Place:
    return Place((item["pk"], item["sk"]), Turn.from_sort_key(turn), int(item.get("starts", 0)))

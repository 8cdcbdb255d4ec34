"""The rows of a run: one item each, holding what changes while the run goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger import keys, line
from rowshot.ledger.records import Row
from rowshot.ledger.table import Conflict, Delete, Operation, Put, Table, Update, merged
from rowshot.statuses import RowStatus

_AT_ONCE = 49  # rows of one transaction that takes up to 100 items: each with its place, and a run
_KEEP = 400 * 86_400  # wall seconds after which the table forgets a row
_CARE = 900.0  # wall seconds between two looks at the execution of a row that was told its end


class Rows:
    """Reads and changes rows."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def add(self, rows: Sequence[Row]) -> None:
        """Writes the rows of a new run, queued ones with their place in the line.

        Rows that stand already (a plan that died half-way comes again) stay as they are.
        """
        for start in range(0, len(rows), _AT_ONCE):
            batch = rows[start : start + _AT_ONCE]
            try:
                self._table.transact([each for row in batch for each in self._new(row)])
            except Conflict:
                for row in batch:
                    self._add_one(row)

    def of_run(self, run_id: str) -> Iterator[Row]:
        """All rows of a run in the order of the sheet."""
        for item in self._table.query(keys.run(run_id)[0], prefix=keys.ROW):
            yield Row.from_item(item)

    def get(self, run_id: str, number: int) -> Row | None:
        """One row, or None."""
        item = self._table.get(keys.row(run_id, number))
        return Row.from_item(item) if item else None

    def get_many(self, wanted: Iterable[tuple[str, int]]) -> list[Row]:
        """Those of the rows that stand, by run and number."""
        found = self._table.get_many(keys.row(*each) for each in wanted)
        return [Row.from_item(item) for item in found.values()]

    def awaited(self) -> Iterator[Row]:
        """Rows at their end whose picture may still come, and that are due for a look."""
        found = self._table.query("row", index="open", until=self._clock.now())
        for item in self._table.get_many((each["pk"], each["sk"]) for each in found).values():
            if "open" in item:
                yield Row.from_item(item)

    def look_later(self, row: Row) -> None:
        """Puts Sweep's next look at a row off."""
        change = Update(
            keys.row(row.run_id, row.number),
            set={"due_at": self._clock.now() + _CARE},
            when="#status = :seen AND attribute_exists(#open)",
            given={"seen": str(row.status)},
        )
        try:
            self._table.write(change)
        except Conflict:
            return  # the picture came at this very moment

    def end_queued(self, rows: Sequence[Row], status: RowStatus, *, error: str, reason: str) -> int:
        """Ends rows that are in the line, many at a time.

        Args:
            rows: Queued rows of one run, as they were read.
            status: How they end.
            error: The sentence for the sheet.
            reason: The same as a code.

        Returns:
            How many it ended; others began, or ended, meanwhile.
        """
        values = {"status": str(status), "error": error, "reason": reason}
        return self._in_batches(rows, lambda row: self._ended(row, values), -1)

    def reopen(self, rows: Sequence[Row]) -> int:
        """Puts ended rows back into the line at their turns, many at a time.

        Args:
            rows: Rows of one run with the round and lane that they are to get.

        Returns:
            How many it put back.
        """
        return self._in_batches(rows, self._reopened, 1)

    def redo_released(self, run_id: str, number: int) -> None:
        """Notes that a row's redo cell no longer holds the value that was taken."""
        self._table.write(Update(keys.row(run_id, number), remove=("redo_taken",)))

    def _in_batches(self, rows: Sequence[Row], operations: Any, opened: int) -> int:
        done = 0
        for start in range(0, len(rows), _AT_ONCE):
            batch = rows[start : start + _AT_ONCE]
            if self._counted(batch, operations, opened):
                done += len(batch)
                continue
            done += sum(self._counted([row], operations, opened) for row in batch)
        return done

    def _counted(self, rows: Sequence[Row], operations: Any, opened: int) -> bool:
        number = len(rows)
        counted = Update(
            keys.run(rows[0].run_id), add={"open_rows": opened * number, "changes": number}
        )
        changes = [each for row in rows for each in operations(row)]
        try:
            self._table.transact(merged([*changes, counted]))
        except Conflict:
            return False
        return True

    def _ended(self, row: Row, values: dict[str, Any]) -> list[Operation]:
        change = Update(
            keys.row(row.run_id, row.number),
            set={**values, "updated_at": self._clock.now()},
            remove=("place",),
            when="#status = :queued AND #place = :place",
            given={"queued": "queued", "place": list(row.place)},
        )
        return [change, Delete(row.place)]

    def _reopened(self, row: Row) -> list[Operation]:
        key = line.own_place(row)
        change = Update(
            keys.row(row.run_id, row.number),
            set={
                "status": "queued",
                "error": "",
                "place": list(key),
                "round": row.round,
                "lane": row.lane,
                "max_attempt": row.max_attempt,
                "updated_at": self._clock.now(),
            },
            remove=("reason", "execution"),
            when="#status = :seen AND attribute_not_exists(#open)",
            given={"seen": str(row.status)},
        )
        return [change, line.place(row, key)]

    def _new(self, row: Row) -> list[Operation]:
        key = line.own_place(row)
        queued = row.status is RowStatus.QUEUED
        put = self._put(row, list(key) if queued else None)
        return [put, line.place(row, key)] if queued else [put]

    def _put(self, row: Row, place: list[str] | None) -> Put:
        now = self._clock.now()
        item: dict[str, Any] = {
            "row_key": row.row_key,
            "status": str(row.status),
            "error": row.error,
            "version": row.version,
            "attempts": row.attempts,
            "cost": Decimal(0),
            "starts": 0,
            "planned_at": list(row.planned_at),
            "updated_at": now,
            "expires_at": int(now) + _KEEP,
        }
        optional = {
            "render_id": row.render_id,
            "redo_taken": row.redo_taken,
            "reason": row.reason,
            "lane": row.lane,
            "round": row.round,
            "place": place,
        }
        item |= {name: value for name, value in optional.items() if value}
        if row.picture:
            item["picture"] = row.picture.item()
        return Put(keys.row(row.run_id, row.number), item)

    def _add_one(self, row: Row) -> None:
        try:
            self._table.transact(self._new(row))
        except Conflict:
            self.give_place(row)  # it stands already, perhaps further on

    def give_place(self, row: Row) -> None:
        """Gives a row that is open, but nobody's, its place in the line; others stay as they are.

        Args:
            row: With the round and lane that it is to have.
        """
        standing = self.get(row.run_id, row.number)
        if standing is None or standing.status.final or standing.place[0] or standing.execution:
            return
        key = line.own_place(row)
        change = Update(
            keys.row(row.run_id, row.number),
            set={"status": "queued", "place": list(key), "round": row.round, "lane": row.lane},
            when="#status = :seen AND attribute_not_exists(#place) "
            "AND attribute_not_exists(#execution)",
            given={"seen": str(standing.status)},
        )
        try:
            self._table.transact([change, line.place(standing, key)])
        except Conflict:
            return  # somebody else gave it one

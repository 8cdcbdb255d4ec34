"""The rows of a run: one item each, holding what changes while the run goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger import keys
from rowshot.ledger.records import Picture, Row
from rowshot.ledger.table import Change, Conflict, Put, Table
from rowshot.statuses import RowStatus

_BATCH = 100  # items in one transaction (AWS quota)
_LATER = 120.0  # nominal seconds between two looks at a row whose picture may still come
_KEEP = 400 * 86_400  # wall seconds after which the table forgets a row

# A picture that arrived after all corrects every other end; nothing else overwrites an end.
_MAY_CHANGE = "attribute_exists(#pk) AND #status IN (:queued, :rendering, :publishing)"
_MAY_PUBLISH = "attribute_exists(#pk) AND #status <> :published"
_OPEN = {"queued": "queued", "rendering": "rendering", "publishing": "publishing"}


class Rows:
    """Reads and changes rows."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def add(self, rows: Sequence[Row]) -> None:
        """Writes the rows of a new run; rows that stand already (a plan done twice) stay."""
        for start in range(0, len(rows), _BATCH):
            puts = [self._put(row) for row in rows[start : start + _BATCH]]
            try:
                self._table.transact(puts)
            except Conflict:
                for put in puts:
                    self._add_one(put)

    def of_run(self, run_id: str) -> Iterator[Row]:
        """All rows of a run in the order of the sheet."""
        for item in self._table.query(keys.run(run_id)[0], prefix=keys.ROW):
            yield Row.from_item(item)

    def get(self, run_id: str, number: int) -> Row | None:
        """One row, or None."""
        item = self._table.get(keys.row(run_id, number))
        return Row.from_item(item) if item else None

    def record(
        self,
        run_id: str,
        number: int,
        status: RowStatus,
        *,
        error: str = "",
        awaited: bool = False,
        **more: Any,
    ) -> bool:
        """Sets a row's status, unless the row has reached its end.

        Args:
            run_id: The run.
            number: The row's number.
            status: The new status; ``published`` is recorded by ``published`` instead.
            error: The sentence for the sheet's ``error`` column.
            awaited: Whether the row's picture may still come, so that Sweep has to look after it.
            more: Further attributes of the row.

        Returns:
            Whether the row was changed.
        """
        if awaited:
            more = {**more, "open": "row", "due_at": self._clock.after(_LATER)}
        try:
            self._table.write(self.change(run_id, number, status, error=error, set=more))
        except Conflict:
            return False
        return True

    def awaited(self) -> Iterator[Row]:
        """Rows at their end whose picture may still come, or has, and that are due for a look."""
        found = self._table.query("row", index="open", until=self._clock.now())
        for item in self._table.get_many((each["pk"], each["sk"]) for each in found).values():
            if "open" in item:
                yield Row.from_item(item)

    def await_longer(self, row: Row) -> None:
        """Puts the next look at an awaited row off."""
        self._unless_settled(row, set={"due_at": self._clock.after(_LATER)})

    def give_up(self, row: Row, reason: str) -> None:
        """Tells why an awaited row's picture will not come; Sweep still has to tell its run."""
        change = {"error": reason, "updated_at": self._clock.now(), "due_at": self._clock.now()}
        self._unless_settled(row, set=change)

    def settled(self, row: Row) -> None:
        """Looks after a row no longer: its run's results say how it ended."""
        self._unless_settled(row, remove=("open", "due_at"))

    def _unless_settled(
        self, row: Row, *, set: Mapping[str, Any] | None = None, remove: Sequence[str] = ()
    ) -> None:
        change = Change(
            keys.row(row.run_id, row.number),
            set=set or {},
            remove=remove,
            when="attribute_exists(#open) AND #status = :seen",
            given={"seen": str(row.status)},
        )
        try:
            self._table.write(change)
        except Conflict:
            return  # the picture came at this very moment, or somebody retries the row

    def change(
        self,
        run_id: str,
        number: int,
        status: RowStatus,
        *,
        error: str = "",
        set: Mapping[str, Any] | None = None,
        add: Mapping[str, Any] | None = None,
    ) -> Change:
        """The change of a row's status as part of a transaction; fails on a row at its end."""
        return Change(
            keys.row(run_id, number),
            set={
                "status": str(status),
                "error": error,
                "updated_at": self._clock.now(),
                **(set or {}),
            },
            add=add or {},
            when=_MAY_CHANGE,
            given=_OPEN,
        )

    def published(
        self, run_id: str, number: int, picture: Picture, *, status: RowStatus = RowStatus.PUBLISHED
    ) -> Change:
        """The change that gives a row its picture, whatever its status was."""
        return Change(
            keys.row(run_id, number),
            set={
                "status": str(status),
                "error": "",
                "picture": picture.item(),
                "updated_at": self._clock.now(),
            },
            when=_MAY_PUBLISH,
            given={"published": str(RowStatus.PUBLISHED)},
        )

    def reopen(self, run_id: str, numbers: Iterable[int]) -> None:
        """Puts ended rows back in the queue: somebody resumes or retries them."""
        for number in numbers:
            self._table.write(
                Change(
                    keys.row(run_id, number),
                    set={"status": "queued", "error": "", "updated_at": self._clock.now()},
                    remove=("open", "due_at"),
                    when=_MAY_PUBLISH,
                    given={"published": str(RowStatus.PUBLISHED)},
                )
            )

    def redo_released(self, run_id: str, number: int) -> None:
        """Notes that a row's redo cell no longer holds the value that was taken."""
        self._table.write(Change(keys.row(run_id, number), remove=("redo_taken",)))

    def _put(self, row: Row) -> Put:
        now = self._clock.now()
        item: dict[str, Any] = {
            "row_key": row.row_key,
            "status": str(row.status),
            "error": row.error,
            "version": row.version,
            "attempts": row.attempts,
            "cost": Decimal(0),
            "updated_at": now,
            "expires_at": int(now) + _KEEP,
        }
        optional = {"render_id": row.render_id, "redo_taken": row.redo_taken}
        item |= {name: value for name, value in optional.items() if value}
        if row.picture:
            item["picture"] = row.picture.item()
        return Put(keys.row(row.run_id, row.number), item)

    def _add_one(self, put: Put) -> None:
        try:
            self._table.write(put)
        except Conflict:
            return  # it stands already, perhaps further on

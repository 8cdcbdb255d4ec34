"""Runs: one item each, with the run's budget and the flag that halts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.errors import RunNotFound
from rowshot.ledger import keys
from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.ledger.table import Change, Conflict, Put, Table

_KEEP = 400 * 86_400  # wall seconds after which the table forgets a run
_CARE = 120.0  # wall seconds after which Sweep looks whether an open run is still alive


class Runs:
    """Reads and changes runs."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def open(self, run: Run) -> Run:
        """Notes a new run, or returns the one that stands (the same event, twice).

        The first planning of a run decides when it started; a second one goes on from there.
        """
        now = self._clock.now()
        item: dict[str, Any] = {
            "status": str(RunStatus.PLANNING),
            "bucket": run.bucket,
            "key": run.key,
            "sheet_name": run.sheet_name,
            "sheet_id": run.sheet_id,
            "spreadsheet_id": run.spreadsheet_id,
            "worksheet": run.worksheet,
            "started_at": run.started_at,
            "generation": 1,
            "max_usd": run.max_usd,
            "reserved": Decimal(0),
            "spent": Decimal(0),
            "possibly_billed": Decimal(0),
            "open": "run",
            "due_at": now + _CARE,
            "expires_at": int(now) + _KEEP,
        }
        try:
            place = {"run_id": run.id, "expires_at": item["expires_at"]}
            listed = Put(keys.recent(run.started_at, run.id), place, when="")
            self._table.transact([Put(keys.run(run.id), item), listed])
        except Conflict:
            return self.get(run.id)
        return run

    def get(self, run_id: str) -> Run:
        """The run as it stands.

        Raises:
            RunNotFound: There is none of this id.
        """
        item = self._table.get(keys.run(run_id))
        if item is None:
            raise RunNotFound(f"There is no run {run_id}: check its id, and --state or --stack.")
        return Run.from_item(item)

    def planned(self, run_id: str, *, rows: int, to_render: int, estimate: Decimal) -> None:
        """Notes the first plan's figures, before the run starts: it may be at its end at once."""
        self._set(
            run_id,
            {"rows": rows, "to_render": to_render, "estimate": estimate},
            when="#status = :planning AND attribute_not_exists(#rows)",
            given={"planning": "planning"},
        )

    def started(self, run_id: str) -> None:
        """Notes that a planned run is going on, unless it already came further."""
        self._set(
            run_id,
            {"status": "running"},
            when="#status = :planning",
            given={"planning": "planning"},
        )

    def ended(self, run_id: str, status: RunStatus, reason: str = "", **more: Any) -> bool:
        """Notes a run's end; False when somebody else noted one before."""
        values = {"status": str(status), "finished_at": self._clock.now(), **more}
        if reason:
            values["reason"] = reason
        return self._set(
            run_id,
            values,
            remove=("open", "due_at"),
            when="#status IN (:planning, :running, :paused)",
            given={"planning": "planning", "running": "running", "paused": "paused"},
        )

    def told(self, run_id: str) -> None:
        """Notes that people were told of a run's end."""
        self._set(run_id, {"told": True}, when="attribute_exists(#pk)")

    def halt(self, run_id: str, status: RunStatus, reason: str) -> bool:
        """Lets the run buy nothing more; what is in flight is still collected.

        Args:
            run_id: The run.
            status: ``cancelled`` by a person, or ``stopped`` because hiapi denies the key.
            reason: The sentence for its rows.

        Returns:
            False when the run was halted or ended before.
        """
        return self._set(
            run_id,
            {"halted": str(status), "reason": reason},
            when="attribute_not_exists(#halted) AND attribute_exists(#open)",
        )

    def reopen(self, run: Run, *, lives: int, anew: bool = False, rows: Iterable[Row] = ()) -> Run:
        """Starts the next generation of a run.

        Args:
            run: As it was read.
            lives: How often Sweep has gone on with it by itself, this time included.
            anew: True when a person wants it to go on: a halt is lifted, and people are told again.
            rows: Its rows, where they are known: the last change of one was a sign of life.

        Raises:
            Conflict: Somebody else did so at the same moment.
        """
        now = self._clock.now()
        values: dict[str, Any] = {
            "generation": run.generation + 1,
            "status": "running",
            "open": "run",
            "due_at": now + _CARE,
            "lives": lives,
            "idle": run.idle + _pause(run, rows, now, anew=anew),
        }
        item = self._table.write(
            Change(
                keys.run(run.id),
                set=values | ({"opened_at": now} if anew else {}),
                remove=("halted", "reason", "finished_at", "told") if anew else (),
                when="#generation = :seen",
                given={"seen": run.generation},
            )
        )
        return Run.from_item(item)

    def paused(self, run_id: str) -> None:
        """Notes that a run waits for the account's balance, until it buys again."""
        self._set(
            run_id,
            {"status": "paused"},
            when="#status = :running",
            given={"running": "running"},
        )

    def looked_after(self, run_id: str) -> None:
        """Puts off Sweep's next look at a run that is alive."""
        self._set(run_id, {"due_at": self._clock.now() + _CARE}, when="attribute_exists(#open)")

    def overdue(self) -> Iterator[Run]:
        """Open runs that nobody has looked after for a while."""
        for item in self._table.query("run", index="open", until=self._clock.now()):
            found = self._table.get((item["pk"], item["sk"]))
            if found:
                yield Run.from_item(found)

    def latest(self, limit: int) -> list[Run]:
        """The runs that were started last, the latest first."""
        ids = [item["run_id"] for item in self._table.query(keys.RUNS, limit=limit)]
        found = self._table.get_many(keys.run(run_id) for run_id in ids)
        return [Run.from_item(found[key]) for run_id in ids if (key := keys.run(run_id)) in found]

    def all_open(self) -> Iterator[Run]:
        """Every run that is not at its end."""
        for item in self._table.query("run", index="open"):
            found = self._table.get((item["pk"], item["sk"]))
            if found:
                yield Run.from_item(found)

    def _set(
        self,
        run_id: str,
        values: dict[str, Any],
        *,
        when: str,
        given: dict[str, Any] | None = None,
        remove: tuple[str, ...] = (),
    ) -> bool:
        try:
            self._table.write(
                Change(keys.run(run_id), set=values, remove=remove, when=when, given=given or {})
            )
        except Conflict:
            return False
        return True


def _pause(run: Run, rows: Iterable[Row], now: float, *, anew: bool) -> float:
    """Wall seconds for which nobody worked on a run that is taken up again.

    An interrupted run notes no end. It was alive when a row was changed last; where no row is
    known, until about when Sweep should have looked at it next.
    """
    if not run.status.is_open:
        return max(0.0, now - run.finished_at) if anew and run.finished_at else 0.0
    changed = max((row.updated_at for row in rows), default=0.0)
    seen = max(changed, run.opened_at) if changed else run.due_at or now
    return max(0.0, now - seen)

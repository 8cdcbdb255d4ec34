"""Runs: one item each, with the run's budget and the flag that halts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.errors import RunNotFound
from rowshot.ledger import keys
from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.ledger.table import Conflict, Put, Table, Update

_KEEP = 400 * 86_400  # wall seconds after which the table forgets a run
_CARE = 120.0  # wall seconds after which Sweep looks whether an open run is still alive
_NO_ROWS = "#status = :planning AND attribute_not_exists(#open_rows)"
_AS_READ = "#open_rows = :none AND #changes = :seen"  # at its end, and nothing is new


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

    def begin(
        self, run_id: str, *, rows: int, queued: int, estimate: Decimal, base_round: int
    ) -> Run:
        """Notes the first plan's figures, once, before its first row stands in the line.

        Args:
            run_id: The run.
            rows: How many rows it has.
            queued: How many of them have something to do.
            estimate: USD if every attempt succeeds at once.
            base_round: The round from which its rows get theirs.

        Returns:
            The run as it is then; an earlier plan's figures stay.
        """
        figures = {"rows": rows, "to_render": queued, "open_rows": queued, "changes": 1}
        self._set(
            run_id,
            {**figures, "estimate": estimate, "base_round": base_round, "written": 0},
            when="#status = :planning AND attribute_not_exists(#open_rows)",
            given={"planning": "planning"},
        )
        return self.get(run_id)

    def planned(self, run_id: str) -> None:
        """Notes that every row of a run stands, so that it is at its end when all of them are."""
        self._set(
            run_id,
            {"status": "running", "planned": True},
            when="attribute_not_exists(#planned) AND attribute_exists(#open)",
        )

    def adopt(self, run: Run, *, open_rows: int, base_round: int) -> Run:
        """Counts the open rows of a run that an older release planned; the first count stays."""
        self._set(
            run.id,
            {"open_rows": open_rows, "changes": 1, "written": 0, "base_round": base_round},
            when="attribute_not_exists(#open_rows) AND attribute_exists(#open)",
        )
        return self.get(run.id)

    def stopped(self, run_id: str, reason: str) -> bool:
        """Ends a run that never came to have rows; False when somebody ended it before."""
        values = {"status": str(RunStatus.STOPPED), "finished_at": self._clock.now()}
        return self._set(
            run_id,
            {**values, "reason": reason},
            remove=("open", "due_at"),
            when=_NO_ROWS,
            given={"planning": "planning"},
        )

    def ended(self, run: Run, status: RunStatus, report_url: str = "") -> bool:
        """Notes that a run's results tell of everything up to what was read.

        Args:
            run: As it was read before the results were written.
            status: How it ended.
            report_url: Where its contact sheet opens, empty where there is none.

        Returns:
            False when a row was reopened, or got its picture late, meanwhile.
        """
        values = self._end(run, status)
        values |= {"report_url": report_url} if report_url else {}
        # Only a halt still is the reason: another one is that of an end which did not work.
        reason = () if run.halted else ("reason",)
        return self._set(
            run.id,
            values,
            remove=("open", "due_at", *reason),
            when=_AS_READ,
            given={"none": 0, "seen": run.changes},
        )

    def given_up(self, run: Run, reason: str) -> bool:
        """Ends a run that nothing else ends. Sweep looks after it until people were told.

        Args:
            run: As it was read before its results were written.
            reason: What happened and what to do, in one sentence.

        Returns:
            False when something of it changed meanwhile.
        """
        values = {**self._end(run, RunStatus.STOPPED), "reason": reason}
        if not run.planned:
            return self._set(run.id, values, when=_NO_ROWS, given={"planning": "planning"})
        return self._set(run.id, values, when=_AS_READ, given={"none": 0, "seen": run.changes})

    def let_go(self, run: Run) -> None:
        """Notes that people were told that a run was given up, unless it goes on meanwhile."""
        self._set(
            run.id,
            {"told": True},
            remove=("open", "due_at"),
            when="#status = :stopped" + (" AND #changes = :seen" if run.planned else ""),
            given={"stopped": "stopped"} | ({"seen": run.changes} if run.planned else {}),
        )

    def _end(self, run: Run, status: RunStatus) -> dict[str, Any]:
        values = {"status": str(status), "finished": run.finishes, "written": run.changes}
        return values | ({} if run.finished_at else {"finished_at": self._clock.now()})

    def finishing(self, run: Run) -> int:
        """Counts a start of Finish; the number of this one, 0 when somebody else starts it."""
        due = self._clock.now() + _CARE
        try:
            item = self._table.write(
                Update(
                    keys.run(run.id),
                    set={"open": "run", "due_at": due, "finish_for": run.changes},
                    add={"finishes": 1},
                    when=f"{_AS_READ} AND #finishes = :started"
                    if run.finishes
                    else f"{_AS_READ} AND attribute_not_exists(#finishes)",
                    given={"none": 0, "seen": run.changes}
                    | ({"started": run.finishes} if run.finishes else {}),
                )
            )
        except Conflict:
            return 0
        return int(item["finishes"])

    def told(self, run_id: str, status: RunStatus) -> None:
        """Notes that people were told of a run's end, unless somebody has resumed it meanwhile.

        Args:
            run_id: The run.
            status: The end that they were told.
        """
        self._set(run_id, {"told": True}, when="#status = :told", given={"told": str(status)})

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

    def reopen(self, run: Run, base_round: int, rows: Iterable[Row] = ()) -> Run:
        """Lifts a halt and opens a run again: a person wants it to go on, and to be told again.

        Args:
            run: As it was read.
            base_round: The round from which its rows get theirs now.
            rows: Its rows, where they are known: the last change of one was a sign of life.

        Raises:
            Conflict: Somebody else did so at the same moment.
        """
        now = self._clock.now()
        values: dict[str, Any] = {"status": "running", "open": "run", "due_at": now + _CARE}
        values["idle"] = run.idle + _pause(run, rows, now, anew=True)
        item = self._table.write(
            Update(
                keys.run(run.id),
                set={**values, "opened_at": now, "base_round": base_round},
                add={"changes": 1},
                remove=("halted", "reason", "finished_at", "told"),
                when="#changes = :seen",
                given={"seen": run.changes},
            )
        )
        return Run.from_item(item)

    def went_on(self, run: Run, rows: Iterable[Row]) -> None:
        """Notes that somebody goes on with an interrupted run, so that its pause counts as one.

        Args:
            run: As it was read.
            rows: Its rows: the last change of one was the last sign of life.
        """
        now = self._clock.now()
        idle = run.idle + _pause(run, rows, now, anew=False)
        self._set(run.id, {"idle": idle, "due_at": now}, when="attribute_exists(#open)")

    def paused(self, run_id: str) -> Run | None:
        """Notes that a run waits for the account's balance, until it buys again.

        Returns:
            The run, None where it was noted before, or is not going on.
        """
        change = Update(
            keys.run(run_id),
            set={"status": "paused"},
            when="#status = :running",
            given={"running": "running"},
        )
        try:
            return Run.from_item(self._table.write(change))
        except Conflict:
            return None

    def looked_after(self, run_id: str) -> None:
        """Puts off Sweep's next look at a run that is alive."""
        self._set(run_id, {"due_at": self._clock.now() + _CARE}, when="attribute_exists(#open)")

    def overdue(self) -> Iterator[Run]:
        """Open runs that nobody has looked after for a while."""
        yield from self._open(until=self._clock.now())

    def latest(self, limit: int) -> list[Run]:
        """The runs that were started last, the latest first."""
        ids = [item["run_id"] for item in self._table.query(keys.RUNS, limit=limit)]
        found = self._table.get_many(keys.run(run_id) for run_id in ids)
        return [Run.from_item(found[key]) for run_id in ids if (key := keys.run(run_id)) in found]

    def all_open(self) -> Iterator[Run]:
        """Every run that is not at its end."""
        return (run for run in self._open() if run.status.is_open or run.is_due)

    def _open(self, **bounds: Any) -> Iterator[Run]:
        for item in self._table.query("run", index="open", **bounds):
            found = self._table.get((item["pk"], item["sk"]))
            if found and "open" in found:  # the index lags behind
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
                Update(keys.run(run_id), set=values, remove=remove, when=when, given=given or {})
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

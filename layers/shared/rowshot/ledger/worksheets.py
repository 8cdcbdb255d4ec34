"""Worksheets: which run each one shows, who may write to it now, and the pace towards Google.

A mark says that the ledger has changed since the last pass. A lease keeps passes over one sheet
from overlapping; it is taken together with the mark, so that a change after that moment sets a new
one. The pace is one for all sheets, because Google counts the service account's requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

from rowshot.clock import Clock
from rowshot.ledger import keys
from rowshot.ledger.table import Conflict, Item, Put, Table, Update

_LEASE = 120.0  # wall seconds: longer than any pass with all its tries
_PASSES_PER_MINUTE = 48  # nominal; Google takes 60 reads and 60 writes
_LOOK_EVERY = 3600.0  # wall seconds between two looks at a sheet that is incomplete
_LEFT = 1800.0  # wall seconds without a try after which nobody comes back by himself
_MOST_LOOKS = 24  # at one sheet: for a day
_AT_ONCE = 5  # passes that may come without a pause after quiet seconds


_WATCH = ("open", "due_at", "looks")


class Refusal(StrEnum):
    """Why a lease was not given: nothing is to be done, or somebody has it or just had it."""

    CLEAN = "clean"
    HELD = "held"


@dataclass(frozen=True)
class Lease:
    """The right to write to a worksheet, and what is known of it.

    Args:
        sheet_id: The sheet.
        run_id: The run that the worksheet shows, the newest of the sheet.
        spreadsheet_id: Google's id of the document.
        worksheet: The worksheet's title, empty for the first one.
        header: The header row as it was dropped.
        holder: Whose lease it is.
        turn: Instant from which this sheet may use Google, 0 when it has asked for no turn.
        failing_since: Instant from which Google has not answered for this sheet, 0 when it does.
    """

    sheet_id: str
    run_id: str
    spreadsheet_id: str
    worksheet: str
    header: tuple[str, ...]
    holder: str
    turn: float = 0.0
    failing_since: float = 0.0


@dataclass(frozen=True)
class Watched:
    """A worksheet that lacked something when its run ended.

    Args:
        sheet_id: The sheet.
        run_id: The run that it shows.
        due_at: Instant from which somebody has to look at it.
        looks: How often somebody has.
        left: Whether no pass has been tried for long, so that its message must be lost.
    """

    sheet_id: str
    run_id: str
    due_at: float
    looks: int
    left: bool


class Sheets:
    """Reads and changes what is known of worksheets."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def show(
        self,
        sheet_id: str,
        *,
        run_id: str,
        started_at: float,
        spreadsheet_id: str,
        worksheet: str,
        header: Sequence[str],
    ) -> None:
        """Lets a worksheet show a run from now on, unless it shows a later one already.

        Args:
            sheet_id: The sheet.
            run_id: The run.
            started_at: When it was dropped.
            spreadsheet_id: Google's id of the document.
            worksheet: The worksheet's title, empty for the first one.
            header: The header row as it was dropped.
        """
        shown = {
            "run_id": run_id,
            "shown_since": started_at,
            "spreadsheet_id": spreadsheet_id,
            "worksheet": worksheet,
            "header": list(header),
        }
        self._table.write(Update(keys.run(run_id), set={"worksheet": worksheet}))
        try:
            self._table.write(
                Update(
                    keys.mark(sheet_id),
                    set=shown,
                    when="attribute_not_exists(#shown_since) OR #shown_since <= :since",
                    given={"since": started_at},
                )
            )
        except Conflict:
            return

    def shown(self, sheet_id: str) -> str:
        """The run that a worksheet shows, empty when it shows none."""
        return str((self._table.get(keys.mark(sheet_id)) or {}).get("run_id", ""))

    def mark(self, sheet_id: str, stale: float) -> bool:
        """Notes that a sheet's rows have changed.

        Args:
            sheet_id: The sheet.
            stale: Nominal seconds after which the message of an older mark counts as lost.

        Returns:
            Whether somebody has to send a message: the mark is new, or the old one is stale.
        """
        now = self._clock.now()
        try:
            self._table.write(
                Update(
                    keys.mark(sheet_id),
                    set={"dirty_since": now},
                    when="attribute_not_exists(#dirty_since) OR #dirty_since < :stale",
                    given={"stale": now - self._clock.wall(stale)},
                )
            )
        except Conflict:
            return False
        return True

    def take(self, sheet_id: str, *, marked_only: bool) -> Lease | Refusal:
        """Takes the lease and, with it, the mark.

        Args:
            sheet_id: The sheet.
            marked_only: Take it only if something has changed, or a pass has died.
        """
        now, holder = self._clock.now(), uuid4().hex
        free = "attribute_exists(#spreadsheet_id) AND " + (
            "(attribute_not_exists(#lease_until) OR #lease_until < :now)"
        )
        wanted = " AND (attribute_exists(#dirty_since) OR attribute_exists(#holder))"
        try:
            item = self._table.write(
                Update(
                    keys.mark(sheet_id),
                    set={"holder": holder, "lease_until": now + _LEASE},
                    remove=("dirty_since",),
                    when=free + (wanted if marked_only else ""),
                    given={"now": now},
                )
            )
        except Conflict:
            return self._refusal(sheet_id, marked_only=marked_only)
        return Lease(
            sheet_id=sheet_id,
            run_id=item["run_id"],
            spreadsheet_id=item["spreadsheet_id"],
            worksheet=item["worksheet"],
            header=tuple(item["header"]),
            holder=holder,
            turn=float(item.get("turn", 0)),
            failing_since=float(item.get("failing_since", 0)),
        )

    def give_back(self, lease: Lease) -> None:
        """Ends a lease after a pass."""
        self._end(lease, {}, ("turn", "failing_since", *_WATCH))

    def put_off(self, lease: Lease, *, turn: float = 0.0, failing: bool = False) -> None:
        """Ends a lease without a pass; the sheet stays marked.

        Args:
            lease: The lease.
            turn: The instant from which the sheet may use Google, 0 for any.
            failing: True when Google did not answer.
        """
        now = self._clock.now()
        values = {"dirty_since": now}
        if turn:
            values["turn"] = turn
        if failing:
            values["failing_since"] = lease.failing_since or now
        self._end(lease, values, () if turn else ("turn",))

    def remark(self, sheet_id: str) -> None:
        """Keeps a sheet marked whose message has been taken while somebody else holds the lease."""
        self._table.write(Update(keys.mark(sheet_id), set={"dirty_since": self._clock.now()}))

    def watch(self, sheet_id: str) -> None:
        """Lets Sweep ask for passes over a sheet, until one is made or a day is over."""
        due_at = self._clock.now() + _LOOK_EVERY
        self._table.write(
            Update(keys.mark(sheet_id), set={"open": "sheet", "due_at": due_at, "looks": 0})
        )

    def overdue(self) -> Iterator[Watched]:
        """The watched sheets that nobody has looked at for an hour."""
        for found in self._table.query("sheet", index="open", until=self._clock.now()):
            item = self._table.get((found["pk"], found["sk"])) or {}
            if "due_at" in item:
                sheet_id = str(found["pk"]).partition("#")[2]
                due_at, looks = float(item["due_at"]), int(item["looks"])
                tried = max(float(item.get(each, 0)) for each in ("dirty_since", "lease_until"))
                left = tried < self._clock.now() - _LEFT
                yield Watched(sheet_id, item["run_id"], due_at, looks, left)

    def look_later(self, watched: Watched) -> bool:
        """Counts a look at a watched sheet; False where it was the last, or not the first."""
        again = watched.looks < _MOST_LOOKS
        values = {"due_at": self._clock.now() + _LOOK_EVERY, "looks": watched.looks + 1}
        try:
            self._table.write(
                Update(
                    keys.mark(watched.sheet_id),
                    set=values if again else {},
                    remove=() if again else _WATCH,
                    when="#due_at = :seen",
                    given={"seen": watched.due_at},
                )
            )
        except Conflict:
            return False
        return again

    def turn(self) -> float:
        """The next free instant for a pass, now or later; it is taken by asking for it."""
        now, step = self._clock.now(), self._clock.wall(60.0 / _PASSES_PER_MINUTE)
        try:
            self._table.write(
                Update(
                    keys.PACE,
                    set={"next_at": now + step},
                    when="attribute_not_exists(#next_at) OR #next_at < :now",
                    given={"now": now},
                )
            )
        except Conflict:
            item = self._table.write(Update(keys.PACE, add={"next_at": step}))
            return max(now, float(item["next_at"]) - step * (1 + _AT_ONCE))
        return now

    def layout(self, sheet_id: str) -> Item | None:
        """What is remembered of a worksheet's columns, with the run that it comes from."""
        return self._table.get(keys.layout(sheet_id))

    def remember(self, lease: Lease, layout: Mapping[str, Any]) -> None:
        """Keeps what a pass has seen of the columns."""
        item = {**layout, "run_id": lease.run_id}
        self._table.write(Put(keys.layout(lease.sheet_id), item, when=""))

    def first_time(self, signature: str, keep: float) -> bool:
        """Whether a signed request is new; it is remembered for so many wall seconds."""
        expires_at = int(self._clock.now() + keep) + 1
        try:
            self._table.write(Put(keys.asked(signature), {"expires_at": expires_at}))
        except Conflict:
            return False
        return True

    def stopped(self, run_id: str, problem: str) -> None:
        """Notes why a run is no longer shown in its sheet; an empty sentence takes that back."""
        change: dict[str, Any] = (
            {"set": {"sheet_problem": problem}} if problem else {"remove": ("sheet_problem",)}
        )
        self._table.write(Update(keys.run(run_id), when="attribute_exists(#pk)", **change))

    def _end(self, lease: Lease, values: dict[str, Any], remove: tuple[str, ...]) -> None:
        try:
            self._table.write(
                Update(
                    keys.mark(lease.sheet_id),
                    set=values,
                    remove=("holder", "lease_until", *remove),
                    when="#holder = :me",
                    given={"me": lease.holder},
                )
            )
        except Conflict:
            return  # it ran out, and who has it now reads the ledger anew

    def _refusal(self, sheet_id: str, *, marked_only: bool) -> Refusal:
        """The reason as it looks now: a lease that was in the way may be given back meanwhile.

        Such a sheet counts as held. Called clean, its mark would wait for nobody, and a run's end
        would be content with a worksheet that it has not seen.
        """
        item = self._table.get(keys.mark(sheet_id)) or {}
        marked = "dirty_since" in item or "holder" in item
        wanted = "spreadsheet_id" in item and (marked or not marked_only)
        return Refusal.HELD if wanted else Refusal.CLEAN

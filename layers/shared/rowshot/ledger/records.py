"""What the ledger remembers, as typed records read from its items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rowshot.statuses import RowStatus

Item = Mapping[str, Any]
NOTHING = Decimal(0)
SPARE_AT_WORK = 4
"""Rows at work beyond the slots: their tasks have ended, and their pictures are being stored."""


class RunStatus(StrEnum):
    """Where a run stands. All but the first three are final until somebody resumes it."""

    PLANNING = "planning"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    OVER_BUDGET = "over budget"

    @property
    def is_open(self) -> bool:
        """Whether something is still expected to happen to the run's rows."""
        return self in (RunStatus.PLANNING, RunStatus.RUNNING, RunStatus.PAUSED)


class RenderState(StrEnum):
    """Where the current attempt of a render stands.

    ``claimed`` (bought, answer not yet known) → ``running`` (a task at hiapi) → ``succeeded`` →
    ``published``, or ``failed``; ``released`` means that hiapi certainly created nothing.
    """

    CLAIMED = "claimed"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    PUBLISHED = "published"
    FAILED = "failed"
    RELEASED = "released"

    @property
    def is_in_flight(self) -> bool:
        """Whether hiapi has, or may have, a task for it that is not known to be terminal."""
        return self in (RenderState.CLAIMED, RenderState.RUNNING)

    @property
    def is_on_its_way(self) -> bool:
        """Whether a picture may come of it that is paid for, or may be, and not published yet."""
        return self in ON_ITS_WAY


ON_ITS_WAY = (RenderState.CLAIMED, RenderState.RUNNING, RenderState.SUCCEEDED)
"""States from which a picture may come without another purchase."""


@dataclass(frozen=True)
class Picture:
    """A stored picture.

    Args:
        url: Where the full size opens.
        width: Pixels.
        height: Pixels.
        size: Bytes of the full size.
    """

    url: str
    width: int
    height: int
    size: int

    def item(self) -> dict[str, Any]:
        """The picture as it is stored."""
        return {"url": self.url, "width": self.width, "height": self.height, "size": self.size}

    @classmethod
    def from_item(cls, item: Item | None) -> Picture | None:
        """The picture of an item, None where there is none."""
        if not item:
            return None
        return cls(item["url"], int(item["width"]), int(item["height"]), int(item["size"]))


@dataclass(frozen=True)
class RowRef:
    """The row on whose account an attempt is bought."""

    run_id: str
    number: int


@dataclass(frozen=True)
class Render:
    """One wanted picture and its current attempt.

    Instants are Unix seconds, 0 when they have not come. ``final`` says of a failed render that the
    same order is never repeated; ``day`` is the one whose budget carries the current attempt;
    ``late`` says that its buyer's row no longer waits for it, though it may still come;
    ``unsent`` says of a claimed one that hiapi has certainly not taken the order so far;
    ``placed_at`` is when its task was first heard of, which may be long after the claim;
    ``missing_since`` is the first of the looks in a row at which hiapi did not know the task or
    showed no picture of a finished one.
    """

    id: str
    model: str
    price: Decimal
    state: RenderState
    attempt: int
    key: str
    body: bytes
    buyer: RowRef
    claimed_at: float
    placed_at: float = 0.0
    task_id: str = ""
    looked_at: float = 0.0
    missing_since: float = 0.0
    succeeded_at: float = 0.0
    due_at: float = 0.0
    polls: int = 0
    parked: bool = False
    failure: str = ""
    final: bool = False
    day: str = ""
    unsent: bool = False
    reason: str = ""
    late: bool = False

    @classmethod
    def from_item(cls, render_id: str, item: Item) -> Render:
        """Reads a render's item."""
        return cls(
            id=render_id,
            model=item["model"],
            price=item["price"],
            state=RenderState(item["state"]),
            attempt=int(item["attempt"]),
            key=item["key"],
            body=item["body"],
            buyer=RowRef(item["buyer_run"], int(item["buyer_row"])),
            claimed_at=float(item["claimed_at"]),
            placed_at=float(item.get("placed_at", 0)) or float(item["claimed_at"]),
            task_id=item.get("task_id", ""),
            looked_at=float(item.get("looked_at", 0)),
            missing_since=float(item.get("missing_since", 0)),
            succeeded_at=float(item.get("succeeded_at", 0)),
            due_at=float(item.get("due_at", 0)),
            polls=int(item.get("polls", 0)),
            parked=bool(item.get("parked", False)),
            failure=item.get("failure", ""),
            final=bool(item.get("final", False)),
            day=item.get("day", ""),
            unsent=bool(item.get("unsent", False)),
            reason=item.get("failure_code", ""),
            late=bool(item.get("late", False)),
        )


@dataclass(frozen=True, order=True)
class Turn:
    """Whose turn it is in the line.

    The n-th row of a run gets the n-th round from where the line was served when the run came, so
    that runs alternate however long they are.
    """

    round: int
    run_id: str
    number: int

    def sort_key(self) -> str:
        """The turn as a sort key; it sorts as the turn does."""
        return f"{self.round:010d}#{self.run_id}#{self.number:06d}"

    @classmethod
    def from_sort_key(cls, text: str) -> Turn:
        """Reads a turn back."""
        place, run_id, number = text.split("#")
        return cls(int(place), run_id, int(number))


@dataclass(frozen=True)
class Row:
    """One row of one run: what changes while it runs (the rest lies in the run's plan file).

    A queued row has exactly one place: in the line, or with the render that it waits for.

    Args:
        run_id: The run.
        number: The row's number in the sheet.
        row_key: The row's key.
        status: Where it stands.
        render_id: The render that it wants.
        error: What the sheet says of it.
        picture: The picture that it shows.
        task_id: hiapi's task that it bought.
        attempts: How many it bought.
        cost: What it paid for, in USD.
        possibly_billed: USD of attempts that failed.
        version: Of its render.
        redo_taken: The redo cell that was taken.
        reason: Why it ended, as a code.
        awaited: Whether it ended while its picture may still come.
        execution: The execution that works on it, empty where none was ever started.
        starts: How many executions it has had.
        place: Partition and sort key of its place, empty where it is not queued.
        round: Its round in the line.
        lane: Its lane in the line.
        planned_at: Where its line stands in the plan file: offset and length in bytes.
        max_attempt: The highest attempt that it may buy now, 0 where its plan says so.
        crashes: How many of its executions failed.
    """

    run_id: str
    number: int
    row_key: str
    status: RowStatus
    render_id: str = ""
    error: str = ""
    picture: Picture | None = None
    task_id: str = ""
    attempts: int = 0
    cost: Decimal = NOTHING
    possibly_billed: Decimal = NOTHING
    version: int = 1
    redo_taken: str = ""
    reason: str = ""
    awaited: bool = False
    execution: str = ""
    starts: int = 0
    place: tuple[str, str] = ("", "")
    round: int = 0
    lane: str = ""
    planned_at: tuple[int, int] = (0, 0)
    max_attempt: int = 0
    crashes: int = 0
    updated_at: float = 0.0

    @property
    def turn(self) -> Turn:
        """Its turn in the line."""
        return Turn(self.round, self.run_id, self.number)

    @property
    def at_work(self) -> str:
        """Its name among the account's rows at work."""
        return f"{self.run_id}#{self.number}"

    @classmethod
    def from_item(cls, item: Item) -> Row:
        """Reads a row's item."""
        return cls(
            run_id=item["pk"].removeprefix("RUN#"),
            number=int(item["sk"].removeprefix("ROW#")),
            row_key=item["row_key"],
            status=RowStatus(item["status"]),
            render_id=item.get("render_id", ""),
            error=item.get("error", ""),
            picture=Picture.from_item(item.get("picture")),
            task_id=item.get("task_id", ""),
            attempts=int(item.get("attempts", 0)),
            cost=item.get("cost", NOTHING),
            possibly_billed=item.get("possibly_billed", NOTHING),
            version=int(item.get("version", 1)),
            redo_taken=item.get("redo_taken", ""),
            reason=item.get("reason", ""),
            awaited=item.get("open") == "row",
            execution=item.get("execution", ""),
            starts=int(item.get("starts", 0)),
            place=_pair(item.get("place", ())),
            round=int(item.get("round", 0)),
            lane=item.get("lane", ""),
            planned_at=_numbers(item.get("planned_at", ())),
            max_attempt=int(item.get("max_attempt", 0)),
            crashes=int(item.get("crashes", 0)),
            updated_at=float(item.get("updated_at", 0)),
        )


def _pair(value: Sequence[str]) -> tuple[str, str]:
    return (value[0], value[1]) if value else ("", "")


def _numbers(value: Sequence[Any]) -> tuple[int, int]:
    return (int(value[0]), int(value[1])) if value else (0, 0)


@dataclass(frozen=True)
class Run:
    """One drop of one sheet.

    ``open_rows`` counts the rows that have not ended, None before the plan is known. ``changes``
    counts what its results have to tell of, ``written`` what they tell of: a run whose rows have
    all ended is due for its results while the two differ. ``finishes`` counts starts of Finish,
    ``finished`` is that count when results were written last, and ``finish_for`` is what the last
    start was for.
    ``idle`` is the wall seconds for which nobody worked on it, between an end or an interruption
    and the moment at which somebody went on; ``due_at`` is when Sweep looks after it next.
    """

    id: str
    status: RunStatus
    bucket: str
    key: str
    sheet_name: str
    sheet_id: str
    started_at: float
    spreadsheet_id: str = ""
    worksheet: str = ""
    finished_at: float = 0.0
    rows: int = 0
    to_render: int = 0
    estimate: Decimal = NOTHING
    reserved: Decimal = NOTHING
    spent: Decimal = NOTHING
    possibly_billed: Decimal = NOTHING
    max_usd: Decimal = NOTHING
    halted: str = ""
    reason: str = ""
    told: bool = False
    opened_at: float = 0.0
    sheet_problem: str = ""
    planned: bool = False
    open_rows: int | None = None
    base_round: int = 0
    changes: int = 0
    written: int = 0
    finishes: int = 0
    finished: int = 0
    finish_for: int = 0
    due_at: float = 0.0
    idle: float = 0.0

    @property
    def is_due(self) -> bool:
        """Whether its results are to be written: every row has ended, and something is new."""
        return self.planned and self.open_rows == 0 and self.written < self.changes

    def worked(self, now: float) -> float:
        """Wall seconds from its start to its end, or to now, without those of its pauses."""
        return max(0.0, (self.finished_at or now) - self.started_at - self.idle)

    @classmethod
    def from_item(cls, item: Item) -> Run:
        """Reads a run's item."""
        return cls(
            id=item["pk"].removeprefix("RUN#"),
            status=RunStatus(item["status"]),
            bucket=item["bucket"],
            key=item["key"],
            sheet_name=item["sheet_name"],
            sheet_id=item["sheet_id"],
            started_at=float(item["started_at"]),
            spreadsheet_id=item.get("spreadsheet_id", ""),
            worksheet=item.get("worksheet", ""),
            finished_at=float(item.get("finished_at", 0)),
            rows=int(item.get("rows", 0)),
            to_render=int(item.get("to_render", 0)),
            estimate=item.get("estimate", NOTHING),
            reserved=item.get("reserved", NOTHING),
            spent=item.get("spent", NOTHING),
            possibly_billed=item.get("possibly_billed", NOTHING),
            max_usd=item.get("max_usd", NOTHING),
            halted=item.get("halted", ""),
            reason=item.get("reason", ""),
            sheet_problem=item.get("sheet_problem", ""),
            told=bool(item.get("told", False)),
            opened_at=float(item.get("opened_at", item["started_at"])),
            planned=bool(item.get("planned", False)),
            open_rows=int(item["open_rows"]) if "open_rows" in item else None,
            base_round=int(item.get("base_round", 0)),
            changes=int(item.get("changes", 0)),
            written=int(item.get("written", 0)),
            finishes=int(item.get("finishes", 0)),
            finished=int(item.get("finished", 0)),
            finish_for=int(item.get("finish_for", 0)),
            due_at=float(item.get("due_at", 0)),
            idle=float(item.get("idle", 0)),
        )


@dataclass(frozen=True)
class Account:
    """The hiapi account as it stood at one read; instants are Unix seconds, 0 for never.

    Args:
        held: Renders that hold a slot.
        parked: Renders past the hard deadline, whose slot was given back.
        working: Rows at work, as ``<run id>#<number>``.
        blocked_until: Nobody may ask hiapi before.
        paused_at: When the balance gave out; 0 while nothing is paused.
        pause_reason: hiapi's words about it.
        probe_at: When the next order may ask whether the account works again.
        served: The highest round that was claimed so far.
        lanes: Lanes of the line that rows were ever put into.
    """

    held: Set[str] = frozenset()
    parked: Set[str] = frozenset()
    working: Set[str] = frozenset()
    blocked_until: float = 0.0
    paused_at: float = 0.0
    pause_reason: str = ""
    probe_at: float = 0.0
    served: int = 0
    lanes: Set[str] = frozenset()

    def free(self, in_flight: int) -> int:
        """How many slots are free."""
        return max(0, in_flight - len(self.held))

    def room(self, in_flight: int) -> int:
        """How many more rows may be at work."""
        return max(0, in_flight + SPARE_AT_WORK - len(self.working))


@dataclass(frozen=True)
class Version:
    """One published picture of a sheet's row, the newest or an earlier one."""

    version: int
    render_id: str
    picture: Picture
    published_at: float

    def item(self) -> dict[str, Any]:
        """The version as it is stored."""
        return {
            "version": self.version,
            "render_id": self.render_id,
            "picture": self.picture.item(),
            "published_at": self.published_at,
        }

    @classmethod
    def from_item(cls, item: Item) -> Version:
        """Reads one stored version."""
        picture = Picture.from_item(item["picture"])
        if picture is None:
            raise ValueError("a published version without a picture")
        return cls(int(item["version"]), item["render_id"], picture, float(item["published_at"]))


@dataclass(frozen=True)
class RowHistory:
    """What is remembered of a sheet's row from run to run.

    Args:
        row_key: The row's key.
        version: The version wanted now: 1, and one more for each redo that was taken.
        note: The note of the last redo, appended to the prompt while the row's own input is the
            one that the note was written for.
        note_for: Fingerprint of that input.
        redo_seen: The redo cell's value that was taken; ignored until the cell changes.
        versions: Published pictures, oldest first.
        redo_empty_at: Instant at which the live worksheet was seen without the taken redo, 0 when
            it was not.
        redo_empty_for: The version that this redo had asked for.
    """

    row_key: str
    version: int = 1
    note: str = ""
    note_for: str = ""
    redo_seen: str = ""
    versions: tuple[Version, ...] = ()
    redo_empty_at: float = 0.0
    redo_empty_for: int = 0

    @property
    def latest(self) -> Version | None:
        """The picture that the sheet shows."""
        return self.versions[-1] if self.versions else None

    @classmethod
    def from_item(cls, item: Item) -> RowHistory:
        """Reads a history's item; a picture that came late does not hide a later version."""
        versions = [Version.from_item(each) for each in item.get("versions", [])]
        return cls(
            row_key=item["row_key"],
            version=int(item.get("version", 1)),
            note=item.get("note", ""),
            note_for=item.get("note_for", ""),
            redo_seen=item.get("redo_seen", ""),
            versions=tuple(sorted(versions, key=lambda one: (one.version, one.published_at))),
            redo_empty_at=float(item.get("redo_empty_at", 0)),
            redo_empty_for=int(item.get("redo_empty_for", 0)),
        )

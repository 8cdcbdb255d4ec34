"""Decides what each row of a dropped sheet means: buy, reuse, leave, refuse. Pure: spends nothing.

The caller fetches what the ledger knows (``Known``); ``draw_up`` only thinks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rowshot import messages
from rowshot.canonical import canonical_json, render_id, sha256_hex
from rowshot.ledger.histories import PERSONAL
from rowshot.ledger.records import Picture, Render, RenderState, RowHistory
from rowshot.messages import quoted
from rowshot.models import Catalogue
from rowshot.money import dollars
from rowshot.reading.yes_no import asks_the_same
from rowshot.specs import RowSpec, versioned_input
from rowshot.statuses import RowStatus

ATTEMPTS = 3  # tries of one render within one run
_YES = "yes"  # what a plain tick in the redo column is read as
_DAY = 86_400.0

Since = Callable[[float], float]


@dataclass(frozen=True)
class Wanted:
    """A row spec with its version decided: which render it asks for.

    Args:
        spec: What the row says.
        history: What is remembered of it, with a redo taken if one was.
        redo_taken: The redo cell's value when it was taken, by this plan or before; else empty.
        new_version: Whether the history's version is this plan's, so that it has to be noted.
        redo_is_over: Whether the cell of the last redo was seen empty, so that a tick counts again.
        render_id: The render, empty when the row has problems.
        body: The exact request body.
    """

    spec: RowSpec
    history: RowHistory
    redo_taken: str = ""
    new_version: bool = False
    redo_is_over: bool = False
    render_id: str = ""
    body: bytes = b""

    @property
    def folder(self) -> str:
        """Where its picture is stored."""
        return self.spec.personal.folder if self.spec.personal else self.spec.slug


@dataclass(frozen=True)
class Known:
    """What the ledger knows of the wanted renders."""

    renders: Mapping[str, Render] = field(default_factory=dict)
    pictures: Mapping[tuple[str, str], Picture] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedRow:
    """What will happen to a row.

    Args:
        wanted: The row.
        status: ``queued`` for what is to be rendered or fetched, otherwise the row's end.
        reasons: Plain sentences.
        cost: USD that this row adds to the bill; 0 where its picture is shared or paid for.
        picture: The picture it shows already.
        max_attempt: The highest attempt of its render that this run may buy.
        state: Where its render stands already, None where nobody ever ordered it.
    """

    wanted: Wanted
    status: RowStatus
    reasons: tuple[str, ...] = ()
    cost: Decimal = Decimal(0)
    picture: Picture | None = None
    max_attempt: int = 0
    state: RenderState | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """What is to be said of the row: its reasons, or why another version of it is bought."""
        wanted = self.wanted
        if self.reasons or not wanted.new_version:
            return self.reasons
        version = wanted.history.version
        if not wanted.redo_taken:
            return (messages.TIME_IS_OVER(version=version),)
        if wanted.history.note:
            return (messages.REDO_NOTED(version=version, note=quoted(wanted.history.note)),)
        return (messages.REDO_TAKEN(version=version),)


@dataclass(frozen=True)
class Plan:
    """What a drop will do and cost."""

    rows: tuple[PlannedRow, ...]
    over_budget: bool = False

    @property
    def estimate(self) -> Decimal:
        """USD if every attempt succeeds at once."""
        return sum((row.cost for row in self.rows), Decimal(0))

    @property
    def to_render(self) -> list[PlannedRow]:
        """The rows that go through the state machine."""
        return [row for row in self.rows if row.status is RowStatus.QUEUED]


def want(
    spec: RowSpec, history: RowHistory, catalogue: Catalogue, since: Since, exported_at: float = 0.0
) -> Wanted:
    """Decides a row's version, and with it its render.

    A redo raises the version once for each time that somebody ticks it: the same value again means
    nothing until the ledger has seen the cell empty or changed. So does the end of a personal
    picture's time to live.

    Args:
        spec: What the row says.
        history: What is remembered of it.
        catalogue: The models.
        since: Nominal seconds that have passed since an instant.
        exported_at: When the sheet was exported from Google, 0 when nobody knows.
    """
    is_over = not spec.redo and bool(history.redo_seen)
    model = catalogue.find(spec.model)
    if spec.problems or model is None:
        return Wanted(spec, history, redo_is_over=is_over)
    base = _fingerprint(spec)
    stood = history.version
    if spec.redo and not _holds(spec, history) and not _taken(spec, history, exported_at):
        note = "" if spec.redo == _YES else spec.redo
        history = replace(
            history,
            version=stood + 1,
            note=note,
            note_for=base if note else "",
            redo_seen=spec.redo,
        )
    elif _outlived(spec, history, since):
        history = replace(history, version=stood + 1)
    note = history.note if history.note_for in map(_fingerprint, spec.readings) else ""
    final = versioned_input(model, spec.input, version=history.version, note=note)
    return Wanted(
        spec,
        history,
        redo_taken=spec.redo if spec.redo and asks_the_same(spec.redo, history.redo_seen) else "",
        new_version=history.version > stood,
        redo_is_over=is_over,
        render_id=render_id(spec.model, final, history.version),
        body=canonical_json({"model": spec.model, "input": final}),
    )


def _fingerprint(spec: RowSpec) -> str:
    return sha256_hex({"model": spec.model, "input": spec.input})


def _taken(spec: RowSpec, history: RowHistory, exported_at: float) -> bool:
    """Whether a row's redo is the one that was taken already, and no new one of the same words.

    A live worksheet is seen without the redo soon, for we reset its cell ourselves, so an older
    export still has it. It is a new one only in an export that was made after that, or that shows
    the very picture which the last redo brought.
    """
    if not asks_the_same(spec.redo, history.redo_seen):
        return False
    if not history.redo_empty_at or history.redo_empty_for != history.version:
        return True
    latest = history.latest
    shows_it = latest and latest.version == history.version and spec.shows == latest.picture.url
    return not shows_it and exported_at <= history.redo_empty_at


def history_of(spec: RowSpec, sheet_id: str) -> tuple[str, str]:
    """Under which sheet and key a row is remembered: a personal picture apart from any sheet."""
    return (PERSONAL, spec.personal.cache_key) if spec.personal else (sheet_id, spec.row_key)


def standing(readings: Sequence[Wanted], known: Known) -> Wanted:
    """Of a row's readings, the newest first, the one for which something was ordered already.

    That whose picture the row has comes before one that was ordered; where nothing was, the newest
    counts.
    """
    shown = [one for one in readings if (one.render_id, one.folder) in known.pictures]
    ordered = [one for one in readings if one.render_id in known.renders]
    return next(iter((*shown, *ordered, *readings)))


def _outlived(spec: RowSpec, history: RowHistory, since: Since) -> bool:
    """Whether a personal picture's time is over and no newer one is under way."""
    latest = history.latest
    if spec.personal is None or latest is None or latest.version < history.version:
        return False
    return not spec.approved and since(latest.published_at) > spec.personal.ttl_days * _DAY


def draw_up(
    wanted: Sequence[Wanted],
    known: Known,
    *,
    max_usd: Decimal,
    first: int | None = None,
) -> Plan:
    """Decides every row, and whether all of it fits under the run's limit.

    Args:
        wanted: The rows in the sheet's order.
        known: What the ledger knows.
        max_usd: A plan dearer than this does not start.
        first: Render only so many rows; the rest are ``skipped``.
    """
    rows: list[PlannedRow] = []
    bought: dict[str, int] = {}
    owners: dict[str, int] = {}
    turns = 0
    for each in wanted:
        row = _decide(each, known)
        if owners.setdefault(each.spec.row_key, each.spec.number) != each.spec.number:
            row = replace(row, picture=None)  # what is remembered under the key is another row's
        if row.status is RowStatus.QUEUED:
            turns += 1
            if first is not None and turns > first:
                reason = messages.NOT_FIRST(first=first)
                # Its redo is not taken either: it stays for the drop in which its turn comes.
                later = replace(each, redo_taken="", new_version=False)
                rows.append(_end(later, RowStatus.SKIPPED, reason))
                continue
            if each.render_id in bought:
                same = messages.SAME_PICTURE(row=bought[each.render_id])
                row = replace(row, cost=Decimal(0), reasons=(same,))
            else:
                bought[each.render_id] = each.spec.number
        rows.append(row)
    plan = Plan(tuple(rows))
    return _over_budget(plan, max_usd) if plan.estimate > max_usd else plan


def _decide(wanted: Wanted, known: Known) -> PlannedRow:
    spec, history = wanted.spec, wanted.history
    if spec.problems:
        return replace(_end(wanted, RowStatus.INVALID), reasons=spec.problems)
    if _holds(spec, history):
        changed = history.latest and history.latest.render_id != wanted.render_id
        reason = messages.APPROVED_CHANGED() if changed else ""
        return _end(wanted, RowStatus.APPROVED, reason)
    picture = known.pictures.get((wanted.render_id, wanted.folder))
    if picture:
        return replace(_end(wanted, RowStatus.UNCHANGED), picture=picture)
    render = known.renders.get(wanted.render_id)
    row = PlannedRow(
        wanted,
        RowStatus.QUEUED,
        cost=spec.price,
        picture=_latest(history),
        max_attempt=ATTEMPTS,
        state=render.state if render else None,
    )
    if render is None:
        return row
    if render.state is RenderState.PUBLISHED:
        return replace(row, cost=Decimal(0), reasons=(messages.COPIED(),))
    if render.state.is_on_its_way:
        # Should it fail, or its run be cancelled, this run may buy what is left of the attempts.
        left = render.attempt - 1 + ATTEMPTS
        return replace(row, cost=Decimal(0), reasons=(messages.BEING_MADE(),), max_attempt=left)
    if render.state is RenderState.FAILED and render.final:
        return _end(wanted, RowStatus.FAILED, render.failure)
    tried = render.attempt - (render.state is RenderState.RELEASED)
    return replace(row, max_attempt=tried + ATTEMPTS)


def _holds(spec: RowSpec, history: RowHistory) -> bool:
    """An approved row keeps its picture; without one there is nothing to keep."""
    return spec.approved and history.latest is not None


def _end(wanted: Wanted, status: RowStatus, reason: str = "") -> PlannedRow:
    reasons = (reason,) if reason else ()
    return PlannedRow(wanted, status, reasons, picture=_latest(wanted.history))


def _latest(history: RowHistory) -> Picture | None:
    return history.latest.picture if history.latest else None


def _over_budget(plan: Plan, max_usd: Decimal) -> Plan:
    figures = {"estimate": dollars(plan.estimate), "limit": dollars(max_usd)}
    reason = messages.RUN_OVER_BUDGET(**figures)
    rows = tuple(
        replace(row, status=RowStatus.OVER_BUDGET, reasons=(reason,))
        if row.status is RowStatus.QUEUED
        else row
        for row in plan.rows
    )
    return Plan(rows, over_budget=True)


def row_hash(row_key: str) -> str:
    """A row key as it may stand in a key of the bucket, which must name nobody."""
    return hashlib.sha256(row_key.encode()).hexdigest()[:32]

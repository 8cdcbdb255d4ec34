"""Writes what an answer means into the ledger: all effects in one transaction, or none of them.

Every transaction holds the condition that the row and the render are still as they were read; where
they are not, nothing is written, and whoever asked reads again and decides again.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.deciding.actions import End
from rowshot.deciding.changes import (
    AttemptFailed,
    BackInLine,
    Effect,
    Ended,
    Looked,
    NotCreated,
    Parked,
    PictureLost,
    PutOff,
    Running,
    Said,
    Stored,
    Succeeded,
)
from rowshot.deciding.facts import Facts
from rowshot.ledger import Ledger, keys, limiter, line
from rowshot.ledger.histories import new_version
from rowshot.ledger.records import Picture, Render, RenderState, Row, Version
from rowshot.ledger.table import Check, Conflict, Delete, Operation, Put, Update, merged
from rowshot.models.delivered import other_shape
from rowshot.statuses import RowStatus

_CARE = 900.0  # wall seconds after which Sweep looks at a row that was told its end
_GONE_WITH_ATTEMPT = ("due_at", "open")


class Writer:
    """Writes effects.

    Args:
        ledger: The ledger.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._table = ledger.table
        self._clock = ledger.clock

    def write(self, effects: Iterable[Effect], facts: Facts) -> bool:
        """Writes effects together.

        Args:
            effects: What changes.
            facts: What that was decided on.

        Returns:
            False when the row or the render has changed since it was read: nothing was written.
        """
        found = [each for effect in effects for each in _operations(effect, facts, self._clock)]
        operations = merged([*found, *_as_read(facts, found)])
        try:
            if len(operations) == 1 and isinstance(operations[0], Update):  # costs half as much
                self._table.write(operations[0])
            else:
                self._table.transact(operations)
        except Conflict as conflict:
            return self._without_memory(operations, conflict)
        return True

    def _without_memory(self, operations: list[Operation], conflict: Conflict) -> bool:
        """Two runs of one sheet may wait for one picture: it is one version all the same."""
        others = [
            each
            for each, failed in zip(operations, conflict.failed, strict=True)
            if not (failed and each.key[1].startswith(keys.KEY))
        ]
        if len(others) == len(operations) or sum(conflict.failed) > 1:
            return False
        try:
            self._table.transact(others)
        except Conflict:
            return False
        return True


def _as_read(facts: Facts, operations: list[Operation]) -> list[Operation]:
    """The conditions that what is changed, or ended, is still as it was read."""
    changed = {each.key for each in operations}
    row_key, render_key = keys.row(facts.row.run_id, facts.row.number), _render_key(facts)
    found: list[Operation] = []
    if row_key in changed:
        found.append(_row_as_read(facts.row))
        # A row's end is written only against the render that it was decided on.
        if facts.render is None:
            found.append(Check(render_key, when="attribute_not_exists(#state)"))
    if facts.render is not None and (row_key in changed or render_key in changed):
        found.append(
            Check(
                render_key,
                when="#attempt = :attempt AND #state = :state_seen",
                given={"attempt": facts.render.attempt, "state_seen": str(facts.render.state)},
            )
        )
    return found


def _row_as_read(row: Row) -> Check:
    key = keys.row(row.run_id, row.number)
    given: dict[str, Any] = {"status_seen": str(row.status)}
    when = "#status = :status_seen"
    if row.status is RowStatus.QUEUED:
        when, given["place"] = f"{when} AND #place = :place", list(row.place)
    elif row.execution:
        when, given["mine"] = f"{when} AND #execution = :mine", row.execution
    return Check(key, when=when, given=given)


def _render_key(facts: Facts) -> tuple[str, str]:
    return keys.render(facts.job.render_id)


def _operations(effect: Effect, facts: Facts, clock: Clock) -> list[Operation]:
    match effect:
        case Running(task_id):
            values = {"state": str(RenderState.RUNNING), "task_id": task_id}
            return [_render(facts, {**values, "placed_at": clock.now()})]
        case Looked(missing):
            return [_looked(facts, clock, missing)]
        case PutOff(seconds, unsent, missing):
            put_off = {"due_at": clock.after(seconds), "unsent": unsent}
            return [_render(facts, {**put_off, **_missing(facts, clock, missing)})]
        case Succeeded():
            return _succeeded(facts, clock)
        case AttemptFailed(sentence, reason, final):
            return _attempt_failed(facts, sentence, str(reason), final)
        case NotCreated(sentence, reason, refused):
            return _not_created(facts, sentence, str(reason), refused)
        case Parked():
            return [_render(facts, {"parked": True}), limiter.park(facts.job.render_id)]
        case PictureLost(sentence):
            return [_render(facts, _failure(sentence, "picture_gone"), remove=_GONE_WITH_ATTEMPT)]
        case Stored(picture):
            return _stored(facts, clock, picture)
        case Said(sentence):
            return [_row(facts.row, {"error": sentence}, clock)]
        case Ended(end):
            return _ended(facts, clock, end)
        case BackInLine(sentence):
            return _back_in_line(facts, clock, sentence)


def _render(facts: Facts, values: dict[str, Any], **more: Any) -> Update:
    return Update(_render_key(facts), set=values, **more)


def _failure(sentence: str, reason: str, *, final: bool = True) -> dict[str, Any]:
    state = str(RenderState.FAILED)
    return {"state": state, "failure": sentence, "failure_code": reason, "final": final}


def _row(row: Row, values: dict[str, Any], clock: Clock, **more: Any) -> Update:
    return Update(
        keys.row(row.run_id, row.number), set={**values, "updated_at": clock.now()}, **more
    )


def _known(render: Render | None) -> Render:
    if render is None:
        raise ValueError("no attempt stands")
    return render


def _looked(facts: Facts, clock: Clock, missing: bool) -> Update:
    values = {"looked_at": clock.now(), **_missing(facts, clock, missing)}
    return _render(facts, values, add={"polls": 1})


def _missing(facts: Facts, clock: Clock, missing: bool) -> dict[str, float]:
    """Since when hiapi has not known the task: one answer in between, and it begins anew."""
    since = _known(facts.render).missing_since
    return {"missing_since": (since or clock.now()) if missing else 0} if missing or since else {}


def _succeeded(facts: Facts, clock: Clock) -> list[Operation]:
    render, row = _known(facts.render), facts.row
    now = clock.now()
    values: dict[str, Any] = {"state": str(RenderState.SUCCEEDED), "succeeded_at": now}
    values |= {"due_at": now, **_missing(facts, clock, False)}
    found: list[Operation] = [
        _render(facts, values, remove=("parked", "open")),
        limiter.give_back(render.id),
        *_booked(render, {"spent": render.price}, {"cost": render.price}),
    ]
    if not row.status.final:
        found.append(_row(row, {"status": str(RowStatus.PUBLISHING)}, clock))
    return found


def _attempt_failed(facts: Facts, sentence: str, reason: str, final: bool) -> list[Operation]:
    render = _known(facts.render)
    billed = {"possibly_billed": render.price}
    return [
        _render(
            facts,
            _failure(sentence, reason, final=final),
            remove=(*_GONE_WITH_ATTEMPT, "parked", "late"),
        ),
        limiter.give_back(render.id),
        *_booked(render, billed, billed),
    ]


def _not_created(facts: Facts, sentence: str, reason: str, refused: bool) -> list[Operation]:
    render = _known(facts.render)
    values = _failure(sentence, reason, final=False)
    if not refused:
        values["state"] = str(RenderState.RELEASED)
    found: list[Operation] = [
        _render(facts, values, remove=(*_GONE_WITH_ATTEMPT, "parked", "late")),
        limiter.give_back(render.id),
        *_booked(render, {"reserved": -render.price}, {"attempts": Decimal(-1)}),
    ]
    if render.day:
        found.append(Update(keys.day(render.day), add={"reserved": -render.price}))
    return found


def _booked(render: Render, run: dict[str, Decimal], row: dict[str, Decimal]) -> list[Operation]:
    """Books on the row that bought the attempt, and on its run, whoever brings the news."""
    buyer = render.buyer
    task = {"task_id": render.task_id} if render.task_id else {}
    return [
        Update(keys.run(buyer.run_id), add=run),
        Update(keys.row(buyer.run_id, buyer.number), set=task, add=row),
    ]


def _stored(facts: Facts, clock: Clock, picture: Picture) -> list[Operation]:
    job, row = facts.job, facts.row
    look = other_shape(job.shape, picture.width, picture.height)
    values = {"status": str(RowStatus.PUBLISHED), "error": look, "picture": picture.item()}
    entry = Version(job.version, job.render_id, picture, clock.now())
    found = [
        Put(keys.picture(job.render_id, job.folder), picture.item(), when=""),
        *_at_its_end(row, values, clock),
        new_version(job.memory_sheet, job.memory_key, entry),
    ]
    if facts.render and facts.render.state is not RenderState.PUBLISHED:
        published = {"state": str(RenderState.PUBLISHED)}
        found.insert(0, _render(facts, published, remove=_GONE_WITH_ATTEMPT))
    return found


def _ended(facts: Facts, clock: Clock, end: End) -> list[Operation]:
    values: dict[str, Any] = {"error": end.sentence, "reason": str(end.reason)}
    if not facts.row.status.final:  # a late row keeps its status; only its reason is put right
        values["status"] = str(end.status)
    if end.awaited:
        watched = {"open": "row", "due_at": clock.now() + _CARE}
        ended = _at_its_end(facts.row, {**values, **watched}, clock, watched=True)
        return [*ended, _render(facts, {"late": True})]
    return _at_its_end(facts.row, values, clock)


def _at_its_end(
    row: Row, values: dict[str, Any], clock: Clock, *, watched: bool = False
) -> list[Operation]:
    """The row's end with what it gives back: its place at work or in the line, its run's count."""
    counted: dict[str, Any] = {"changes": 1}
    found: list[Operation] = []
    gone = [] if watched else ["open", "due_at"]
    if row.status is RowStatus.QUEUED:
        found.append(Delete(row.place))
        gone.append("place")
    if not row.status.final:
        counted["open_rows"] = -1
        found.append(limiter.leave(row))
    # A run that has ended needs its results written anew, so somebody has to look after it again.
    again = {"open": "run", "due_at": clock.now()} if row.status.final else {}
    run = Update(keys.run(row.run_id), set=again, add=counted)
    return [_row(row, values, clock, remove=tuple(gone)), run, *found]


def _back_in_line(facts: Facts, clock: Clock, sentence: str) -> list[Operation]:
    row = facts.row
    key = line.own_place(row)
    values = {"status": "queued", "error": sentence, "place": list(key)}
    return [
        _row(row, values, clock, remove=("execution", "due_at")),
        limiter.leave(row),
        line.place(row, key),
    ]

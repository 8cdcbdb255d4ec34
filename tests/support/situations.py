"""What may be known of a row, in short words, for the tables of the two decisions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.deciding.facts import Facts, Rules
from rowshot.ledger.jobs import Job
from rowshot.ledger.records import (
    Account,
    Picture,
    Render,
    RenderState,
    Row,
    RowRef,
    Run,
    RunStatus,
)
from rowshot.statuses import RowStatus

NOW = 10_000_000.0
CLOCK = Clock(source=lambda: NOW)
RULES = Rules(in_flight=3, soft_deadline=240.0, hard_deadline=1800.0)
DAY = 86_400.0
ME = RowRef("run", 7)
OTHER = RowRef("other", 1)
PICTURE = Picture("https://cdn.example/a.webp", 4, 3, 100)
JOB = Job(
    run_id=ME.run_id,
    number=ME.number,
    row_key="slug:mug",
    folder="mug",
    render_id="render",
    model="model",
    version=1,
    price=Decimal("0.5"),
    body="{}",
    max_attempt=2,
    sheet_id="sheet",
    memory_sheet="sheet",
    memory_key="slug:mug",
    live=False,
    expected=25.0,
)


def ago(seconds: float) -> float:
    """The instant that lies so many seconds back."""
    return NOW - seconds


def ahead(seconds: float) -> float:
    """The instant that lies so many seconds ahead."""
    return NOW + seconds


def full(slots: int = 0, work: int = 0, **more: Any) -> Account:
    """An account with so many slots taken and so many rows at work; there are 3 and 7."""
    return Account(
        held=frozenset(f"render {each}" for each in range(slots)),
        working=frozenset(f"row {each}" for each in range(work)),
        **more,
    )


def a_run(**values: Any) -> Run:
    """The row's run."""
    known: dict[str, Any] = {"id": ME.run_id, "status": RunStatus.RUNNING, "bucket": "inbox"}
    known |= {"key": "sheets/a.csv", "sheet_name": "a.csv", "sheet_id": "sheet"}
    return Run(**{**known, "started_at": ago(DAY * 9), **values})


CANCELLED = a_run(halted="cancelled")
STOPPED = a_run(halted="stopped", reason="The key is wrong.")


def a_render(state: RenderState, **values: Any) -> Render:
    """The render that the row wants, ordered a minute ago by this row."""
    known: dict[str, Any] = {"id": JOB.render_id, "model": JOB.model, "price": JOB.price}
    known |= {"state": state, "attempt": 1, "key": "key", "body": b"{}", "buyer": ME}
    known |= {"claimed_at": ago(60), "placed_at": ago(60), "task_id": "task-1"}
    return Render(**{**known, **values})


def claimed(**values: Any) -> Render:
    """An order whose bytes may have been sent."""
    return a_render(RenderState.CLAIMED, **values)


def unsent(**values: Any) -> Render:
    """An order that hiapi has certainly not taken so far."""
    return claimed(**{"unsent": True, **values})


def running(**values: Any) -> Render:
    """A task at hiapi."""
    return a_render(RenderState.RUNNING, **values)


def succeeded(**values: Any) -> Render:
    """A finished task whose picture is not stored yet; it was finished ten seconds ago."""
    return a_render(RenderState.SUCCEEDED, **{"succeeded_at": ago(10), **values})


def published(**values: Any) -> Render:
    """A stored picture."""
    return a_render(RenderState.PUBLISHED, **values)


def failed(**values: Any) -> Render:
    """A failed attempt, the first of two, that may be repeated."""
    return a_render(RenderState.FAILED, **{"failure": "It failed.", **values})


def released(**values: Any) -> Render:
    """An order that hiapi never took."""
    return a_render(RenderState.RELEASED, **values)


def in_line(render: Render | None = None, **values: Any) -> Facts:
    """What is known of a row in the line."""
    return _facts(render, RowStatus.QUEUED, "", values)


def at_work(
    render: Render | None = None, status: RowStatus = RowStatus.RENDERING, **values: Any
) -> Facts:
    """What is known of a row at work, to its own execution."""
    return _facts(render, status, "mine", values)


def late(render: Render | None = None, **values: Any) -> Facts:
    """What is known of a row that has ended while its picture may still come."""
    row = {"awaited": True, **values.pop("row", {})}
    return at_work(render, RowStatus.FAILED, row=row, **values)


def _facts(
    render: Render | None, status: RowStatus, execution: str, values: Mapping[str, Any]
) -> Facts:
    more = dict(values)
    known = {"render_id": JOB.render_id, "status": status, "execution": execution}
    row = Row(ME.run_id, ME.number, JOB.row_key, **{**known, **more.pop("row", {})})
    given = {"run": a_run(), "execution": execution, **more}
    return Facts(job=JOB, row=row, render=render, **given)

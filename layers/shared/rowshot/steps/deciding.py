"""What a plan decides of every row, kept once: however often a run is planned, the first counts.

The same event may be planned twice at the same moment, and a plan that died is planned again when
the ledger knows more. Rows and jobs of different plans would not fit together.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from rowshot.jobs import Job
from rowshot.ledger.records import Picture, Row, Run
from rowshot.models import Catalogue
from rowshot.planning import Plan, PlannedRow, memory_of
from rowshot.source import SheetSource
from rowshot.statuses import RowStatus
from rowshot.storage import Inbox

_FILE = "decided.json"
_KEPT = ("number", "row_key", "status", "render_id", "error", "version", "redo_taken")


@dataclass(frozen=True)
class Decisions:
    """The rows and jobs of a run.

    Args:
        rows: Every row, as it starts.
        jobs: Those that go through the state machine.
        estimate: USD if every attempt succeeds at once.
    """

    rows: list[Row]
    jobs: list[Job]
    estimate: Decimal


def decisions(run: Run, source: SheetSource, plan: Plan) -> Decisions:
    """What a plan decides."""
    rows = [_row(run.id, row) for row in plan.rows]
    jobs = [_job(run, source, row) for row in plan.to_render]
    return Decisions(rows, jobs, plan.estimate)


def decide_once(inbox: Inbox, run_id: str, decided: Decisions) -> Decisions:
    """Keeps the decisions of a run.

    Returns:
        Those that count: the first that were kept.
    """
    value = {
        "estimate": str(decided.estimate),
        "rows": [_row_item(row) for row in decided.rows],
        "jobs": [json.loads(job.line()) for job in decided.jobs],
    }
    mine = json.dumps(value, ensure_ascii=False).encode()
    inbox.put_once(run_id, _FILE, mine, "application/json")
    kept = inbox.get(run_id, _FILE) or mine
    return decided if kept == mine else _read(run_id, json.loads(kept))


def decided_jobs(inbox: Inbox, run_id: str) -> list[Job]:
    """The jobs that were decided on, also where Plan never came to write its manifest."""
    kept = inbox.get(run_id, _FILE)
    return _read(run_id, json.loads(kept)).jobs if kept else []


def _read(run_id: str, value: dict[str, Any]) -> Decisions:
    rows = [
        Row(
            run_id=run_id,
            picture=Picture.from_item(each["picture"]),
            **{**{name: each[name] for name in _KEPT}, "status": RowStatus(each["status"])},
        )
        for each in value["rows"]
    ]
    jobs = [Job.from_state(each) for each in value["jobs"]]
    return Decisions(rows, jobs, Decimal(value["estimate"]))


def _row_item(row: Row) -> dict[str, Any]:
    picture = asdict(row.picture) if row.picture else None
    return {**{name: getattr(row, name) for name in _KEPT}, "picture": picture}


def _row(run_id: str, planned: PlannedRow) -> Row:
    wish = planned.wanted.wish
    return Row(
        run_id=run_id,
        number=wish.number,
        row_key=wish.row_key,
        status=planned.status,
        render_id=planned.wanted.render_id,
        error=" ".join(planned.reasons) if planned.status is not RowStatus.QUEUED else "",
        picture=planned.picture,
        version=planned.wanted.memory.version,
        redo_taken=_taken(planned),
    )


def _taken(planned: PlannedRow) -> str:
    """The redo that was taken, empty where it stays for another drop."""
    stays = planned.wanted.new_version and planned.status is not RowStatus.QUEUED
    return "" if stays else planned.wanted.redo_taken


def _job(run: Run, source: SheetSource, planned: PlannedRow) -> Job:
    wanted = planned.wanted
    model = Catalogue.from_package().find(wanted.wish.model)
    memory_sheet, memory_key = memory_of(wanted.wish, source.sheet_id)
    return Job(
        run_id=run.id,
        number=wanted.wish.number,
        row_key=wanted.wish.row_key,
        folder=wanted.folder,
        render_id=wanted.render_id,
        model=wanted.wish.model,
        version=wanted.memory.version,
        price=wanted.wish.price,
        body=wanted.body.decode(),
        max_attempt=planned.max_attempt,
        sheet_id=source.sheet_id,
        live=bool(source.spreadsheet_id),
        expected=model.latency_seconds if model else None,
        memory_sheet=memory_sheet,
        memory_key=memory_key,
    )

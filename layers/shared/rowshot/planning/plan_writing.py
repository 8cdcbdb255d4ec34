"""Writes a run's plan file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from rowshot.ledger.jobs import Job
from rowshot.ledger.line import FREE
from rowshot.ledger.records import RenderState, Run
from rowshot.models import Catalogue
from rowshot.models.delivered import other_shape
from rowshot.planning.plan import Plan, PlannedRow, history_of
from rowshot.planning.plan_file import NAME, PlanFile, read
from rowshot.reading import Sheet
from rowshot.reading.origin import SheetOrigin
from rowshot.specs import meaning_of
from rowshot.statuses import RowStatus
from rowshot.storage import Inbox

_TYPE = "application/jsonl"


def keep(
    inbox: Inbox,
    run: Run,
    source: SheetOrigin,
    sheet: Sheet,
    plan: Plan,
    *,
    simulated: bool = False,
) -> PlanFile:
    """Keeps a run's plan, unless one is kept: however often a run is planned, the first counts.

    Args:
        inbox: Where it is kept.
        run: The run.
        source: Where its sheet came from.
        sheet: The sheet as it was read.
        plan: Its plan.
        simulated: Whether a simulator draws the pictures, so that nothing is spent.
    """
    lines = _written(run, source, sheet, plan, simulated=simulated)
    inbox.put_once(run.id, NAME, b"".join(lines), _TYPE)
    kept = read(inbox, run.id)
    if kept is None:
        raise RuntimeError("a plan that was just written is not there")
    return kept


def _written(
    run: Run, source: SheetOrigin, sheet: Sheet, plan: Plan, *, simulated: bool = False
) -> Iterator[bytes]:
    planned = {row.wanted.spec.number: row for row in plan.rows}
    yield _line(
        {
            "simulated": simulated,
            "warnings": list(meaning_of(sheet, Catalogue.from_package()).warnings),
            "format": sheet.format,
            "worksheet": sheet.worksheet,
            "header": list(sheet.header),
            "header_row": sheet.header_row,
            "estimate": str(plan.estimate),
        }
    )
    for row in sheet.rows:
        value: dict[str, Any] = {"number": row.number, "cells": list(row.cells)}
        found = planned.get(row.number)
        if found:
            value |= _static(found)
            value["row"] = _row(found)
            if found.status is RowStatus.QUEUED:
                value["job"] = json.loads(_job(run, source, found).line())
        yield _line(value)


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _row(planned: PlannedRow) -> dict[str, Any]:
    spec, status = planned.wanted.spec, planned.status
    return {
        "number": spec.number,
        "row_key": spec.row_key,
        "status": str(status),
        "render_id": planned.wanted.render_id,
        "error": _said(planned),
        "version": planned.wanted.history.version,
        "redo_taken": _taken(planned),
        "lane": _lane(planned),
        "picture": asdict(planned.picture) if planned.picture else None,
    }


def _said(planned: PlannedRow) -> str:
    """What is said of a row from the start, nothing of one that is on its way."""
    if planned.status is RowStatus.QUEUED:
        return ""
    look = ""
    if planned.status is RowStatus.UNCHANGED and planned.picture:
        picture = planned.picture
        look = other_shape(_shape(planned), picture.width, picture.height)
    return " ".join(filter(None, (*planned.reasons, look)))


def _shape(planned: PlannedRow) -> str:
    wanted = planned.wanted.spec.input
    return str(wanted.get("size") or wanted.get("aspect_ratio") or "")


def _lane(planned: PlannedRow) -> str:
    if planned.status is not RowStatus.QUEUED:
        return ""
    return FREE if planned.state is RenderState.PUBLISHED else planned.wanted.spec.model


def _taken(planned: PlannedRow) -> str:
    """The redo that was taken, empty where it stays for another drop."""
    stays = planned.wanted.new_version and planned.status is not RowStatus.QUEUED
    return "" if stays else planned.wanted.redo_taken


def _static(row: PlannedRow) -> dict[str, Any]:
    spec = row.wanted.spec
    return {
        "slug": spec.row_key,
        "folder": row.wanted.folder,
        "file": spec.slug,
        "model": spec.model,
        "prompt": spec.prompt,
        "recipe": spec.recipe,
        "size": _shape(row),
        "version": row.wanted.history.version,
        "warnings": list(spec.warnings),
        **({"memory": history_of(spec, "")} if spec.personal else {}),
    }


def _job(run: Run, source: SheetOrigin, planned: PlannedRow) -> Job:
    wanted = planned.wanted
    model = Catalogue.from_package().find(wanted.spec.model)
    memory_sheet, memory_key = history_of(wanted.spec, source.sheet_id)
    return Job(
        run_id=run.id,
        number=wanted.spec.number,
        row_key=wanted.spec.row_key,
        folder=wanted.folder,
        render_id=wanted.render_id,
        model=wanted.spec.model,
        version=wanted.history.version,
        price=wanted.spec.price,
        body=wanted.body.decode(),
        max_attempt=planned.max_attempt,
        sheet_id=source.sheet_id,
        live=bool(source.spreadsheet_id),
        expected=model.latency_seconds if model else None,
        memory_sheet=memory_sheet,
        memory_key=memory_key,
    )

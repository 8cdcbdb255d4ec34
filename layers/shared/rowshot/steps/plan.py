"""Plan: reads a dropped sheet, decides and prices every row, and starts the run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol

from rowshot.errors import UnreadableSheet
from rowshot.jobs import Job
from rowshot.ledger import Ledger
from rowshot.ledger.records import Memory, Row, Run, RunStatus, Version
from rowshot.machine import Machine
from rowshot.marks import Marks
from rowshot.models import Catalogue
from rowshot.planning import Known, Plan, PlannedRow, Wanted, draw_up, row_hash, want
from rowshot.reporting import unreadable_report
from rowshot.sheets import Sheet, read_sheet
from rowshot.source import SheetSource
from rowshot.statuses import RowStatus
from rowshot.storage import Drop, Inbox
from rowshot.wishes import Wish, read_wishes

MAX_BYTES = 50_000_000  # the reader's own limits are lower; this bounds the function's memory


@dataclass(frozen=True)
class Dropped:
    """One object event of the inbox."""

    key: str
    version_id: str


def run_id_of(bucket: str, dropped: Dropped) -> str:
    """The id of a drop's run: the same event always means the same run."""
    text = f"{bucket}/{dropped.key}/{dropped.version_id}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Lookups(Protocol):
    """What planning asks the ledger; reading only."""

    def overrides(self) -> dict[str, Any]:
        """What was learned of the models."""

    def memories(self, sheet_id: str, row_keys: Iterable[str]) -> dict[str, Memory]:
        """What is remembered of a sheet's rows."""

    def known(self, wanted: Iterable[tuple[str, str]]) -> Known:
        """What stands of renders, each with the folder that wants it."""


@dataclass(frozen=True)
class LedgerLookups:
    """Asks a real ledger."""

    ledger: Ledger

    def overrides(self) -> dict[str, Any]:
        """What was learned of the models."""
        return self.ledger.models.overrides()

    def memories(self, sheet_id: str, row_keys: Iterable[str]) -> dict[str, Memory]:
        """What is remembered of a sheet's rows."""
        return self.ledger.memories.get_many(sheet_id, row_keys)

    def known(self, wanted: Iterable[tuple[str, str]]) -> Known:
        """What stands of renders, each with the folder that wants it."""
        pairs = list(wanted)
        renders = self.ledger.renders.get_many(render_id for render_id, _ in pairs)
        stored = [pair for pair in pairs if pair[0] in renders]
        return Known(renders, self.ledger.renders.pictures(stored))


class NothingKnown:
    """Where no ledger stands yet: everything is new."""

    def overrides(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def memories(self, sheet_id: str, row_keys: Iterable[str]) -> dict[str, Memory]:
        """Nothing."""
        return {}

    def known(self, wanted: Iterable[tuple[str, str]]) -> Known:
        """Nothing."""
        return Known()


def draw_up_from(
    sheet: Sheet,
    lookups: Lookups,
    sheet_id: str,
    *,
    default_model: str,
    max_usd: Decimal,
    first: int | None,
    noted: Mapping[str, Memory] | None = None,
) -> Plan:
    """Plans a sheet against what is known, without changing anything.

    Args:
        sheet: The dropped sheet.
        lookups: What the ledger knows.
        sheet_id: Whose memory counts.
        default_model: For rows that name none.
        max_usd: The run's limit.
        first: Only so many rows, None for all.
        noted: Memories that the bucket holds and the ledger may have lost, by row hash.
    """
    catalogue = Catalogue.from_package().with_overrides(lookups.overrides())
    wishes = read_wishes(sheet, catalogue, default_model=default_model)
    memories = lookups.memories(sheet_id, (wish.row_key for wish in wishes))
    wanted = [_want(wish, memories, noted or {}, catalogue) for wish in wishes]
    known = lookups.known((each.render_id, each.folder) for each in wanted if each.render_id)
    return draw_up(wanted, known, max_usd=max_usd, first=first)


def _want(
    wish: Wish, memories: Mapping[str, Memory], noted: Mapping[str, Memory], catalogue: Catalogue
) -> Wanted:
    memory = memories.get(wish.row_key) or Memory(wish.row_key)
    other = noted.get(row_hash(wish.row_key))
    if other and other.version > memory.version:
        memory = replace(other, row_key=wish.row_key, versions=memory.versions)
    return want(wish, memory, catalogue)


@dataclass(frozen=True)
class PlanRun:
    """The step.

    Args:
        ledger: The ledger.
        inbox: The bucket of sheets and runs.
        machine: Starts the run's execution.
        marks: Tells the write-back.
        default_model: For rows that name none.
        max_usd: The limit of one run.
    """

    ledger: Ledger
    inbox: Inbox
    machine: Machine
    marks: Marks
    default_model: str
    max_usd: Decimal
    point: Any = field(default=lambda name: None)

    def __call__(self, dropped: Dropped) -> Run:
        """Plans a drop and starts its run; the same event again changes nothing.

        Returns:
            The run as it stands; an unreadable sheet's run is ``stopped`` with its report written.
        """
        run_id = run_id_of(self.inbox.bucket, dropped)
        drop = self.inbox.drop(dropped.key, dropped.version_id, MAX_BYTES)
        source = SheetSource.of(dropped.key, drop.metadata)
        self.point("open run")
        run = self.ledger.runs.open(self._new_run(run_id, dropped, source))
        if run.status is not RunStatus.PLANNING:
            return run
        try:
            sheet = read_sheet(drop.data, name=source.name, worksheet=source.worksheet or None)
            plan = self._plan(sheet, source, drop)
        except UnreadableSheet as error:
            self.point("report unreadable")
            self.inbox.put_json(run_id, "report.json", unreadable_report(run, error.message))
            self.inbox.put(run_id, "problem.txt", error.message.encode(), "text/plain")
            self.ledger.runs.ended(run_id, RunStatus.STOPPED, error.message)
            return self.ledger.runs.get(run_id)
        self._start(run, sheet, source, plan)
        return self.ledger.runs.get(run_id)

    def _new_run(self, run_id: str, dropped: Dropped, source: SheetSource) -> Run:
        return Run(
            id=run_id,
            status=RunStatus.PLANNING,
            bucket=self.inbox.bucket,
            key=dropped.key,
            sheet_name=source.name,
            sheet_id=source.sheet_id,
            started_at=self.ledger.clock.now(),
            spreadsheet_id=source.spreadsheet_id,
            worksheet=source.worksheet,
            max_usd=self.max_usd,
        )

    def _plan(self, sheet: Sheet, source: SheetSource, drop: Drop) -> Plan:
        first = drop.metadata.get("first", "")
        return draw_up_from(
            sheet,
            LedgerLookups(self.ledger),
            source.sheet_id,
            default_model=self.default_model,
            max_usd=self.max_usd,
            first=int(first) if first.isdigit() and int(first) > 0 else None,
            noted=self._noted(source.sheet_id),
        )

    def _noted(self, sheet_id: str) -> dict[str, Memory]:
        noted = {}
        for row_id, version in self.inbox.noted_versions(sheet_id).items():
            body = self.inbox.noted_version(sheet_id, row_id, version)
            noted[row_id] = Memory("", version, body["note"], body["note_for"], body["redo_seen"])
        return noted

    def _start(self, run: Run, sheet: Sheet, source: SheetSource, plan: Plan) -> None:
        """Everything is written before the execution starts, so a repeated start finds it all."""
        self.point("write plan")
        self.inbox.put_once(run.id, "plan.json", plan_file(sheet, plan), "application/json")
        if not plan.over_budget:
            self._take_redos(source.sheet_id, plan)
        self.point("add rows")
        self.ledger.rows.add([_row(run.id, row) for row in plan.rows])
        jobs = [_job(run, source, row) for row in plan.to_render]
        manifest = "\n".join(job.line() for job in jobs).encode()
        self.point("write manifest")
        key = self.inbox.put_once(run.id, "manifest-1.jsonl", manifest, "application/jsonl")
        self.point("start execution")
        self.machine.start(run.id, 1, rows=len(jobs), bucket=self.inbox.bucket, manifest=key)
        self.point("note start")
        self.ledger.runs.started(
            run.id, rows=len(plan.rows), to_render=len(jobs), estimate=plan.estimate
        )
        if source.spreadsheet_id:
            self.marks.touch(run.id, source.sheet_id)

    def _take_redos(self, sheet_id: str, plan: Plan) -> None:
        """Notes taken redos in the bucket, then in the ledger, before anything is ordered."""
        for row in plan.rows:
            memory = row.wanted.memory
            self._adopt(sheet_id, row)
            if not row.wanted.redo_taken:
                continue
            noted = {
                "note": memory.note,
                "note_for": memory.note_for,
                "redo_seen": memory.redo_seen,
            }
            body = json.dumps(noted, ensure_ascii=False).encode()
            self.point("note version")
            self.inbox.note_version(sheet_id, row_hash(memory.row_key), memory.version, body)
            self.point("take redo")
            self.ledger.memories.take_redo(sheet_id, memory, memory.version - 1)

    def _adopt(self, sheet_id: str, row: PlannedRow) -> None:
        """A picture that stands already, but is new to this sheet's row, is its newest."""
        wanted, latest = row.wanted, row.wanted.memory.latest
        if row.status is RowStatus.UNCHANGED and row.picture:
            if latest is None or latest.render_id != wanted.render_id:
                now = self.ledger.clock.now()
                version = Version(wanted.memory.version, wanted.render_id, row.picture, now)
                self.ledger.memories.add_version(sheet_id, wanted.wish.row_key, version)


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
        redo_taken=planned.wanted.redo_taken if planned.status is not RowStatus.OVER_BUDGET else "",
    )


def _job(run: Run, source: SheetSource, planned: PlannedRow) -> Job:
    wanted = planned.wanted
    model = Catalogue.from_package().find(wanted.wish.model)
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
    )


def plan_file(sheet: Sheet, plan: Plan) -> bytes:
    """What Finish and the write-back need to know of every row that never changes, as JSON."""
    planned = {row.wanted.wish.number: row for row in plan.rows}
    value = {
        "header": list(sheet.header),
        "rows": [
            {"number": row.number, "cells": list(row.cells), **_static(planned.get(row.number))}
            for row in sheet.rows
        ],
    }
    return json.dumps(value, ensure_ascii=False).encode()


def _static(row: PlannedRow | None) -> dict[str, Any]:
    if row is None:
        return {}
    wish = row.wanted.wish
    shape = wish.input.get("size") or wish.input.get("aspect_ratio") or ""
    return {
        "slug": wish.row_key,
        "folder": row.wanted.folder,
        "file": wish.slug,
        "model": wish.model,
        "prompt": wish.prompt,
        "recipe": wish.recipe,
        "size": shape,
        "version": row.wanted.memory.version,
    }

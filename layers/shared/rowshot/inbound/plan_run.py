"""Plan: reads a dropped sheet, decides and prices every row, and starts the run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

from rowshot.errors import RunNotFound, UnreadableSheet
from rowshot.ledger import Ledger
from rowshot.ledger.records import Run, RunStatus, Version
from rowshot.ordering.notify import DispatchQueue
from rowshot.planning.known_state import (
    KnownState,
    LedgerState,
    NotedVersions,
    NothingKnown,
    draw_up_from,
)
from rowshot.planning.plan import Plan, PlannedRow, history_of, row_hash
from rowshot.planning.plan_file import put_into_line
from rowshot.planning.plan_writing import keep
from rowshot.reading import Sheet, read_sheet
from rowshot.reading.origin import SheetOrigin, exported_at, is_sheet, is_simulated
from rowshot.reporting.notifications import Notices
from rowshot.reporting.report import short_report
from rowshot.sheet_sync.queue import SyncQueue
from rowshot.statuses import RowStatus
from rowshot.storage import WORKBOOK, XLSX, DroppedSheet, Inbox

__all__ = [
    "MAX_BYTES",
    "Dropped",
    "KnownState",
    "LedgerState",
    "NothingKnown",
    "PlanRun",
    "draw_up_from",
    "run_id_of",
]

OUTDATED = (
    "A newer version of {name} was dropped, and it was read first: this one was left alone, and "
    "nothing was spent on it."
)
MAX_BYTES = 50_000_000  # the reader's own limits are lower; this bounds the function's history


@dataclass(frozen=True)
class Dropped:
    """One object event of the inbox."""

    key: str
    version_id: str


def run_id_of(bucket: str, dropped: Dropped) -> str:
    """The id of a drop's run: the same event always means the same run."""
    text = f"{bucket}/{dropped.key}/{dropped.version_id}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class PlanRun:
    """The step.

    Args:
        ledger: The ledger.
        inbox: The bucket of sheets and runs.
        dispatch: Told that rows stand in the line.
        sync_queue: Tells the write-back.
        notices: Tells people of a sheet that cannot be read.
        default_model: For rows that name none.
        max_usd: The limit of one run.
    """

    ledger: Ledger
    inbox: Inbox
    dispatch: DispatchQueue
    sync_queue: SyncQueue
    notices: Notices
    default_model: str
    max_usd: Decimal

    def __call__(self, dropped: Dropped) -> Run | None:
        """Plans a drop and starts its run; the same event again changes nothing.

        Returns:
            The run as it stands; an unreadable sheet's run is ``stopped`` with its report written.
            ``None`` for an object that is not meant as a sheet.
        """
        if not is_sheet(dropped.key):
            return None
        run_id = run_id_of(self.inbox.bucket, dropped)
        drop = self.inbox.drop(dropped.key, dropped.version_id, MAX_BYTES)
        source = SheetOrigin.of(dropped.key, drop.metadata)
        outdated = self._is_outdated(dropped)
        run = self.ledger.runs.open(self._new_run(run_id, dropped, source))
        if run.planned or not run.status.is_open:
            return run
        if outdated:
            return self._stop(run, OUTDATED.format(name=source.name))
        try:
            sheet = read_sheet(drop.data, name=source.name, worksheet=source.worksheet or None)
            plan = self._plan(sheet, source, drop)
        except UnreadableSheet as error:
            # Told before the run has ended: after a crash twice is better than never.
            self.notices.unreadable(run.sheet_name, error.message)
            return self._stop(run, error.message)
        if sheet.format == "xlsx":
            self.inbox.put_once(run.id, WORKBOOK, drop.data, XLSX)
        self._start(run, sheet, source, plan, simulated=is_simulated(drop.metadata))
        return self.ledger.runs.get(run_id)

    def _is_outdated(self, dropped: Dropped) -> bool:
        """Whether the newest version was taken up and this one not: S3 orders no events."""
        newest = self.inbox.newest(dropped.key)
        if not newest or newest == dropped.version_id:
            return False
        return self._is_known(Dropped(dropped.key, newest)) and not self._is_known(dropped)

    def _is_known(self, dropped: Dropped) -> bool:
        try:
            self.ledger.runs.get(run_id_of(self.inbox.bucket, dropped))
        except RunNotFound:
            return False
        return True

    def _stop(self, run: Run, message: str) -> Run:
        """Ends a run that has no rows, with its reason and its report."""
        self.inbox.put_json(run.id, "report.json", short_report(run, message))
        self.inbox.put(run.id, "problem.txt", message.encode(), "text/plain")
        self.ledger.runs.stopped(run.id, message)
        return self.ledger.runs.get(run.id)

    def _new_run(self, run_id: str, dropped: Dropped, source: SheetOrigin) -> Run:
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

    def _plan(self, sheet: Sheet, source: SheetOrigin, drop: DroppedSheet) -> Plan:
        first = drop.metadata.get("first", "")
        return draw_up_from(
            sheet,
            LedgerState(self.ledger),
            source.sheet_id,
            default_model=self.default_model,
            max_usd=self.max_usd,
            first=int(first) if first.isdecimal() and int(first) > 0 else None,
            noted=NotedVersions(self.inbox),
            since=self.ledger.clock.since,
            exported_at=exported_at(drop.metadata),
        )

    def _start(
        self, run: Run, sheet: Sheet, source: SheetOrigin, plan: Plan, *, simulated: bool
    ) -> None:
        """Writes the plan, then the run's rows; what stands already stays as it is."""
        self._note_versions(source.sheet_id, plan)
        kept = keep(self.inbox, run, source, sheet, plan, simulated=simulated)
        put_into_line(self.ledger, run, kept)
        self.dispatch.send(run_id=run.id)
        if source.spreadsheet_id:
            self.sync_queue.notify(run.id, source.sheet_id)

    def _note_versions(self, sheet_id: str, plan: Plan) -> None:
        """Notes new versions in the bucket, then in the ledger, before anything is ordered."""
        for row in plan.rows:
            sheet, key = history_of(row.wanted.spec, sheet_id)
            history = row.wanted.history
            self._adopt(sheet, key, row)
            if row.wanted.redo_is_over:
                self.ledger.histories.redo_cleared(sheet, key)
            if not row.wanted.new_version or row.status is not RowStatus.QUEUED:
                continue  # nothing will be rendered, so the wish stays for another drop
            noted = {
                "note": history.note,
                "note_for": history.note_for,
                "redo_seen": history.redo_seen,
            }
            body = json.dumps(noted, ensure_ascii=False).encode()
            self.inbox.note_version(sheet, row_hash(key), history.version, body)
            self.ledger.histories.take_version(sheet, history)

    def _adopt(self, sheet_id: str, key: str, row: PlannedRow) -> None:
        """A picture that stands already, but is new to this sheet's row, is its newest."""
        wanted, latest = row.wanted, row.wanted.history.latest
        if row.status is RowStatus.UNCHANGED and row.picture:
            if latest is None or latest.render_id != wanted.render_id:
                now = self.ledger.clock.now()
                version = Version(wanted.history.version, wanted.render_id, row.picture, now)
                self.ledger.histories.add_version(sheet_id, key, version)

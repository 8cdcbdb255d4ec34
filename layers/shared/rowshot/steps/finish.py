"""Finish: settles what is left of a run, writes its results and tells people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rowshot.contact_sheet import render_contact_sheet
from rowshot.jobs import DONE, Next
from rowshot.ledger import Ledger
from rowshot.ledger.memories import PERSONAL
from rowshot.ledger.records import Memory, RenderState, Row, Run, RunStatus
from rowshot.logs import logger
from rowshot.metrics import DEAF, Figure, Meter
from rowshot.notices import Notices
from rowshot.reporting import Report, SheetEnd, build_report, live_sheet
from rowshot.results import results_csv, without_taken_redos
from rowshot.statuses import RowStatus
from rowshot.steps import failures
from rowshot.steps.failures import Kind
from rowshot.steps.write_back import WriteBack
from rowshot.storage import WORKBOOK, XLSX, Inbox, Media

_COMING = (RenderState.RUNNING, RenderState.SUCCEEDED, RenderState.PUBLISHED)


@dataclass(frozen=True)
class Finish:
    """The step.

    Args:
        ledger: The ledger.
        inbox: Where the run's files lie.
        media: Where the contact sheet is published.
        notices: Tells people that a run ended.
        secret_path: Gives an unguessable folder for a run's contact sheet.
        point: Called with a name before each side effect; tests kill the process there.
        write_back: Makes the last passes over the run's worksheet, None where there are none.
        meter: Takes the figures that people watch.
    """

    ledger: Ledger
    inbox: Inbox
    media: Media
    notices: Notices
    secret_path: Callable[[str], str]
    point: Callable[[str], None] = lambda name: None
    write_back: WriteBack | None = None
    meter: Meter = DEAF

    def __call__(self, run_id: str) -> Next:
        """Ends a run. Safe to repeat: the results are written anew, people are not told again.

        Returns:
            The end, or when to come back because the worksheet is not complete yet.
        """
        run = self.ledger.runs.get(run_id)
        for row in self.ledger.rows.of_run(run_id):
            if not row.status.final:
                self.point("settle row")
                self._settle(run, row)
        sheet = self.write_back.complete(run) if self.write_back and run.spreadsheet_id else None
        if isinstance(sheet, Next):
            return sheet
        status = self._status(run)
        report = self.write_results(run, status, sheet)
        self.point("end run")
        self.ledger.runs.ended(run_id, status, report_url=report["contact_sheet_url"])
        if not self.ledger.runs.get(run_id).told:
            # Told before it is noted: after a crash twice is better than never.
            self.point("notify")
            self.notices.ended(report)
            self.meter.add(Figure.RUNS_ENDED, kind=str(status))
            self.point("note notice")
            self.ledger.runs.told(run_id)
        return DONE

    def write_results(self, run: Run, status: RunStatus, sheet: SheetEnd | None) -> Report:
        """Writes report, results and contact sheet from the ledger as it stands."""
        plan = json.loads(self.inbox.get(run.id, "plan.json") or b'{"header": [], "rows": []}')
        rows = list(self.ledger.rows.of_run(run.id))
        memories = self._memories(run, rows, plan)
        plan = without_taken_redos(plan, memories)
        clock = self.ledger.clock
        finished_at = run.finished_at or clock.now()
        report = build_report(run, status, rows, plan, memories, clock, finished_at)
        report["live_sheet"] = live_sheet(run, sheet)
        self.point("write results")
        self.inbox.put(run.id, "results.csv", results_csv(report, plan), "text/csv; charset=utf-8")
        report["workbook"] = self._workbook(run, report, plan)
        page = render_contact_sheet(report, picture=_width_480, large=_full)
        self.point("write contact sheet")
        path = f"{self.secret_path(run.id)}/index.html"
        url = self.media.put_report(path, page.encode(), "text/html; charset=utf-8")
        report["contact_sheet_url"] = url
        self.point("write report")
        self.inbox.put_json(run.id, "report.json", report)
        return report

    def _workbook(
        self, run: Run, report: Report, plan: dict[str, Any]
    ) -> dict[str, str | None] | None:
        """Writes the workbook that was dropped with our columns filled, if it was one."""
        if plan.get("format") != "xlsx":
            return None
        from rowshot.workbook import LostContent, filled_workbook

        dropped = self.inbox.get(run.id, WORKBOOK) or b""
        try:
            data = filled_workbook(dropped, report, plan, run.sheet_name)
        except LostContent as error:
            if error.__cause__:
                why = {"run_id": run.id, "cause": repr(error.__cause__)}
                logger.warning("workbook not filled in", extra=why)
            return {"file": None, "problem": error.message}
        self.point("write workbook")
        self.inbox.put(run.id, "results.xlsx", data, XLSX)
        return {"file": "results.xlsx", "problem": None}

    def _memories(self, run: Run, rows: list[Row], plan: dict[str, Any]) -> dict[str, Memory]:
        """What is remembered of the rows, by row key, wherever it is."""
        personal = {each["slug"]: each["memory"][1] for each in plan["rows"] if each.get("memory")}
        usual = (row.row_key for row in rows if row.row_key not in personal)
        memories = self.ledger.memories.get_many(run.sheet_id, usual)
        cached = self.ledger.memories.get_many(PERSONAL, personal.values())
        found = {name: cached[key] for name, key in personal.items() if key in cached}
        return {**memories, **found}

    def _settle(self, run: Run, row: Row) -> None:
        """A row without an end here has lost its execution, or was never reached."""
        status, reason, awaited = RowStatus.FAILED, failures.INTERNAL, False
        kind: Kind | None = Kind.INTERNAL
        render = self.ledger.renders.get(row.render_id) if row.render_id else None
        if render and render.state in _COMING:
            reason, awaited = failures.STILL_RENDERING.format(task=render.task_id), True
            kind = Kind.TOO_SLOW
        elif render and render.state is RenderState.CLAIMED:
            reason, awaited, kind = failures.UNCLEAR, True, Kind.NO_ANSWER
        elif run.halted == RunStatus.CANCELLED:
            status, reason, kind = RowStatus.CANCELLED, failures.CANCELLED, None
        elif run.halted:
            reason, kind = run.reason, Kind.STOPPED
        elif render and render.state is RenderState.FAILED:
            reason, kind = render.failure, Kind.TASK_FAILED
        settled = self.ledger.rows.record(run.id, row.number, status, error=reason, awaited=awaited)
        if settled and kind:
            self.meter.add(Figure.FAILURES, kind=kind)

    def _status(self, run: Run) -> RunStatus:
        if run.halted:
            return RunStatus(run.halted)
        statuses = {row.status for row in self.ledger.rows.of_run(run.id)}
        if run.to_render == 0 and RowStatus.OVER_BUDGET in statuses:
            return RunStatus.OVER_BUDGET
        return RunStatus.FINISHED


def _full(row: Mapping[str, Any]) -> str | None:
    url = row["image_url"]
    return str(url) if url else None


def _width_480(row: Mapping[str, Any]) -> str | None:
    url = _full(row)
    return f"{url.removesuffix('.webp')}-480.webp" if url else None

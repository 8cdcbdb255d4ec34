"""Finish: writes the results of a run whose rows have all ended, and tells people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rowshot.ledger import Ledger
from rowshot.ledger.jobs import DONE, Next
from rowshot.ledger.records import Run, RunStatus
from rowshot.reporting.contact_sheet import render_contact_sheet
from rowshot.reporting.gathering import gather, write_table
from rowshot.reporting.notifications import Notices
from rowshot.reporting.report import Report, live_sheet
from rowshot.sheet_sync.sheet_end import SheetEnd
from rowshot.sheet_sync.write_back import WriteBack
from rowshot.statuses import RowStatus
from rowshot.storage import WORKBOOK, XLSX, Inbox, Media
from rowshot.telemetry.logs import logger
from rowshot.telemetry.metrics import NULL_METER, Figure, Meter


@dataclass(frozen=True)
class Finish:
    """The step.

    Args:
        ledger: The ledger.
        inbox: Where the run's files lie.
        media: Where the contact sheet is published.
        notices: Tells people that a run ended.
        secret_path: Gives an unguessable folder for a run's contact sheet.
        write_back: Makes the last passes over the run's worksheet, None where there are none.
        meter: Takes the figures that people watch.
    """

    ledger: Ledger
    inbox: Inbox
    media: Media
    notices: Notices
    secret_path: Callable[[str], str]
    write_back: WriteBack | None = None
    meter: Meter = NULL_METER

    def __call__(self, run_id: str) -> Next:
        """Ends a run. Safe to repeat: the results are written anew, people are not told again.

        Returns:
            The end, or when to come back because the worksheet is not complete yet, or because
            something changed while the results were written.
        """
        run = self.ledger.runs.get(run_id)
        if not run.is_due:
            if run.planned and not run.open_rows and not run.status.is_open:
                self._tell(run)
            return DONE
        sheet = self.write_back.complete(run) if self.write_back and run.spreadsheet_id else None
        if isinstance(sheet, Next):
            return sheet
        status = self._status(run)
        if not run.halted:
            run = replace(run, reason="")  # of an end that did not work
        report = self.write_results(run, status, sheet)
        if not self.ledger.runs.ended(run, status, report["contact_sheet_url"]):
            return Next("finish", 1, "rows changed while the results were written")
        self._tell(run)
        return DONE

    def _tell(self, run: Run) -> None:
        """Tells people that a run ended, unless they were told."""
        data = None if run.told else self.inbox.get(run.id, "report.json")
        if data is None:
            return
        report = json.loads(data)
        # Told before it is noted: after a crash twice is better than never.
        self.notices.ended(report)
        self.meter.add(Figure.RUNS_ENDED, kind=report["status"])
        self.ledger.runs.told(run.id, RunStatus(report["status"]))

    def write_results(self, run: Run, status: RunStatus, sheet: SheetEnd | None) -> Report:
        """Writes report, results and contact sheet from the ledger as it stands."""
        found = gather(self.ledger, self.inbox, run, status)
        report, plan = found.report, found.plan
        report["live_sheet"] = live_sheet(run, sheet)
        write_table(self.ledger, self.inbox, run, found)
        report["workbook"] = self._workbook(run, report, plan)
        page = render_contact_sheet(report, picture=_width_480, large=_full)
        path = f"{self.secret_path(run.id)}/index.html"
        url = self.media.put_report(path, page.encode(), "text/html; charset=utf-8")
        report["contact_sheet_url"] = url
        self.inbox.put_json(run.id, "report.json", report)
        return report

    def _workbook(
        self, run: Run, report: Report, plan: dict[str, Any]
    ) -> dict[str, str | None] | None:
        """Writes the workbook that was dropped with our columns filled, if it was one."""
        if plan.get("format") != "xlsx":
            return None
        from rowshot.reporting.workbook import LostContent, filled_workbook

        dropped = self.inbox.get(run.id, WORKBOOK) or b""
        try:
            data = filled_workbook(dropped, report, plan, run.sheet_name)
        except LostContent as error:
            if error.__cause__:
                why = {"run_id": run.id, "cause": repr(error.__cause__)}
                logger.warning("workbook not filled in", extra=why)
            return {"file": None, "problem": error.message}
        self.inbox.put(run.id, "results.xlsx", data, XLSX)
        return {"file": "results.xlsx", "problem": None}

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

"""What is told of a run, from its plan and the ledger as it stands.

Finish tells it, and Sweep where Finish never gets through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rowshot.ledger import Ledger
from rowshot.ledger.histories import PERSONAL
from rowshot.ledger.records import Row, RowHistory, Run, RunStatus
from rowshot.planning.plan_file import view
from rowshot.reporting.report import Report, build_report
from rowshot.reporting.results import results_csv, without_taken_redos
from rowshot.storage import Inbox


@dataclass(frozen=True)
class Gathered:
    """What is known of a run.

    Args:
        report: Its report, without what only Finish knows: worksheet, workbook, contact sheet.
        plan: Its plan file, without the redo wishes that were taken back.
    """

    report: Report
    plan: dict[str, Any]


def gather(ledger: Ledger, inbox: Inbox, run: Run, status: RunStatus) -> Gathered:
    """Reads what is known of a run whose rows have all ended.

    Args:
        ledger: The ledger.
        inbox: Where the run's plan lies.
        run: The run.
        status: How it ends.
    """
    plan = view(inbox, run.id)
    rows = list(ledger.rows.of_run(run.id))
    histories = _memories(ledger, run, rows, plan)
    plan = without_taken_redos(plan, histories)
    finished_at = run.finished_at or ledger.clock.now()
    report = build_report(run, status, rows, plan, histories, ledger.clock, finished_at)
    return Gathered(report, plan)


def write_table(ledger: Ledger, inbox: Inbox, run: Run, found: Gathered) -> None:
    """Writes results.csv among the files of a run."""
    layout = ledger.sheets.layout(run.sheet_id) if run.spreadsheet_id else None
    results = results_csv(found.report, found.plan, layout["owned"] if layout else None)
    inbox.put(run.id, "results.csv", results, "text/csv; charset=utf-8")


def _memories(
    ledger: Ledger, run: Run, rows: list[Row], plan: dict[str, Any]
) -> dict[str, RowHistory]:
    """What is remembered of the rows, by row key, wherever it is."""
    personal = {each["slug"]: each["memory"][1] for each in plan["rows"] if each.get("memory")}
    usual = (row.row_key for row in rows if row.row_key not in personal)
    histories = ledger.histories.get_many(run.sheet_id, usual)
    cached = ledger.histories.get_many(PERSONAL, personal.values())
    found = {name: cached[key] for name, key in personal.items() if key in cached}
    return {**histories, **found}

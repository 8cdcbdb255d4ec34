"""What is told at the end of a run: report.json, always from the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger.records import Row, RowHistory, Run, RunStatus
from rowshot.money import usd
from rowshot.sheet_sync.sheet_end import SheetEnd
from rowshot.statuses import COUNTED

Report = dict[str, Any]


def short_report(run: Run, problem: str, *, simulated: bool = False) -> Report:
    """The report of a run that was stopped, from its own item: nothing is known of its rows.

    Args:
        run: The run; one whose sheet could not be read has no rows.
        problem: What happened and what to do, in one sentence.
        simulated: Whether a simulator drew its pictures.
    """
    return {
        "run_id": run.id,
        "sheet": run.sheet_name,
        "status": str(RunStatus.STOPPED),
        "problem": problem,
        "simulated": simulated,
        "warnings": [],
        "counts": {"rows": run.rows, **{str(status): 0 for status in COUNTED}},
        "estimate_usd": usd(run.estimate),
        "spent_usd": usd(run.spent),
        "possibly_billed_usd": usd(run.possibly_billed),
        "rows": [],
    }


def build_report(
    run: Run,
    status: RunStatus,
    rows: Sequence[Row],
    plan: Mapping[str, Any],
    histories: Mapping[str, RowHistory],
    clock: Clock,
    finished_at: float,
) -> Report:
    """The report of a run, as ``report.json`` holds it.

    Args:
        run: The run.
        status: How it ended.
        rows: Its rows.
        plan: The run's plan file.
        histories: By row key, for the earlier versions.
        clock: Writes instants.
        finished_at: When it ended.
    """
    static = {each["number"]: each for each in plan["rows"]}
    counts = Counter(row.status for row in rows)
    return {
        "run_id": run.id,
        "sheet": run.sheet_name,
        "status": str(status),
        "problem": run.reason or None,
        "simulated": bool(plan.get("simulated")),
        "warnings": list(plan.get("warnings", ())),
        "counts": {"rows": len(rows), **{str(each): counts[each] for each in COUNTED}},
        "estimate_usd": usd(run.estimate),
        "spent_usd": usd(sum((row.cost for row in rows), Decimal(0))),
        "possibly_billed_usd": usd(sum((row.possibly_billed for row in rows), Decimal(0))),
        "started_at": clock.timestamp(run.started_at),
        "finished_at": clock.timestamp(finished_at),
        "took_seconds": round(run.worked(finished_at), 3),
        "rows": [_row(row, static.get(row.number, {}), histories, clock) for row in rows],
    }


def _row(
    row: Row, static: Mapping[str, Any], histories: Mapping[str, RowHistory], clock: Clock
) -> dict[str, Any]:
    picture = row.picture
    history = histories.get(row.row_key)
    versions = history.versions if history else ()
    return {
        "row": row.number,
        "slug": row.row_key,
        "status": str(row.status),
        "image_url": picture.url if picture else None,
        "file": f"images/{static.get('file')}.webp" if picture else None,
        "versions": len(versions),
        "error": row.error or None,
        "warnings": list(static.get("warnings", ())),
        "task_id": row.task_id or None,
        "attempts": row.attempts,
        "cost_usd": usd(row.cost),
        "width": picture.width if picture else None,
        "height": picture.height if picture else None,
        "bytes": picture.size if picture else None,
        "model": static.get("model"),
        "prompt": static.get("prompt"),
        "recipe": static.get("recipe"),
        "size": static.get("size"),
        "version": row.version,
        "image_versions": [
            {
                "version": each.version,
                "image_url": each.picture.url,
                "published_at": clock.timestamp(each.published_at),
            }
            for each in versions
        ],
    }


def live_sheet(run: Run, end: SheetEnd | None) -> dict[str, Any] | None:
    """What a report says of the run's Google worksheet, None where it has none."""
    if end is None:
        return None
    return {
        "spreadsheet_id": run.spreadsheet_id,
        "worksheet": run.worksheet,
        "complete": end.complete,
        "problem": end.problem or None,
        "notes": list(end.notes),
    }

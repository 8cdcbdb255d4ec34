"""What is handed over at the end of a run: report.json and results.csv, always from the ledger."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger.records import Memory, Row, Run, RunStatus
from rowshot.sheets import OUTPUT_COLUMNS, map_headers
from rowshot.statuses import RowStatus
from rowshot.wishes.ticks import redo_wish

Report = dict[str, Any]
_COUNTED = (
    RowStatus.PUBLISHED,
    RowStatus.UNCHANGED,
    RowStatus.FAILED,
    RowStatus.INVALID,
    RowStatus.CANCELLED,
    RowStatus.OVER_BUDGET,
    RowStatus.SKIPPED,
    RowStatus.APPROVED,
)
_OUR_PICTURE = re.compile(r"/images/[^/]+/[0-9a-f]{64}(-\d+)?\.webp")


@dataclass(frozen=True)
class SheetEnd:
    """How a run's worksheet stands at its end.

    Args:
        complete: Whether a fresh read showed everything that the ledger wants.
        problem: Why it is not complete, in a plain sentence.
        notes: What a person has to put right in the worksheet.
    """

    complete: bool
    problem: str = ""
    notes: tuple[str, ...] = ()


def usd(amount: Decimal) -> str:
    """An amount as a plain decimal string without trailing zeros."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unreadable_report(run: Run, problem: str) -> Report:
    """The report of a drop that could not be read as a sheet."""
    return {
        "run_id": run.id,
        "sheet": run.sheet_name,
        "status": str(RunStatus.STOPPED),
        "problem": problem,
        "counts": {"rows": 0, **{str(status): 0 for status in _COUNTED}},
        "estimate_usd": "0",
        "spent_usd": "0",
        "possibly_billed_usd": "0",
        "rows": [],
    }


def build_report(
    run: Run,
    status: RunStatus,
    rows: Sequence[Row],
    plan: Mapping[str, Any],
    memories: Mapping[str, Memory],
    clock: Clock,
    finished_at: float,
) -> Report:
    """The report of a run, as ``report.json`` holds it.

    Args:
        run: The run.
        status: How it ended.
        rows: Its rows.
        plan: The run's plan file.
        memories: By row key, for the earlier versions.
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
        "counts": {"rows": len(rows), **{str(each): counts[each] for each in _COUNTED}},
        "estimate_usd": usd(run.estimate),
        "spent_usd": usd(sum((row.cost for row in rows), Decimal(0))),
        "possibly_billed_usd": usd(sum((row.possibly_billed for row in rows), Decimal(0))),
        "started_at": clock.timestamp(run.started_at),
        "finished_at": clock.timestamp(finished_at),
        "rows": [_row(row, static.get(row.number, {}), memories, clock) for row in rows],
    }


def _row(
    row: Row, static: Mapping[str, Any], memories: Mapping[str, Memory], clock: Clock
) -> dict[str, Any]:
    picture = row.picture
    memory = memories.get(row.row_key)
    versions = memory.versions if memory else ()
    return {
        "row": row.number,
        "slug": row.row_key,
        "status": str(row.status),
        "image_url": picture.url if picture else None,
        "file": f"images/{static.get('file')}.webp" if picture else None,
        "versions": len(versions),
        "error": row.error or None,
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


def without_taken_redos(plan: Mapping[str, Any], memories: Mapping[str, Memory]) -> dict[str, Any]:
    """The plan with those redo cells reset which were reset in the live worksheet.

    So results that are dropped again do not look like a new redo.

    Args:
        plan: The run's plan file.
        memories: By row key.
    """
    position = map_headers(plan["header"]).index.get("redo") if plan["header"] else None
    if position is None:
        return dict(plan)
    return {**plan, "rows": [_without_redo(row, position, memories) for row in plan["rows"]]}


def _without_redo(
    row: Mapping[str, Any], position: int, memories: Mapping[str, Memory]
) -> Mapping[str, Any]:
    memory = memories.get(row.get("slug", ""))
    cells = list(row["cells"])
    if memory is None or position >= len(cells) or memory.redo_empty_for != memory.version:
        return row
    if redo_wish(cells[position]) != memory.redo_seen:
        return row
    cells[position] = "FALSE" if cells[position].strip().upper() == "TRUE" else ""
    return {**row, "cells": cells}


def results_csv(report: Report, plan: Mapping[str, Any]) -> bytes:
    """The sheet with our columns at the right, as UTF-8 with BOM (so that Excel reads it).

    Columns that an earlier run of ours left in the sheet are replaced; a person's own column of
    the same name stays, and ours is then called ``rowshot …``.
    """
    header = list(plan["header"])
    ours, names = _our_columns(header, [each["cells"] for each in plan["rows"]])
    kept = [position for position in range(len(header)) if position not in ours]
    by_number = {row["row"]: row for row in report["rows"]}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*(header[position] for position in kept), *names])
    for each in plan["rows"]:
        cells = each["cells"]
        values = [cells[position] if position < len(cells) else "" for position in kept]
        writer.writerow([*values, *output_values(by_number.get(each["number"]))])
    return out.getvalue().encode("utf-8-sig")


def output_values(row: Mapping[str, Any] | None) -> list[str]:
    """What our columns say of a row, in the order of ``OUTPUT_COLUMNS``."""
    if row is None:
        return [""] * len(OUTPUT_COLUMNS)
    url = row["image_url"] or ""
    return [
        row["status"],
        url,
        f'=IMAGE("{url}")' if url else "",
        row["error"] or "",
        row["cost_usd"] if Decimal(row["cost_usd"]) else "",
    ]


def _our_columns(header: list[str], rows: Sequence[Sequence[str]]) -> tuple[set[int], list[str]]:
    """Positions of columns that are ours already, and the names that ours shall have."""
    outputs = map_headers(header).outputs
    status = outputs.get("status")
    status_ours = status is not None and _holds_only_ours("status", status, rows)
    ours: set[int] = set()
    names = []
    for name in OUTPUT_COLUMNS:
        position = outputs.get(name)
        if position is None:
            names.append(name)
        elif (name in ("error", "cost_usd") and status_ours) or _holds_only_ours(
            name, position, rows
        ):
            ours.add(position)
            names.append(header[position])
        else:
            names.append(f"rowshot {name}")
    return ours, names


def _holds_only_ours(name: str, position: int, rows: Sequence[Sequence[str]]) -> bool:
    cells = {row[position].strip() for row in rows if position < len(row)} - {""}
    if name == "status":
        return all(cell in set(RowStatus) for cell in cells)
    return all(_OUR_PICTURE.search(cell) for cell in cells)

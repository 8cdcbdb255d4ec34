"""The sheet as it comes back at the end of a run: results.csv, always from the ledger."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rowshot.ledger.records import Memory
from rowshot.sheets import OUTPUT_COLUMNS, map_headers
from rowshot.sheets.inert import inert
from rowshot.statuses import RowStatus
from rowshot.ticks import redo_wish

_OUR_PICTURE = re.compile(r"/images/[^/]+/[0-9a-f]{64}(-\d+)?\.webp")


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
    return {**row, "cells": cells, "redo_reset": position}


def results_csv(report: Mapping[str, Any], plan: Mapping[str, Any]) -> bytes:
    """The sheet with our columns at the right, as UTF-8 with BOM (so that Excel reads it).

    Columns that an earlier run of ours left in the sheet are replaced; a person's own column of
    the same name stays, and ours is then called ``rowshot …``. Only our preview is a formula.
    """
    header = list(plan["header"])
    columns = our_columns(header, [each["cells"] for each in plan["rows"]])
    ours = {position for position, _ in columns}
    names = [name for _, name in columns]
    kept = [position for position in range(len(header)) if position not in ours]
    by_number = {row["row"]: row for row in report["rows"]}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([inert(title) for title in [*(header[each] for each in kept), *names]])
    for each in plan["rows"]:
        cells = each["cells"]
        values = [cells[position] if position < len(cells) else "" for position in kept]
        status, url, preview, *rest = output_values(by_number.get(each["number"]))
        writer.writerow([*map(inert, [*values, status, url]), preview, *map(inert, rest)])
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


def our_columns(
    header: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[tuple[int | None, str]]:
    """Position and name of each of our columns, in the order of ``OUTPUT_COLUMNS``.

    The position is that of a column which is ours already, None where a new one is needed.
    """
    outputs = map_headers(header).outputs if header else {}
    status = outputs.get("status")
    status_ours = status is not None and _holds_only_ours("status", status, rows)
    columns: list[tuple[int | None, str]] = []
    for name in OUTPUT_COLUMNS:
        position = outputs.get(name)
        if position is None:
            columns.append((None, name))
        elif (name in ("error", "cost_usd") and status_ours) or _holds_only_ours(
            name, position, rows
        ):
            columns.append((position, header[position]))
        else:
            columns.append((None, f"rowshot {name}"))
    return columns


def _holds_only_ours(name: str, position: int, rows: Sequence[Sequence[str]]) -> bool:
    cells = {row[position].strip() for row in rows if position < len(row)} - {""}
    if name == "status":
        return all(cell in set(RowStatus) for cell in cells)
    return all(_OUR_PICTURE.search(cell) for cell in cells)

"""The sheet as it comes back at the end of a run: results.csv, always from the ledger."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rowshot.ledger.records import RowHistory
from rowshot.money import parse_usd, usd
from rowshot.reading import map_headers
from rowshot.reading.inert import inert
from rowshot.reading.output_columns import (
    COLUMNS,
    Content,
    Entered,
    Formula,
    Image,
    RowFacts,
    image_formula,
)
from rowshot.reading.ownership import Cells, places
from rowshot.reading.yes_no import asks_the_same, redo_wish

_OUR_PICTURE = re.compile(r"/images/[^/]+/[0-9a-f]{64}(-\d+)?\.webp")


def without_taken_redos(
    plan: Mapping[str, Any], histories: Mapping[str, RowHistory]
) -> dict[str, Any]:
    """The plan with those redo cells reset which were reset in the live worksheet.

    So results that are dropped again do not look like a new redo.

    Args:
        plan: The run's plan file.
        histories: By row key.
    """
    position = map_headers(plan["header"]).index.get("redo") if plan["header"] else None
    if position is None:
        return dict(plan)
    return {**plan, "rows": [_without_redo(row, position, histories) for row in plan["rows"]]}


def _without_redo(
    row: Mapping[str, Any], position: int, histories: Mapping[str, RowHistory]
) -> Mapping[str, Any]:
    history = histories.get(row.get("slug", ""))
    cells = list(row["cells"])
    if history is None or position >= len(cells) or history.redo_empty_for != history.version:
        return row
    if not asks_the_same(redo_wish(cells[position]), history.redo_seen):
        return row
    cells[position] = "FALSE" if cells[position].strip().upper() == "TRUE" else ""
    return {**row, "cells": cells, "redo_reset": position}


def results_csv(
    report: Mapping[str, Any], plan: Mapping[str, Any], owned: Mapping[str, str] | None = None
) -> bytes:
    """The sheet with our columns at the right, as UTF-8 with BOM (so that Excel reads it).

    Columns that an earlier run of ours left in the sheet are replaced; a person's own column of
    the same name stays, and ours is then called ``rowshot …``. Only our preview is a formula.

    Args:
        report: The run's report.
        plan: The run's plan file.
        owned: Output column -> the title of the one that the ledger knows to be ours.
    """
    header = list(plan["header"])
    columns = our_columns(header, lambda at: _column(plan["rows"], at), owned)
    ours = {position for position, _ in columns}
    names = [name for _, name in columns]
    kept = [position for position in range(len(header)) if position not in ours]
    by_number = {row["row"]: row for row in report["rows"]}
    data = io.BytesIO()
    out = io.TextIOWrapper(data, "utf-8-sig", newline="")  # takes less than the whole text
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([inert(title) for title in [*(header[each] for each in kept), *names]])
    for each in plan["rows"]:
        cells = each["cells"]
        values = [cells[position] if position < len(cells) else "" for position in kept]
        said = contents(by_number.get(each["number"]))
        writer.writerow([*map(inert, values), *map(_text, said)])
    out.flush()
    return data.getvalue()


def contents(row: Mapping[str, Any] | None) -> list[Content]:
    """What our columns say of a report's row, in their order; nothing where there is none."""
    if row is None:
        return [None] * len(COLUMNS)
    facts = facts_of(row)
    return [column.content(facts) for column in COLUMNS]


def facts_of(row: Mapping[str, Any]) -> RowFacts:
    """What there is to say of a report's row."""
    return RowFacts(
        status=row["status"],
        image_url=row["image_url"] or "",
        error=row["error"] or "",
        cost_usd=parse_usd(row["cost_usd"]),
    )


def _text(content: Content) -> str:
    """A content as it stands in the file; only our preview is a formula."""
    match content:
        case Image(url):
            return image_formula(url).text
        case Decimal():
            return usd(content)
        case _:
            return inert(content or "")


def our_columns(
    header: Sequence[str], cells: Cells, owned: Mapping[str, str] | None = None
) -> list[tuple[int | None, str]]:
    """Position and name of each of our columns, in their order.

    The position is that of a column which is ours already, None where a new one is needed.

    Args:
        header: The sheet's columns.
        cells: Their cells below the header.
        owned: Output column -> the title of the one that the ledger knows to be ours.
    """
    return places(header, cells, _our_url, owned or {})


def _column(rows: Sequence[Mapping[str, Any]], at: int) -> list[Entered]:
    return [_entered(row["cells"][at]) if at < len(row["cells"]) else None for row in rows]


def _entered(cell: str) -> Entered:
    text = cell.strip()
    return Formula(text) if text.startswith("=") else text


def _our_url(text: str) -> bool:
    return _OUR_PICTURE.search(text) is not None

"""What a laptop says where the core's sentences speak of a deployment that never sleeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from rowshot.deciding.reasons import IT_WILL_COME, KEEPS_ASKING, KEEPS_TRYING
from rowshot.ledger.records import Row
from rowshot.messages import RUN_AGAIN
from rowshot.money import dollars
from rowshot.sheet_sync.write_back import KEEPS_FILLING

_HERE = {
    RUN_AGAIN: "run the same command again",
    IT_WILL_COME: "run the same command again to collect it",
    KEEPS_ASKING: "run the same command again within 20 hours: nothing is bought twice",
    KEEPS_TRYING: "Run the same command again to try again.",
    KEEPS_FILLING: "Run the same command again when it answers.",
}


def amount_text(amount: Decimal, *, simulated: bool) -> str:
    """An amount of money; one that a simulation only pretends to spend says so."""
    return f"{dollars(amount)} (simulated)" if simulated else dollars(amount)


def here(text: str) -> str:
    """A sentence for somebody whose runs go on only while a command does."""
    for said, meant in _HERE.items():
        text = text.replace(said, meant)
    return text


def row_here(row: Row) -> Row:
    """A row with its sentence for this machine; one that is under way has its command still."""
    return replace(row, error=here(row.error)) if row.error and row.status.final else row


def report_here(report: Mapping[str, Any]) -> dict[str, Any]:
    """A run's report with the sentences about its rows for this machine."""
    rows = [
        {**row, "error": here(row["error"]) if row["error"] else None} for row in report["rows"]
    ]
    said = {**report, "problem": here(report.get("problem") or "") or None, "rows": rows}
    if sheet := report.get("live_sheet"):
        said["live_sheet"] = {**sheet, "problem": here(sheet.get("problem") or "") or None}
    return said

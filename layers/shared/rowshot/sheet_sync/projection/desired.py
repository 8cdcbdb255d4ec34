"""What the ledger wants a row to show."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rowshot.reading.output_columns import RowFacts


@dataclass(frozen=True)
class WantedRow:
    """One row as the ledger has it.

    Args:
        row_key: The row's key, NFC and trimmed; empty when the sheet does not name the row.
        status: The word for the status column, a `RowStatus`.
        image_url: The last published picture, None when there is none.
        error: The plain sentence for the error column, None when all is well.
        cost_usd: What the row's pictures cost in this run; None shows nothing.
        redo_taken: The redo cell's text that was taken, None when none was.
    """

    row_key: str
    status: str
    image_url: str | None = None
    error: str | None = None
    cost_usd: Decimal | None = None
    redo_taken: str | None = None

    @property
    def facts(self) -> RowFacts:
        """What our columns say of it."""
        return RowFacts(
            status=self.status,
            image_url=self.image_url or "",
            error=one_line(self.error or ""),
            cost_usd=self.cost_usd,
        )


def one_line(text: str, longest: int = 2000) -> str:
    """A sentence fit for a cell: one line, not longer than anybody reads."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"

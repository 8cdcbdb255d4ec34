"""Ends the rows of a halted run that are still in the line, many at a time."""

from __future__ import annotations

from itertools import islice

from rowshot.deciding.next_action import halted_end
from rowshot.ledger import Ledger
from rowshot.ledger.records import Run
from rowshot.statuses import RowStatus


def end_queued(ledger: Ledger, run: Run, limit: int | None = None) -> int:
    """Ends rows that wait in the line or with a render; nothing was bought for them.

    Args:
        ledger: The ledger.
        run: A halted run, as it was read.
        limit: At most so many, None for all.

    Returns:
        How many it ended.
    """
    waiting = (row for row in ledger.rows.of_run(run.id) if row.status is RowStatus.QUEUED)
    end = halted_end(run)
    rows = list(islice(waiting, limit))
    return ledger.rows.end_queued(rows, end.status, error=end.sentence, reason=str(end.reason))

"""Ends the rows of a halted run that are still in the line, many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from rowshot.deciding.next_action import halted_end
from rowshot.ledger import Ledger
from rowshot.ledger.records import Row, RowRef, Run
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
    end = halted_end(run)
    rows = list(islice(_waiting(ledger, run), limit))
    return ledger.rows.end_queued(rows, end.status, error=end.sentence, reason=str(end.reason))


def _waiting(ledger: Ledger, run: Run) -> Iterator[Row]:
    """Rows for which nothing is on its way.

    A run that was taken over from the first release has others: rows that stand nowhere yet, and
    rows in the line whose picture is being made. Their turn comes, and it is collected.
    """
    for row in ledger.rows.of_run(run.id):
        if row.status is RowStatus.QUEUED and row.place[0] and not _is_bought(ledger, row):
            yield row


def _is_bought(ledger: Ledger, row: Row) -> bool:
    render = ledger.renders.get(row.render_id) if row.attempts else None
    own = RowRef(row.run_id, row.number)
    return render is not None and render.buyer == own and render.state.is_on_its_way

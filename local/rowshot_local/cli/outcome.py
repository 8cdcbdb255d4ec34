"""What a command's exit code says of a run."""

from __future__ import annotations

from collections.abc import Iterable

from rowshot.ledger.records import RunStatus
from rowshot.statuses import GOOD, RowStatus
from rowshot_local.run_progress import Progress

_NEVER_STARTED = (RunStatus.STOPPED, RunStatus.OVER_BUDGET)


def exit_code(run: str, rows: Iterable[str]) -> int:
    """0 when every row is as wanted, 1 when some row is not, 2 when nothing was started.

    Args:
        run: The run's status.
        rows: The status of each row.
    """
    statuses = list(rows)
    if run in _NEVER_STARTED and RowStatus.PUBLISHED not in statuses:
        return 2
    return 0 if all(status in GOOD for status in statuses) else 1


def exit_code_of(last: Progress) -> int:
    """The exit code for a run at its end."""
    return exit_code(last.run.status, last.counts.elements())

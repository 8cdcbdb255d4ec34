"""Continues a run whose execution died with the engine, from outside."""

from __future__ import annotations

from rowshot.ledger.records import Run, RunStatus
from rowshot.ledger.table import Conflict
from rowshot.steps.manifests import jobs_of, start
from rowshot_local.stack import Stack

_RUN_AGAIN = "Its planning was interrupted, and the sheet was run again."


def resume(stack: Stack, run: Run) -> bool:
    """Starts an open run's next generation over its unfinished rows, unless it is alive.

    A run that was cancelled, or stopped, goes on too: whoever drops its sheet again wants it.

    Returns:
        False when its planning died, so that there is nothing to go on with; it is ended.
    """
    if run.status is RunStatus.PLANNING:
        stack.ledger.runs.ended(run.id, RunStatus.STOPPED, _RUN_AGAIN)
        return False
    if stack.machine.status(run.id, run.generation) == "RUNNING":
        return True
    rows = list(stack.ledger.rows.of_run(run.id))
    unfinished = {row.number for row in rows if not row.status.final}
    jobs = [job for job in jobs_of(stack.inbox, run.id) if job.number in unfinished]
    try:
        reopened = stack.ledger.runs.reopen(run, lives=0, anew=bool(run.halted), rows=rows)
    except Conflict:
        return True  # Sweep did so at the same moment
    start(stack.inbox, stack.machine, reopened, jobs)
    return True

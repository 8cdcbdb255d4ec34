"""Continues a run whose executions died with the engine, from outside."""

from __future__ import annotations

from rowshot.ledger.records import Run
from rowshot.planning.plan_file import put_into_line, read
from rowshot.recovery.control import Control, NotPossible
from rowshot_local.stack import Stack

_RUN_AGAIN = "Its planning was interrupted, and the sheet was run again."


def resume(stack: Stack, run: Run) -> bool:
    """Goes on with an open run; Sweep starts what its executions left.

    A run that was cancelled, or stopped, goes on too: whoever drops its sheet again wants it.

    Returns:
        False when its planning died, so that there is nothing to go on with; it is ended.
    """
    if not run.planned:
        kept = read(stack.inbox, run.id)
        if kept is None:
            return not stack.ledger.runs.stopped(run.id, _RUN_AGAIN)
        put_into_line(stack.ledger, run, kept)
    if run.halted and not run.open_rows:
        try:
            Control(stack.ledger, stack.inbox, stack.dispatch_queue).resume(run.id)
        except NotPossible:
            pass  # nothing of it is left over
    else:
        stack.ledger.runs.went_on(run, list(stack.ledger.rows.of_run(run.id)))
    stack.sweep()
    return True

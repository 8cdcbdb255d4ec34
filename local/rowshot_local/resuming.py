"""Continues a run whose execution died, from outside."""

from __future__ import annotations

from rowshot.ledger.records import Run, RunStatus
from rowshot.ledger.table import Conflict
from rowshot.machine import Machine
from rowshot.steps.sweep import jobs_of, start
from rowshot_local.stack import Stack


def resume(stack: Stack, run: Run) -> None:
    """Starts a run's next generation over its unfinished rows, unless it is alive."""
    machine: Machine = stack.machine
    if run.status is RunStatus.PLANNING or machine.status(run.id, run.generation) == "RUNNING":
        return
    unfinished = {row.number for row in stack.ledger.rows.of_run(run.id) if not row.status.final}
    try:
        reopened = stack.ledger.runs.reopen(run)
    except Conflict:
        return  # Sweep did so at the same moment
    jobs = [job for job in jobs_of(stack.inbox, run.id) if job.number in unfinished]
    start(stack.inbox, machine, reopened, jobs)

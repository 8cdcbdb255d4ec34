"""Takes over runs that the first release began: its rows waited inside executions of a Map.

What still asks of such an execution is told that it is done, so that the Map drains; the run's rows
that have not ended then get a place in the line, where what was bought is found again.
"""

from __future__ import annotations

from dataclasses import replace

from rowshot.ledger.line import FREE
from rowshot.ledger.records import Run
from rowshot.ordering.executor import Connections
from rowshot.planning.plan_file import read_job
from rowshot.storage import Inbox


def adopt(connections: Connections, inbox: Inbox, run: Run) -> None:
    """Takes over a run; one that was taken over half-way is taken over to its end."""
    ledger = connections.ledger
    rows = [row for row in ledger.rows.of_run(run.id) if not row.status.final]
    run = ledger.runs.adopt(run, open_rows=len(rows), base_round=ledger.limiter.view().served)
    for turn, row in enumerate(rows, 1):
        job = read_job(inbox, row)
        if job is None:
            raise RuntimeError(f"nothing is known of the row {row.number} of the run {run.id}")
        # What was begun may have its slot, and must not wait for another one.
        lane = FREE if row.status.at_work else job.model
        ledger.limiter.open_lanes([lane])
        ledger.rows.give_place(replace(row, round=run.base_round + turn, lane=lane))
    ledger.runs.planned(run.id)
    connections.dispatch.send(run_id=run.id)

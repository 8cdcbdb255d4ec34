"""Reads what a decision about a row depends on, at one moment and in one request."""

from __future__ import annotations

from rowshot.deciding.facts import Facts
from rowshot.errors import RunNotFound
from rowshot.ledger import Ledger, keys
from rowshot.ledger.jobs import Job
from rowshot.ledger.limiter import account_of
from rowshot.ledger.records import Picture, Render, Row, Run


def read_facts(ledger: Ledger, job: Job, execution: str = "", out_until: float = 0.0) -> Facts:
    """Reads the row, its run, its render, its picture and the account together.

    Args:
        ledger: The ledger.
        job: What the row wants.
        execution: The execution that asks, empty where the line is served.
        out_until: Instant up to which the row's model is left alone.

    Raises:
        RunNotFound: The ledger does not know the run, or not this row of it.
    """
    row_key, run_key = keys.row(job.run_id, job.number), keys.run(job.run_id)
    render_key = keys.render(job.render_id)
    picture_key = keys.picture(job.render_id, job.folder)
    found = ledger.table.get_many([row_key, run_key, render_key, picture_key, keys.ACCOUNT])
    if row_key not in found or run_key not in found:
        raise RunNotFound(f"There is no row {job.number} of a run {job.run_id}.")
    render = found.get(render_key)
    return Facts(
        job,
        Row.from_item(found[row_key]),
        Run.from_item(found[run_key]),
        Render.from_item(job.render_id, render) if render and "state" in render else None,
        Picture.from_item(found.get(picture_key)),
        account_of(found.get(keys.ACCOUNT, {})),
        out_until,
        execution,
    )

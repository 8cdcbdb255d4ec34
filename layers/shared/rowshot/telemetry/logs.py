"""The functions' log: one JSON object a line, nothing in it that a stranger could forge."""

from __future__ import annotations

import sys
from typing import Any

from aws_lambda_powertools import Logger

from rowshot.ledger.jobs import Job, Next

logger = Logger(service="rowshot", stream=sys.stderr)


def log_step(step: str, job: Job, outcome: Next) -> None:
    """The one line that each look at a row writes."""
    said: dict[str, Any] = {
        "run_id": job.run_id,
        "row": job.number,
        "row_key": job.row_key,
        "render_id": job.render_id,
        "next": outcome.step,
        "wait": outcome.state()["wait"],
    }
    if outcome.why:
        said["why"] = outcome.why
    logger.info(step, extra=said)

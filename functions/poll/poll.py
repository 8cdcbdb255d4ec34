"""The state Poll."""

from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.jobs import Job
from rowshot.logs import log_step, logger
from rowshot.metrics import METER
from rowshot.settings import PollSettings
from rowshot.steps.poll import Poll


@cache
def _step() -> Poll:
    settings = PollSettings.load()
    return Poll(
        wiring.follower(settings), settings.soft_deadline_seconds, settings.hard_deadline_seconds
    )


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Looks at a row's task."""
    job = Job.from_state(event["job"])
    outcome = _step()(job)
    log_step("poll", job, outcome)
    return outcome.state()

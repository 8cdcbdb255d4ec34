"""The state Poll."""

from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.jobs import Job
from rowshot.logs import log_step, logger
from rowshot.metrics import METER
from rowshot.settings import PollSettings
from rowshot.steps.patience import Patience
from rowshot.steps.poll import Poll


@cache
def _step() -> Patience:
    settings = PollSettings.load()
    follower = wiring.follower(settings)
    step = Poll(follower, settings.soft_deadline_seconds, settings.hard_deadline_seconds)
    return Patience(step, "poll", follower.clock)


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Looks at a row's task."""
    job = Job.from_state(event["job"])
    outcome = _step()(job, context.get_remaining_time_in_millis() / 1000)
    log_step("poll", job, outcome)
    return outcome.state()

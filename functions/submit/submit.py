"""The state Submit."""

from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.jobs import Job
from rowshot.ledger.claims import Limits
from rowshot.logs import log_step, logger
from rowshot.metrics import METER
from rowshot.settings import SubmitSettings
from rowshot.steps.patience import Patience
from rowshot.steps.submit import Submit


@cache
def _step() -> Patience:
    settings = SubmitSettings.load()
    limits = Limits(settings.in_flight_limit, settings.max_run_usd, settings.max_day_usd)
    follower = wiring.follower(settings)
    step = Submit(follower, limits, settings.hard_deadline_seconds)
    return Patience(step, "submit", follower.clock)


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a row's job one step towards its render."""
    job = Job.from_state(event["job"])
    outcome = _step()(job, context.get_remaining_time_in_millis() / 1000)
    log_step("submit", job, outcome)
    return outcome.state()

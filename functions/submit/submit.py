"""The state Submit."""

from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.jobs import Job
from rowshot.ledger.renders import Limits
from rowshot.logs import log_step, logger
from rowshot.metrics import METER
from rowshot.settings import SubmitSettings
from rowshot.steps.submit import Submit


@cache
def _step() -> Submit:
    settings = SubmitSettings.load()
    limits = Limits(settings.in_flight_limit, settings.max_run_usd, settings.max_day_usd)
    return Submit(wiring.follower(settings), limits, settings.hard_deadline_seconds)


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a row's job one step towards its render."""
    job = Job.from_state(event["job"])
    outcome = _step()(job)
    log_step("submit", job, outcome)
    return outcome.state()

"""The state Submit."""

from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.ledger.jobs import DONE, Job
from rowshot.ordering.executor import Executor
from rowshot.ordering.submit import submit
from rowshot.settings import SubmitSettings
from rowshot.telemetry.logs import log_step, logger
from rowshot.telemetry.metrics import METER


@cache
def _step() -> Executor:
    settings = SubmitSettings.load()
    return submit(wiring.connections(settings), wiring.hiapi(settings, settings.time_scale))


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends a row's order to hiapi."""
    job, execution = Job.from_state(event["job"]), event.get("execution", "")
    # Without a name it is one of the first release's executions: its row stands in the line now.
    outcome = _step()(job, execution) if execution else DONE
    log_step("submit", job, outcome)
    return outcome.state()

"""The state Poll."""

from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.ledger.jobs import DONE, Job
from rowshot.ordering.executor import Executor
from rowshot.ordering.poll import poll
from rowshot.ordering.wait_in_place import WaitInPlace
from rowshot.settings import PollSettings
from rowshot.telemetry.logs import log_step, logger
from rowshot.telemetry.metrics import METER


@cache
def _step() -> Executor:
    settings = PollSettings.load()
    return poll(wiring.connections(settings), wiring.hiapi(settings, settings.time_scale))


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Looks at a row's task."""
    job, execution = Job.from_state(event["job"]), event.get("execution", "")
    outcome = DONE  # without a name it is one of the first release's executions
    if execution:
        step = _step()
        look = WaitInPlace(lambda: step(job, execution), "poll", step.connections.clock)
        outcome = look(context.get_remaining_time_in_millis() / 1000)
    log_step("poll", job, outcome)
    return outcome.state()

"""Sweep: started every minute."""

from typing import Any

from rowshot import wiring
from rowshot.ledger.claims import Limits
from rowshot.logs import logger
from rowshot.machine import Machine
from rowshot.metrics import METER
from rowshot.settings import SweepSettings
from rowshot.steps.poll import Poll
from rowshot.steps.submit import Submit
from rowshot.steps.sweep import Sweep, invoker
from rowshot.steps.watching import Watch
from rowshot.storage import Inbox


def _step(context: Any) -> Sweep:
    settings = SweepSettings.load()
    follower = wiring.follower(settings)
    limits = Limits(settings.in_flight_limit, settings.max_run_usd, settings.max_day_usd)
    return Sweep(
        ledger=follower.ledger,
        inbox=Inbox(wiring.client("s3"), settings.inbox_bucket),
        machine=Machine(wiring.client("stepfunctions"), settings.state_machine_arn),
        submit=Submit(follower, limits, settings.hard_deadline_seconds),
        poll=Poll(follower, settings.soft_deadline_seconds, settings.hard_deadline_seconds),
        publish=invoker(wiring.client("lambda"), settings.publish_function),
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Looks after whatever has no owner."""
    sweep = _step(context)
    Watch(sweep.ledger, METER)()
    swept = sweep()
    logger.info("sweep", renders=swept.renders, runs=swept.runs)
    return {"renders": swept.renders, "runs": swept.runs}

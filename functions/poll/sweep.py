"""Sweep: started every minute."""

from typing import Any

from rowshot import wiring
from rowshot.recovery.measure import Measure
from rowshot.recovery.sweep import Sweep
from rowshot.reporting.notifications import Notices
from rowshot.settings import SweepSettings
from rowshot.telemetry.logs import logger
from rowshot.telemetry.metrics import METER


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Starts again whatever has no owner."""
    settings = SweepSettings.load()
    dispatch = wiring.dispatch(settings)
    Measure(dispatch.connections.ledger, METER)()
    notices = Notices(wiring.client("sns"), settings.topic_arn)
    swept = Sweep(dispatch, lambda: context.get_remaining_time_in_millis() / 1000, notices)()
    logger.info("sweep", runs=swept.runs, rows=swept.rows)
    return {"runs": swept.runs, "rows": swept.rows}

"""Plan: started by a sheet in the inbox."""

from functools import cache
from typing import Any
from urllib.parse import unquote_plus

from rowshot import wiring
from rowshot.inbound.plan_run import Dropped, PlanRun
from rowshot.reporting.notifications import Notices
from rowshot.settings import PlanSettings
from rowshot.storage import Inbox
from rowshot.telemetry.logs import logger


@cache
def _step() -> PlanRun:
    settings = PlanSettings.load()
    book = wiring.ledger(settings)
    return PlanRun(
        ledger=book,
        inbox=Inbox(wiring.client("s3"), settings.inbox_bucket),
        dispatch=wiring.dispatch_queue(settings.dispatch_queue, book.clock),
        sync_queue=wiring.sync_queue(book, settings.write_back_queue, settings.write_back_seconds),
        notices=Notices(wiring.client("sns"), settings.topic_arn),
        default_model=settings.default_model,
        max_usd=settings.max_run_usd,
    )


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> None:
    """Plans every dropped sheet of an S3 event."""
    for record in event["Records"]:
        entry = record["s3"]["object"]
        # S3 encodes keys in events as a form would: a space comes as "+".
        dropped = Dropped(unquote_plus(entry["key"]), entry.get("versionId", ""))
        run = _step()(dropped)
        if run is None:
            logger.info("plan", key=dropped.key, status="not a sheet")
            continue
        logger.info("plan", run_id=run.id, status=str(run.status), rows=run.rows)

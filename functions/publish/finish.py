"""The state Finish, a run's last."""

import hashlib
import hmac
from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.reporting.finish import Finish
from rowshot.reporting.notifications import Notices
from rowshot.settings import FinishSettings
from rowshot.storage import Inbox, Media
from rowshot.telemetry.logs import logger
from rowshot.telemetry.metrics import METER


@cache
def _step() -> Finish:
    settings = FinishSettings.load()
    return Finish(
        ledger=wiring.ledger(settings),
        inbox=Inbox(wiring.client("s3"), settings.inbox_bucket),
        media=Media(wiring.client("s3"), settings.media_bucket, settings.media_base_url),
        notices=Notices(wiring.client("sns"), settings.topic_arn),
        secret_path=lambda run_id: _unguessable(settings.link_secret, run_id),
        write_back=wiring.write_back(settings),
        meter=METER,
    )


def _unguessable(secret: str, run_id: str) -> str:
    """The same folder each time for a run, which nobody can work out without the secret."""
    key = wiring.secret(secret).encode()
    return hmac.new(key, run_id.encode(), hashlib.sha256).hexdigest()[:40]


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Ends a run."""
    outcome = _step()(event["run_id"])
    logger.info("finish", run_id=event["run_id"], next=outcome.step, why=outcome.why)
    return outcome.state()

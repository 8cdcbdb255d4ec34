"""The state Publish; Sweep starts it too."""

from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.addresses import is_loopback_url
from rowshot.download import download_client
from rowshot.jobs import Job
from rowshot.logs import log_step, logger
from rowshot.metrics import METER
from rowshot.settings import PublishSettings
from rowshot.steps.publish import Publish
from rowshot.storage import Media


@cache
def _step() -> Publish:
    settings = PublishSettings.load()
    # Only a simulator's links may lead to this machine; the real hiapi's never, on a laptop too.
    simulated = settings.allow_loopback and is_loopback_url(settings.hiapi_base_url)
    return Publish(
        follower=wiring.follower(settings),
        media=Media(wiring.client("s3"), settings.media_bucket, settings.media_base_url),
        downloads=download_client(simulated, behind_proxy=settings.allow_loopback),
        allow_loopback=simulated,
    )


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publishes a row's picture."""
    job = Job.from_state(event["job"])
    outcome = _step()(job)
    log_step("publish", job, outcome)
    return outcome.state()

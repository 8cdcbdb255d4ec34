"""The state Publish, a row's last."""

from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.ledger.jobs import DONE, Job
from rowshot.ordering.wait_in_place import WaitInPlace
from rowshot.publishing.download import download_client
from rowshot.publishing.publish import Publish
from rowshot.settings import PublishSettings
from rowshot.storage import Media
from rowshot.telemetry.logs import log_step, logger
from rowshot.telemetry.metrics import METER
from rowshot.transport.addresses import pictures_here


@cache
def _step() -> Publish:
    settings = PublishSettings.load()
    # Only a simulator's links may lead to this machine; the real hiapi's never, on a laptop too.
    here = pictures_here(settings.hiapi_base_url, settings.hiapi_output_url)
    simulator = here if settings.local_engine else None
    return Publish(
        wiring.connections(settings),
        wiring.hiapi(settings, settings.time_scale),
        media=Media(wiring.client("s3"), settings.media_bucket, settings.media_base_url),
        downloads=download_client(simulator, behind_proxy=settings.local_engine),
        simulator=simulator,
    )


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publishes a row's picture."""
    job, execution = Job.from_state(event["job"]), event.get("execution", "")
    outcome = DONE  # without a name it is one of the first release's executions
    if execution:
        step = _step()
        publish = WaitInPlace(lambda: step(job, execution), "publish", step.connections.clock)
        outcome = publish(context.get_remaining_time_in_millis() / 1000)
        if outcome != DONE:
            step.put_off(job, outcome.wait)
    log_step("publish", job, outcome)
    return outcome.state()

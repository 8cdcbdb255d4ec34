"""Dispatch: woken by a message whenever a row may go on."""

import json
from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.ordering.dispatch import Dispatch, Message
from rowshot.settings import DispatchSettings
from rowshot.telemetry.logs import logger
from rowshot.telemetry.metrics import METER


@cache
def _step() -> Dispatch:
    return wiring.dispatch(DispatchSettings.load())


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Does what the messages ask for, and begins the rows whose turn it is."""
    messages = [Message.of(json.loads(record["body"])) for record in event["Records"]]
    begun = _step()(messages, lambda: context.get_remaining_time_in_millis() / 1000)
    logger.info("dispatch", messages=len(messages), begun=begun)
    return {"begun": begun}

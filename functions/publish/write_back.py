"""WriteBack: started by the messages of sheets that have changed."""

import json
from dataclasses import asdict
from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.settings import WriteBackSettings
from rowshot.sheet_sync.write_back import WriteBack
from rowshot.telemetry.logs import logger
from rowshot.telemetry.metrics import METER


@cache
def _step() -> WriteBack:
    return wiring.write_back(WriteBackSettings.load())


@logger.inject_lambda_context(clear_state=True)
@METER.flushed
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Makes a pass for each message; those that nobody expected to fail come again."""
    failed = []
    for record in event["Records"]:
        message = json.loads(record["body"])
        try:
            passed = _step()(message["run_id"], message["sheet_id"], message.get("since"))
        except Exception:  # one sheet's trouble must not undo the others' passes
            logger.exception("write back", sheet_id=message["sheet_id"])
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        logger.info("write back", extra={"sheet_id": message["sheet_id"], **asdict(passed)})
    return {"batchItemFailures": failed}

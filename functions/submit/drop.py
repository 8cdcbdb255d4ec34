"""Drop: asked by the menu in the sheet, at its Function URL."""

import base64
import json
from functools import cache
from typing import Any

from rowshot import wiring
from rowshot.inbound.drop import Drop
from rowshot.settings import DropSettings
from rowshot.storage import Inbox
from rowshot.telemetry.logs import logger


@cache
def _step() -> Drop:
    settings = DropSettings.load()
    book = wiring.ledger(settings)
    return Drop(
        ledger=book,
        inbox=Inbox(wiring.client("s3"), settings.inbox_bucket),
        open_sheet=wiring.worksheets(settings, book.clock),
        secret=lambda: wiring.optional_secret(settings.drop_secret),
        default_model=settings.default_model,
        max_usd=settings.max_run_usd,
    )


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers one request."""
    body = event.get("body") or ""
    data = (
        base64.b64decode(body)
        if event.get("isBase64Encoded")
        else body.encode(errors="surrogatepass")
    )
    status, answer = _step()(event.get("headers") or {}, data)
    logger.info("drop", status=status, run_id=answer.get("run_id"), error=answer.get("error"))
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json; charset=utf-8", "cache-control": "no-store"},
        "body": json.dumps(answer, ensure_ascii=False),
    }

"""Puts the steps together from settings, for the handlers. Clients are made once a process."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

from rowshot.clock import Clock
from rowshot.hiapi import HiapiClient
from rowshot.ledger import Ledger
from rowshot.marks import Marks
from rowshot.metrics import METER
from rowshot.settings import Hiapi, Settings
from rowshot.steps.following import Follower

_SECRET_AGE = 300  # wall seconds after which a changed secret is taken up
_CONFIG = Config(
    connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4}
)


_session = cache(botocore.session.get_session)


@cache
def client(service: str) -> Any:
    """The process's client of a service: boto3's own, without the file transfers it brings."""
    return _session().create_client(service, config=_CONFIG)


def ledger(settings: Settings) -> Ledger:
    """The ledger under the deployment's clock."""
    return Ledger(client("dynamodb"), settings.ledger_table, Clock(settings.time_scale))


def hiapi(settings: Hiapi, scale: float) -> HiapiClient:
    """The client of hiapi, with the key from Secrets Manager."""
    return HiapiClient(
        settings.hiapi_base_url, lambda: secret(settings.hiapi_secret).strip(), scale=scale
    )


_secrets: dict[str, tuple[float, str]] = {}


def secret(name: str) -> str:
    """A secret's text; kept for five minutes, so that a new one is taken up by itself."""
    read_at, text = _secrets.get(name, (0.0, ""))
    if not text or time.monotonic() - read_at > _SECRET_AGE:
        answer = client("secretsmanager").get_secret_value(SecretId=name)
        text = str(answer["SecretString"])
        _secrets[name] = (time.monotonic(), text)
    return text


def marks(book: Ledger, queue_url: str, seconds: int) -> Marks:
    """What tells the write-back."""
    return Marks(book, client("sqs"), queue_url, seconds)


def follower(settings: Any) -> Follower:
    """What Submit, Poll and Publish share; any of their settings will do."""
    book = ledger(settings)
    return Follower(
        book,
        hiapi(settings, settings.time_scale),
        marks(book, settings.write_back_queue, settings.write_back_seconds),
        meter=METER,
    )

"""Puts the steps together from settings, for the handlers. Clients are made once a process.

What only some functions need is imported where it is made: a cold start pays for every import.
"""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config

from rowshot.clock import Clock
from rowshot.errors import HiapiDenied
from rowshot.ledger import Ledger
from rowshot.settings import (
    FinishSettings,
    GoogleSettings,
    HiapiSettings,
    LineSettings,
    RowSettings,
    Settings,
    WriteBackSettings,
)
from rowshot.sheet_sync.queue import SyncQueue
from rowshot.telemetry.metrics import METER

if TYPE_CHECKING:
    from rowshot.ordering.dispatch import Dispatch
    from rowshot.ordering.executor import Connections
    from rowshot.ordering.hiapi import HiapiClient
    from rowshot.ordering.notify import DispatchQueue
    from rowshot.sheet_sync.google import ServiceAccount
    from rowshot.sheet_sync.write_back import WriteBack

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


def hiapi(settings: HiapiSettings, scale: float) -> HiapiClient:
    """The client of hiapi, with the key from Secrets Manager."""
    from rowshot.ordering.hiapi import HiapiClient

    return HiapiClient(
        settings.hiapi_base_url,
        lambda: _key(settings.hiapi_secret),
        renew=lambda: forget(settings.hiapi_secret),
        scale=scale,
    )


def _key(name: str) -> str:
    """The account's key; without a usable one it is as if hiapi had denied it: the run stops."""
    try:
        key = secret(name).strip()
    except client("secretsmanager").exceptions.ResourceNotFoundException:
        key = ""
    if not key:
        raise HiapiDenied("The hiapi key is missing: put it into the stack's secret for it.")
    return key


_secrets: dict[str, tuple[float, str]] = {}


def secret(name: str) -> str:
    """A secret's text; kept for five minutes, so that a new one is taken up by itself."""
    read_at, text = _secrets.get(name, (0.0, ""))
    if not text or time.monotonic() - read_at > _SECRET_AGE:
        answer = client("secretsmanager").get_secret_value(SecretId=name)
        text = str(answer["SecretString"])
        _secrets[name] = (time.monotonic(), text)
    return text


def forget(name: str) -> None:
    """Reads a secret anew the next time it is asked for."""
    _secrets.pop(name, None)


def sync_queue(book: Ledger, queue_url: str, seconds: int) -> SyncQueue:
    """What tells the write-back."""
    return SyncQueue(book, client("sqs"), queue_url, seconds)


def connections(settings: RowSettings | LineSettings) -> Connections:
    """What whoever works on rows, or serves the line, is connected to."""
    from rowshot.deciding.facts import Rules
    from rowshot.ordering.executor import Connections

    book = ledger(settings)
    known = {name: getattr(settings, name) for name in _RULES if hasattr(settings, name)}
    return Connections(
        book,
        sync_queue(book, settings.write_back_queue, settings.write_back_seconds),
        dispatch_queue(settings.dispatch_queue, book.clock),
        Rules(**{_RULES[name]: value for name, value in known.items()}),
        METER,
    )


_RULES = {
    "in_flight_limit": "in_flight",
    "max_run_usd": "run_usd",
    "max_day_usd": "day_usd",
    "soft_deadline_seconds": "soft_deadline",
    "hard_deadline_seconds": "hard_deadline",
}


def dispatch_queue(url: str, clock: Clock) -> DispatchQueue:
    """What tells Dispatch."""
    from rowshot.ordering.notify import DispatchQueue

    return DispatchQueue(client("sqs"), url, clock)


def dispatch(settings: LineSettings) -> Dispatch:
    """What serves the line, for Dispatch and for Sweep."""
    from rowshot.ordering.dispatch import Dispatch
    from rowshot.ordering.executions import Executions
    from rowshot.storage import Inbox

    machines = client("stepfunctions")
    return Dispatch(
        connections(settings),
        Inbox(client("s3"), settings.inbox_bucket),
        Executions(machines, settings.state_machine_arn),
        Executions(machines, settings.finish_machine_arn),
    )


def worksheets(settings: GoogleSettings, clock: Clock) -> ServiceAccount:
    """What opens Google worksheets, with the service account from Secrets Manager."""
    from rowshot.sheet_sync.google import ServiceAccount

    return ServiceAccount(
        lambda: optional_secret(settings.google_secret), settings.sheets_base_url, clock
    )


def optional_secret(name: str) -> str:
    """A secret's text; empty when nobody has put one in."""
    try:
        return secret(name)
    except client("secretsmanager").exceptions.ResourceNotFoundException:
        return ""


def write_back(settings: WriteBackSettings | FinishSettings) -> WriteBack:
    """What brings worksheets in line, for WriteBack and for Finish's last passes."""
    from rowshot.sheet_sync.write_back import WriteBack

    book = ledger(settings)
    return WriteBack(
        book,
        sync_queue(book, settings.write_back_queue, settings.write_back_seconds),
        worksheets(settings, book.clock),
        [f"{settings.media_base_url.rstrip('/')}/images/"],
        meter=METER,
    )

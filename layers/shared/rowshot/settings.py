"""What each function is told by its environment, read once and checked as a whole.

Every class lists the settings of one function; the variable is the field's name in capitals. The
template sets exactly these variables, which a test compares. Nothing else in the core reads the
environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from rowshot.errors import SettingsError

T = TypeVar("T", bound="Settings")
_KEY = re.compile("[!-~]+")


def is_key(text: str) -> bool:
    """Whether a text can be a hiapi key: one word of printable ASCII, as a header takes it."""
    return _KEY.fullmatch(text) is not None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What every function needs."""

    ledger_table: str
    time_scale: float = 1.0

    @classmethod
    def load(cls: type[T], environment: Mapping[str, str] | None = None) -> T:
        """Reads the settings from the environment.

        Raises:
            SettingsError: Names every variable that is missing or unreadable.
        """
        source = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        wrong = []
        for each in fields(cls):
            name = each.name.upper()
            raw = source.get(name, "")
            if not raw:
                if each.default is MISSING:
                    wrong.append(name)
                continue
            try:
                values[each.name] = _READERS[str(each.type)](raw)
            except (ValueError, InvalidOperation):
                wrong.append(name)
        if wrong:
            raise SettingsError(f"These settings are missing or unreadable: {', '.join(wrong)}.")
        return cls(**values)


_READERS: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "Decimal": Decimal,
    "bool": lambda raw: raw.strip().lower() in ("1", "true", "yes"),
}


@dataclass(frozen=True, kw_only=True)
class HiapiSettings:
    """Where hiapi is, and under which secret its key lies."""

    hiapi_base_url: str = "https://api.hiapi.ai"
    hiapi_secret: str


@dataclass(frozen=True, kw_only=True)
class SyncSettings:
    """How the write-back is told of changes."""

    write_back_queue: str
    write_back_seconds: int = 4


@dataclass(frozen=True, kw_only=True)
class GoogleSettings:
    """Where Google Sheets is, and under which secret the service account's key file lies."""

    sheets_base_url: str = "https://sheets.googleapis.com"
    google_secret: str


@dataclass(frozen=True, kw_only=True)
class RowSettings(HiapiSettings, SyncSettings, Settings):
    """What everybody needs who works on rows."""

    dispatch_queue: str
    in_flight_limit: int = 8
    hard_deadline_seconds: int = 1800


@dataclass(frozen=True, kw_only=True)
class LineSettings(SyncSettings, Settings):
    """What everybody needs who serves the line."""

    dispatch_queue: str
    inbox_bucket: str
    state_machine_arn: str
    finish_machine_arn: str
    in_flight_limit: int = 8
    max_run_usd: Decimal = Decimal(25)
    max_day_usd: Decimal = Decimal(100)
    hard_deadline_seconds: int = 1800


@dataclass(frozen=True, kw_only=True)
class PlanSettings(SyncSettings, Settings):
    """Plan's settings."""

    inbox_bucket: str
    dispatch_queue: str
    topic_arn: str
    default_model: str = "qwen-image-2.0"
    max_run_usd: Decimal = Decimal(25)


@dataclass(frozen=True, kw_only=True)
class DropSettings(GoogleSettings, Settings):
    """Drop's settings."""

    inbox_bucket: str
    drop_secret: str
    default_model: str = "qwen-image-2.0"
    max_run_usd: Decimal = Decimal(25)


@dataclass(frozen=True, kw_only=True)
class DispatchSettings(LineSettings):
    """Dispatch's settings."""


@dataclass(frozen=True, kw_only=True)
class SubmitSettings(RowSettings):
    """Submit's settings."""


@dataclass(frozen=True, kw_only=True)
class PollSettings(RowSettings):
    """Poll's settings."""

    soft_deadline_seconds: int = 240


@dataclass(frozen=True, kw_only=True)
class SweepSettings(LineSettings):
    """Sweep's settings."""

    topic_arn: str


@dataclass(frozen=True, kw_only=True)
class PublishSettings(RowSettings):
    """Publish's settings."""

    media_bucket: str
    media_base_url: str
    hiapi_output_url: str = ""
    local_engine: bool = False


@dataclass(frozen=True, kw_only=True)
class WriteBackSettings(GoogleSettings, SyncSettings, Settings):
    """WriteBack's settings."""

    media_base_url: str


@dataclass(frozen=True, kw_only=True)
class FinishSettings(GoogleSettings, SyncSettings, Settings):
    """Finish's settings."""

    inbox_bucket: str
    media_bucket: str
    media_base_url: str
    topic_arn: str
    link_secret: str

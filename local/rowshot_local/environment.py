"""What the laptop's commands take from the environment, and the server that follows from it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rowshot.settings import is_key
from rowshot.transport.addresses import is_loopback_url

LIVE_BASE_URL = "https://api.hiapi.ai"
_SIMULATED_SCALE = 0.1


class ConfigurationError(Exception):
    """The command cannot start like this; the text is one plain sentence."""


@dataclass(frozen=True)
class Target:
    """The hiapi server of a run.

    Args:
        base_url: Its origin, None for the built-in simulator.
        token: Its key, empty for the simulator's own.
        time_scale: Wall seconds per nominal second unless somebody asks for another.
    """

    base_url: str | None
    token: str
    time_scale: float

    @property
    def simulated(self) -> bool:
        """Whether the built-in simulator answers, so that nothing can be spent."""
        return self.base_url is None


def target(*, live: bool, environment: Mapping[str, str] | None = None) -> Target:
    """Decides which server a run talks to.

    ``HIAPI_BASE_URL`` names a server; ``live`` means the real one; a token alone never spends.

    Raises:
        ConfigurationError: A server is asked for without a usable ``HIAPI_TOKEN``.
    """
    source = os.environ if environment is None else environment
    base_url = source.get("HIAPI_BASE_URL", "").strip()
    token = source.get("HIAPI_TOKEN", "").strip()
    if not base_url and not live:
        return Target(None, "", _SIMULATED_SCALE)
    if not token:
        asked = "--live" if live else "HIAPI_BASE_URL"
        raise ConfigurationError(f"{asked} needs a key: set HIAPI_TOKEN to your hiapi key.")
    if not is_key(token):
        raise ConfigurationError(
            "HIAPI_TOKEN has a blank or a character in it that no key has: copy the key again, as "
            "one word."
        )
    if base_url and not base_url.startswith(("http://", "https://")):
        raise ConfigurationError(
            f"HIAPI_BASE_URL must begin with http:// or https://, not '{base_url}'."
        )
    if base_url.startswith("http://") and not is_loopback_url(base_url):
        raise ConfigurationError(
            "HIAPI_BASE_URL must begin with https://, because your key would cross the network "
            "unencrypted; http:// is for servers on this machine only."
        )
    return Target(base_url or LIVE_BASE_URL, token, 1.0)


@dataclass(frozen=True)
class Google:
    """The Google Sheets server of a run.

    Args:
        base_url: Its origin.
        service_account_file: The key file of the service account.
    """

    base_url: str
    service_account_file: Path


def google(environment: Mapping[str, str] | None = None) -> Google:
    """Where live worksheets are.

    Raises:
        ConfigurationError: No usable service account file is named.
    """
    source = os.environ if environment is None else environment
    base_url = source.get("SHEETS_BASE_URL", "").strip() or "https://sheets.googleapis.com"
    file = source.get("GOOGLE_SERVICE_ACCOUNT_FILE", "").strip()
    if not file:
        raise ConfigurationError(
            "A live Google Sheet needs GOOGLE_SERVICE_ACCOUNT_FILE: the path of the service "
            "account's JSON key file."
        )
    path = Path(file).expanduser()
    if not path.is_file():
        raise ConfigurationError(f"GOOGLE_SERVICE_ACCOUNT_FILE names no file: {path}")
    return Google(base_url.rstrip("/"), path)


def aws_region(environment: Mapping[str, str] | None = None) -> str | None:
    """The region that ``AWS_REGION`` names, as other tools read it; boto3 looks elsewhere only."""
    source = os.environ if environment is None else environment
    return source.get("AWS_REGION", "").strip() or None


PROJECT = Path(__file__).resolve().parents[2]
"""The checkout: template, functions and layers lie there."""


def variables() -> Mapping[str, str]:
    """The environment as it is, for what only looks whether it makes sense."""
    return os.environ

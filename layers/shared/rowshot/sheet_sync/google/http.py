"""gspread's HTTP client with an end: timeouts, bounded retries, another origin, errors of ours.

gspread's own client waits for ever, and its backing-off one never gives up on a constant 503.
Imported only where a worksheet is opened, because gspread is slow to import.
"""

from __future__ import annotations

import json as jsonlib
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any
from urllib.parse import urlsplit

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import Request as AuthRequest
from google.oauth2.service_account import Credentials
from gspread.http_client import HTTPClient

from rowshot.clock import Clock
from rowshot.errors import SheetError, SheetsUnavailable
from rowshot.sheet_sync.google.failures import key_refused, passes, refused, unavailable

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
DEFAULT_ORIGIN = "https://sheets.googleapis.com"
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 16.0  # nominal seconds
_MOST_TRIES = 12


@dataclass(frozen=True)
class Limits:
    """How long a call may take.

    Args:
        patience: Nominal seconds after the first try in which another may begin.
        timeout: Wall seconds to connect, and between two pieces of an answer.
    """

    patience: float = 20.0
    timeout: float = 20.0


class SheetsClient(HTTPClient):
    """A client for one worksheet of one service account.

    Args:
        info: The service account file's content; its ``token_uri`` is used as it is.
        base_url: Origin of the Sheets API.
        clock: Converts the pauses.
        limits: When to give up.
        worksheet: The worksheet's title, for messages.
        sleep: Waits wall seconds; tests give their own.
    """

    def __init__(
        self,
        info: Mapping[str, str],
        *,
        base_url: str = DEFAULT_ORIGIN,
        clock: Clock,
        limits: Limits,
        worksheet: str | None = None,
        # One wait between two tries, inside a Lambda that has nothing else to do.
        sleep: Callable[[float], None] = time.sleep,  # noqa: TID251
    ) -> None:
        session = requests.Session()
        origin = base_url.rstrip("/")
        # A proxy that is meant for the internet does not know this machine's own servers.
        session.trust_env = urlsplit(origin).hostname not in ("127.0.0.1", "localhost", "::1")
        super().__init__(None, session=session)  # type: ignore[arg-type]  # gspread: with a session
        self.email = info["client_email"]
        self._credentials = Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
            dict(info), scopes=SCOPES
        )
        self._origin = origin
        self._clock = clock
        self._limits = limits
        self._worksheet = worksheet
        self._sleep = sleep

    def request(
        self,
        method: str,
        endpoint: str,
        params: Any = None,
        data: Any = None,
        json: Any = None,
        files: Any = None,
        headers: Any = None,
        *,
        patience: float | None = None,
    ) -> requests.Response:
        """Send a request until it succeeds, can never succeed, or the time is up.

        Raises:
            SheetError: One of its subclasses, by Google's answer.
        """
        limit = self._limits.patience if patience is None else patience
        url = endpoint.replace(DEFAULT_ORIGIN, self._origin, 1)
        send = partial(self._once, method, url, params=params, data=data, json=json)
        started, pause = self._clock.now(), _FIRST_PAUSE
        for tries in range(1, _MOST_TRIES + 1):
            try:
                return send()
            except SheetsUnavailable as error:
                wait = max(error.retry_after or 0.0, pause * random.uniform(0.75, 1.25))  # noqa: S311 - jitter
                spent = self._clock.since(started)
                if tries == _MOST_TRIES or spent + wait > limit:
                    raise
            self._sleep(self._clock.wall(wait))
            pause = min(pause * 2, _LONGEST_PAUSE)
        raise AssertionError("the last try returns or raises")

    def _once(self, method: str, url: str, **content: Any) -> requests.Response:
        """One try, with one renewal of a token that Google no longer takes."""
        response = self._send(method, url, content)
        if response.status_code == 401:
            self._credentials.token = None
            response = self._send(method, url, content)
        if response.ok:
            return self._readable(response)
        raise self._error(response)

    def _send(self, method: str, url: str, content: Mapping[str, Any]) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token()}", "Accept-Encoding": "gzip"}
        try:
            return self.session.request(
                method, url, headers=headers, timeout=self._limits.timeout, **content
            )
        except requests.Timeout as error:
            raise unavailable("did not answer in time") from error
        except requests.RequestException as error:
            raise unavailable("could not be reached") from error

    def _token(self) -> str:
        if not self._credentials.valid:
            ask = partial(AuthRequest(self.session), timeout=self._limits.timeout)
            try:
                self._credentials.refresh(ask)
            except TransportError as error:
                raise unavailable("could not be reached") from error
            except RefreshError as error:
                if error.retryable or not _says_why(error):
                    raise unavailable("did not give access for now") from error
                raise key_refused(self.email) from error
            except TypeError as error:  # google-auth expects JSON of whatever answers 200
                raise unavailable("sent an answer that cannot be read") from error
            except (GoogleAuthError, ValueError) as error:
                raise key_refused(self.email) from error
        return str(self._credentials.token)

    def _readable(self, response: requests.Response) -> requests.Response:
        """The response, if it is the JSON that it should be; half an answer is none."""
        try:
            content = jsonlib.loads(response.content)
        except ValueError as error:
            raise unavailable("sent an answer that cannot be read") from error
        # gspread asks for the JSON again, and it can be megabytes.
        response.json = lambda **_: content  # type: ignore[method-assign]
        return response

    def _error(self, response: requests.Response) -> SheetError:
        error = _stated(response)
        # Google's own verdicts have an error object; anything else is a proxy's, and passes.
        if not error or passes(response.status_code, error):
            return unavailable(f"answered {response.status_code}", _retry_after(response))
        return refused(
            response.status_code,
            error,
            email=self.email,
            worksheet=self._worksheet,
            secrets=[str(self._credentials.token or "")],
        )


def _stated(response: requests.Response) -> Mapping[str, Any]:
    """The ``error`` object of Google's answer, empty when it has none."""
    try:
        stated = response.json()["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return stated if isinstance(stated, dict) else {}


def _says_why(error: RefreshError) -> bool:
    """Whether it is a refusal in OAuth's own words (RFC 6749, 5.2), not a page of some proxy."""
    said = error.args[1] if len(error.args) > 1 else None
    return isinstance(said, Mapping) and "error" in said


def _retry_after(response: requests.Response) -> float | None:
    """Seconds of a ``Retry-After`` header; Google rarely sends one."""
    value = response.headers.get("Retry-After", "")
    return float(ceil(float(value))) if re.fullmatch(r"\d{1,9}(\.\d*)?", value) else None

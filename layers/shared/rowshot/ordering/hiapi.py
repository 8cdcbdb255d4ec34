"""hiapi's client: creates tasks and looks at them.

Facts are from the official Python SDK 0.2.1 and docs.hiapi.ai: base ``https://api.hiapi.ai``, a
bearer key, ``POST /v1/tasks`` and ``GET /v1/tasks/{id}`` in an envelope ``{code, message, data}``,
header ``Idempotency-Key`` kept about 24 hours for the same raw bytes, three shapes of error bodies.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import quote

import httpx

from rowshot.deciding.answers import Task
from rowshot.errors import HiapiDenied, HiapiUnknownOutcome, HiapiUnreachable
from rowshot.ordering.answer_bodies import (
    as_task_id,
    image,
    json_object,
    refusal,
    stated_refusal,
    task_failure,
)
from rowshot.ordering.verdicts import NO_VERDICT, verdict
from rowshot.settings import is_key
from rowshot.telemetry.redaction import LIMIT, is_page, redact
from rowshot.transport.tls import tls_context

_TIMEOUT = httpx.Timeout(20.0, connect=5.0)  # wall seconds; below the functions' timeouts
_UNFINISHED = frozenset({"queued", "handling", "archiving"})
_LONGEST_WORDS = 8000  # of a refusal: it may list every value that a field takes
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)
"""What httpx raises before it has a connection: no name, nobody listening, a bad certificate."""

_SECONDS = re.compile(r"\d{1,9}(\.\d*)?")
_LONGEST_RETRY_AFTER = 900.0  # nominal seconds; a longer wish is met by asking again then


class HiapiClient:
    """Talks to one hiapi account.

    Args:
        base_url: The server's origin; a trailing ``/v1`` is accepted.
        token: Gives the account's key, read anew for each call so that a new one is taken up.
        renew: Lets ``token`` forget a key that it keeps; asked for once when hiapi denies it.
        transport: How requests travel; tests give their own.
        now: Wall time in Unix seconds, for a ``Retry-After`` that is a date.
        scale: Wall seconds of a nominal second, to convert such a date.
    """

    def __init__(
        self,
        base_url: str,
        token: Callable[[], str],
        *,
        renew: Callable[[], None] = lambda: None,
        transport: httpx.BaseTransport | None = None,
        now: Callable[[], float] = lambda: datetime.now(UTC).timestamp(),
        scale: float = 1.0,
    ) -> None:
        origin = base_url.strip().rstrip("/").removesuffix("/v1")
        self._token = token
        self._renew = renew
        self._own: tuple[str, ...] = ()
        self._now = now
        self._scale = scale or 1.0
        self._http = httpx.Client(
            base_url=f"{origin}/v1",
            timeout=_TIMEOUT,
            transport=transport,
            verify=tls_context(),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "rowshot", "Accept": "application/json"},
        )

    def create(self, body: bytes, key: str) -> str:
        """Orders a picture and returns the task's id; the same bytes and key order it once.

        Args:
            body: Canonical JSON ``{"input": …, "model": …}``.
            key: ``Idempotency-Key``, at most 255 bytes.

        Raises:
            HiapiError: One of its kinds; ``HiapiUnknownOutcome`` means that the order may stand.
        """
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        data = self._data("POST", "/tasks", "taskId", content=body, headers=headers)
        found = as_task_id(data["taskId"])
        if not found:
            raise HiapiUnknownOutcome("hiapi took the order but sent no usable task id.")
        return found

    def task(self, task_id: str) -> Task:
        """Looks at a task.

        Raises:
            HiapiError: One of its kinds; ``HiapiRefused`` with status 404 for an unknown task.
        """
        data = self._data("GET", f"/tasks/{quote(task_id, safe='')}", "status")
        status = data["status"]
        if not isinstance(status, str):
            raise HiapiUnknownOutcome("hiapi's answer about the task has no status.")
        code, words = task_failure(data)
        url, expires_at = image(data.get("output"))
        return Task(
            id=task_id,
            status=status,
            image_url=url,
            expires_at=expires_at,
            error_code=self._hide(code),
            error_message=self._hide(words),
        )

    def _data(self, method: str, path: str, wanted: str, **request: Any) -> dict[str, Any]:
        """The answer's ``data``, which counts only where it holds what is wanted."""
        response = self._ask(method, path, **request)
        body = json_object(response.content)
        data = body.get("data")
        if not response.is_success:
            self._raise(response, body, response.status_code)
        if isinstance(data, dict) and data.get(wanted) not in (None, ""):
            return data
        status = stated_refusal(body)
        if status:
            self._raise(response, body, status)
        raise HiapiUnknownOutcome("hiapi sent an answer that cannot be read.", status=200)

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        token = self._usable_token()
        response = self._send(method, path, token, **request)
        if response.status_code == 401:
            # Nothing was done. The key may have been changed since it was read.
            self._renew()
            changed = self._usable_token()
            if changed != token:
                response = self._send(method, path, changed, **request)
        return response

    def _usable_token(self) -> str:
        token = self._token().strip()
        if not is_key(token):
            self._renew()  # whoever mends it need not wait
            raise HiapiDenied(
                "The hiapi key has a blank or a character in it that no key has: copy it again, as "
                "one word, into the stack's secret for it."
            )
        return token

    def _send(self, method: str, path: str, token: str, **request: Any) -> httpx.Response:
        self._own = (token,)
        headers = {"Authorization": f"Bearer {token}", **request.pop("headers", {})}
        try:
            return self._http.request(method, path, headers=headers, **request)
        except _NEVER_SENT:
            raise HiapiUnreachable(
                "hiapi cannot be reached: check the network and the address of the API."
            ) from None
        except httpx.HTTPError as exc:
            raise HiapiUnknownOutcome(
                f"The connection to hiapi broke ({type(exc).__name__})."
            ) from None

    def _hide(self, text: str, limit: int = LIMIT) -> str:
        """What hiapi said without what is secret; our key is hidden because it is ours."""
        return redact(text, secrets=self._own, limit=limit)

    def _raise(self, response: httpx.Response, body: dict[str, Any], status: int) -> NoReturn:
        code, words = (self._hide(each, limit=_LONGEST_WORDS) for each in refusal(body))
        # A 401 is about the key whoever says it in a word or none, hiapi or the gateway before it.
        plain = status == 401 and not is_page(response.text)
        if body or plain or status in NO_VERDICT:
            of_order = response.request.method == "POST"
            kind, message = verdict(status, code, self._hide(words), of_order=of_order)
        else:
            # Other verdicts of hiapi's are JSON: this one is of a proxy or a bot check, and passes.
            kind, message = HiapiUnknownOutcome, f"hiapi's answer ({status}) cannot be read."
        raise kind(
            message,
            status=status,
            code=code,
            in_full=words,
            retry_after=self._retry_after(response.headers.get("Retry-After", "")),
        )

    def _retry_after(self, header: str) -> float | None:
        """Nominal seconds of a ``Retry-After`` in seconds or as an HTTP date (RFC 9110)."""
        if not header:
            return None
        if _SECONDS.fullmatch(header.strip()):
            return min(float(math.ceil(float(header))), _LONGEST_RETRY_AFTER)
        try:
            moment = parsedate_to_datetime(header).timestamp()
        except ValueError:
            return None
        return min(max(0.0, (moment - self._now()) / self._scale), _LONGEST_RETRY_AFTER)

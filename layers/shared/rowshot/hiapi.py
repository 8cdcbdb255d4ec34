"""hiapi's client: creates tasks and looks at them.

Facts are from the official Python SDK 0.2.1 and docs.hiapi.ai: base ``https://api.hiapi.ai``, a
bearer key, ``POST /v1/tasks`` and ``GET /v1/tasks/{id}`` in an envelope ``{code, message, data}``,
header ``Idempotency-Key`` kept about 24 hours for the same raw bytes, three shapes of error bodies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

import httpx

from rowshot.errors import (
    HiapiBusy,
    HiapiDenied,
    HiapiError,
    HiapiOutOfBalance,
    HiapiRefused,
    HiapiUnavailable,
    HiapiUnknownOutcome,
)
from rowshot.redaction import redact
from rowshot.tls import tls_context

_TIMEOUT = httpx.Timeout(20.0, connect=5.0)  # wall seconds; below the functions' timeouts
_UNFINISHED = frozenset({"queued", "handling", "archiving"})
_TASK_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_LONGEST_RETRY_AFTER = 900.0  # nominal seconds; a longer wish is met by asking again then


@dataclass(frozen=True)
class Task:
    """A task as hiapi shows it.

    Args:
        id: hiapi's id.
        status: ``queued``, ``handling``, ``archiving``, ``success``, ``fail`` or something new.
        image_url: The temporary link of the picture, empty without one. It is signed: never log
            or store it.
        expires_at: Unix seconds after which the link answers no more, 0 when hiapi says nothing.
        error_code: Why it failed, empty when hiapi names no code.
        error_message: The same in words, redacted.
    """

    id: str
    status: str
    image_url: str = ""
    expires_at: int = 0
    error_code: str = ""
    error_message: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the picture is made."""
        return self.status == "success"

    @property
    def failed(self) -> bool:
        """Whether no picture will come."""
        return self.status == "fail"

    def __repr__(self) -> str:
        """Without the signed link."""
        return f"Task(id={self.id!r}, status={self.status!r})"


class HiapiClient:
    """Talks to one hiapi account.

    Args:
        base_url: The server's origin; a trailing ``/v1`` is accepted.
        token: Gives the account's key, read anew for each call so that a new one is taken up.
        transport: How requests travel; tests give their own.
        now: Wall time in Unix seconds, for a ``Retry-After`` that is a date.
        scale: Wall seconds of a nominal second, to convert such a date.
    """

    def __init__(
        self,
        base_url: str,
        token: Callable[[], str],
        *,
        transport: httpx.BaseTransport | None = None,
        now: Callable[[], float] = lambda: datetime.now(UTC).timestamp(),
        scale: float = 1.0,
    ) -> None:
        origin = base_url.strip().rstrip("/").removesuffix("/v1")
        self._token = token
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
        data = self._data("POST", "/tasks", content=body, headers=headers)
        task_id = data.get("taskId")
        if not isinstance(task_id, str) or not _TASK_ID.fullmatch(task_id):
            raise HiapiUnknownOutcome("hiapi took the order but sent no usable task id.")
        return task_id

    def task(self, task_id: str) -> Task:
        """Looks at a task.

        Raises:
            HiapiError: One of its kinds; ``HiapiRefused`` with status 404 for an unknown task.
        """
        data = self._data("GET", f"/tasks/{task_id}")
        status = data.get("status")
        if not isinstance(status, str):
            raise HiapiUnknownOutcome("hiapi's answer about the task has no status.")
        stated = data.get("error")
        error: dict[str, Any] = stated if isinstance(stated, dict) else {}
        url, expires_at = _image(data.get("output"))
        return Task(
            id=task_id,
            status=status,
            image_url=url,
            expires_at=expires_at,
            error_code=str(error.get("code") or ""),
            error_message=redact(str(error.get("message") or "")),
        )

    def _data(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token()}", **request.pop("headers", {})}
        try:
            response = self._http.request(method, path, headers=headers, **request)
        except httpx.HTTPError as exc:
            raise HiapiUnknownOutcome(
                f"The connection to hiapi broke ({type(exc).__name__})."
            ) from None
        body = _json(response)
        if response.status_code != 200:
            self._raise(response, body)
        data = body.get("data")
        if not isinstance(data, dict):
            raise HiapiUnknownOutcome("hiapi sent an answer that cannot be read.", status=200)
        return data

    def _raise(self, response: httpx.Response, body: dict[str, Any]) -> NoReturn:
        status = response.status_code
        code, words = _error(body)
        words = words or redact(response.text[:300])
        kind, message = _kind(status, code, words)
        raise kind(
            message,
            status=status,
            code=code,
            retry_after=self._retry_after(response.headers.get("Retry-After", "")),
        )

    def _retry_after(self, header: str) -> float | None:
        """Nominal seconds of a ``Retry-After`` in seconds or as an HTTP date (RFC 9110)."""
        if not header:
            return None
        if header.strip().isdecimal():
            return min(float(header), _LONGEST_RETRY_AFTER)
        try:
            moment = parsedate_to_datetime(header).timestamp()
        except ValueError:
            return None
        return min(max(0.0, (moment - self._now()) / self._scale), _LONGEST_RETRY_AFTER)


def _kind(status: int, code: str, words: str) -> tuple[type[HiapiError], str]:
    """Which error an answer means, with the sentence for people."""
    if status == 429 or status == 503 or (status == 409 and code != "IDEMPOTENCY_KEY_MISMATCH"):
        return HiapiBusy, "hiapi is busy and asked to wait."
    if status == 401:
        return HiapiDenied, "hiapi does not accept the key: put a valid one into the secret."
    if status == 403:
        return HiapiDenied, f"hiapi does not allow this key to do that: {words}"
    if status == 402:
        return HiapiOutOfBalance, "The balance at hiapi is used up: top it up and it goes on."
    if status == 400 and code == "MODEL_UNAVAILABLE":
        return HiapiUnavailable, "hiapi has switched this model off for the moment."
    if status in (400, 404, 405, 413, 415, 422):
        return HiapiRefused, f"hiapi refused the order: {words}"
    return HiapiUnknownOutcome, f"hiapi answered {status}."


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _error(body: dict[str, Any]) -> tuple[str, str]:
    """Code and message from any of the three shapes on record."""
    nested = body.get("error")
    source = nested if isinstance(nested, dict) else body
    code = source.get("error_code") or (source.get("code") if source is nested else "")
    return str(code or ""), redact(str(source.get("message") or ""))


def _image(output: Any) -> tuple[str, int]:
    """Link and expiry of the first output whose type is ``image``."""
    for each in output if isinstance(output, list) else []:
        if isinstance(each, dict) and each.get("type") == "image" and each.get("url"):
            expires = each.get("expireAt")
            return str(each["url"]), expires if isinstance(expires, int) else 0
    return "", 0

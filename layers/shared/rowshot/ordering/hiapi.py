"""hiapi's client: creates tasks and looks at them.

Facts are from the official Python SDK 0.2.1 and docs.hiapi.ai: base ``https://api.hiapi.ai``, a
bearer key, ``POST /v1/tasks`` and ``GET /v1/tasks/{id}`` in an envelope ``{code, message, data}``,
header ``Idempotency-Key`` kept about 24 hours for the same raw bytes, three shapes of error bodies.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, NoReturn
from urllib.parse import quote

import httpx

from rowshot.deciding.answers import Task
from rowshot.deciding.content_rules import content_refusal, is_about_content
from rowshot.errors import (
    HiapiBusy,
    HiapiDenied,
    HiapiError,
    HiapiOutOfBalance,
    HiapiRefused,
    HiapiUnavailable,
    HiapiUnknownOutcome,
    HiapiUnreachable,
)
from rowshot.telemetry.redaction import LIMIT, redact
from rowshot.transport.tls import tls_context

_TIMEOUT = httpx.Timeout(20.0, connect=5.0)  # wall seconds; below the functions' timeouts
_UNFINISHED = frozenset({"queued", "handling", "archiving"})
_LONGEST_TASK_ID = 256
_LONGEST_TEXT = 300
_LONGEST_WORDS = 8000  # of a refusal: it may list every value that a field takes
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)
"""What httpx raises before it has a connection: no name, nobody listening, a bad certificate."""

_PAGE = re.compile(r"\s*<|<(!doctype|html|head|body|center)\b", re.IGNORECASE)
_SECONDS = re.compile(r"\d{1,9}(\.\d*)?")

# hiapi lists no codes. These are what gateways of its kind (one-api, new-api) and other image APIs
# send; a code decides before any words do.
_BALANCE_CODE = re.compile(r"quota|balance|insufficient|arrear|credit", re.IGNORECASE)
_BALANCE_WORDS = re.compile(r"insufficient|top up|余额|额度不足|欠费", re.IGNORECASE)
_KEY_CODE = re.compile(
    r"permission|api.?key|token|auth|forbidden|access|account|user", re.IGNORECASE
)
_KEY_WORDS = re.compile(
    r"\bkey\b|token|permission|not allowed|authori[sz]|forbidden|account|access|密钥|令牌|权限",
    re.IGNORECASE,
)
_CODE_FIELDS: Final = ("error_code", "errorCode", "code", "type")
_MESSAGE_FIELDS: Final = ("message", "msg", "reason", "detail", "description")
_TASK_REASONS: Final = ("fail_reason", "failReason", "error_message", "errorMessage", "reason")
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
        data = self._data("POST", "/tasks", content=body, headers=headers)
        task_id = _task_id(data.get("taskId"))
        if not task_id:
            raise HiapiUnknownOutcome("hiapi took the order but sent no usable task id.")
        return task_id

    def task(self, task_id: str) -> Task:
        """Looks at a task.

        Raises:
            HiapiError: One of its kinds; ``HiapiRefused`` with status 404 for an unknown task.
        """
        data = self._data("GET", f"/tasks/{quote(task_id, safe='')}")
        status = data.get("status")
        if not isinstance(status, str):
            raise HiapiUnknownOutcome("hiapi's answer about the task has no status.")
        code, words = _reason(data)
        url, expires_at = _image(data.get("output"))
        return Task(
            id=task_id,
            status=status,
            image_url=url,
            expires_at=expires_at,
            error_code=self._hide(code),
            error_message=self._hide(words),
        )

    def _data(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        token = self._token()
        response = self._send(method, path, token, **request)
        if response.status_code == 401:
            # Nothing was done. The key may have been changed since it was read.
            self._renew()
            changed = self._token()
            if changed != token:
                response = self._send(method, path, changed, **request)
        body = _json(response)
        status = _status(response, body)
        if not 200 <= status < 300:
            self._raise(response, body, status)
        data = body.get("data")
        if not isinstance(data, dict):
            raise HiapiUnknownOutcome("hiapi sent an answer that cannot be read.", status=200)
        return data

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
        code, said = _error(body)
        words = self._hide(said, limit=_LONGEST_WORDS)
        if not body and _PAGE.search(response.text[:2000]) and status not in (429, 503):
            # hiapi's own verdicts are JSON: a page is of a proxy or a bot check, and passes.
            kind: type[HiapiError] = HiapiUnknownOutcome
            message = f"A web page came instead of hiapi's answer ({status})."
        else:
            shown = self._hide(words) or self._hide(response.text, limit=_LONGEST_TEXT)
            kind, message = _kind(status, self._hide(code), shown)
        raise kind(
            message,
            status=status,
            code=self._hide(code),
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


def _kind(status: int, code: str, words: str) -> tuple[type[HiapiError], str]:
    """Which error an answer means, with the sentence for people."""
    if status == 429 or status == 503 or (status == 409 and code != "IDEMPOTENCY_KEY_MISMATCH"):
        return HiapiBusy, "hiapi is busy and asked to wait."
    if status == 401:
        return HiapiDenied, "hiapi does not accept the key: replace it with a valid one."
    about_balance = _BALANCE_CODE.search(code) or (not code and _BALANCE_WORDS.search(words))
    if status == 402 or (status in (400, 403) and about_balance):
        return (
            HiapiOutOfBalance,
            "The balance at hiapi is used up: top it up and the run continues.",
        )
    if status < 500 and is_about_content(code, words):
        return HiapiRefused, content_refusal(words or code)
    if status == 403 and _is_about_key(code, words):
        return HiapiDenied, f"hiapi does not allow this key to do that: {words or code}"
    if status == 400 and code == "MODEL_UNAVAILABLE":
        return HiapiUnavailable, "hiapi has switched this model off for the moment."
    if status in (400, 403, 404, 405, 413, 415, 422, 451):
        return HiapiRefused, f"hiapi refused the order: {words or code}"
    return HiapiUnknownOutcome, f"hiapi answered {status}."


def _is_about_key(code: str, words: str) -> bool:
    """Whether a 403 is plainly about the key or the account; else it is about the one order."""
    if code:
        return bool(_KEY_CODE.search(code))
    return not words or bool(_KEY_WORDS.search(words))


def _status(response: httpx.Response, body: dict[str, Any]) -> int:
    """The answer's status: of HTTP, or of the envelope where HTTP says nothing but "here it is"."""
    stated = body.get("code")
    data = body.get("data")
    if not response.is_success or (isinstance(data, dict) and data):
        return response.status_code
    code = int(stated) if isinstance(stated, str) and stated.isdecimal() else stated
    return code if isinstance(code, int) and 400 <= code < 600 else response.status_code


def _task_id(value: Any) -> str:
    """A task's id as text, whatever JSON made of it; empty when it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or value in (".", "..") or not value.isprintable():
        return ""
    return value if len(value) <= _LONGEST_TASK_ID else ""


def _reason(data: dict[str, Any]) -> tuple[str, str]:
    """Code and words of a failed task, from wherever the answer has them."""
    stated = data.get("error")
    if isinstance(stated, dict):
        code, words = _first(stated, _CODE_FIELDS), _first(stated, _MESSAGE_FIELDS)
    else:
        code, words = _first(data, ("error_code", "errorCode")), str(stated or "")
    return code, words or _first(data, _TASK_REASONS)


def _first(source: dict[str, Any], names: tuple[str, ...]) -> str:
    """The first of these fields that says something in words or numbers."""
    found = (source.get(name) for name in names)
    return next((str(value) for value in found if value and isinstance(value, str | int)), "")


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _error(body: dict[str, Any]) -> tuple[str, str]:
    """Code and message from any of the three shapes on record, and from their likes."""
    nested = body.get("error")
    if isinstance(nested, dict):
        code, words = _first(nested, _CODE_FIELDS), _first(nested, _MESSAGE_FIELDS)
    else:
        code = _first(body, ("error_code", "errorCode"))
        words = _first(body, _MESSAGE_FIELDS) or (nested if isinstance(nested, str) else "")
    return code, words


def _image(output: Any) -> tuple[str, int]:
    """Link and expiry of the first output whose type is ``image``."""
    for each in output if isinstance(output, list) else []:
        if isinstance(each, dict) and each.get("type") == "image" and each.get("url"):
            expires = each.get("expireAt")
            return str(each["url"]).strip(), expires if isinstance(expires, int) else 0
    return "", 0

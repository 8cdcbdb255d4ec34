"""What the simulated hiapi puts on the wire: envelopes, its three error shapes, task ids."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Literal

from starlette.responses import Response

Shape = Literal["coded", "plain", "nested", "html", "xml"]

SHAPES: tuple[Shape, ...] = ("coded", "plain", "nested", "html", "xml")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass
class Refusal(Exception):
    """A request that is answered with an error.

    Args:
        status: HTTP status.
        message: What the answer says.
        code: hiapi's word for it, where it has one.
        shape: Which of the body shapes on record is used.
        headers: Further answer headers.
    """

    status: int
    message: str
    code: str | None = None
    shape: Shape = "coded"
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer on the wire."""
        if self.shape == "html":
            page = f"<html><head><title>{self.status}</title></head><body>{self.message}</body>"
            return Response(page, self.status, dict(self.headers), media_type="text/html")
        if self.shape == "xml":
            page = (
                '<?xml version="1.0" encoding="UTF-8"?>\n'
                f"<Error><Code>{self.code or 'AccessDenied'}</Code>"
                f"<Message>{self.message}</Message></Error>"
            )
            return Response(page, self.status, dict(self.headers), media_type="application/xml")
        return json_response(self._body(), self.status, self.headers)

    def _body(self) -> dict[str, Any]:
        if self.shape == "nested":
            return {
                "error": {
                    "code": self.code or f"http_{self.status}",
                    "type": "hiapi_error",
                    "message": self.message,
                    "request_id": "req_" + secrets.token_hex(8),
                }
            }
        body: dict[str, Any] = {"code": self.status, "message": self.message}
        if self.shape == "coded":
            body["data"] = None
            if self.code:
                body["error_code"] = self.code
        return body


def json_response(
    body: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer with a JSON body."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, dict(headers or {}), media_type="application/json")


def success(data: object, headers: Mapping[str, str] | None = None) -> Response:
    """The envelope of every good answer."""
    return json_response({"code": 200, "message": "success", "data": data}, headers=headers)


def retry_after(seconds: float) -> dict[str, str]:
    """A ``Retry-After`` header in whole nominal seconds, which the client's clock converts."""
    return {"Retry-After": str(math.ceil(seconds))}


def retry_at(instant: float) -> dict[str, str]:
    """A ``Retry-After`` header as an HTTP-date: the next whole second of the wall clock."""
    return {"Retry-After": formatdate(math.ceil(instant), usegmt=True)}


def task_id(now: float) -> str:
    """A new task id: the prefix and a ULID (48 bits of milliseconds, 80 random bits)."""
    number = (int(now * 1000) << 80) | secrets.randbits(80)
    digits = []
    for _ in range(26):
        digits.append(_CROCKFORD[number & 31])
        number >>= 5
    return "tk-hiapi-" + "".join(reversed(digits))

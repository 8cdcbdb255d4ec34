"""Carries out the faults of requests: wrong answers, late answers, broken connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .faults import Fault
from .service import Hiapi
from .wire import Refusal, retry_after, retry_at

# Where the server leaves a way to break a connection, see ``server.AbortableProtocol``.
ABORT = "rowshot.abort"
_MESSAGES = {
    401: "invalid API key",
    402: "insufficient quota, please top up",
    403: "this key may not use this model",
    429: "Too many requests, slow down",
}
_CODES = {402: "INSUFFICIENT_QUOTA", 403: "permission_denied", 429: "rate_limit_exceeded"}

Act = Callable[[Fault | None], Response | Awaitable[Response]]


class _Abort(Protocol):
    def __call__(self, *, reset: bool) -> None: ...


class Mishaps:
    """Strikes requests with the faults in force.

    Args:
        hiapi: The service whose rules and clock apply.
    """

    def __init__(self, hiapi: Hiapi) -> None:
        self._hiapi = hiapi

    async def around(
        self, place: str, request: Request, account: str, prompt: str, act: Act
    ) -> Response:
        """Answers a request, struck by at most one fault.

        Args:
            place: The route's name in rules.
            request: The request.
            account: Its bearer token, or nothing.
            prompt: What a rule's ``prompt`` is looked for in.
            act: Does the real work; it is given the fault, if any.

        Raises:
            Refusal: From the work itself, or as the fault wants it.
        """
        fault = self._hiapi.faults.at_request(place, prompt, account)
        if fault is None:
            return await _done(act, None)
        if fault.when == "before":
            early = await self._strike(fault)
            if early is not None:
                return early
        response = await _done(act, fault)
        if fault.when == "after":
            late = await self._strike(fault)
            if late is not None:
                return late
        return _spoiled(fault, response)

    async def _strike(self, fault: Fault) -> Response | None:
        """The answer instead of the real one, or None when that may go on."""
        match fault.kind:
            case "delay":
                await asyncio.sleep(self._hiapi.options.wall(fault.seconds))
                return None
            case "reset":
                return Aborted(b"", reset=True)
            case "redirect":
                return Response(status_code=302, headers={"Location": fault.to})
            case "status":
                return self._refusal(fault).response()
            case _:
                return None

    def _refusal(self, fault: Fault) -> Refusal:
        headers = {}
        if fault.retry_after_s is not None:
            headers = retry_after(fault.retry_after_s)
            if fault.retry_after_date:
                scale = self._hiapi.options.time_scale
                headers = retry_at(self._hiapi.now() + scale * fault.retry_after_s)
        return Refusal(
            fault.status,
            fault.message or _MESSAGES.get(fault.status, "temporarily unavailable"),
            fault.code or _CODES.get(fault.status),
            fault.shape,
            headers,
        )


class Aborted(Response):
    """No answer, or the beginning of one, and then a broken connection."""

    def __init__(self, beginning: bytes, *, reset: bool, like: Response | None = None) -> None:
        super().__init__()
        self._beginning = beginning
        self._reset = reset
        self._like = like

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends what there is and breaks the connection."""
        if self._like is not None:
            await send(
                {
                    "type": "http.response.start",
                    "status": self._like.status_code,
                    "headers": self._like.raw_headers,
                }
            )
            await send({"type": "http.response.body", "body": self._beginning, "more_body": True})
        abort: _Abort = scope[ABORT]
        abort(reset=self._reset)
        while (await receive())["type"] != "http.disconnect":
            pass


async def _done(act: Act, fault: Fault | None) -> Response:
    outcome = act(fault)
    return outcome if isinstance(outcome, Response) else await outcome


def _spoiled(fault: Fault, response: Response) -> Response:
    body = bytes(response.body)
    match fault.kind:
        case "half":
            return Aborted(body[: len(body) // 2], reset=False, like=response)
        case "broken_json":
            return _with_body(response, body[: len(body) // 2], "application/json")
        case "html":
            page = b"<!doctype html><html><body>Bad gateway</body></html>"
            return _with_body(response, page, "text/html")
        case _:
            return response


def _with_body(response: Response, body: bytes, media_type: str) -> Response:
    return Response(body, response.status_code, media_type=media_type)

"""Requests without sockets: httpx on one side, an ASGI application on the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx
from starlette.types import ASGIApp

from rowshot_simulators.hiapi.mishaps import ABORT
from support.virtual import wait

_MOST_WAIT = 3600.0


class _Exchange:
    """One request and what has been answered so far."""

    def __init__(self, request: httpx.Request) -> None:
        self._request = request
        self._asked = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.complete = False
        self.broken: str | None = None

    def scope(self) -> dict[str, Any]:
        url = self._request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": url.scheme,
            "path": unquote(url.path),
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "server": (url.host, url.port),
            "client": ("127.0.0.1", 1),
            ABORT: self._abort,
        }

    async def receive(self) -> dict[str, Any]:
        if self.broken or self._asked:
            return {"type": "http.disconnect"}
        self._asked = True
        return {"type": "http.request", "body": self._request.read(), "more_body": False}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            self.complete = not message.get("more_body", False)

    def _abort(self, *, reset: bool) -> None:
        self.broken = "reset" if reset else "closed"

    def response(self) -> httpx.Response:
        if self.broken == "reset" or not self.status:
            raise httpx.ReadError("connection reset by peer", request=self._request)
        if not self.complete:
            raise httpx.RemoteProtocolError("peer closed the connection", request=self._request)
        return httpx.Response(
            self.status, headers=self.headers, stream=httpx.ByteStream(bytes(self.body))
        )


class Wire(httpx.BaseTransport):
    """Carries requests of a fiber to applications on the same loop.

    A server goes on with its work when the client has given up waiting, as real ones do.

    Args:
        apps: By ``host:port``.
        delay: Virtual seconds that a request takes on its way, drawn anew for each.
        before: Told of each request before it is sent.
        name: Whom the requests go to, for ``before``.
    """

    def __init__(
        self,
        apps: dict[str, ASGIApp],
        delay: Callable[[], float],
        before: Callable[[str], None] = lambda name: None,
        name: str = "http",
    ) -> None:
        self._apps = apps
        self._delay = delay
        self._before = before
        self._name = name

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answers a request, or breaks as a network does."""
        self._before(f"{self._name} {request.method}")
        return wait(self._travel(request))

    async def _travel(self, request: httpx.Request) -> httpx.Response:
        app = self._apps.get(f"{request.url.host}:{request.url.port}")
        if app is None:
            raise httpx.ConnectError("nobody listens there", request=request)
        exchange = _Exchange(request)
        serving = asyncio.ensure_future(self._serve(app, exchange))
        patience = request.extensions.get("timeout", {}).get("read") or _MOST_WAIT
        done, _ = await asyncio.wait({serving}, timeout=patience)
        if not done:
            raise httpx.ReadTimeout("the server is too slow", request=request)
        serving.result()
        return exchange.response()

    async def _serve(self, app: ASGIApp, exchange: _Exchange) -> None:
        delay = self._delay()
        if delay:
            await asyncio.sleep(delay)
        await app(exchange.scope(), exchange.receive, exchange.send)

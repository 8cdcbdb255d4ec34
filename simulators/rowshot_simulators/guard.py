"""Keeps strangers out of everything that listens on this machine.

A page in the browser can send requests to any loopback port, also under a host name of its own
that it lets resolve to 127.0.0.1 (DNS rebinding). Browsers say where such a request comes from, in
``Origin`` and ``Sec-Fetch-Site`` (Fetch Metadata), and which name they were given, in ``Host``. Our
own clients are programs and send neither of the first two.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

App = Callable[[Any, Any, Any], Any]
Refuses = Callable[[Mapping[str, Any], Mapping[str, str]], str]
"""Given the ASGI scope and the request's headers: why it is refused, empty when it is not."""

# A name that others could let lead here is what counts; an address is always the server's own, and
# Docker's name for its host is what `sam local` asks for.
_OURS: Final = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]|(?:[a-z0-9-]+\.)*localhost|host\.docker\.internal)"
    r"(?::\d{1,5})?"
)


def guarded(app: App, refuses: Refuses) -> App:
    """An ASGI application that answers 403 to strangers, before anything of the request is read."""

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        why = refuses(scope, headers_of(scope))
        if not why:
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            body = f"Refused: {why}.\n".encode()
            kind = [(b"content-type", b"text/plain; charset=utf-8")]
            size = [(b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 403, "headers": kind + size})
            await send({"type": "http.response.body", "body": body})

    return guard


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """A request's headers by lower-case name; of one that comes twice, all values count."""
    found: dict[str, str] = {}
    for name, value in scope.get("headers", ()):
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        found[key] = f"{found[key]},{text}" if key in found else text
    return found


def foreign_host(headers: Mapping[str, str]) -> str:
    """Why a request was not meant for this machine by its host name; empty when it was."""
    host = headers.get("host", "").strip().lower()
    return "" if _OURS.fullmatch(host) else "this host name is not this machine's"


def foreign_page(headers: Mapping[str, str]) -> str:
    """Why a request comes from a page in a browser; empty when it comes from a program."""
    if "origin" in headers or headers.get("sec-fetch-site", "none").lower() != "none":
        return "pages in a browser may not ask here"
    return ""


def programs_only(scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """For servers that only programs on this machine use."""
    return foreign_host(headers) or foreign_page(headers)


def own_page_only(scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """For a page of ours: it may ask its own server, others may not; anybody may open it."""
    if why := foreign_host(headers):
        return why
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{headers.get('host', '')}":
        return "another page asked"
    site = headers.get("sec-fetch-site", "none").lower()
    opened = headers.get("sec-fetch-mode") == "navigate" and scope.get("method") == "GET"
    if site not in ("none", "same-origin") and not opened:
        return "another page asked"
    return ""


def is_same_secret(given: str, secret: str) -> bool:
    """Compares in a time that tells nothing of the secret."""
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())

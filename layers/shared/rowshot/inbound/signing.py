"""Signed requests: an HMAC over the moment and the body, good for a few minutes and only once."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from rowshot.errors import RowshotError

TIMESTAMP = "x-rowshot-timestamp"
SIGNATURE = "x-rowshot-signature"
WINDOW = 300.0
"""Wall seconds that the sender's clock may differ from ours, either way."""

_SECONDS = re.compile(r"\d{1,12}")


class BadSignature(RowshotError):
    """The request was not signed with the secret, or not just now."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature: HMAC-SHA256 over ``<timestamp>.<body>``, as 64 hex digits.

    Args:
        secret: The shared secret.
        timestamp: Unix time in whole seconds.
        body: The request's very bytes.
    """
    signed = _bytes(timestamp) + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def menu_secret(master: str, spreadsheet_id: str) -> str:
    """The secret of one spreadsheet's menu, as 64 hex digits; of no use for any other spreadsheet.

    Args:
        master: The stack's own secret, which is handed to nobody; empty gives an empty secret.
        spreadsheet_id: Google's id of the document.
    """
    if not master:
        return ""
    named = f"rowshot menu {spreadsheet_id}".encode()
    return hmac.new(master.encode(), named, hashlib.sha256).hexdigest()


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Checks a request.

    Args:
        secret: The shared secret.
        headers: The request's headers, names in lower case.
        body: Its very bytes.
        now: Unix time.

    Returns:
        The signature, which marks the request: seen a second time, it is a copy.

    Raises:
        BadSignature: The request is not to be answered.
    """
    timestamp = headers.get(TIMESTAMP, "")
    signature = headers.get(SIGNATURE, "")
    # The signature first: who does not know the secret learns nothing about our clock.
    wanted = sign(secret, timestamp, body).encode()
    if not secret or not hmac.compare_digest(wanted, _bytes(signature)):
        raise BadSignature(
            "The request is not signed with this spreadsheet's secret: put what "
            "'rowshot menu-secret' prints into the script's properties again."
        )
    if not _SECONDS.fullmatch(timestamp) or abs(now - int(timestamp)) > WINDOW:
        raise BadSignature(
            "The request was signed more than five minutes ago: check the clock and try again."
        )
    return signature


def _bytes(header: str) -> bytes:
    """A header's bytes; half a character is refused like any other wrong signature."""
    return header.encode(errors="surrogatepass")

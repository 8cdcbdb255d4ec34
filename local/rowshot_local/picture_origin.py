"""Where a hiapi server of this machine serves its pictures, which is all that links may lead to."""

from __future__ import annotations

import re

import httpx

from rowshot.transport.addresses import is_loopback_url

_ORIGIN = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")  # as the template demands
_LONGEST = 5.0  # wall seconds


def picture_origin(base_url: str) -> str:
    """The origin that a simulator names; empty for a server elsewhere, or one that names none.

    Args:
        base_url: The server's API. Only one of this machine is asked.
    """
    if not is_loopback_url(base_url):
        return ""
    try:
        url = httpx.URL(base_url).copy_with(raw_path=b"/_sim/outputs")
        answer = httpx.get(url, timeout=_LONGEST, trust_env=False)
        origin = answer.json()["origin"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return ""
    return origin if isinstance(origin, str) and _ORIGIN.fullmatch(origin) else ""

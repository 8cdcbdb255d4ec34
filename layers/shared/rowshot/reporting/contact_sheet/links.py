"""Which links may stand in the page."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit


def safe_link(link: object) -> str | None:
    """A link that only ever opens a picture or a page, or None.

    ``http`` and ``https`` links with a host pass, and relative ones; ``javascript:``, ``data:``
    and the like do not, nor anything with white space, control characters or backslashes, which
    browsers drop or turn around before they look at the scheme.
    """
    if not isinstance(link, str) or not link or "\\" in link:
        return None
    if any(c.isspace() or unicodedata.category(c)[0] == "C" for c in link):
        return None
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.scheme in ("http", "https"):
        return link if parts.hostname else None
    # A colon in the first segment would make it a scheme, and two slashes another host.
    relative = not (parts.scheme or parts.netloc or ":" in link.partition("/")[0])
    return link if relative and not link.startswith("//") else None


def origin(link: str) -> str | None:
    """Scheme, host and port of an absolute link, as a content security policy names it.

    None for a relative link, and for a host that a policy cannot name.
    """
    parts = urlsplit(link)
    if not parts.scheme or any(c in parts.netloc for c in " ;,'\"@"):
        return None
    return f"{parts.scheme}://{parts.netloc}"

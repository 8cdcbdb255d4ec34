"""Makes foreign text fit to be logged, stored and shown.

What hiapi, Google or a picture's server says may carry a signed link, repeat our key, or try to
forge a log line. Whatever comes from outside passes through ``redact`` before it is kept.
"""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

HIDDEN: Final = "[hidden]"

LIMIT: Final = 500
"""Characters that are kept of a foreign text by default."""

_ENOUGH: Final = 20_000  # characters of a text that are looked at; keeps huge answers cheap

_SHORTEST_SECRET: Final = 6  # shorter values are words, and hiding them would garble messages

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
# To the end of the line or of the quoted value: AWS4-HMAC-SHA256 has spaces and commas inside.
_AUTHORIZATION = re.compile(
    r"(\b(?:proxy-)?authorization\b[\"']?\s*[:=,]\s*[\"']?)[^\r\n\"']+", re.IGNORECASE
)
_BEARER = re.compile(r"\b(bearer|basic)\s+(?!\[hidden\])[\w.~+/=-]{6,}", re.IGNORECASE)
_URL = re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)([^\s\"'<>?#]*)([?#][^\s\"'<>]*)?", re.IGNORECASE)
# Names that carry a secret in a query, a form or JSON; the rest of a signed link's query is
# hidden with its URL, but a link may also arrive cut in pieces.
_PAIR = re.compile(
    r"(?<![a-z0-9])("
    r"x-(?:amz|goog|oss|ms)-[a-z-]+|awsaccesskeyid|ossaccesskeyid|key-pair-id|googleaccessid"
    r"|(?:access|refresh|id|auth|session|security|hiapi)[-_]?token|token"
    r"|api[-_]?key|(?:client|shared)[-_]?secret|secret(?:[-_]?access)?[-_]?key|secret"
    r"|private[-_]?key(?:[-_]id)?|password|passwd|assertion"
    r"|(?:sig|signature|expires|policy|se|sp|sv)(?==)"
    r")([\"']?\s*[=:]\s*[\"']?)(?!\[hidden\])[^\s\"'&,;<>}]+",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"  # JWT
    r"|\bsk-[\w-]{12,}"  # API keys in the common style
    r"|\bya29\.[\w.-]{8,}"  # Google access tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS access key ids
)
_PAGE = re.compile(
    r"^\s*<|<\s*/?\s*(?:!doctype|\?xml|html|head|body|title|meta|link|style|script|center|div|span"
    r"|p|br|hr|h[1-6]|a|b|i|em|strong|pre|code|ul|ol|li|table|tr|td|form|img|iframe|svg)"
    r"(?=[\s/>]|$)[^<]{0,200}(?:>|$)",
    re.IGNORECASE,
)
_URL_SAFE = str.maketrans("+/", "-_")
_ESCAPE = re.compile(r"%[0-9A-F]{2}")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def redact(text: object, *, secrets: Iterable[str] = (), limit: int = LIMIT) -> str:
    """A foreign text without secrets, on one line, of bounded length.

    Hidden are private keys, ``Authorization`` values, bearer and basic credentials, well-known
    kinds of keys, the query and the user name of every URL, the values of parameters such as
    ``token=`` or ``X-Amz-Signature=``, and ``secrets`` themselves, also percent-encoded, with
    JSON's escapes or in base64. Control characters, line breaks, lone surrogates and marks that
    turn the direction of writing are written as escapes, so that nobody forges a second log line.

    Args:
        text: Anything; its ``str`` is taken.
        secrets: Values that are known to be secret. Empty ones, and ones of fewer than six
            characters, are ignored.
        limit: The result's greatest length in characters, at least 1. A cut is shown by "…".
    """
    shown = str(text)
    for secret in sorted(_spellings(secrets), key=len, reverse=True):
        shown = shown.replace(secret, HIDDEN)
    # What spans more than a few characters is hidden before the cut, so none of it can be halved.
    shown = _PRIVATE_KEY.sub(HIDDEN, shown)[: max(limit, _ENOUGH)]
    shown = _AUTHORIZATION.sub(rf"\1{HIDDEN}", shown)
    shown = _BEARER.sub(rf"\1 {HIDDEN}", shown)
    shown = _URL.sub(_plain_url, shown)
    shown = _PAIR.sub(rf"\1\2{HIDDEN}", shown)
    shown = _TOKEN.sub(HIDDEN, shown)
    shown = "".join(map(_visible, shown[: limit + 1]))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def is_page(text: str) -> bool:
    """Whether a foreign text is a web page or a piece of one, which nobody is shown."""
    return bool(_PAGE.search(html.unescape(text[:_ENOUGH])))


def _spellings(secrets: Iterable[str]) -> set[str]:
    known = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
    return known.union(*map(_encoded, known))


def _encoded(secret: str) -> set[str]:
    """A secret as it looks in a query, a form, JSON or base64."""
    raw = secret.encode(errors="surrogatepass")
    escaped = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    queries = {quote(raw, safe=""), quote(raw, safe="/"), quote_plus(raw)}
    base = {base64.b64encode(raw).decode(), *_within_base64(raw)}
    base |= {text.translate(_URL_SAFE) for text in base}
    return {
        *escaped,
        *(text.replace("/", "\\/") for text in escaped),
        *queries,
        *(_ESCAPE.sub(lambda found: found[0].lower(), text) for text in queries),
        *base,
    }


def _within_base64(raw: bytes) -> Iterator[str]:
    """The characters that depend on nothing but the secret, wherever it begins in a longer text."""
    for before in range(3):
        end = (before + len(raw)) * 8 // 6
        yield base64.b64encode(bytes(before) + raw).decode()[-(-before * 8 // 6) : end]


def _plain_url(match: re.Match[str]) -> str:
    scheme, rest, query = match.groups()
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    user = HIDDEN if user else ""
    return f"{scheme}{user}{at}{host}{slash}{path}" + (f"?{HIDDEN}" if query else "")


def _visible(character: str) -> str:
    if character in _BIDI or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape").decode("ascii")
    return character

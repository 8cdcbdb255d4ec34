"""Who may ask the engine for what.

MiniStack itself answers anybody: without a key, with ``test`` or with an account's number a caller
is root, and ``/_ministack/`` asks for nothing. So each start draws a key of its own, known to this
process, to the commands that read it from the state folder (which is its owner's alone), and to
nobody else. The functions have the keys of their roles, which the engine checks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from rowshot_simulators.guard import Refuses, foreign_host, foreign_page, is_same_secret

KEY_HEADER: Final = "x-rowshot-engine"
_CREDENTIAL = re.compile(r"\bCredential=([^/\s,]*)/")
_DELIVERED = ("/images/", "/reports/", "/references/")
_CDN_HOST = re.compile(r"[a-z0-9]+\.cloudfront\.localhost(:\d+)?")
_FUNCTION_URL = "/_aws/lambda-url/"
_ROOT = re.compile(r"(?:test)?|\d{12}")


def engine_guard(key: str) -> Refuses:
    """The engine's rule.

    Args:
        key: This start's access key.
    """

    def refuses(scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
        if why := foreign_host(headers):
            return why
        path, method = scope["path"], scope.get("method", "")
        if _CDN_HOST.fullmatch(headers["host"].lower()):
            # Published pictures are for every page, as behind the real CDN; nothing else is there.
            open_to_all = method in ("GET", "HEAD", "OPTIONS") and path.startswith(_DELIVERED)
            return "" if open_to_all else "nothing but pictures and reports is served here"
        if why := foreign_page(headers):
            return why
        if path == "/_ministack/health" or path.startswith(_FUNCTION_URL):
            return ""  # what is behind a function's URL asks for a signature of its own
        if path.startswith("/_ministack"):
            own = is_same_secret(headers.get(KEY_HEADER, ""), key)
            return "" if own else "this needs the key of this start"
        named = _named(scope, headers)
        if is_same_secret(named, key) or not _ROOT.fullmatch(named):
            return ""
        return "this needs a key of this start"

    return refuses


def _named(scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The access key that a request names; empty when it names none, or more than one."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    folded = {name.lower(): values for name, values in query.items()}
    in_query = [v.partition("/")[0] for v in folded.get("x-amz-credential", [])]
    in_query += folded.get("awsaccesskeyid", [])
    authorization = headers.get("authorization", "")
    in_header = _CREDENTIAL.findall(authorization) if authorization.startswith("AWS4-") else []
    named = set(in_query) | set(in_header)
    return named.pop() if len(named) == 1 else ""

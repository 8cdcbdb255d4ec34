"""Who may ask the local engine for what."""

from __future__ import annotations

from typing import Any

import pytest

from rowshot_local.engine.guard import KEY_HEADER, engine_guard
from rowshot_simulators.guard import headers_of, own_page_only, programs_only

KEY = "ROWSHOT0123456789"
HERE = "127.0.0.1:4000"
CDN = "abc123.cloudfront.localhost:4000"
PICTURE = "/images/mug/0a.webp"


def asked(path: str = "/", method: str = "GET", query: str = "", **headers: str) -> dict[str, Any]:
    sent = {"host": HERE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
    return {
        "type": "http",
        "path": path,
        "method": method,
        "query_string": query.encode(),
        "headers": raw,
    }


def signed(key: str) -> str:
    return (
        f"AWS4-HMAC-SHA256 Credential={key}/20261125/us-east-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=00"
    )


def refused(scope: dict[str, Any]) -> str:
    return engine_guard(KEY)(scope, headers_of(scope))


@pytest.mark.parametrize(
    "scope",
    [
        asked(authorization=signed(KEY)),
        asked(authorization=signed("ASIAROLEOFAFUNCTION")),  # the engine checks such keys itself
        asked(query=f"X-Amz-Credential={KEY}%2F20261125%2Fus-east-1%2Fs3%2Faws4_request"),
        asked(host="localhost:4000", authorization=signed(KEY)),
        asked(host="[::1]:4000", authorization=signed(KEY)),
        asked(host="172.17.0.1:4000", authorization=signed(KEY)),  # a container's way here
        asked("/_ministack/health"),
        asked("/_ministack/config", "POST", **{KEY_HEADER: KEY}),
        asked("/_aws/lambda-url/abc/", "POST"),
        asked(PICTURE, host=CDN),
        asked(PICTURE, "HEAD", host=CDN, origin="https://shop.example"),
        asked(PICTURE, "OPTIONS", host=CDN, origin="https://shop.example"),
        asked("/reports/x/index.html", host=CDN, sec_fetch_site="cross-site"),
    ],
)
def test_our_own_programs_and_pictures_pass(scope: dict[str, Any]) -> None:
    assert refused(scope) == ""


@pytest.mark.parametrize(
    "scope",
    [
        asked(),
        asked(authorization=signed("test")),
        asked(authorization=signed("000000000000")),
        asked(authorization=signed("")),
        asked(query="X-Amz-Credential=test%2Fx"),
        asked(query="AWSAccessKeyId=test"),
        asked(query=f"X-Amz-Credential={KEY}%2Fx", authorization=signed("test")),
        asked(authorization="Bearer x"),
        asked("/_ministack/reset", "POST"),
        asked("/_ministack/reset", "POST", authorization=signed(KEY)),
        asked("/_ministack", **{KEY_HEADER: "test"}),
        asked("/_ministack/health", host="evil.example"),
        asked(host="evil.example:4000", authorization=signed(KEY)),
        asked(host="127.0.0.1.evil.example", authorization=signed(KEY)),
        asked(host="localhost.evil.example", authorization=signed(KEY)),
        asked(host="", authorization=signed(KEY)),
        asked(origin="https://evil.example", authorization=signed(KEY)),
        asked(origin="null", authorization=signed(KEY)),
        asked(origin=f"http://{HERE}", authorization=signed(KEY)),
        asked(sec_fetch_site="cross-site", authorization=signed(KEY)),
        asked(sec_fetch_site="same-site", authorization=signed(KEY)),
        asked("/_ministack/health", origin="https://evil.example"),
        asked("/_aws/lambda-url/abc/", "POST", origin="https://evil.example"),
        asked(PICTURE, "POST", host=CDN),
        asked("/_ministack/health", host=CDN),
        asked("/", "POST", host=CDN, authorization=signed(KEY)),
    ],
)
def test_strangers_do_not(scope: dict[str, Any]) -> None:
    assert refused(scope)


def test_a_host_that_is_missing_or_named_twice_is_nobodys() -> None:
    scope = asked(authorization=signed(KEY))
    without = {**scope, "headers": [each for each in scope["headers"] if each[0] != b"host"]}
    twice = {**scope, "headers": [*scope["headers"], (b"host", b"evil.example")]}
    assert refused(without)
    assert refused(twice)


@pytest.mark.parametrize(
    ("scope", "fine"),
    [
        (asked(), True),
        (asked(origin=f"http://{HERE}", sec_fetch_site="same-origin"), True),
        (asked(sec_fetch_site="cross-site", sec_fetch_mode="navigate"), True),  # a link to it
        (asked(sec_fetch_site="cross-site", sec_fetch_mode="no-cors"), False),
        (asked(sec_fetch_site="same-site", sec_fetch_mode="cors"), False),
        (asked(method="POST", sec_fetch_site="cross-site", sec_fetch_mode="navigate"), False),
        (asked(origin="http://127.0.0.1:4001"), False),
        (asked(host="evil.example"), False),
    ],
)
def test_a_page_of_ours_is_asked_by_itself_only(scope: dict[str, Any], fine: bool) -> None:
    assert (own_page_only(scope, headers_of(scope)) == "") is fine


@pytest.mark.parametrize(
    ("scope", "fine"),
    [
        (asked(), True),
        (asked(origin="http://127.0.0.1:4000"), False),
        (asked(sec_fetch_site="same-origin"), False),
        (asked(host="rebound.example:80"), False),
    ],
)
def test_a_simulator_is_for_programs(scope: dict[str, Any], fine: bool) -> None:
    assert (programs_only(scope, headers_of(scope)) == "") is fine

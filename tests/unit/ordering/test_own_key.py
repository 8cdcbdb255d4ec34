"""Our key in hiapi's words is hidden because it is ours, whatever it looks like."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest

from rowshot.errors import HiapiError
from rowshot.ordering.hiapi import HiapiClient
from rowshot.reporting.notifications import message, subject

KEYS = ["plain-words-as-a-key", "1234567890", "k/y+with=odd&signs", "钥匙钥匙钥匙钥匙"]


def client(key: str, answer: Callable[[httpx.Request], httpx.Response]) -> HiapiClient:
    return HiapiClient(
        "https://api.example.com", lambda: key, transport=httpx.MockTransport(answer)
    )


@pytest.mark.parametrize("key", [key for key in KEYS if key.isascii()])
@pytest.mark.parametrize("status", [400, 403, 404, 500])
@pytest.mark.parametrize("shape", ["nested", "flat", "plain", "code", "encoded", "path", "lower"])
def test_an_error_that_repeats_our_key_does_not_show_it(key: str, status: int, shape: str) -> None:
    words = f"the key {key} may not do that"
    body = {
        "nested": {"error": {"code": "permission_denied", "message": words}},
        "flat": {"code": status, "message": words},
        "plain": None,
        "code": {"error": {"code": key, "message": "no"}},
        "path": {"message": f"see https://x.example/{quote(key)}"},
        "lower": {"message": f"see {quote(key, safe='').replace('%2F', '%2f')}"},
        "encoded": {"message": f"see https://x.example/{quote(key, safe='')}"},
    }[shape]
    answer = (
        httpx.Response(status, text=words) if body is None else httpx.Response(status, json=body)
    )

    with pytest.raises(HiapiError) as caught:
        client(key, lambda request: answer).create(b"{}", "k")

    for told in (caught.value.message, caught.value.in_full, caught.value.code):
        for spelt in (key, quote(key), quote(key, safe=""), quote(key, safe="").lower()):
            assert spelt not in told


@pytest.mark.parametrize("key", [key for key in KEYS if key.isascii()])
def test_a_failed_task_that_repeats_our_key_does_not_show_it(key: str) -> None:
    data = {"taskId": "t", "status": "fail", "error": {"code": "X", "message": f"bad {key}"}}
    task = client(key, lambda request: httpx.Response(200, json={"data": data})).task("t")

    assert key not in task.error_message
    assert "bad" in task.error_message


def test_names_in_a_mail_stay_on_their_line() -> None:
    counts = dict.fromkeys(("rows", "published", "unchanged", "approved", "failed"), 1)
    forged = "jar\r\nSpent: $0.\x1b[2J\u202e"
    row = {"row": 2, "slug": forged, "error": f"no {forged}", "status": "failed"}
    report = {
        "sheet": f"{forged}.csv",
        "status": "finished",
        "counts": counts,
        "spent_usd": "1",
        "estimate_usd": "1",
        "possibly_billed_usd": "0",
        "rows": [row],
    }
    text = message(report)

    assert sum(line.startswith("Spent") for line in text.splitlines()) == 1
    assert not {"\x1b", "\r", "\u202e"} & set(text)
    assert subject(report).isprintable()

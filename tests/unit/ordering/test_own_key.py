"""Our key in hiapi's words is hidden because it is ours, whatever it looks like."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from rowshot import wiring
from rowshot.errors import HiapiDenied, HiapiError
from rowshot.ordering.hiapi import HiapiClient
from rowshot.reporting.notifications import message, subject
from rowshot_local.environment import ConfigurationError, target

KEYS = ["plain-words-as-a-key", "1234567890", "k/y+with=odd&signs"]
# No header takes them, or no vendor gives them out; a paste brings them.
NO_KEYS = [
    "钥匙钥匙钥匙钥匙",
    "clé-de-hiapi",
    "two words",
    "one\ntwo",
    "zero\u200bwidth",
    "tab\tkey",
]


def client(key: str, answer: Callable[[httpx.Request], httpx.Response]) -> HiapiClient:
    return HiapiClient(
        "https://api.example.com", lambda: key, transport=httpx.MockTransport(answer)
    )


@pytest.mark.parametrize("key", KEYS)
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


@pytest.mark.parametrize("key", KEYS)
def test_a_failed_task_that_repeats_our_key_does_not_show_it(key: str) -> None:
    data = {"taskId": "t", "status": "fail", "error": {"code": "X", "message": f"bad {key}"}}
    task = client(key, lambda request: httpx.Response(200, json={"data": data})).task("t")

    assert key not in task.error_message
    assert "bad" in task.error_message


class Secrets:
    """Secrets Manager, in which somebody puts another key."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.exceptions = SimpleNamespace(ResourceNotFoundException=LookupError)

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        return {"SecretString": self.text}


@pytest.mark.parametrize("key", NO_KEYS)
def test_what_cannot_be_a_key_stops_the_run_and_a_new_one_is_taken_up_at_once(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Secrets(key)
    monkeypatch.setattr(wiring, "client", lambda service: kept)
    monkeypatch.setattr(wiring, "_secrets", {})
    settings: Any = SimpleNamespace(hiapi_base_url="https://hiapi.test", hiapi_secret="hiapi")
    with pytest.raises(HiapiDenied, match="no key has") as caught:
        wiring.hiapi(settings, 1.0).task("t")
    assert key not in caught.value.message
    kept.text = f"{KEYS[0]}\n"
    assert wiring._key("hiapi") == KEYS[0]


@pytest.mark.parametrize("key", NO_KEYS)
def test_what_cannot_be_a_key_is_refused_before_a_run_on_a_laptop(key: str) -> None:
    with pytest.raises(ConfigurationError, match=r"HIAPI_TOKEN has .* no key has") as caught:
        target(live=True, environment={"HIAPI_TOKEN": key})
    assert key not in str(caught.value)
    assert target(live=False, environment={"HIAPI_TOKEN": key}).simulated


@pytest.mark.parametrize("key", KEYS)
def test_odd_signs_may_be_in_a_key(key: str) -> None:
    assert target(live=True, environment={"HIAPI_TOKEN": f" {key}\n"}).token == key


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

from __future__ import annotations

import base64
import json
import re
import unicodedata
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.telemetry.redaction import HIDDEN, redact

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.def-123", "abc.def-123"),
        ("{'Authorization': 'Bearer abc.def-123'}", "abc.def-123"),
        ('{"authorization": "Token topsecret99"}', "topsecret99"),
        ("[('authorization', 'Bearer abcdef123')]", "abcdef123"),
        ("authorization=AWS4-HMAC-SHA256 Credential=AKIA/eu, Signature=feed01", "feed01"),
        ("sent bearer\nABCDEF123456 to it", "ABCDEF123456"),
        ("https://temp.hiapi.ai/a.png?X-Amz-Signature=feed01&X-Amz-Date=1", "feed01"),
        ("see https://h.example/p?anything=at-all-123", "at-all-123"),
        ("https://h.example/p#access_token=abcdef", "abcdef"),
        ("https://user:hunter22@h.example/p", "hunter22"),
        ("&X-Amz-Credential=AKIDEXAMPLE%2F2026", "AKIDEXAMPLE"),
        ("...&sig=Zm9v%3D&se=2026", "Zm9v"),
        ("Expires=1790000000&Key-Pair-Id=K2JCJMDEHXQW5F", "K2JCJMDEHXQW5F"),
        ('{"token": "t0ps3cret"}', "t0ps3cret"),
        ('{"refresh_token":"1//0gabc"}', "1//0gabc"),
        ("invalid api_key: 9f8e7d6c", "9f8e7d6c"),
        ("key sk-live_0123456789abcdef was refused", "0123456789abcdef"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "eyJzdWIiOiIxIn0"),
        ("ya29.a0AfH6SMBx-yz_1", "a0AfH6SMBx"),
        ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7"),
        (f"the key {KEY} was", "MIIEvQ"),
        ('{"private_key": "' + KEY.replace("\n", "\\n") + '"}', "MIIEvQ"),
        ("cut off: -----BEGIN RSA PRIVATE KEY-----\nMIIEvQ", "MIIEvQ"),
    ],
)
def test_secrets_are_hidden(text: str, secret: str) -> None:
    shown = redact(text)

    assert secret not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize(
    "text",
    [
        "invalid input: size: value must be one of '2048*2048', '1536*2688'",
        "Your prompt was refused by our safety policy: violence",
        "task tk-hiapi-01J9ZQ3V6WJ1H8Y3K5P7R9T2B4 failed (request_id req_42)",
        "The picture is at https://cdn.example.com/images/tea-tin/4f3a.webp now",
        "提示词包含不允许的内容：请修改“编号 17”",
        "a token of our thanks; keep it secret",
    ],
)
def test_what_a_person_needs_stays(text: str) -> None:
    assert redact(text) == text


def test_the_host_and_path_of_a_link_stay() -> None:
    shown = redact("GET https://temp.hiapi.ai/out/1.png?sig=abc failed")

    assert shown == f"GET https://temp.hiapi.ai/out/1.png?{HIDDEN} failed"


def test_nothing_can_start_a_second_log_line() -> None:
    assert redact('ok\r\n{"level":"INFO"}\x1b[2J') == 'ok\\r\\n{"level":"INFO"}\\x1b[2J'
    assert redact("a\u2028b\u202ec\x00d\ud800") == "a\\u2028b\\u202ec\\x00d\\ud800"


def test_a_known_secret_is_hidden_in_every_spelling() -> None:
    secret = "p/w+ä b=c"
    text = "raw p/w+ä b=c, in a query p%2Fw%2B%C3%A4%20b%3Dc, key " + KEY.replace("\n", "\\n")

    shown = redact(text, secrets=[secret, KEY, "", "ok"])

    assert shown == f"raw {HIDDEN}, in a query {HIDDEN}, key {HIDDEN}"


@pytest.mark.parametrize(
    "secret", ["a key/of+ours?>ÿ", 'it"says\\so', "schlüssel-钥匙", "plain-words"]
)
def test_a_known_secret_is_hidden_in_encodings_too(secret: str) -> None:
    raw = secret.encode()
    spellings = {
        base64.b64encode(raw).decode(),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode(),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1].replace("/", "\\/"),
        quote_plus(secret),
        re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
    }
    for spelling in spellings:
        shown = redact(f"saw {spelling} there", secrets=[secret])
        assert re.fullmatch(rf"saw {re.escape(HIDDEN)}.?=* there", shown), spelling


@pytest.mark.parametrize("before", ["", "u", "u:", "me:", "user"])
def test_a_known_secret_is_hidden_inside_a_longer_base64(before: str) -> None:
    secret = "plain-words-key"
    encoded = base64.b64encode(f"{before}{secret}, and more".encode()).decode()
    shown = redact(f"saw {encoded} there", secrets=[secret])
    middle = encoded[-(-len(before) * 8 // 6) + 1 : (len(before) + len(secret)) * 8 // 6 - 1]
    assert HIDDEN in shown
    assert middle not in shown


def test_every_mark_that_turns_the_writing_is_shown() -> None:
    assert redact("a\u061cb") == "a\\u061cb"


def test_the_longer_of_two_nested_secrets_is_hidden_whole() -> None:
    assert redact("abcdef-ghijkl", secrets=["abcdef", "abcdef-ghijkl"]) == HIDDEN


def test_long_texts_are_cut_visibly() -> None:
    assert redact("x" * 600) == "x" * 499 + "…"
    assert redact("x" * 500) == "x" * 500


@pytest.mark.parametrize("text", ["eyJ-", "-----BEGIN ", "https://", "token=", "\n", "a@"])
def test_a_huge_text_is_cut_and_cheap(text: str) -> None:
    """Quadratic matching would take minutes here."""
    secret = "s3cret-" * 20

    shown = redact(text * 300_000 + secret, secrets=[secret])

    assert len(shown) <= 500
    assert "s3cret" not in shown


@given(st.text(max_size=300), st.integers(min_value=1, max_value=80))
def test_any_text_becomes_one_bounded_line(text: str, limit: int) -> None:
    shown = redact(text, limit=limit)

    assert len(shown) <= limit
    assert shown.splitlines() in ([shown], [])
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown)
    shown.encode("utf-8")


@given(
    st.text(max_size=60),
    st.text(alphabet="ABCDEFGHJKLMNPQRSTUVWXYZ0123456789/+%&=?\n", min_size=6, max_size=40),
    st.text(max_size=60),
)
def test_a_given_secret_never_shows(before: str, secret: str, after: str) -> None:
    shown = redact(f"{before}{secret}{after}", secrets=[secret], limit=2000)

    assert secret not in shown.replace(HIDDEN, "")

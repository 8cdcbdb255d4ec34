from __future__ import annotations

import hashlib
import hmac

import pytest

from rowshot.inbound.signing import (
    SIGNATURE,
    TIMESTAMP,
    WINDOW,
    BadSignature,
    menu_secret,
    sign,
    verify,
)

NOW = 1_760_000_000.0
BODY = '{"worksheet": "春季"}'.encode()


def headers(**changes: str) -> dict[str, str]:
    stamp = str(int(NOW))
    return {TIMESTAMP: stamp, SIGNATURE: sign("secret", stamp, BODY), **changes}


def test_a_signature_is_what_anybody_computes_by_the_rule() -> None:
    # printf '1760000000.{}' | openssl dgst -sha256 -hmac secret
    known = "53dc054739ad94d3532227ba8d397f66ed2166a6b66940c2006692fa6db6829f"
    assert sign("secret", "1760000000", b"{}") == known


def test_a_signed_request_passes() -> None:
    assert verify("secret", headers(), BODY, NOW) == headers()[SIGNATURE]


@pytest.mark.parametrize("off", [-WINDOW, WINDOW])
def test_clocks_may_differ_a_little(off: float) -> None:
    assert verify("secret", headers(), BODY, NOW + off)


@pytest.mark.parametrize("off", [-WINDOW - 1, WINDOW + 1])
def test_an_old_request_does_not_pass(off: float) -> None:
    with pytest.raises(BadSignature, match="five minutes"):
        verify("secret", headers(), BODY, NOW + off)


@pytest.mark.parametrize(
    ("secret", "said", "body"),
    [
        ("other", headers(), BODY),
        ("secret", headers(), BODY + b" "),
        ("secret", headers(**{TIMESTAMP: str(int(NOW) + 1)}), BODY),
        ("secret", headers(**{SIGNATURE: ""}), BODY),
        ("secret", headers(**{SIGNATURE: "ä" * 64}), BODY),
        ("secret", {}, BODY),
        ("", {TIMESTAMP: str(int(NOW)), SIGNATURE: sign("", str(int(NOW)), BODY)}, BODY),
    ],
)
def test_what_was_not_signed_with_the_secret_does_not_pass(
    secret: str, said: dict[str, str], body: bytes
) -> None:
    with pytest.raises(BadSignature, match="not signed"):
        verify(secret, said, body, NOW)


@pytest.mark.parametrize("stamp", ["", "1e9", "-1", "nan", "٣"])
def test_a_moment_that_is_no_number_does_not_pass(stamp: str) -> None:
    said = {TIMESTAMP: stamp, SIGNATURE: sign("secret", stamp, BODY)}
    with pytest.raises(BadSignature, match="five minutes"):
        verify("secret", said, BODY, NOW)


def test_each_spreadsheet_has_a_secret_of_its_own() -> None:
    # printf 'rowshot menu 1AbC' | openssl dgst -sha256 -hmac secret
    assert menu_secret("secret", "1AbC") == sign_plain("secret", b"rowshot menu 1AbC")
    assert len({menu_secret(master, sheet) for master in ("a", "b") for sheet in ("1", "2")}) == 4
    assert menu_secret("", "1AbC") == ""


def sign_plain(key: str, data: bytes) -> str:
    return hmac.new(key.encode(), data, hashlib.sha256).hexdigest()

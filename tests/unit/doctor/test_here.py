"""Each check of this machine, with everything right and with each thing wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from PIL import ImageFont

from rowshot.errors import SheetError, SheetGone, SheetNotShared
from rowshot_local.doctor import Check, Verdict, examine, here
from rowshot_local.doctor.checks import Word, ok


@pytest.fixture(scope="module")
def account() -> dict[str, str]:
    """The content of a service account's key file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "type": "service_account",
        "client_email": "rowshot@example.iam.gserviceaccount.com",
        "private_key": text.decode(),
        "token_uri": "https://oauth2.googleapis.com/token",
    }


def is_wrong(verdict: Verdict, sees: str, advises: str = "") -> None:
    assert verdict.word is Word.WRONG
    assert sees in verdict.sentence
    assert advises in verdict.advice


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 2)])
def test_python_is_new_enough(version: tuple[int, ...]) -> None:
    assert here.python(version).word is Word.OK


def test_python_is_too_old() -> None:
    is_wrong(here.python((3, 10, 14)), "Python 3.10.14", "Install Python 3.11 or newer")


def test_ports_can_be_opened() -> None:
    assert here.ports(lambda: 1).word is Word.OK


def test_ports_cannot_be_opened() -> None:
    def refused() -> int:
        raise PermissionError(13, "Permission denied")

    is_wrong(here.ports(refused), "127.0.0.1 (Permission denied)", "firewall")


def test_the_state_folder_can_be_written_and_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "new" / ".rowshot"
    assert here.state_folder(folder).word is Word.OK
    assert list(tmp_path.iterdir()) == []


def test_the_state_folder_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    is_wrong(here.state_folder(file), f"{file} cannot be written", "--state")


def test_a_token_alone_never_spends() -> None:
    verdict = here.hiapi_settings({"HIAPI_TOKEN": "a-key-of-somebody"})
    assert verdict.word is Word.OK
    assert "spends only with --live" in verdict.sentence
    assert "a-key-of-somebody" not in verdict.sentence


def test_nothing_is_set() -> None:
    assert "costs nothing" in here.hiapi_settings({}).sentence


def test_a_server_is_named_so_that_every_run_orders_there() -> None:
    settings = {"HIAPI_TOKEN": "a-key-of-somebody", "HIAPI_BASE_URL": "https://api.hiapi.ai"}
    verdict = here.hiapi_settings(settings)
    assert verdict.word is Word.NOTE
    assert "may cost real money" in verdict.sentence


@pytest.mark.parametrize(
    ("settings", "sees"),
    [
        ({"HIAPI_BASE_URL": "https://api.hiapi.ai"}, "HIAPI_BASE_URL needs a key"),
        ({"HIAPI_BASE_URL": "ftp://x", "HIAPI_TOKEN": "key"}, "must begin with"),
        ({"HIAPI_TOKEN": "two words"}, "HIAPI_TOKEN contains a space"),
        ({"HIAPI_TOKEN": "ключ"}, "HIAPI_TOKEN contains a space, or a character"),
    ],
)
def test_hiapi_settings_make_no_sense(settings: Mapping[str, str], sees: str) -> None:
    is_wrong(here.hiapi_settings(settings), sees)


def test_no_service_account_is_needed() -> None:
    assert here.service_account({}).word is Word.SKIPPED


def test_the_service_account_is_good(account: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(account))
    verdict = here.service_account({"GOOGLE_SERVICE_ACCOUNT_FILE": str(file)})
    assert verdict.word is Word.OK
    assert account["client_email"] in verdict.sentence
    assert "PRIVATE" not in verdict.sentence


@pytest.mark.parametrize(
    ("change", "sees"),
    [
        ({"type": "authorized_user"}, "is not a service account's key file"),
        ({"client_email": None}, "has no client_email"),
        ({"private_key": ""}, "has no private_key"),
        ({"token_uri": None}, "has no token_uri"),
        (
            {"token_uri": "http://evil.example/token"},
            "has a token_uri that is not an https address",
        ),
        (
            {"token_uri": "http://127.0.0.1.evil.example/"},
            "has a token_uri that is not an https address",
        ),
        (
            {"private_key": "-----BEGIN PRIVATE KEY-----\nx\n"},
            "has a private_key that cannot be read",
        ),
    ],
)
def test_the_service_account_is_bad(
    account: dict[str, str], change: dict[str, Any], sees: str
) -> None:
    data = json.dumps({**account, **change}).encode()
    is_wrong(here.key_file(data, "The file"), f"The file {sees}")


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b'"key"'])
def test_the_service_account_file_is_something_else(data: bytes) -> None:
    is_wrong(here.key_file(data, "The file"), "The file is no", "Create a new JSON key")


def test_the_service_account_file_is_missing(tmp_path: Path) -> None:
    settings = {"GOOGLE_SERVICE_ACCOUNT_FILE": str(tmp_path / "none.json")}
    check = Check("account", lambda: here.service_account(settings))
    (finding,) = examine([check])
    is_wrong(finding.verdict, "names no file")


class Sheet:
    """A worksheet that answers, or fails."""

    shared_with = "rowshot@example.iam.gserviceaccount.com"

    def __init__(self, error: SheetError | None = None) -> None:
        self.error = error

    def export_table(self) -> list[list[str]]:
        if self.error:
            raise self.error
        return [["slug"]]


def looked(account: dict[str, str], sheet: Sheet) -> Verdict:
    def opened(*_: Any) -> Any:
        return sheet

    given = (json.dumps(account).encode(), "https://sheets.googleapis.com")
    return here.sheet_access("x" * 44, "Launch", lambda: given, opened)


def test_the_sheet_is_shared(account: dict[str, str]) -> None:
    verdict = looked(account, Sheet())
    assert verdict.word is Word.OK
    assert "can read the worksheet 'Launch'" in verdict.sentence


@pytest.mark.parametrize(
    "error", [SheetNotShared("Share it with rowshot@ as Editor."), SheetGone("No worksheet.")]
)
def test_the_sheet_is_not_to_be_had(account: dict[str, str], error: SheetError) -> None:
    is_wrong(looked(account, Sheet(error)), error.message)


def test_no_sheet_is_asked_for_without_a_good_key(account: dict[str, str]) -> None:
    is_wrong(looked({**account, "private_key": "none"}, Sheet()), "private_key")


def test_fonts_know_chinese() -> None:
    assert here.fonts().word is Word.OK


def test_fonts_know_no_chinese() -> None:
    is_wrong(here.fonts(ImageFont.load_default), "no font here has Chinese", "Noto Sans CJK")


def test_a_check_that_breaks_stops_no_other_and_shows_no_secret() -> None:
    def denied() -> Verdict:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue")

    def odd() -> Verdict:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "DescribeStacks")

    def cut() -> Verdict:
        raise EndpointConnectionError(endpoint_url="https://sts.example")

    checks = [
        Check("denied", denied),
        Check("odd", odd),
        Check("cut", cut),
        Check("good", lambda: ok("hiapi said my-secret-key.")),
    ]
    found = list(examine(checks, secrets=lambda: ["my-secret-key"]))
    assert [each.verdict.word for each in found] == [Word.WRONG] * 3 + [Word.OK]
    assert "you may not call GetSecretValue" in found[0].line
    assert "AWS answered DescribeStacks with ThrottlingException" in found[1].line
    assert "EndpointConnectionError" in found[2].line
    assert found[3].line == "ok      good: hiapi said [hidden]."

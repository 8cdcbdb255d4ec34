"""Which of Google's answers are worth another try."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import requests

from rowshot.clock import Clock
from rowshot.errors import SheetError, SheetGone, SheetNotShared, SheetsUnavailable
from rowshot.sheet_sync.google.failures import passes, refused
from rowshot.sheet_sync.google.http import Limits, SheetsClient


@pytest.mark.parametrize("status", [408, 409, 429, 499, 500, 502, 503, 504, 520, 522, 524, 599])
def test_what_passes_is_tried_again(status: int) -> None:
    assert passes(status, {})
    error = refused(status, {}, email="bot@example.com", worksheet=None)
    assert isinstance(error, SheetsUnavailable)


@pytest.mark.parametrize(
    "error",
    [
        {"status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded for quota metric"},
        {"message": "Rate Limit", "errors": [{"reason": "userRateLimitExceeded"}]},
        {"message": "Rate Limit Exceeded"},
        {"message": "User Rate Limit Exceeded. Rate of requests for user exceed limit."},
        {"message": "no", "details": [{"reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis"}]},
        {"errors": [{"reason": "sharingRateLimitExceeded"}]},
        {"errors": [{"reason": "dailyLimitExceeded"}]},
        {"message": "quota exceeded for project 17"},
        {"message": "You have exceeded your request quota"},
    ],
)
def test_a_403_about_a_quota_passes(error: dict[str, object]) -> None:
    assert passes(403, error)


@pytest.mark.parametrize(
    "error",
    [
        {"errors": [{"reason": "storageQuotaExceeded", "domain": "usageLimits"}], "message": "no"},
        {"message": "The user's Drive storage quota has been exceeded."},
        {"message": "The user has exceeded their Drive storage quota"},
        {"status": "RESOURCE_EXHAUSTED", "details": [{"reason": "STORAGE_QUOTA_EXCEEDED"}]},
    ],
)
def test_a_drive_that_is_full_is_named(error: dict[str, object]) -> None:
    assert not passes(403, error)
    told = refused(403, error, email="bot@example.com", worksheet=None)
    assert type(told) is SheetError
    assert "Google Drive" in told.message
    assert "full" in told.message
    assert "share" not in told.message


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_is_a_verdict_does_not_pass(status: int) -> None:
    assert not passes(status, {"status": "PERMISSION_DENIED", "message": "no permission"})


def test_a_403_without_a_quota_means_not_shared() -> None:
    error = refused(
        403, {"message": "The caller does not have permission"}, email="b", worksheet=None
    )
    assert isinstance(error, SheetNotShared)


@pytest.mark.parametrize(
    "error",
    [
        {"message": "The caller does not have permission", "status": "PERMISSION_DENIED"},
        {"message": "Google Sheets API has not been used in project 7 before or it is disabled."},
        {"errors": [{"reason": "insufficientFilePermissions"}]},
    ],
)
def test_any_other_403_is_a_verdict(error: dict[str, object]) -> None:
    assert not passes(403, error)


@pytest.mark.parametrize("status", [400, 403, 404, 407, 451])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Forbidden",
        b"error code: 1020",
        b"404 page not found",
        b"\xef\xbb\xbf<html><head></head></html>",
        b"Blocked: <html>",
        b'{"message": "denied by the proxy"}',
        b'{"error": "denied"}',
        b'["no"]',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_not_googles_is_no_verdict(status: int, content: bytes) -> None:
    with pytest.raises(SheetsUnavailable, match=f"answered {status}"):
        asked(status, content).request("GET", "https://sheets.googleapis.com/v4/x", patience=0)


@pytest.mark.parametrize(("status", "kind"), [(403, SheetNotShared), (404, SheetGone)])
def test_googles_own_answer_is_one(status: int, kind: type[SheetError]) -> None:
    content = json.dumps({"error": {"code": status, "message": "no"}}).encode()
    with pytest.raises(kind):
        asked(status, content).request("GET", "https://sheets.googleapis.com/v4/x", patience=0)


def test_a_page_in_googles_words_is_not_shown() -> None:
    said = {"message": "<html><head><title>400"}
    error = refused(400, said, email="b", worksheet=None)
    assert error.message == "Google refused the change to the sheet: no reason given"


def asked(status: int, content: bytes) -> SheetsClient:
    """A client that gets this answer, with a key of nobody's."""
    client = object.__new__(SheetsClient)
    answer = requests.Response()
    answer.status_code = status
    answer._content = content
    client._clock = Clock(0.0)
    client._limits = Limits()
    client._origin = "https://sheets.googleapis.com"
    client._worksheet = None
    client.email = "bot@example.com"
    client._credentials = SimpleNamespace(token="")  # type: ignore[assignment]
    client._send = lambda *_: answer  # type: ignore[method-assign]
    return client


def test_what_google_repeats_of_ours_is_hidden_and_stays_on_its_line() -> None:
    said = {"message": "bad token plain-words-token\r\n\x1b[2Jforged"}
    error = refused(400, said, email="b", worksheet=None, secrets=["plain-words-token"])
    assert error.message.startswith("Google refused the change to the sheet: bad token [hidden]")
    assert error.message.isprintable()

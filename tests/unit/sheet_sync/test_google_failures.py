"""Which of Google's answers are worth another try."""

from __future__ import annotations

import pytest

from rowshot.errors import SheetNotShared, SheetsUnavailable
from rowshot.sheet_sync.google.failures import passes, refused


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
    ],
)
def test_a_403_about_a_quota_passes(error: dict[str, object]) -> None:
    assert passes(403, error)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_is_a_verdict_does_not_pass(status: int) -> None:
    assert not passes(status, {"status": "PERMISSION_DENIED", "message": "no permission"})


def test_a_403_without_a_quota_means_not_shared() -> None:
    error = refused(
        403, {"message": "The caller does not have permission"}, email="b", worksheet=None
    )
    assert isinstance(error, SheetNotShared)


def test_what_google_repeats_of_ours_is_hidden_and_stays_on_its_line() -> None:
    said = {"message": "bad token plain-words-token\r\n\x1b[2Jforged"}
    error = refused(400, said, email="b", worksheet=None, secrets=["plain-words-token"])
    assert error.message.startswith("Google refused the change to the sheet: bad token [hidden]")
    assert error.message.isprintable()

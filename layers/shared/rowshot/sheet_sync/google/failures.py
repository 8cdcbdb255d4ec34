"""Google's answers and silences as errors of ours, in words for a merchandiser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rowshot.errors import (
    SheetError,
    SheetGone,
    SheetNotShared,
    SheetProtected,
    SheetsUnavailable,
)
from rowshot.telemetry.redaction import is_page, redact

_PASSING = frozenset({408, 409, 425, 429, 499})
# However it is spelt and wherever it stands: message, status, errors[].reason, details[].reason.
_QUOTA = re.compile(
    "rate.?limit|quota.?exceeded|exceeded.{0,20}quota|limit.?exceeded|resource.?exhausted"
    "|too many requests",
    re.IGNORECASE,
)
_FULL = re.compile("storage.{0,3}quota", re.IGNORECASE)  # a quota too, but it does not pass
_MOVED = ("after last row in grid", "after last column in grid", "beyond the last requested")


class OutOfGrid(SheetError):
    """A range that was asked for starts outside the grid; the caller asks again, for less."""


def passes(status: int, error: Mapping[str, Any]) -> bool:
    """Whether the same request may succeed later.

    Args:
        status: HTTP status: 409 is two writes at one moment, 499 and 520 to 524 are a proxy's.
        error: The ``error`` object of Google's answer, empty when it had none.
    """
    if status in _PASSING or status >= 500:
        return True
    return status == 403 and bool(_QUOTA.search(str(error))) and not _is_full(error)


def _is_full(error: Mapping[str, Any]) -> bool:
    return bool(_FULL.search(str(error)))


def refused(
    status: int,
    error: Mapping[str, Any],
    *,
    email: str,
    worksheet: str | None,
    secrets: Iterable[str] = (),
) -> SheetError:
    """The error for an answer of the Sheets API.

    Args:
        status: HTTP status.
        error: The ``error`` object of Google's answer, empty when it had none.
        email: The service account, which the sheet has to be shared with.
        worksheet: The worksheet's title, None for the first one.
        secrets: What the request carried and must not be shown, should Google repeat it.
    """
    said = str(error.get("message") or "")
    message = "" if is_page(said) else redact(said, secrets=secrets)
    if passes(status, error):
        return unavailable(f"answered {status}")
    if status == 401:
        return key_refused(email)
    if status == 403:
        if _is_full(error):
            return SheetError(
                "The Google Drive of the sheet's owner is full, so the sheet cannot be filled in: "
                "free some space there."
            )
        if "has not been used in project" in message or "is disabled" in message:
            return SheetNotShared(
                "The Google Sheets API is switched off in the project of the service account "
                f"{email}: enable it in the Google Cloud console."
            )
        return SheetNotShared(
            f"Rowshot may not edit the Google Sheet: share it with {email} as Editor."
        )
    if status == 404:
        return SheetGone(
            "The Google Sheet no longer exists: check its id, or restore it from the bin."
        )
    return _bad_request(message, worksheet)


def _bad_request(message: str, worksheet: str | None) -> SheetError:
    if "protected cell or object" in message:
        return SheetProtected(
            "A protected range covers the columns that Rowshot fills in: remove the protection, "
            "or let the service account edit it."
        )
    if "exceeds grid limits" in message:
        return OutOfGrid(message)
    if "Unable to parse range" in message or "No grid with id" in message:
        return SheetGone(
            f"The Google Sheet no longer has the worksheet '{worksheet}': check its title."
            if worksheet
            else "The Google Sheet no longer has its first worksheet: check the sheet."
        )
    if "not supported for this document" in message:
        return SheetGone(
            "The file is an Office file in Google Drive, which cannot be filled in: open it and "
            "choose File, Save as Google Sheets."
        )
    if any(words in message for words in _MOVED):
        return SheetsUnavailable(
            "Rows or columns of the Google Sheet were deleted while it was read."
        )
    return SheetError(
        f"Google refused the change to the sheet: {message[:200] or 'no reason given'}"
    )


def unavailable(why: str, retry_after: float | None = None) -> SheetsUnavailable:
    """Google does not answer as it should for now."""
    return SheetsUnavailable(
        f"Google Sheets {why}; Rowshot will try again.", retry_after=retry_after
    )


def key_refused(email: str) -> SheetNotShared:
    """The service account's key is no longer good."""
    return SheetNotShared(
        f"Google does not accept the key of the service account {email}: store a new key."
    )

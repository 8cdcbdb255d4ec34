"""What can go wrong, as one tree.

Every error carries ``message``: one plain sentence for the person who has to do something about it.

::

    RowshotError
    ├── SettingsError            the deployment lacks a setting
    ├── UnreadableSheet          the dropped file cannot be read as a sheet
    ├── RunNotFound              nobody dropped such a run
    ├── LedgerBusy               DynamoDB left items unread in every try (retryable)
    ├── PictureError             hiapi's output cannot become a picture
    │   ├── BadPicture           its bytes are not a picture that we accept (final)
    │   ├── PictureUnavailable   the link does not answer (retryable unless ``expired``)
    │   └── UnsafeAddress        the link leads where we do not go (final)
    ├── SheetError               the Google Sheet cannot be read or written
    │   ├── SheetGone            deleted, or the worksheet is missing (final)
    │   ├── SheetNotShared       the service account may not open it (final)
    │   ├── SheetProtected       a protected range covers our columns (final)
    │   └── SheetsUnavailable    Google does not answer for now (retryable)
    └── HiapiError               hiapi did not do what was asked
        ├── HiapiBusy            429 or 503: nothing was done, try later (retryable)
        ├── HiapiUnknownOutcome  no usable answer: it may or may not have been done (retryable)
        ├── HiapiRefused         400, 403, 404, 422: it does not work like this (final if new)
        │   └── HiapiContentRefused  for what the picture would show, whatever the status
        ├── HiapiUnavailable     400 MODEL_UNAVAILABLE: this model is out for now (retryable)
        │   └── HiapiUnreachable no connection, so not a byte was sent (retryable)
        ├── HiapiDenied          401, or plainly about the key or its account (stops the run)
        └── HiapiOutOfBalance    402, or plainly about the balance (pauses all runs)
"""

from __future__ import annotations


class RowshotError(Exception):
    """The root. ``message`` is a plain sentence for a person."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SettingsError(RowshotError):
    """The deployment lacks settings; the message names every one of them."""


class UnreadableSheet(RowshotError):
    """The dropped file cannot be read as a sheet of rows."""


class RunNotFound(RowshotError):
    """No run has this id."""


class LedgerBusy(RowshotError):
    """DynamoDB left items of the ledger unread in every try; worth another one later."""


class PictureError(RowshotError):
    """hiapi's output cannot become a published picture."""


class BadPicture(PictureError):
    """The bytes are no picture, or none that is accepted: wrong type, too large, broken."""


class PictureUnavailable(PictureError):
    """The temporary link does not answer with a picture.

    Args:
        message: The plain sentence.
        expired: True when the link says that the picture is gone (403 or 404); a fresh link from
            the task may still work.
    """

    def __init__(self, message: str, *, expired: bool = False) -> None:
        super().__init__(message)
        self.expired = expired


class UnsafeAddress(PictureError):
    """The link, or where it redirects to, is not a public HTTPS address.

    Args:
        message: The plain sentence.
        looked_up: True when only the resolver said so, which may say something else later.
    """

    def __init__(self, message: str, *, looked_up: bool = False) -> None:
        super().__init__(message)
        self.looked_up = looked_up


class SheetError(RowshotError):
    """The Google Sheet cannot be read or written."""


class SheetGone(SheetError):
    """The spreadsheet was deleted, or has no worksheet of that title."""


class SheetNotShared(SheetError):
    """The service account may not open or edit the spreadsheet."""


class SheetProtected(SheetError):
    """A protected range covers the columns that Rowshot writes."""


class SheetsUnavailable(SheetError):
    """Google answers 429, 5xx or nothing; worth another try later.

    Args:
        message: The plain sentence.
        retry_after: Seconds that Google asked to wait, if it said so.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class HiapiError(RowshotError):
    """hiapi did not do what was asked.

    Args:
        message: The plain sentence, free of secrets and signed links.
        status: HTTP status, 0 when there was no answer.
        code: hiapi's error code, empty when it sent none.
        retry_after: Nominal seconds that hiapi asked to wait, if it said so.
        in_full: hiapi's own words without a cut, free of secrets; for programs, not for people.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str = "",
        retry_after: float | None = None,
        in_full: str = "",
    ) -> None:
        super().__init__(message)
        self.in_full = in_full
        self.status = status
        self.code = code
        self.retry_after = retry_after


class HiapiBusy(HiapiError):
    """429, 503, or 409 in flight: nothing was done; the same request again, later."""


class HiapiUnknownOutcome(HiapiError):
    """500, 502, 504, a lost connection or an unreadable answer: it may have been done."""


class HiapiRefused(HiapiError):
    """400, 403, 404, 422 …: the request is refused.

    Final for an order that was never sent before. Said of a look, or of an order that may have been
    taken before, it may be a gateway's word, which passes.
    """


class HiapiContentRefused(HiapiRefused):
    """The prompt, or what it would show, is against hiapi's content rules; any status."""


class HiapiUnavailable(HiapiError):
    """The model is out for now; nothing was created."""


class HiapiUnreachable(HiapiUnavailable):
    """There was no connection, so not a byte was sent: certainly nothing was taken."""


class HiapiDenied(HiapiError):
    """The key is wrong, suspended, cannot be sent, or may not use this model."""


class HiapiOutOfBalance(HiapiError):
    """The balance is too low; the task was not created and not charged."""

"""Opens worksheets as the service account whose key file lies in Secrets Manager."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from rowshot.errors import SheetNotShared
from rowshot.messages import RUN_AGAIN

if TYPE_CHECKING:
    from rowshot.clock import Clock
    from rowshot.sheet_sync.google.worksheet import LiveSheet

_NO_ACCOUNT = (
    "The stack has no Google service account yet: put its JSON key file into the secret for it, "
    f"share the sheet with its address, and {RUN_AGAIN}."
)
_BAD_ACCOUNT = (
    "The secret for the Google service account does not hold a JSON key file: put the file's whole "
    f"content into it, and {RUN_AGAIN}."
)
_NEEDED = ("client_email", "private_key", "token_uri")
_PATIENCE, _TIMEOUT = 15.0, 15.0
"""Nominal and wall seconds; a read, a second read and a write then end within a lease."""


class ServiceAccount:
    """Opens worksheets.

    Args:
        key_file: Gives the key file's text; None or empty when none was put in.
        base_url: Origin of the Sheets API.
        clock: The deployment's clock.
    """

    def __init__(self, key_file: Callable[[], str | None], base_url: str, clock: Clock) -> None:
        self._key_file = key_file
        self._base_url = base_url
        self._clock = clock
        # Kept from one invocation to the next, with the connection and the token.
        self._opened = lru_cache(maxsize=8)(self._open)

    def __call__(self, spreadsheet_id: str, worksheet: str) -> LiveSheet:
        """A worksheet, ready to be read; Google is asked nothing yet.

        Args:
            spreadsheet_id: Google's id of the document.
            worksheet: The worksheet's title, empty for the first one.

        Raises:
            SheetNotShared: No usable key file was put in.
        """
        text = (self._key_file() or "").strip()
        if not text:
            raise SheetNotShared(_NO_ACCOUNT)
        return self._opened(text, spreadsheet_id, worksheet)

    def _open(self, text: str, spreadsheet_id: str, worksheet: str) -> LiveSheet:
        from rowshot.sheet_sync.google.worksheet import open_worksheet

        try:
            info = json.loads(text)
            if any(not isinstance(info[name], str) for name in _NEEDED):
                raise TypeError
            return open_worksheet(
                info,
                spreadsheet_id,
                worksheet,
                base_url=self._base_url,
                clock=self._clock,
                patience=_PATIENCE,
                timeout=_TIMEOUT,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise SheetNotShared(_BAD_ACCOUNT) from error

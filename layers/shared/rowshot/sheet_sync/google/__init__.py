"""The Google Sheet: one read and one write a pass, with timeouts, bounded retries and plain errors.

gspread and google-auth are imported when a worksheet is opened, not before.
"""

from __future__ import annotations

from rowshot.sheet_sync.google.account import ServiceAccount
from rowshot.sheet_sync.google.sync_pass import project
from rowshot.sheet_sync.google.worksheet import LiveSheet, open_worksheet

__all__ = ["LiveSheet", "ServiceAccount", "open_worksheet", "project"]

"""Where a dropped sheet comes from: its name, and the Google worksheet that follows it, if any."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

PREFIX = "sheets/"
_INSTANT = re.compile(r"\d{1,12}(\.\d{1,6})?")
_SPREADSHEET_ID = re.compile(r"[A-Za-z0-9_-]{20,}")


def exported_at(metadata: Mapping[str, str]) -> float:
    """When a sheet was exported from Google, in Unix seconds; 0 when its metadata do not say."""
    text = metadata.get("exported-at", "")
    return float(text) if _INSTANT.fullmatch(text) else 0.0


@dataclass(frozen=True)
class SheetSource:
    """A dropped sheet's origin.

    Args:
        name: The file's name, for people.
        spreadsheet_id: The Google spreadsheet, empty without one.
        worksheet: The worksheet's title, empty for the first that fits.
        sheet_id: 32 hex digits under which the ledger remembers the sheet's rows.
    """

    name: str
    spreadsheet_id: str
    worksheet: str
    sheet_id: str

    @classmethod
    def of(cls, key: str, metadata: Mapping[str, str]) -> SheetSource:
        """Reads the origin from an inbox key and the object's metadata, which wins.

        Args:
            key: ``sheets/<name>`` or ``sheets/<spreadsheet id>/<worksheet title>.<ext>``, as it
                stands in S3 (already decoded from the event).
            metadata: Object metadata with lower-case names: ``spreadsheet-id``, ``worksheet``,
                both percent-encoded UTF-8.
        """
        path = key.removeprefix(PREFIX)
        folder, _, file = path.rpartition("/")
        spreadsheet_id = unquote(metadata.get("spreadsheet-id", ""))
        worksheet = unquote(metadata.get("worksheet", ""))
        if not spreadsheet_id and _SPREADSHEET_ID.fullmatch(folder):
            spreadsheet_id = folder
            worksheet = worksheet or unquote(file.rpartition(".")[0] or file)
        identity = f"google/{spreadsheet_id}/{worksheet}" if spreadsheet_id else f"inbox/{path}"
        sheet_id = hashlib.sha256(identity.encode()).hexdigest()[:32]
        return cls(unquote(file) or path, spreadsheet_id, worksheet, sheet_id)

"""Where a dropped sheet comes from: its name, and the Google worksheet that follows it, if any."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import PurePosixPath
from urllib.parse import unquote

PREFIX = "sheets/"
SIMULATED = "simulated"  # the metadata of a sheet whose pictures a simulator draws
_INSTANT = re.compile(r"\d{1,12}(\.\d{1,6})?")
_SPREADSHEET_ID = re.compile(r"\A(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9_-]{20,}")
# What a part has taken it keeps: there are more ways to divide a long name than time to try them.
_WORDS = re.compile(r"(?:[A-Z]?[a-z]{2,}+|[A-Z]{2,}+|[0-9]++|[Vv][0-9]++|[-_])++")
_UNFINISHED = frozenset(
    (
        *(".filepart", ".part", ".partial", ".tmp", ".temp", ".crdownload", ".download"),
        *(".opdownload", ".swp", ".lock", ".lck", ".bak"),
    )
)
_HIDDEN = (".", "~$")
_DEBRIS = frozenset(("thumbs.db", "desktop.ini"))


def is_sheet(key: str) -> bool:
    """Whether an object below ``sheets/`` is meant as a sheet.

    Folder markers of the S3 console, lock and dot files, and what upload tools write before they
    rename it are not: the real file comes under its own name.

    Args:
        key: As it stands in S3 (already decoded from the event).
    """
    parts = key.removeprefix(PREFIX).split("/")
    name = parts[-1]
    if not name or "__MACOSX" in parts or name.lower() in _DEBRIS:
        return False
    return not name.startswith(_HIDDEN) and PurePosixPath(name).suffix.lower() not in _UNFINISHED


def _is_spreadsheet_id(folder: str) -> bool:
    """Whether a folder can be a Google spreadsheet's id, and nothing else explains its name.

    Google's ids are 44 letters and digits in disorder. Words with a year, a UUID or a checksum are
    somebody's own names.
    """
    return bool(_SPREADSHEET_ID.fullmatch(folder)) and not _WORDS.fullmatch(folder)


def _text_of(metadata: Mapping[str, str], name: str) -> str:
    """An entry of S3's metadata: percent-encoded, or as S3 gives back what was typed (RFC 2047)."""
    value = metadata.get(name, "")
    if "=?" in value:
        try:
            value = str(make_header(decode_header(value)))
        except (HeaderParseError, LookupError, UnicodeError):
            return value
    return unquote(value)


def is_simulated(metadata: Mapping[str, str]) -> bool:
    """Whether a sheet was dropped on a laptop whose simulator draws the pictures."""
    return metadata.get(SIMULATED) == "true"


def exported_at(metadata: Mapping[str, str]) -> float:
    """When a sheet was exported from Google, in Unix seconds; 0 when its metadata do not say."""
    text = metadata.get("exported-at", "")
    return float(text) if _INSTANT.fullmatch(text) else 0.0


@dataclass(frozen=True)
class SheetOrigin:
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
    def of(cls, key: str, metadata: Mapping[str, str]) -> SheetOrigin:
        """Reads the origin from an inbox key and the object's metadata, which wins.

        Args:
            key: ``sheets/<name>`` or ``sheets/<spreadsheet id>/<worksheet title>.<ext>``, as it
                stands in S3 (already decoded from the event).
            metadata: Object metadata with lower-case names: ``spreadsheet-id``, ``worksheet``,
                both percent-encoded UTF-8 (or as typed into the S3 console, which S3 gives back
                as RFC 2047 words).
        """
        path = key.removeprefix(PREFIX)
        folder, _, file = path.rpartition("/")
        spreadsheet_id = _text_of(metadata, "spreadsheet-id")
        worksheet = _text_of(metadata, "worksheet")
        if not spreadsheet_id and _is_spreadsheet_id(folder):
            spreadsheet_id = folder
            worksheet = worksheet or unquote(file.rpartition(".")[0] or file)
        identity = f"google/{spreadsheet_id}/{worksheet}" if spreadsheet_id else f"inbox/{path}"
        sheet_id = hashlib.sha256(identity.encode()).hexdigest()[:32]
        return cls(unquote(file) or path, spreadsheet_id, worksheet, sheet_id)

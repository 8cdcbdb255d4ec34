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
# Google's ids are 44 letters and digits in disorder. Words and years explain a name that is made of
# nothing else, or mostly of runs of small letters and digits. 3 ids in 10,000 look like that, too.
_WORDS = re.compile(r"(?:[A-Z]?[a-z]{2,}+|[A-Z]{2,}+|[0-9]++|[Vv][0-9]++|[-_])++")
_RUN = re.compile(r"[a-z]{3,}+|[0-9]{2,}+")
_GOOGLES_LENGTH = 44
_CHECKSUM = re.compile(r"[0-9a-f-]++", re.IGNORECASE)  # a UUID, too
_LONGEST_WORD = 8  # characters between - and _; a random name of 44 has longer ones
# A name that goes on behind one of these is a copy that is still being written, or a spare one.
_SHEET_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods")
_PACKED = (".gz", ".zip", ".bz2", ".xz", ".7z", ".rar", ".zst", ".tar", ".tgz")
_UNFINISHED = frozenset(
    (
        *(".filepart", ".part", ".partial", ".tmp", ".temp", ".crdownload", ".download"),
        *(".opdownload", ".upload", ".uploading", ".aria2", ".incomplete"),
        *(".swp", ".lock", ".lck", ".bak"),
    )
)
_FOLDER_MARK = "_$folder$"  # of Hadoop's tools
_DEBRIS = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini"))


def is_sheet(key: str) -> bool:
    """Whether an object below ``sheets/`` is meant as a sheet.

    Folder markers, lock and hidden files, and what upload tools write before they rename it are
    not: the real file comes under its own name. A packed file is, so that somebody is told that it
    cannot be read.

    Args:
        key: As it stands in S3 (already decoded from the event).
    """
    parts = key.removeprefix(PREFIX).split("/")
    name = parts[-1].lower()
    if not name or name in _DEBRIS or name.startswith("~$") or name.endswith(("~", _FOLDER_MARK)):
        return False
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return False
    return not _is_unfinished(name)


def _is_unfinished(name: str) -> bool:
    *_, before, last = ("", "", *PurePosixPath(name).suffixes)
    goes_on = before in _SHEET_SUFFIXES and last not in (*_SHEET_SUFFIXES, *_PACKED)
    return goes_on or last in _UNFINISHED


def _is_spreadsheet_id(folder: str) -> bool:
    """Whether a folder can be a Google spreadsheet's id, and nothing else explains its name.

    Words with a year, a UUID or a checksum are somebody's own names.
    """
    if not _SPREADSHEET_ID.fullmatch(folder):
        return False
    in_runs = sum(map(len, _RUN.findall(folder))) / len(folder)
    return not (
        _CHECKSUM.fullmatch(folder)
        or _WORDS.fullmatch(folder)
        or in_runs >= (0.6 if len(folder) == _GOOGLES_LENGTH else 0.5)
        or max(map(len, re.split("[-_]", folder))) <= _LONGEST_WORD
    )


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

"""Looks into a ZIP container before anything is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.reading.limits import (
    FREE_UNZIPPED_BYTES,
    MAX_UNZIP_RATIO,
    MAX_UNZIPPED_BYTES,
    MAX_ZIP_ENTRIES,
)
from rowshot.reading.packages import same_part

ZIP_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, LookupError,
    ValueError, EOFError, OSError,
)  # fmt: skip
"""What zipfile raises on containers that are cut off or changed."""
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # all that spreadsheets use
_HEAD = 64 * 1024  # a declaration comes before the first element
_MANIFEST = "meta-inf/manifest.xml"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def zip_kind(data: bytes, *, name: str) -> str:
    """What a ZIP container holds: ``xlsx``, ``ods``, or a phrase for a person.

    Raises:
        UnreadableSheet: When it is damaged, locked, or would unpack to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(entries, len(data), name)
            _refuse_declarations(archive, entries, name)
            parts = {same_part(entry.filename): entry for entry in entries}
            manifest = archive.read(parts[_MANIFEST]) if _MANIFEST in parts else b""
            kind = _kind(archive, parts, manifest)
            locked = kind == "ods" and b"encryption-data" in manifest
    except ZIP_DAMAGE as exc:
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name)) from exc
    if locked:
        raise UnreadableSheet(messages.WORKBOOK_LOCKED(name=name))
    return kind


def _check(entries: list[zipfile.ZipInfo], packed: int, name: str) -> None:
    """Judge by the directory alone. zipfile never unpacks more of an entry than it declares."""
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableSheet(messages.WORKBOOK_LOCKED(name=name))
    names = {entry.filename for entry in entries}
    odd = any(entry.compress_type not in _METHODS for entry in entries)
    if odd or len(names) != len(entries) or len(entries) > MAX_ZIP_ENTRIES:
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name))
    size = sum(entry.file_size for entry in entries)
    ratio = size / max(packed, 1)
    if size > MAX_UNZIPPED_BYTES or (size > FREE_UNZIPPED_BYTES and ratio > MAX_UNZIP_RATIO):
        megabytes = f"{size / 1024**2:,.0f}"
        limit = min(MAX_UNZIPPED_BYTES, max(FREE_UNZIPPED_BYTES, packed * MAX_UNZIP_RATIO))
        raise UnreadableSheet(
            messages.WORKBOOK_BOMB(name=name, size=megabytes, limit=f"{limit / 1024**2:,.0f}")
        )


def _refuse_declarations(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str
) -> None:
    """No spreadsheet declares entities in its XML; who does wants it to grow when it is read."""
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                head = part.read(_HEAD).replace(b"\x00", b"")
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name))


def _kind(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], manifest: bytes) -> str:
    if "mimetype" in parts:
        with archive.open(parts["mimetype"]) as entry:
            kind = entry.read(200).decode("ascii", "replace").strip()
        if kind.startswith(_ODS):
            return "ods"
        return "an OpenDocument file" if "opendocument" in kind else "a ZIP archive"
    if "content.xml" in parts and _ODS.encode() in manifest:
        return "ods"
    if "xl/workbook.bin" in parts:
        return "a binary Excel workbook (XLSB)"
    if "[content_types].xml" in parts:
        with archive.open(parts["[content_types].xml"]) as entry:
            types = entry.read(1024**2)
        if b"spreadsheetml" in types:
            return "xlsx"
        return "a Word document" if b"wordprocessingml" in types else "an Office document"
    if any(name.endswith(".iwa") for name in parts):
        return "an Apple Numbers document"
    return "a ZIP archive"

"""Tells what a file is by its first bytes. Its name proves nothing."""

from __future__ import annotations

import re

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.reading.archives import zip_kind

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The records of an old workbook without a container, as many a web site's export writes them.
_BARE_XLS = (b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"RIFF", "a picture or a sound (RIFF)"),
    (b"8BPS", "a Photoshop document"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"\x1f\x8b", "a compressed file (GZIP)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)
_MARKUP = (
    (re.compile(rb"<(!doctype\s+html|html|head|body|meta|table|div)\b", re.I), "a web page (HTML)"),
    (
        re.compile(rb"<\?mso-application|<\?xml[^>]*>\s*<\?mso", re.I),
        "an XML workbook of Excel 2003",
    ),
    (re.compile(rb"<svg\b|<\?xml.{0,400}<svg\b", re.I | re.S), "a picture (SVG)"),
    (re.compile(rb"<\?xml", re.I), "an XML file"),
    (re.compile(rb"[\[{]\s*[\"{\[]"), "a JSON file"),
)


def kind_of(data: bytes, *, name: str) -> str:
    """What to read a file as: ``xlsx``, ``ods``, ``xls`` or ``text``.

    Raises:
        UnreadableSheet: When it is something else, or a container that cannot be opened.
    """
    if data.startswith(b"PK"):
        kind = zip_kind(data, name=name)
        if kind in ("xlsx", "ods"):
            return kind
        raise UnreadableSheet(messages.NOT_A_SHEET(name=name, kind=kind))
    if data.startswith(_OLE):
        return _ole_kind(data, name)
    if data.startswith(_BARE_XLS):
        return "xls"
    start = data[:2048].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _MAGIC:
        if data.startswith(magic) and not _is_csv_after_all(magic, data):
            raise UnreadableSheet(messages.NOT_A_SHEET(name=name, kind=kind))
    for pattern, kind in _MARKUP:
        if pattern.match(start):
            raise UnreadableSheet(messages.NOT_A_SHEET(name=name, kind=kind))
    return "text"


def _is_csv_after_all(magic: bytes, data: bytes) -> bool:
    """Two letters such as MZ may well begin a header row; binary files have NULs soon after."""
    return magic.isalpha() and b"\x00" not in data[:512]


def _ole_kind(data: bytes, name: str) -> str:
    """The old Office container. Its directory names its streams in UTF-16."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise UnreadableSheet(messages.WORKBOOK_LOCKED(name=name))
    if any(map(has, ("Workbook", "WORKBOOK", "Book\x00", "BOOK\x00"))):
        return "xls"
    if not has("Root Entry"):
        raise UnreadableSheet(messages.WORKBOOK_BROKEN(name=name))
    kind = "a Word document" if has("WordDocument") else "an Office document"
    raise UnreadableSheet(messages.NOT_A_SHEET(name=name, kind=kind))

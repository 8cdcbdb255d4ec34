"""Finds the encoding of a text file. Strict: what cannot be read is refused, never replaced."""

from __future__ import annotations

import codecs

from rowshot import messages
from rowshot.errors import UnreadableSheet

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """Decode a text file.

    Returns:
        The text without a byte order mark, and the encoding's name.

    Raises:
        UnreadableSheet: When no encoding fits.
    """
    encoding = next((found for mark, found in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as exc:
        raise UnreadableSheet(messages.UNKNOWN_ENCODING(name=name)) from exc

"""Finds the encoding of a text file. Strict: what cannot be read is refused, never replaced."""

from __future__ import annotations

import codecs
import re

from rowshot import messages
from rowshot.errors import UnreadableSheet

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Both bytes of the characters of GB2312, which make up nearly all simplified Chinese text; and of
# any character that GB18030 (or another double-byte encoding) writes with two bytes.
_GB2312 = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_DOUBLE_BYTE = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_MOSTLY = 0.9
_OTHERS = ["gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp1252", "cp1250", "cp1251"]
# Scripts whose letters no Chinese text has in such numbers: Hangul, and the kana of Japanese (not
# the half-width ones, which are what Chinese bytes look like in cp932).
# The last figure: how many different ones, for one word proves nothing.
_BY_LETTERS = (
    ("cp949", re.compile("[\uac00-\ud7a3]"), 0.9, 8),
    ("euc_jp", re.compile("[\u3041-\u30fc]"), 0.2, 4),
    ("cp932", re.compile("[\u3001\u3002\u3041-\u30fc]"), 0.1, 4),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """Decode a text file.

    Returns:
        The text without a byte order mark, and the encoding's name.

    Raises:
        UnreadableSheet: When no encoding fits, or the file is no text at all.
    """
    encoding = next((found for mark, found in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        encoding = _unmarked_utf16(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as exc:
        if encoding != "utf-8":
            raise UnreadableSheet(messages.UNKNOWN_ENCODING(name=name)) from exc
        if _nearly_utf8(data, exc):
            line = data.count(b"\n", 0, exc.start) + 1
            raise UnreadableSheet(messages.DAMAGED_TEXT(name=name, line=line)) from exc
        _check_controls(data.decode("latin-1"), name)
        text, encoding = _legacy(data, name)
    _check_controls(text, name)
    return text, encoding


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: its ASCII characters have NULs, all on the same side."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if len(data) % 2 or bool(even) == bool(odd):
        return None
    encoding = "utf-16-be" if even else "utf-16-le"
    lines = "\n".encode(encoding)
    return encoding if max(even, odd) > 2 and lines in data else None


def _nearly_utf8(data: bytes, exc: UnicodeDecodeError) -> bool:
    """True for UTF-8 with a few broken places, or cut off in the middle of a character."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = sum(char > "\x7f" for char in text) - broken
    cut_off = exc.start >= len(data) - 3
    return good >= 20 * broken or (cut_off and good > 0)


def _legacy(data: bytes, name: str) -> tuple[str, str]:
    """The encodings of before Unicode, told apart by what their bytes look like."""
    for encoding, letters, share, fewest in _BY_LETTERS:
        text = _try(data, encoding)
        foreign = sum(char > "\x7f" for char in text or "")
        found = letters.findall(text or "")
        if text is not None and len(found) >= share * foreign and len(set(found)) >= fewest:
            return text, encoding
    double = len(_DOUBLE_BYTE.findall(data))
    runs = [len(run) for run in _HIGH_RUN.findall(data)]
    if double and len(_GB2312.findall(data)) / double >= _MOSTLY and max(runs) > 1:
        text = _try(data, "gb18030")
        if text is not None:
            return text, "gb18030"
    # Single accents among plain letters: a Western spreadsheet.
    if sum(run == 1 for run in runs) / len(runs) >= _MOSTLY:
        text = _try(data, "cp1252")
        if text is not None:
            return text, "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=_OTHERS).best()
    text = _try(data, best.encoding) if best else None
    if best is None or text is None:
        raise UnreadableSheet(messages.UNKNOWN_ENCODING(name=name))
    return text, str(best.encoding)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _check_controls(text: str, name: str) -> None:
    """Text has no NULs and hardly any other control characters."""
    found = _CONTROLS.findall(text)
    if len(found) > max(20, len(text) // 50):
        raise UnreadableSheet(messages.NOT_A_SHEET(name=name, kind="a binary file"))
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UnreadableSheet(messages.DAMAGED_TEXT(name=name, line=line))

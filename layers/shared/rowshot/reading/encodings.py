"""Finds the encoding of a text file. Strict: what cannot be read is refused, never replaced."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.messages import listed
from rowshot.reading.alphabets import LATIN, alphabets
from rowshot.reading.odd_words import odd_words
from rowshot.reading.plausibility import ASCII, cost

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b]")
# None of these bytes is the second one of a character in any encoding.
_WORD = re.compile(rb'[^\s,;"]+')
_MOST_WORDS, _MOST_BYTES = 2_000, 20_000
# In nats. One reading has to be e^3 = 20 times as likely as any other.
_CLEARLY = 3.0
_CLEARLY_THOUGH_ODD = 14.0  # if the other one has fewer odd words
_FEW = 2.0  # is added in Latin letters, the less the more words: a word alone is in many languages
_ODD = 4.0  # the cost of a word that nobody can have written
_A_BYTE, _A_FILE = 5.5, 10.0  # the most that a text costs: each byte beyond ASCII, and once
_MIXED, _BROKEN = 10.0, 7.0  # that a file is UTF-8 but for some bytes, and each of these
# What no reading of a text has: controls, the frames of DOS, a low quotation mark within a word.
_NO_TEXT = re.compile(
    "[\x80-\x9f\u2500-\u259f]|(?<=[A-Za-z\u00c0-\u024f])[„‚](?=[A-Za-z\u00c0-\u024f])"
)
_TIED = re.compile(r"(?<=[^\W\d_])\xa0(?=[^\W\d_])")  # words, by a no-break space
# How mail programs put other letters into ASCII: Caf+AOk-, ~{2h~}
_UTF_7 = re.compile(rb"\+(-|[A-Za-z0-9+/]*+)")
_MOST_PARTS = 50  # that are looked at
_HZ = re.compile(rb"~\{(?:[!-w][!-~])++~\}")
_KOREAN_MAIL = b"\x1b$)C"
_NAMED = 3  # encodings, in a refusal


@dataclass(frozen=True)
class _Encoding:
    """One of the encodings of before Unicode.

    Args:
        name: Python's name.
        title: What people call it.
        script: Whose languages it is used for.
        rare: What it costs that somebody still uses it, in nats.
    """

    name: str
    title: str
    script: str
    rare: float


@dataclass(frozen=True)
class _Reading:
    """What a file's words are in one of them.

    Args:
        encoding: The encoding.
        text: The words, a line each.
        odd: How many of them nobody can have written.
        cost: How unlikely the text is, in nats.
    """

    encoding: _Encoding
    text: str
    odd: int
    cost: float


_ENCODINGS = (
    _Encoding("gb18030", "Chinese GB18030", "simplified", -2),
    _Encoding("big5", "Chinese Big5", "traditional", 1),
    _Encoding("big5hkscs", "Chinese Big5", "traditional", 3),
    _Encoding("cp932", "Japanese Shift-JIS", "japanese", 1),
    _Encoding("euc_jp", "Japanese EUC", "japanese", 3),
    _Encoding("cp949", "Korean", "korean", 1),
    _Encoding("cp1252", "Western European", "western", 0),
    _Encoding("cp1252", "Western European", "small", 3),
    _Encoding("cp1250", "Central European", "central", 2.5),
    _Encoding("iso8859_2", "ISO 8859-2", "central", 5),
    _Encoding("cp1251", "Cyrillic Windows-1251", "cyrillic", 1),
    _Encoding("koi8_u", "KOI8", "cyrillic", 3),
    _Encoding("cp866", "Cyrillic DOS", "cyrillic", 3),
    _Encoding("cp1125", "Ukrainian DOS", "cyrillic", 5),
    _Encoding("cp855", "Cyrillic DOS", "cyrillic", 7),
    _Encoding("iso8859_5", "ISO 8859-5", "cyrillic", 5),
    _Encoding("mac_cyrillic", "Cyrillic Mac", "cyrillic", 7),
    _Encoding("cp1253", "Greek Windows-1253", "greek", 1),
    _Encoding("iso8859_7", "ISO 8859-7", "greek", 5),
    _Encoding("cp1254", "Turkish Windows-1254", "turkic", 2.5),
    _Encoding("cp1255", "Hebrew Windows-1255", "hebrew", 1),
    _Encoding("cp1256", "Arabic Windows-1256", "arabic", 1),
    _Encoding("iso8859_6", "ISO 8859-6", "arabic", 3),
    _Encoding("cp1257", "Baltic Windows-1257", "baltic", 3),
    _Encoding("cp874", "Thai", "thai", 1),
    _Encoding("cp1257", "Baltic Windows-1257", "small", 5),
    _Encoding("iso8859_15", "ISO 8859-15", "western", 3),
    _Encoding("cp850", "Western DOS", "western", 7),
    _Encoding("cp860", "Portuguese DOS", "western", 9),
    _Encoding("cp852", "Central European DOS", "central", 7.5),
    _Encoding("cp857", "Turkish DOS", "turkic", 7),
    _Encoding("cp775", "Baltic DOS", "baltic", 7),
    _Encoding("cp737", "Greek DOS", "greek", 6),
    _Encoding("cp869", "Greek DOS", "greek", 6),
    _Encoding("cp862", "Hebrew DOS", "hebrew", 6),
    _Encoding("cp720", "Arabic DOS", "arabic", 6),
    _Encoding("iso8859_16", "ISO 8859-16", "central", 6),
    _Encoding("mac_latin2", "Central European Mac", "central", 8),
    _Encoding("mac_turkish", "Turkish Mac", "turkic", 8),
    _Encoding("mac_greek", "Greek Mac", "greek", 8),
    _Encoding("mac_roman", "Mac Roman", "western", 8),
)


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """Decode a text file.

    Returns:
        The text without a byte order mark, and the encoding's name.

    Raises:
        UnreadableSheet: When no encoding fits for certain, or the file is no text at all.
    """
    encoding = next((found for mark, found in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        encoding = _unmarked_utf16(data) or _escaped_japanese(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as exc:
        if not encoding.startswith("utf-8"):
            raise UnreadableSheet(_unknown(name, [encoding.upper()])) from exc
        if encoding == "utf-8-sig" or _nearly_utf8(data, exc):
            raise UnreadableSheet(_damaged(name, data, exc)) from exc
        _check_controls(data.decode("latin-1"), name)
        text, encoding = _legacy(data, name, exc)
    mail = _mail_encoding(data) if data.isascii() else None
    if mail:
        raise UnreadableSheet(messages.MAIL_ENCODING(name=name, encoding=mail))
    _check_controls(text, name)
    return text, encoding


def _escaped_japanese(data: bytes) -> str | None:
    """The encoding of Japanese mail, all ASCII: sequences that begin with ESC switch the script."""
    return "iso2022_jp" if b"\x1b$B" in data or b"\x1b$@" in data else None


def _mail_encoding(data: bytes) -> str | None:
    """What an ASCII text is in fact written in, when that is plain."""
    if _KOREAN_MAIL in data:
        return "ISO-2022-KR"
    if any(_fits(found[0], "hz") for found in _HZ.finditer(data)):
        return "HZ"
    parts = islice((each[1] for each in _UTF_7.finditer(data)), _MOST_PARTS)
    found = [each for each in parts if each != b"-"]  # +- is a plus
    return "UTF-7" if found and all(map(_is_utf7, found)) else None


def _is_utf7(part: bytes) -> bool:
    """Whether a part of a text is letters beyond ASCII in UTF-7, more likely than what it looks."""
    try:
        text = (b"+" + part + b"-").decode("utf-7")
    except UnicodeDecodeError:
        return False
    plain = ASCII * len(part)
    return not text.isascii() and any(cost(text, each) < plain for each in alphabets().values())


def _damaged(name: str, data: bytes, exc: UnicodeDecodeError) -> str:
    return messages.DAMAGED_TEXT(name=name, line=data.count(b"\n", 0, exc.start) + 1)


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
    good = len(text) - len(text.encode("ascii", "ignore")) - broken
    cut_off = exc.start >= len(data) - 3
    return good >= 20 * broken or (cut_off and good > 0)


def _legacy(data: bytes, name: str, exc: UnicodeDecodeError) -> tuple[str, str]:
    """The encodings of before Unicode, told apart by what the text then looks like."""
    sample = b"".join(_words(data))
    readings = [found for each in _ENCODINGS if (found := _reading(sample, each)) is not None]
    ranked = sorted(readings, key=lambda each: each.cost)
    best = next((each for each in ranked if _fits(data, each.encoding.name)), None)
    if best is None:
        raise UnreadableSheet(_unknown(name, ["UTF-8", f"{len(_ENCODINGS)} others"])) from exc
    if _mixed_cost(sample) < best.cost:
        raise UnreadableSheet(_damaged(name, data, exc)) from exc
    rivals = [
        each
        for each in ranked
        if each.text != best.text
        and each.cost < best.cost + _margin(best, each)
        and _fits(data, each.encoding.name)
    ]
    if rivals or _is_no_text(best.text) or not _plausible(best.cost, best.text, len(sample)):
        closest = dict.fromkeys(each.encoding.title for each in (best, *(rivals or ranked)))
        raise UnreadableSheet(_unknown(name, [*closest][:_NAMED])) from exc
    return data.decode(best.encoding.name), best.encoding.name


def _margin(best: _Reading, other: _Reading) -> float:
    """By how much a reading has to be likelier than another: by more if it is the odder one."""
    if other.odd < best.odd:
        return _CLEARLY_THOUGH_ODD
    latin = best.encoding.script in LATIN and other.encoding.script in LATIN
    return _CLEARLY + (_FEW / math.sqrt(max(1, best.text.count("\n"))) if latin else 0.0)


def _plausible(price: float, text: str, size: int) -> bool:
    """False for a text that is like no language, though it is less unlike one than others.

    Args:
        price: What it costs.
        text: The text.
        size: Its length in bytes.
    """
    plain = sum(char < "\x80" for char in text)
    return price - ASCII * plain <= _A_BYTE * (size - plain) + _A_FILE


def _mixed_cost(sample: bytes) -> float:
    """What it costs that a text is UTF-8 with some words of another encoding."""
    text = sample.decode("utf-8", "replace")
    good = text.replace("\ufffd", "")
    if good.isascii():
        return math.inf
    broken = text.count("\ufffd")
    return _MIXED + _BROKEN * broken + min(cost(good, each) for each in alphabets().values())


def _words(data: bytes) -> Iterator[bytes]:
    """Different words beyond ASCII, as many as prove enough, a line each; the last may be cut."""
    left = _MOST_BYTES
    seen: set[bytes] = set()
    for found in _WORD.finditer(data):
        word = found[0]
        if not word.isascii() and word not in seen:
            seen.add(word)
            yield (word + b"\n")[:left]
            left -= len(word)
            if len(seen) >= _MOST_WORDS or left <= 0:
                return


def _reading(sample: bytes, encoding: _Encoding) -> _Reading | None:
    """A character that is cut off at the sample's end is left out; None when nothing fits."""
    try:
        text = codecs.getincrementaldecoder(encoding.name)().decode(sample)
    except UnicodeDecodeError:
        return None
    languages = alphabets()[encoding.script]
    odd = odd_words(text, languages)
    return _Reading(encoding, text, odd, encoding.rare + cost(text, languages) + _ODD * odd)


def _is_no_text(text: str) -> bool:
    """True for a reading that nobody can have written.

    A no-break space ties a few words; where it ties most, it is a letter or space of another
    encoding.
    """
    tied = len(_TIED.findall(text))
    return _NO_TEXT.search(text) is not None or tied >= max(2, text.count("\n"))


def _unknown(name: str, tried: list[str]) -> str:
    return messages.UNKNOWN_ENCODING(name=name, tried=listed(tried, last="and"))


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _check_controls(text: str, name: str) -> None:
    """Text has hardly any control characters."""
    if len(_CONTROLS.findall(text)) > max(20, len(text) // 50):
        raise UnreadableSheet(messages.NOT_A_SHEET(name=name, kind="a binary file"))

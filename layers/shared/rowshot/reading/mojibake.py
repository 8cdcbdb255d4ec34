"""Finds text that was decoded wrongly before it reached us: ``CafÃ©`` where ``Café`` was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from rowshot.reading.alphabets import alphabets
from rowshot.reading.plausibility import cost

# UTF-8 that was taken for one of these, and an older encoding that was taken for Western European.
_EAST_ASIAN = ("gb18030", "cp932", "cp949", "big5")
_TAKEN_FOR = (
    *("cp1252", "cp1251", "cp1250", "cp1254", "mac_roman", "cp437", "cp850"),
    *_EAST_ASIAN,
)
_OLDER = ("gb18030", "cp1251", "cp932", "big5", "cp949", "euc_jp", "cp1253", "cp1255", "cp1256")
_HIGH = re.compile(r"[^\x00-\x7f]+")
# One or two East Asian characters are often UTF-8 by chance; not so within a Latin word: Caf茅.
_MANY = 3
_MOSTLY = 0.6  # of the letters: other scripts read as Western European have hardly an ASCII one
_CLEARLY = 5.0  # nats: 150 times as likely
_REMEMBERED = 16  # texts: a row's are asked about several times in turn
_WHOLE = 3  # characters for each that is lost, where bytes of a text are missing
_IN_PLACE_OF_A_BYTE = "・"  # in Japanese programs
_HALFWIDTH = re.compile("[\uff61-\uff9f]")
_LAYERS = 3  # text may have been decoded wrongly more than once
# Windows-1252 as programs read it: the five bytes that it leaves undefined are control characters.
_BYTES_OF_1252 = {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


@lru_cache(_REMEMBERED)
def repaired(text: str) -> str | None:
    """What a wrongly decoded text was meant to be; None when it looks as it should.

    The result may hold U+FFFD where characters are lost for good.
    """
    found = None
    for _ in range(_LAYERS):
        better = _better(found or text)
        if better is None:
            break
        found = better
    return found


def _better(text: str) -> str | None:
    if text.isascii():
        return None
    readings = [each for each in dict.fromkeys(_readings(text)) if _may_be_meant(each, text)]
    if not readings:
        return None
    best, price = min(((each, _price(each)) for each in readings), key=itemgetter(1))
    return best if price + _CLEARLY < _price(text) else None


def _may_be_meant(reading: str, text: str) -> bool:
    """Nobody means half-width katakana, which nearly any bytes are in Shift-JIS."""
    return reading != text and not (_HALFWIDTH.search(reading) and not _HALFWIDTH.search(text))


def _price(text: str) -> float:
    """Lost characters cost nothing: that they are lost is no reason to keep them garbled."""
    return cost(text.replace("\ufffd", ""), tuple(chain.from_iterable(alphabets().values())))


def _readings(text: str) -> Iterator[str]:
    high = _HIGH.findall(text)
    parts = set(high)
    for wrong in _TAKEN_FOR:
        meant = {part: _as_utf8(part, wrong) for part in parts}
        changed = [part for part, other in meant.items() if part != other]
        if changed and not (
            wrong in _EAST_ASIAN and all(_by_chance(each, text) for each in changed)
        ):
            yield _HIGH.sub(lambda found, meant=meant: meant[found[0]], text)  # type: ignore[misc]
    western = sum("\x80" <= char <= "\xff" and char.isalpha() for char in "".join(high))
    if western and western >= _MOSTLY * sum(map(str.isalpha, text)):
        for encoding in _OLDER:
            data = _bytes(text, "cp1252")
            if data is not None:
                yield _decoded(data, encoding, text)


def _by_chance(part: str, text: str) -> bool:
    """Whether a part is too short to be a text of its own, and stands in no Latin word."""
    at = text.index(part)
    end = at + len(part)
    beside = f"{text[max(at - 1, 0) : at]}{text[end : end + 1]}"
    return len(part) < _MANY and not any(char.isascii() and char.isalpha() for char in beside)


def _as_utf8(part: str, wrong: str) -> str:
    """A part of a text as UTF-8; as it is when hardly any of it can be that.

    Programs leave out bytes that the wrong encoding has not, or put a sign in their place.
    """
    data = _bytes(part, wrong)
    if data is None:
        return part
    try:
        return data.decode()
    except UnicodeDecodeError:
        meant = data.decode("utf-8", "replace")
    lost = meant.count("\ufffd")
    whole = len(meant) - len(meant.encode("ascii", "ignore")) - lost
    return meant if whole >= _WHOLE * lost else part


def _bytes(text: str, encoding: str) -> bytes | None:
    try:
        if encoding == "cp1252":
            return text.translate(_BYTES_OF_1252).encode("latin-1")
        if encoding == "cp932":
            text = text.replace(_IN_PLACE_OF_A_BYTE, "")
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None


def _decoded(data: bytes, encoding: str, otherwise: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return otherwise

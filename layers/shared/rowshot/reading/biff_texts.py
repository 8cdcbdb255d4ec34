"""Texts in the records of XLS workbooks, section 2.5.293 and following of [MS-XLS]."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable

_MAC = {
    10000: "mac_roman", 10001: "shift_jis", 10002: "big5", 10003: "euc_kr", 10006: "mac_greek",
    10007: "mac_cyrillic", 10008: "gb2312", 10029: "mac_latin2", 10081: "mac_turkish",
    32768: "mac_roman",
}  # fmt: skip
_WIDE, _PHONETIC, _RICH = 1, 4, 8


class Pieces:
    """The bytes of a record and of those that continue it, read from the start.

    Args:
        bodies: The records' bodies in order.
    """

    def __init__(self, bodies: list[bytes]) -> None:
        self._bodies = bodies
        self._piece = 0
        self._at = 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        last = self._piece >= len(self._bodies) - 1
        return last and not self._left()

    def take(self, length: int) -> bytes:
        """The next bytes.

        Raises:
            ValueError: When there are not as many.
        """
        taken = self._some(length)
        while len(taken) < length:
            self._next()
            taken += self._some(length - len(taken))
        return taken

    def characters(self, count: int, flags: int) -> bytes:
        """The next characters as UTF-16, little end first.

        A piece that begins within them has flags of its own, since each may be compressed or not.

        Args:
            count: How many.
            flags: Those before the characters.

        Raises:
            ValueError: When there are not as many.
        """
        found: list[bytes] = []
        while True:
            width = 2 if flags & _WIDE else 1
            some = self._some(min(count * width, self._left() // width * width))
            count -= len(some) // width
            found.append(some if width == 2 else some.decode("latin-1").encode("utf-16-le"))
            if not count:
                return b"".join(found)
            self._next()
            flags = self._some(1)[0]

    def _left(self) -> int:
        return len(self._bodies[self._piece]) - self._at

    def _some(self, length: int) -> bytes:
        start = self._at
        self._at = min(start + length, len(self._bodies[self._piece]))
        return self._bodies[self._piece][start : self._at]

    def _next(self) -> None:
        self._piece += 1
        self._at = 0
        if self._piece == len(self._bodies):
            raise ValueError("a text is cut off")


def text_reader(*, biff8: bool, codec: str) -> Callable[[Pieces, str], str]:
    """What reads a text from where the pieces stand; it gets the form of the text's length.

    Args:
        biff8: Whether the workbook is of Excel 97 or later.
        codec: The encoding of older ones, empty when they do not say.
    """

    def old(pieces: Pieces, form: str) -> str:
        length: int = struct.unpack(form, pieces.take(struct.calcsize(form)))[0]
        return _decoded(pieces.take(length), codec)

    return _unicode if biff8 else old


def _decoded(raw: bytes, codec: str) -> str:
    if codec:
        return raw.decode(codec, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _unicode(pieces: Pieces, form: str) -> str:
    count, flags = struct.unpack(f"{form}B", pieces.take(struct.calcsize(f"{form}B")))
    runs = struct.unpack("<H", pieces.take(2))[0] if flags & _RICH else 0
    phonetic = struct.unpack("<I", pieces.take(4))[0] if flags & _PHONETIC else 0
    text = pieces.characters(count, flags).decode("utf-16-le", "replace")
    pieces.take(4 * runs)
    pieces.take(phonetic)
    return text


def codec_of(page: int) -> str:
    """Python's name of a code page; Western European where there is none."""
    name = _MAC.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name

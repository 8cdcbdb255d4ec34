"""Takes a picture's file apart before it is decoded: its pixels, and what is said about them.

Notes, thumbnails, animations and damaged tags are of no use to a published picture, and a decoder
that stumbles over one of them would throw away a picture that was paid for. So they are left
out before Pillow sees the file. What browsers follow is read here: EXIF's orientation, the colours.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image

from rowshot.finishing.profiles import Chromaticities, from_code_points, from_gamma

MAX_PROFILE_BYTES: Final = 8_000_000
"""Largest ICC profile that is unpacked, in bytes; measured displays reach 2 MB."""

PNG_START: Final = b"\x89PNG\r\n\x1a\n"

_PNG_PIXELS: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_PNG_SAID: Final = (b"eXIf", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP")
_EXIF: Final = b"Exif\0\0"
_ORIENTATION: Final = 0x0112


@dataclass(frozen=True)
class Parts:
    """A file's pixels, and what browsers follow of all that is said about them.

    Args:
        pixels: A file of the same format that holds little else.
        orientation: As EXIF counts it, 1 (upright) to 8; ``None`` where the decoder has to say it.
        profile: An ICC profile for the pixels; ``None`` where the decoder has to say it, if any.
    """

    pixels: bytes
    orientation: int | None = None
    profile: bytes | None = None


def take_apart(data: bytes, kind: str) -> Parts:
    """Separates a file's pixels from what is said about them.

    Args:
        data: The file. Where it is damaged, it is kept as it is from there on, so that the decoder
            finds the damage.
        kind: Pillow's name of the format.
    """
    if kind == "PNG":
        return _png(data)
    if kind == "JPEG":
        return _jpeg(data)
    return Parts(data)


def orientation_of(exif: bytes | None) -> int:
    """The orientation in a block of EXIF, 1 to 8; 1 where it cannot be read, as in browsers."""
    if not exif:
        return 1
    block = Image.Exif()
    try:
        block.load(exif)
        value = block.get(_ORIENTATION, 1)
    except Exception:
        # Pillow raises nearly anything here, and no tag is worth a picture.
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _png(data: bytes) -> Parts:
    kept = [PNG_START]
    said: dict[bytes, bytes] = {}
    depth, colour_type = 8, 2
    for name, start, end in _png_chunks(data):
        chunk = data[start:end]
        body = chunk[8:-4]
        if name == b"IHDR" and len(body) == 13:
            depth, colour_type = body[8], body[9]
        if name == b"tRNS":
            chunk = _at_8_bits(body, depth, colour_type) or chunk
        if name in _PNG_SAID and name not in said and _is_sound(chunk):
            said[name] = body
        if name in _PNG_PIXELS or not name:
            kept.append(chunk)
    return Parts(
        pixels=b"".join(kept),
        orientation=orientation_of(said.get(b"eXIf")),
        profile=_png_profile(said),
    )


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's name and where it lies; without a name the rest after a damaged one."""
    start = len(PNG_START)
    while start < len(data):
        end = start + 12 + int.from_bytes(data[start : start + 4], "big")
        if end > len(data):
            yield b"", start, len(data)
            return
        name = data[start + 4 : start + 8]
        yield name, start, end
        if name == b"IEND":
            return
        start = end


def _is_sound(chunk: bytes) -> bool:
    return zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")


def _at_8_bits(body: bytes, depth: int, colour_type: int) -> bytes | None:
    """A ``tRNS`` chunk on the scale on which Pillow hands out the pixels, where that differs.

    The transparent grey or colour is written in the file's own depth (PNG, third edition,
    11.3.1.1); Pillow compares it with pixels that it has scaled to 8 bits (but for 16-bit grey).
    """
    if colour_type == 0 and depth < 8 and len(body) == 2:
        most = (1 << depth) - 1
        grey = int.from_bytes(body, "big") & most
        return _chunk(b"tRNS", struct.pack(">H", grey * 255 // most))
    if colour_type == 2 and depth == 16 and len(body) == 6:
        return _chunk(b"tRNS", bytes((0, body[0], 0, body[2], 0, body[4])))
    return None


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png_profile(said: dict[bytes, bytes]) -> bytes | None:
    """What PNG says of its colours, in the order of precedence of its third edition (4.3)."""
    code_points = said.get(b"cICP", b"")
    if len(code_points) == 4 and (followed := from_code_points(*code_points)) is not None:
        return followed or None
    if b"iCCP" in said:
        unpacked = _unpack_profile(said[b"iCCP"])
        if unpacked is not None:
            return unpacked
    if b"sRGB" in said or b"gAMA" not in said or len(said[b"gAMA"]) != 4:
        return None
    gamma = int.from_bytes(said[b"gAMA"], "big") / 100_000
    corners = said.get(b"cHRM", b"")
    if len(corners) != 32:
        return from_gamma(gamma, None)
    white_x, white_y, *primaries = (value / 100_000 for value in struct.unpack(">8I", corners))
    return from_gamma(gamma, Chromaticities((white_x, white_y), tuple(primaries)))


def _unpack_profile(body: bytes) -> bytes | None:
    _, separator, packed = body.partition(b"\0")
    if not separator or packed[:1] != b"\0":
        return None
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(packed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if unpacker.eof else None


def _jpeg(data: bytes) -> Parts:
    """Leaves out every segment that is no part of the pixels but the colour profile's."""
    kept = [data[:2]]
    exif: bytes | None = None
    start = 2
    while True:
        while data[start : start + 2] == b"\xff\xff":  # fill bytes
            start += 1
        marker = data[start + 1 : start + 2]
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        segments = data[start : start + 1] == b"\xff" and marker and marker != b"\xda"
        if not segments or end > len(data) or end < start + 4 or b"\xd0" <= marker <= b"\xd9":
            kept.append(data[start:])
            return Parts(b"".join(kept), orientation=orientation_of(exif))
        body = data[start + 4 : end]
        if marker == b"\xe1" and exif is None and body.startswith(_EXIF):
            exif = body
        if not _is_note(marker, body):
            kept.append(data[start:end])
        start = end


def _is_note(marker: bytes, body: bytes) -> bool:
    """Whether a segment is a comment or of an application whose data the pixels do not need."""
    if marker == b"\xe2":
        return not body.startswith(b"ICC_PROFILE\0")
    # APP0 (JFIF) and APP14 (Adobe) say how the colours are stored.
    return marker == b"\xfe" or (b"\xe1" <= marker <= b"\xef" and marker != b"\xee")

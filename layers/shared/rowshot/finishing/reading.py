"""Reads a file as a picture, or says in one sentence why that does not work."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import Final

from PIL import Image

from rowshot.errors import BadPicture
from rowshot.finishing.metadata import PNG_START, orientation_of, take_apart

MAX_BYTES: Final = 50_000_000
"""Largest file that is read, in bytes."""

MAX_PIXELS: Final = 40_000_000
"""Largest picture that is decoded, in pixels: more than twice the 4096 × 4096 that hiapi's models
reach. Decoding and encoding take 10 to 24 bytes a pixel at their peak, so at most about 1 GB."""

MAX_SIDE: Final = 16_383
"""Longest side that WebP can hold, in pixels."""

_OTHERS: Final = {
    b"GIF8": "a GIF picture",
    b"BM": "a BMP picture",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"%PDF": "a PDF document",
    b"8BPS": "a Photoshop document",
    b"\xff\x0a": "a JPEG XL picture",
    b"\0\0\0\x0cJXL ": "a JPEG XL picture",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 picture",
    b"PK\x03\x04": "a ZIP archive",
}
"""Other kinds of files, by how they begin."""

_HEIC: Final = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its EXIF orientation."""

_MALFORMED = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError),
    *(struct.error, zlib.error, OverflowError),
)
"""What Pillow's decoders raise on files that are not what they say."""


def read(data: bytes) -> Image.Image:
    """Decodes a PNG, JPEG, WebP or AVIF file completely and turns it upright.

    Only those four decoders are ever tried, and the size in the header is checked before any
    pixel is decoded.

    Returns:
        The first frame, in the file's own mode, loaded, without EXIF orientation. Its
        ``icc_profile`` is what browsers would follow, also where a PNG says it in other words.

    Raises:
        BadPicture: See ``rowshot.finishing.convert``.
    """
    if not data:
        raise BadPicture("The picture is empty: hiapi delivered a file without content.")
    if len(data) > MAX_BYTES:
        raise BadPicture(
            f"The picture's file is too large: {len(data) / 1e6:.0f} MB, where "
            f"{MAX_BYTES / 1e6:.0f} MB is the limit."
        )
    kind = _kind(data)
    if kind is None:
        raise BadPicture(_foreign(data))
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd metadata, which is dropped anyway.
            warnings.simplefilter("ignore")
            return _decode(data, kind)
    except Image.DecompressionBombError as exc:
        raise BadPicture(_too_large("far more")) from exc
    except _MALFORMED as exc:
        raise BadPicture(
            f"The {kind} picture is broken or was cut off, so it cannot be shown."
        ) from exc


def _decode(data: bytes, kind: str) -> Image.Image:
    parts = take_apart(data, kind)
    image: Image.Image = Image.open(io.BytesIO(parts.pixels), formats=(kind,))
    _check_size(image.width, image.height)
    image.load()
    if parts.profile is not None:
        image.info["icc_profile"] = parts.profile
    turn = _TURNS.get(parts.orientation or orientation_of(image.info.get("exif")))
    return image if turn is None else image.transpose(turn)


def _kind(data: bytes) -> str | None:
    """Pillow's name of the file's format, by its first bytes."""
    if data.startswith(PNG_START):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and _brands(data) & {b"avif", b"avis"}:
        return "AVIF"
    return None


def _brands(data: bytes) -> set[bytes]:
    """What an ISO media file says it is: its first box names one brand and those it agrees with."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}


def _foreign(data: bytes) -> str:
    return f"The file is {_name_of(data)}; only PNG, JPEG, WebP and AVIF can be published."


def _name_of(data: bytes) -> str:
    """What a file is that we do not read, for a sentence."""
    for start, name in _OTHERS.items():
        if data.startswith(start):
            return name
    if data[4:8] == b"ftyp":
        return "a HEIC picture" if _brands(data) & _HEIC else "a video"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and b"<svg" in head:
        return "an SVG drawing"
    if head.startswith((b"<", b"{", b"[")):
        return "a web page or a text message"
    return "some other kind of file"


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise BadPicture(_too_large(f"{width} × {height}"))
    if max(width, height) > MAX_SIDE:
        raise BadPicture(
            f"The picture is too long for WebP: {width} × {height} pixels, where "
            f"{MAX_SIDE} on a side is the limit."
        )


def _too_large(size: str) -> str:
    return (
        f"The picture has too many pixels: {size}, where "
        f"{MAX_PIXELS // 1_000_000} million in all is the limit."
    )

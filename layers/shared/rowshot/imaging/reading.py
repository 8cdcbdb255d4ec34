"""Reads a file as a picture, or says in one sentence why that does not work."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import Final

from PIL import Image, ImageOps

from rowshot.errors import BadPicture

MAX_BYTES: Final = 50_000_000
"""Largest file that is read, in bytes."""

MAX_PIXELS: Final = 40_000_000
"""Largest picture that is decoded, in pixels: more than twice the 4096 × 4096 that hiapi's models
reach. Decoding and encoding take 10 to 24 bytes a pixel at their peak, so at most about 1 GB."""

MAX_SIDE: Final = 16_383
"""Longest side that WebP can hold, in pixels."""

_MALFORMED = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError),
    *(struct.error, zlib.error, OverflowError),
)
"""What Pillow's decoders raise on files that are not what they say."""


def read(data: bytes) -> Image.Image:
    """Decodes a PNG, JPEG or WebP file completely and turns it upright.

    Only those three decoders are ever tried, and the size in the header is checked before any
    pixel is decoded.

    Returns:
        The first frame, in the file's own mode, loaded, without EXIF orientation.

    Raises:
        BadPicture: See ``rowshot.imaging.convert``.
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
    image = Image.open(io.BytesIO(data), formats=(kind,))
    _check_size(image.width, image.height)
    image.load()
    _turn_upright(image)
    return image


def _kind(data: bytes) -> str | None:
    """Pillow's name of the file's format, by its first bytes."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def _foreign(data: bytes) -> str:
    head = data[:256].lstrip().lower()
    text = head.startswith((b"<", b"{", b"["))
    found = "a web page or a text message" if text else "some other kind of file"
    return f"The file is no PNG, JPEG or WebP picture but {found}."


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


def _turn_upright(image: Image.Image) -> None:
    """Applies the EXIF orientation; unreadable EXIF means upright, as in every browser."""
    try:
        orientation = image.getexif().get(0x0112, 1)
    except _MALFORMED:
        return
    if orientation != 1:
        ImageOps.exif_transpose(image, in_place=True)

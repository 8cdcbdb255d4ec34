"""Pictures that are wrong in one way each.

====================  ==========================================================================
``truncated``         a PNG that stops in the middle
``empty``             no bytes at all
``wrong_type``        an HTML page that says it is a PNG
``gif``               a GIF that says it is a PNG
``bomb``              a small PNG of 30,000 x 30,000 pixels
``cmyk``              a CMYK JPEG
``alpha``             a PNG with a transparent backdrop
``grey16``            a greyscale PNG of 16 bits
``rgb16``             an RGB PNG of 16 bits a channel
``palette``           a PNG of 64 colours
``rotated``           a JPEG that lies on its side, and an EXIF tag that says so
====================  ==========================================================================
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw

_PNG = "image/png"
_JPEG = "image/jpeg"
_BOMB_EDGE = 30_000
_ORIENTATION_TAG = 0x0112
_TURN_RIGHT = 6

Compose = Callable[[], Image.Image]


def spoiled(flaw: str, compose: Compose) -> tuple[bytes, str]:
    """A picture with a flaw, as a file and the media type that is claimed for it.

    Args:
        flaw: One of the names in the module's docstring.
        compose: Makes the faultless picture, where one is needed.

    Raises:
        ValueError: There is no such flaw.
    """
    maker = FLAWS.get(flaw)
    if maker is None:
        raise ValueError(f"flaw: {flaw!r} is none of {sorted(FLAWS)}")
    return maker(compose)


def _truncated(compose: Compose) -> tuple[bytes, str]:
    whole = _saved(compose(), "PNG", compress_level=1)
    return whole[: len(whole) // 2], _PNG


def _empty(_: Compose) -> tuple[bytes, str]:
    return b"", _PNG


def _wrong_type(_: Compose) -> tuple[bytes, str]:
    return b"<!doctype html><html><body>Not a picture</body></html>", _PNG


def _gif(compose: Compose) -> tuple[bytes, str]:
    return _saved(compose().quantize(64), "GIF"), _PNG


def _bomb(_: Compose) -> tuple[bytes, str]:
    return _bomb_file(), _PNG


def _cmyk(compose: Compose) -> tuple[bytes, str]:
    return _saved(compose().convert("CMYK"), "JPEG", quality=92), _JPEG


def _alpha(compose: Compose) -> tuple[bytes, str]:
    picture = compose()
    mask = Image.new("L", picture.size)
    width, height = picture.size
    ImageDraw.Draw(mask).ellipse((width // 8, height // 8, width * 7 // 8, height * 7 // 8), 255)
    picture.putalpha(mask)
    return _saved(picture, "PNG", compress_level=1), _PNG


def _grey16(compose: Compose) -> tuple[bytes, str]:
    grey = compose().convert("L")
    deep = Image.frombytes("I;16", grey.size, _doubled(grey.tobytes()))
    return _saved(deep, "PNG", compress_level=1), _PNG


def _rgb16(compose: Compose) -> tuple[bytes, str]:
    picture = compose()
    row = picture.width * 6
    samples = _doubled(picture.tobytes())
    rows = (b"\0" + samples[at : at + row] for at in range(0, len(samples), row))
    return _png(picture.width, picture.height, 16, 2, zlib.compress(b"".join(rows), 1)), _PNG


def _palette(compose: Compose) -> tuple[bytes, str]:
    return _saved(compose().quantize(64), "PNG", compress_level=1), _PNG


def _rotated(compose: Compose) -> tuple[bytes, str]:
    lying = compose().transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[_ORIENTATION_TAG] = _TURN_RIGHT
    return _saved(lying, "JPEG", quality=92, exif=exif), _JPEG


def _doubled(samples: bytes) -> bytes:
    """8-bit samples as 16-bit ones: each byte twice, so that white stays white."""
    deep = bytearray(2 * len(samples))
    deep[0::2] = samples
    deep[1::2] = samples
    return bytes(deep)


def _saved(picture: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


@lru_cache(maxsize=1)
def _bomb_file() -> bytes:
    """A valid one-bit PNG: 112 MB of zeros pack into 110 kB."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (_BOMB_EDGE + 7) // 8)
    packed = [packer.compress(row * 100) for _ in range(_BOMB_EDGE // 100)]
    return _png(_BOMB_EDGE, _BOMB_EDGE, 1, 0, b"".join([*packed, packer.flush()]))


def _png(width: int, height: int, bits: int, colour_type: int, packed: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


FLAWS: dict[str, Callable[[Compose], tuple[bytes, str]]] = {
    "truncated": _truncated,
    "empty": _empty,
    "wrong_type": _wrong_type,
    "gif": _gif,
    "bomb": _bomb,
    "cmyk": _cmyk,
    "alpha": _alpha,
    "grey16": _grey16,
    "rgb16": _rgb16,
    "palette": _palette,
    "rotated": _rotated,
}

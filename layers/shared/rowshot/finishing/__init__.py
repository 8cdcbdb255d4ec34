"""Turns whatever hiapi delivers into the pictures that are published.

``convert`` reads a PNG, JPEG, WebP or AVIF once and writes it as WebP: at full size, and once for
each of ``WIDTHS``. What comes out is plain: sRGB, upright, 8 bits, alpha only where something is
transparent, no metadata, one frame.

Pillow is imported by this package alone, so whoever does not publish does not pay for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image

from rowshot.finishing.colour import to_srgb
from rowshot.finishing.encoding import Encoded, encode, resize
from rowshot.finishing.reading import MAX_BYTES, MAX_PIXELS, MAX_SIDE, read

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "WIDTHS",
    "Converted",
    "Encoded",
    "convert",
]

WIDTHS = (960, 480)
"""Widths in pixels that are published besides the full size."""


@dataclass(frozen=True)
class Converted:
    """One picture in all the sizes that are published.

    Args:
        full: At its own size.
        widths: By nominal width, one for each of ``WIDTHS``. A picture that is narrower than the
            nominal width is kept at its own size, so that every key exists and nothing is blown up.
    """

    full: Encoded
    widths: dict[int, Encoded]


def convert(data: bytes) -> Converted:
    """Reads a picture and writes it as WebP in every published size.

    The small sizes are made on a second thread: Pillow and libwebp release the interpreter, so
    with two processors the whole set takes about as long as the full size alone.

    Args:
        data: A PNG, JPEG, WebP or AVIF file, recognised by its content. Animated: the first frame
            counts.

    Raises:
        BadPicture: Not such a file, broken or cut off, or larger than ``MAX_BYTES``,
            ``MAX_PIXELS`` or ``MAX_SIDE``. The message is one plain sentence.
    """
    image = to_srgb(read(data))
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="widths") as pool:
        smaller = pool.submit(_encode_widths, image, [w for w in WIDTHS if w < image.width])
        full = encode(image)
        by_width = smaller.result()
    return Converted(full=full, widths={width: by_width.get(width, full) for width in WIDTHS})


def _encode_widths(image: Image.Image, widths: Iterable[int]) -> dict[int, Encoded]:
    return {width: encode(resize(image, width)) for width in widths}

"""Brings every kind of pixel to 8-bit sRGB, with alpha only where something is transparent."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageMath

if TYPE_CHECKING:
    from PIL import ImageCms

_SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""Colour spaces of ICC profiles that we follow, with the Pillow mode that each describes."""

_FITTING = {"L": ("L", "RGB"), "RGB": ("RGB",), "CMYK": ("CMYK",)}
"""Modes of profiles that can describe a picture's pixels; grey is a colour too, but not the other
way round: a profile for grey would make a picture in colours black and white."""


def to_srgb(image: Image.Image) -> Image.Image:
    """Converts a loaded picture to mode RGB, or RGBA if it is transparent somewhere.

    An embedded ICC profile is followed. One that is broken, or is for another kind of pixels than
    the picture has, is ignored, as browsers do.
    """
    colour, alpha = _split(image)
    rgb = _follow_profile(colour, image.info.get("icc_profile"))
    if alpha is None or alpha.getextrema() == (255, 255):
        return rgb
    rgb.putalpha(alpha)
    return rgb


def _split(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """The colours in mode L, RGB or CMYK, and the alpha channel, if the picture has one."""
    if image.mode.startswith("I"):
        image = _to_8_bits(image)
    if image.has_transparency_data:
        image = image.convert("LA" if image.mode in ("1", "L", "LA") else "RGBA")
        return image.convert(image.mode.removesuffix("A")), image.getchannel("A")
    if image.mode in ("L", "RGB", "CMYK"):
        return image, None
    return image.convert("L" if image.mode == "1" else "RGB"), None


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Scales 16-bit grey; Pillow's own conversion would cut everything above 255 to white."""
    wide = image.convert("I")
    grey = wide.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    key = image.info.get("transparency")
    if isinstance(key, int):
        opaque = ImageMath.lambda_eval(
            lambda its: its["convert"]((its["grey"] != key) * 255, "L"), grey=wide
        )
        grey.putalpha(opaque)
    return grey


def _follow_profile(colour: Image.Image, icc: bytes | None) -> Image.Image:
    if not icc:
        return colour.convert("RGB")
    # Few pictures have a profile, so few pay for the import.
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        mode = _SPACES.get(profile.profile.xcolor_space)
        if mode not in _FITTING[colour.mode]:
            return colour.convert("RGB")
        transform = _transform(profile, mode)
        if mode == "RGB" and _changes_nothing(transform):
            return colour.convert("RGB")
        converted = ImageCms.applyTransform(colour.convert(mode), transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return colour.convert("RGB")
    # Pillow's types allow None, which it returns only when it transforms in place.
    return converted or colour.convert("RGB")


def _transform(profile: ImageCms.ImageCmsProfile, mode: str) -> ImageCms.ImageCmsTransform:
    from PIL import ImageCms

    return ImageCms.buildTransform(
        profile,
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a transform is sRGB to sRGB for all that 8 bits can show, tried on 4,096 colours."""
    from PIL import ImageCms

    steps = [round(i * 255 / 15) for i in range(16)]
    lattice = bytes(v for r in steps for g in steps for b in steps for v in (r, g, b))
    sample = Image.frombytes("RGB", (64, 64), lattice)
    seen = ImageCms.applyTransform(sample, transform)
    if seen is None:
        return False
    extrema = ImageChops.difference(sample, seen).getextrema()
    return all(isinstance(band, tuple) and band[1] <= 1 for band in extrema)

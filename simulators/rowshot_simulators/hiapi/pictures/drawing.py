"""Composes a picture: a studio, a product, and the prompt to read."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .flaws import spoiled
from .palettes import Palette, colourways, mixed, palette
from .products import Product, product_for, rendered
from .text import fitted, label_of

# The backdrop has no detail, so it is drawn this wide and enlarged.
_BACKDROP_EDGE = 512
# In smaller pictures nobody could read the prompt.
_READABLE_EDGE = 128
_ROW_WORDS = ("left to right", "colourways", "colorways", "in a row", "从左到右", "一字排开")
_ROW_OF = re.compile(r"\brow of (\d)\b")
_ROW_SHARE = 0.86


@dataclass(frozen=True)
class Drawing:
    """What is to be drawn; the same drawing always gives the same picture."""

    prompt: str
    width: int
    height: int
    format: Literal["PNG", "JPEG"] = "PNG"


@dataclass(frozen=True)
class Layout:
    """Where things are, in pixels: the floor's line, the product's foot and height, the caption."""

    foot: tuple[int, int]
    product_height: int
    caption: tuple[int, int, int, int]

    @classmethod
    def of(cls, width: int, height: int) -> Layout:
        """Caption beside the product in wide pictures, below it in others."""
        if width > 1.2 * height:
            card = (0.055 * width, 0.16 * height, 0.49 * width, 0.84 * height)
            foot, tall = (0.745 * width, 0.83 * height), 0.62 * height
        elif height > 1.2 * width:
            card = (0.07 * width, 0.70 * height, 0.93 * width, 0.955 * height)
            foot, tall = (0.5 * width, 0.645 * height), min(0.50 * height, 0.92 * width)
        else:
            card = (0.06 * width, 0.735 * height, 0.94 * width, 0.95 * height)
            foot, tall = (0.5 * width, 0.675 * height), 0.56 * height
        left, top, right, bottom = (round(edge) for edge in card)
        return cls((round(foot[0]), round(foot[1])), round(tall), (left, top, right, bottom))


def draw(drawing: Drawing, flaw: str = "") -> tuple[bytes, str]:
    """The picture as a file and its media type.

    Args:
        drawing: What is to be drawn.
        flaw: What is to be wrong with it, see ``flaws``; nothing by default.
    """
    if flaw:
        return spoiled(flaw, lambda: compose(drawing))
    file = io.BytesIO()
    picture = compose(drawing)
    if drawing.format == "JPEG":
        picture.save(file, "JPEG", quality=92)
        return file.getvalue(), "image/jpeg"
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue(), "image/png"


def compose(drawing: Drawing) -> Image.Image:
    """The picture, RGB."""
    number = int.from_bytes(hashlib.sha256(drawing.prompt.encode()).digest()[:6], "big")
    colours = palette(drawing.prompt, number)
    product = product_for(drawing.prompt, number // 97)
    size = (drawing.width, drawing.height)
    layout = Layout.of(*size)
    row = _row(drawing, layout, product, colours, number)
    picture = _backdrop(size, colours, row)
    label = label_of(drawing.prompt, number)
    for stand, hues in row:
        _place(picture, product, stand, hues, label)
    if min(size) >= _READABLE_EDGE:
        _caption(picture, layout.caption, colours, drawing.prompt)
    return picture


@dataclass(frozen=True)
class Stand:
    """Where one product stands: the middle of its foot, its width and height in pixels."""

    x: int
    y: int
    width: int
    height: int


def _row(
    drawing: Drawing, layout: Layout, product: Product, colours: Palette, number: int
) -> list[tuple[Stand, Palette]]:
    """One product, or a row of its colourways where the prompt lists some."""
    x, y = layout.foot
    tall = layout.product_height
    spoken = drawing.prompt.lower()
    if not any(word in spoken for word in _ROW_WORDS):
        return [(Stand(x, y, round(tall * product.ratio), tall), colours)]
    said = _ROW_OF.search(spoken)
    count = min(5, max(2, int(said[1]))) if said else 3
    step = (_ROW_SHARE if x < 0.6 * drawing.width else 0.5 * _ROW_SHARE) * drawing.width / count
    row_tall = round(min(tall, 0.86 * step / product.ratio))
    width = round(row_tall * product.ratio)
    y -= round(0.3 * (tall - row_tall))
    return [
        (Stand(round(x + step * (at - (count - 1) / 2)), y, width, row_tall), hues)
        for at, hues in enumerate(colourways(drawing.prompt, number, count))
    ]


def _backdrop(
    size: tuple[int, int], colours: Palette, row: list[tuple[Stand, Palette]]
) -> Image.Image:
    """Wall and floor without an edge between them, a pool of light, the products' shadows."""
    scale = min(1.0, _BACKDROP_EDGE / max(size))
    small = (max(8, round(size[0] * scale)), max(8, round(size[1] * scale)))
    wall = Image.linear_gradient("L").resize(small)
    studio = Image.new("RGB", small, mixed(colours.above, (255, 255, 255), 0.25))
    studio.paste(mixed(colours.below, colours.above, 0.25), mask=wall)
    floor_from = row[0][0].y * scale - 0.16 * row[0][0].height * scale
    floor = Image.new("L", small)
    pen = ImageDraw.Draw(floor)
    pen.rectangle((0, floor_from, small[0], small[1]), fill=150)
    floor = floor.filter(ImageFilter.GaussianBlur(max(small) * 0.03))
    studio.paste(mixed(colours.above, colours.below, 0.55), mask=floor)
    x, y = row[len(row) // 2][0].x * scale, row[0][0].y * scale
    glow = round(max(small) * 1.15)
    # The gradient is 181 at the middle of each edge; from there outwards there is no light.
    pool = Image.radial_gradient("L").point(lambda far: max(0, 179 - far) * 0.85)
    pool = pool.resize((glow, glow))
    centre = (round(x - glow / 2), round(y - 0.30 * small[1] - glow / 2))
    studio.paste((255, 255, 255), centre, mask=pool)
    for stand, hues in row:
        _shadow(studio, stand, scale, mixed(hues.ink, hues.dark, 0.3))
    return studio.resize(size, Image.Resampling.BILINEAR)


def _shadow(studio: Image.Image, stand: Stand, scale: float, colour: tuple[int, int, int]) -> None:
    """The soft shadow that falls to the right, and the dark line of contact."""
    x, y = stand.x * scale, stand.y * scale
    half, tall = stand.width * scale / 2, stand.height * scale
    for reach, depth, strength, blur in ((1.9, 0.075, 95, 0.05), (1.08, 0.022, 170, 0.012)):
        mask = Image.new("L", studio.size)
        box = (x - half * 1.02, y - tall * depth, x + half * reach, y + tall * depth)
        ImageDraw.Draw(mask).ellipse(box, fill=strength)
        studio.paste(colour, mask=mask.filter(ImageFilter.GaussianBlur(max(0.8, tall * blur))))


def _place(
    picture: Image.Image,
    product: Product,
    stand: Stand,
    colours: Palette,
    label: tuple[str, str],
) -> None:
    """Puts the product on its stand, with its faint reflection on the floor."""
    image, mask = rendered(product, stand.height, colours, label)
    left, top = stand.x - image.width // 2, stand.y - image.height
    depth = round(image.height * 0.16)
    strip = (0, image.height - depth, image.width, image.height)
    mirrored = image.crop(strip).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    fade = ImageChops.invert(Image.linear_gradient("L")).resize(mirrored.size)
    seen = ImageChops.multiply(
        mask.crop(strip).transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        fade.point(lambda level: level * 0.26),
    )
    picture.paste(mirrored, (left, stand.y), seen)
    picture.paste(image, (left, top), mask)


def _caption(
    picture: Image.Image, box: tuple[int, int, int, int], colours: Palette, prompt: str
) -> None:
    """The prompt on a card of frosted glass, no higher than the text needs."""
    left, top, right, bottom = box
    unit = min(picture.size)
    margin = unit * 0.034
    inner = (right - left - 2 * margin, bottom - top - 2 * margin)
    lines, face, leading = fitted(prompt, inner, (round(unit * 0.046), round(unit * 0.0165)))
    height = round(min(bottom - top, leading * len(lines) + 2 * margin))
    top += (bottom - top - height) // 2
    card = Image.new("L", ((right - left) * 2, height * 2))
    edges = (0, 0, card.width - 1, card.height - 1)
    ImageDraw.Draw(card).rounded_rectangle(edges, radius=unit * 0.05, fill=178)
    picture.paste(mixed(colours.label, (255, 255, 255), 0.4), (left, top), card.reduce(2))
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        middle = top + margin + leading * (number + 0.5)
        pen.text((left + margin, middle), line, colours.ink, face, anchor="lm")

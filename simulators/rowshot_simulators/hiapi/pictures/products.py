"""Silhouettes of packaged goods, with the light of a studio on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw

from .palettes import Colour, Palette, mixed
from .text import fitted

# Drawn at twice the size and halved, because Pillow's shapes have no smooth edges.
_FINER = 2
# Brightness from the left edge to the right: a soft box on the left, a faint rim on the right.
_ROUND_LIGHT = (60, 150, 235, 255, 215, 165, 120, 85, 60, 50, 75)
# A Chinese name of so few characters is not broken.
_ONE_LINE = 5
_FLAT_LIGHT = (235, 228, 220, 212, 205, 198, 190)


@dataclass(frozen=True)
class Part:
    """A rounded box in the unit square (x from left, y from the top); radius in widths."""

    left: float
    top: float
    right: float
    bottom: float
    radius: float = 0.0


@dataclass(frozen=True)
class Product:
    """A kind of package: width by height, body, cap and label, and the words that call for it."""

    ratio: float
    body: tuple[Part, ...]
    cap: tuple[Part, ...]
    label: Part
    words: tuple[str, ...]
    rounded: bool = True


PRODUCTS = (
    Product(
        0.40,
        (
            Part(0.0, 0.46, 1.0, 1.0, 0.10),
            Part(0.0, 0.28, 1.0, 0.80, 0.38),
            Part(0.35, 0.10, 0.65, 0.4),
        ),
        (Part(0.325, 0.0, 0.675, 0.15, 0.04),),
        Part(0.0, 0.50, 1.0, 0.86),
        ("bottle", "wine", "oil", "sauce", "酒", "瓶", "油"),
    ),
    Product(
        0.86,
        (Part(0.0, 0.17, 1.0, 1.0, 0.16),),
        (Part(0.05, 0.0, 0.95, 0.20, 0.04),),
        Part(0.0, 0.36, 1.0, 0.84),
        ("jar", "honey", "jam", "cream", "罐", "蜜", "膏"),
    ),
    Product(
        0.74,
        (Part(0.0, 0.0, 1.0, 1.0, 0.012),),
        (Part(0.0, 0.0, 1.0, 0.10, 0.012),),
        Part(0.11, 0.25, 0.89, 0.80, 0.02),
        ("box", "carton", "package", "gift", "盒", "礼"),
        rounded=False,
    ),
    Product(
        0.66,
        (Part(0.0, 0.05, 1.0, 1.0, 0.06),),
        (Part(-0.015, 0.0, 1.015, 0.17, 0.05),),
        Part(0.0, 0.31, 1.0, 0.83),
        ("tin", "can", "tea", "coffee", "茶", "咖啡"),
    ),
    Product(
        0.44,
        (Part(0.0, 0.0, 1.0, 0.60, 0.08), Part(0.0, 0.40, 1.0, 0.86, 0.12)),
        (Part(0.11, 0.855, 0.89, 1.0, 0.05),),
        Part(0.0, 0.17, 1.0, 0.58),
        ("tube", "lotion", "toothpaste", "serum", "霜", "乳"),
    ),
    Product(
        0.95,
        (Part(0.0, 0.10, 1.0, 1.0, 0.10),),
        (Part(0.47, 0.0, 0.50, 0.12), Part(0.0, 0.10, 1.0, 0.15, 0.03)),
        Part(0.20, 0.40, 0.80, 0.80, 0.03),
        ("candle", "mug", "cup", "glass", "杯", "烛"),
    ),
)


def product_for(prompt: str, number: int) -> Product:
    """The package that a prompt speaks of, else one for the number."""
    spoken = set(re.findall(r"[a-z]+", prompt.lower()))
    for product in PRODUCTS:
        plural = {word + "s" for word in product.words} | {word + "es" for word in product.words}
        if spoken & (plural | set(product.words)):
            return product
    for product in PRODUCTS:
        if any(word in prompt for word in product.words if not word.isascii()):
            return product
    return PRODUCTS[number % len(PRODUCTS)]


def rendered(
    product: Product, height: int, colours: Palette, label: Sequence[str]
) -> tuple[Image.Image, Image.Image]:
    """A product's picture and its mask, ``height`` pixels high."""
    size = (max(8, round(height * product.ratio)), max(8, height))
    light = _light(size, _ROUND_LIGHT if product.rounded else _FLAT_LIGHT)
    body, cap = _mask(size, product.body), _mask(size, product.cap)
    picture = _lit(size, colours.dark, colours.light, light)
    cap_colours = mixed(colours.ink, colours.dark, 0.25), mixed(colours.ink, colours.light, 0.7)
    picture.paste(_lit(size, *cap_colours, light), mask=cap)
    panel = ImageChops.multiply(_mask(size, (product.label,)), body)
    shade = mixed(colours.label, colours.dark, 0.42 if product.rounded else 0.12)
    picture.paste(_lit(size, shade, colours.label, light), mask=panel)
    _lettering(picture, product.label, colours.ink, label)
    return picture, ImageChops.lighter(body, cap)


def _mask(size: tuple[int, int], parts: Sequence[Part]) -> Image.Image:
    width, height = size[0] * _FINER, size[1] * _FINER
    mask = Image.new("L", (width, height))
    pen = ImageDraw.Draw(mask)
    for part in parts:
        corners = (part.left * width, part.top * height)
        # In a tiny picture a thin part is less than a pixel.
        opposite = (
            max(corners[0], part.right * width - 1),
            max(corners[1], part.bottom * height - 1),
        )
        pen.rounded_rectangle((*corners, *opposite), radius=part.radius * width, fill=255)
    return mask.reduce(_FINER)


def _light(size: tuple[int, int], profile: Sequence[int]) -> Image.Image:
    strip = Image.new("L", (len(profile), 1))
    strip.putdata(list(profile))
    return strip.resize((size[0], 1), Image.Resampling.BICUBIC).resize(size)


def _lit(size: tuple[int, int], dark: Colour, bright: Colour, light: Image.Image) -> Image.Image:
    picture = Image.new("RGB", size, dark)
    picture.paste(bright, mask=light)
    return picture


def _lettering(picture: Image.Image, panel: Part, ink: Colour, label: Sequence[str]) -> None:
    """Sets the label in the panel: the name large, a second line small, a rule between."""
    width, height = picture.size
    left, right = panel.left * width, panel.right * width
    inner = (right - left) * 0.80, (panel.bottom - panel.top) * height
    middle = (left + right) / 2
    top = panel.top * height
    name, second = label[0], label[1] if len(label) > 1 else ""
    room = 0.58 if second else 0.84
    largest = round(min(inner[0] * 0.30, inner[1] * 0.42))
    if not name.isascii() and len(name) <= _ONE_LINE:
        largest = min(largest, int(inner[0] / len(name)))
    lines, face, leading = fitted(name, (inner[0], inner[1] * room), (largest, 9), "serif")
    pen = ImageDraw.Draw(picture)
    y = top + inner[1] * (room + (0.06 if second else 0.16)) / 2 - leading * (len(lines) - 1) / 2
    for line in lines:
        pen.text((middle, y), line, ink, face, anchor="mm")
        y += leading
    if second:
        rule = top + inner[1] * 0.68
        ends = (middle - inner[0] * 0.18, rule, middle + inner[0] * 0.18, rule)
        pen.line(ends, ink, max(1, width // 220))
        room_below = (inner[0], inner[1] * 0.2)
        small, face, leading = fitted(second, room_below, (largest // 3, 7), "serif")
        pen.text((middle, top + inner[1] * 0.82), small[0], ink, face, anchor="mm")

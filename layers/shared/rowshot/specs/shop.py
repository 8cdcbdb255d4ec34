"""Columns that are named like options of a picture and describe a shop's product."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rowshot import messages
from rowshot.messages import quoted
from rowshot.models import Catalogue
from rowshot.reading import Columns, SheetRow
from rowshot.reading.columns import normal
from rowshot.reading.nothing import is_blank
from rowshot.specs.recipes import find_recipe

_UNIT = (
    r"ml|cl|dl|l|lit(?:er|re)s?|fl\.? ?oz|oz|ounces?|g|grams?|kg|mg|lbs?|pounds?|cm|mm|m"
    r"|met(?:er|re)s?|in|inch(?:es)?|ft|feet|yd|gb|tb|mb|w|v|mah|pcs?|pieces?|[- ]?packs?|count|ct"
    r"|cups?|qt|gal|克|千克|公斤|斤|毫升|升|厘米|毫米|米|寸|英寸|码|号|片|件|个|只|人|[\"”″′']"
)
_NUMBER = r"\d{1,6}(?:[.,]\d{1,3})?"
_LETTERS = r"(?:\d{0,2}x{0,4}[sml])"
_SIZE_OF_A_PRODUCT = re.compile(
    rf"\A(?:{_LETTERS}(?:\s*[/\-]\s*{_LETTERS})?|(?:xx?-?|extra )?(?:small|large)|medium"
    r"|one ?size(?: fits (?:all|most))?|os|free ?size|均码|大号?|中号?|小号?|特大号?|petite|plus"
    r"|queen|king|twin(?: xl)?|full|single|double|standard|regular|mini|junior|kids|adult|baby"
    r"|newborn|toddler|(?:din )?a[0-6]|(?:set|pack) of \d{1,3}"
    rf"|(?:eur?|us|uk|fr|it|jp|de)\s*{_NUMBER}|{_NUMBER}\s*(?:eu|us|uk)"
    r"|\d{1,2}(?:[.,]5)?|\d{1,2}\s*[-/]\s*\d{1,2}(?:\s*[tym]| ?months?| ?years?)?|\d{1,2}\s*[tym]"
    r"|\d{2,3}[a-h]{1,2}|w\d{2}\s*(?:/\s*)?l\d{2}"
    rf"|(?:{_NUMBER}\s*(?:(?:{_UNIT})\s*)?[x×*]\s*){{0,2}}{_NUMBER}\s*(?:{_UNIT})"
    rf"|(?:{_NUMBER}\s*[x×*]\s*){{2}}{_NUMBER})",
    re.IGNORECASE,
)
_DASHED_RATIOS = frozenset("1-1 2-3 3-2 3-4 4-3 4-5 5-4 9-16 16-9 21-9".split())
_WORDS = re.compile(r"[^\W\d_]+(?:[ \-'’&/][^\W\d_]+)*")
_NO_WORDS = frozenset(("infinity", "inf", "nan", "null", "none", "random", "auto"))
_PRODUCT_MODEL = re.compile(r"\A(?=.*\d)(?=.*[A-Za-z])[\w \-./+]{2,40}")
_OF_PICTURES = frozenset(
    "flux qwen nano banana gpt image seedream dall dalle midjourney sdxl stable diffusion imagen "
    "kling wan ideogram recraft hunyuan jimeng gemini firefly kolors pixart".split()
)
_SHORTEST_PLANT = 3  # letters
_LONG_RECIPE = 30  # characters; the longest name of ours has 19
_BARE = {"size": ("size", "尺寸"), "seed": ("seed", "种子"), "model": ("model", "模型"),
         "recipe": ("recipe",)}  # fmt: skip
"""The names that a shop uses too: 'image_size' is plainly the picture's."""


def misread(columns: Columns, rows: Sequence[SheetRow], catalogue: Catalogue) -> dict[int, str]:
    """The columns whose every cell plainly describes a shop's product.

    Returns:
        The position of each, and the sentence about it.
    """
    checks: dict[str, Callable[[str], bool]] = {
        "size": lambda cell: describes_size(cell) and not _is_shape(cell, catalogue),
        "seed": describes_seed,
        "model": describes_model,
        "recipe": describes_recipe,
    }
    found = {}
    for name, check in checks.items():
        at = columns.index.get(name)
        if at is None or normal(columns.title(name)) not in _BARE[name]:
            continue
        cells = dict.fromkeys(columns.cell(row, name) for row in rows)
        told = [cell for cell in cells if not is_blank(cell)]
        if told and all(map(check, told)):
            found[at] = messages.SHOP_COLUMN(
                found=quoted(columns.title(name)), example=quoted(told[0]), meant=name
            )
    return found


def _is_shape(cell: str, catalogue: Catalogue) -> bool:
    return any(model.shape(cell) for model in catalogue.models.values() if model.shapes)


def describes_size(cell: str) -> bool:
    """Whether a cell gives the size of a garment, a bottle or a box: ``XL``, ``350 ml``."""
    return _SIZE_OF_A_PRODUCT.fullmatch(cell) is not None and cell not in _DASHED_RATIOS


def describes_seed(cell: str) -> bool:
    """Whether a cell names a plant or anything else that is no number: ``Tomato``."""
    letters = sum(map(str.isalpha, cell))
    return (
        letters >= _SHORTEST_PLANT
        and _WORDS.fullmatch(cell) is not None
        and cell.casefold() not in _NO_WORDS
    )


def describes_model(cell: str) -> bool:
    """Whether a cell names a product, and nothing that could be a model which draws pictures."""
    return _PRODUCT_MODEL.fullmatch(cell) is not None and may_be_a_products(cell)


def may_be_a_products(cell: str) -> bool:
    """Whether a cell could name a product's model; less plainly so than `describes_model`."""
    return not set(re.findall(r"[a-z]+", cell.casefold())) & _OF_PICTURES


def describes_recipe(cell: str) -> bool:
    """Whether a cell says how to cook: a text too long for a recipe's name."""
    return len(cell) >= _LONG_RECIPE and find_recipe(cell) is None

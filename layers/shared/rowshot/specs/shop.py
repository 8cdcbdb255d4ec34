"""Columns that are named like options of a picture and describe a shop's product."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rowshot import messages
from rowshot.messages import quoted
from rowshot.models import Catalogue
from rowshot.reading import Columns, SheetRow
from rowshot.reading.columns import normal
from rowshot.reading.nothing import names_nothing
from rowshot.reading.work_states import SHOP_STATES
from rowshot.reading.yes_no import approved_tick, tick
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
_PRODUCTS = {"approved": "status"}
"""What a shop calls such a column of its own, where it has another name for it."""


@dataclass(frozen=True)
class ShopColumn:
    """A column that describes a shop's products.

    Args:
        name: Its canonical name.
        ours: Numbers of the rows in which it nevertheless says something of the picture.
        warning: The sentence about it.
    """

    name: str
    ours: frozenset[int]
    warning: str


def misread(
    columns: Columns, rows: Sequence[SheetRow], catalogue: Catalogue
) -> dict[int, ShopColumn]:
    """The columns most of whose cells plainly describe a shop's product, by position."""
    found = {}
    for name, (describes, is_ours) in _checks(catalogue).items():
        at = columns.index.get(name)
        if at is None or (name in _BARE and normal(columns.title(name)) not in _BARE[name]):
            continue
        cells = [(row.number, columns.cell(row, name)) for row in rows]
        told = [(number, cell) for number, cell in cells if not _says_no(cell, name)]
        ours = [(number, cell) for number, cell in told if is_ours(cell)]
        others = [(row, cell) for row, cell in told if not (describes(cell) or is_ours(cell))]
        if 2 * len(ours + others) < len(told):
            warning = messages.SHOP_COLUMN(
                found=quoted(columns.title(name)),
                example=next(quoted(cell) for _, cell in told if describes(cell)),
                others=_others(others) + _but(ours),
                meant=_PRODUCTS.get(name, name),
            )
            found[at] = ShopColumn(name, frozenset(number for number, _ in ours), warning)
    return found


_Check = Callable[[str], bool]


def _checks(catalogue: Catalogue) -> dict[str, tuple[_Check, _Check]]:
    """Column -> whether a cell describes the product, and whether it is a value of ours."""
    return {
        "size": (describes_size, lambda cell: _is_shape(cell, catalogue)),
        "seed": (describes_seed, str.isdecimal),
        "model": (describes_model, lambda cell: catalogue.find(cell) is not None),
        "recipe": (describes_recipe, lambda cell: find_recipe(cell) is not None),
        "approved": (describes_state, lambda cell: approved_tick(cell) is True),
    }


def _says_no(cell: str, name: str) -> bool:
    return names_nothing(cell) or (name == "approved" and tick(cell) is False)


def _others(cells: Sequence[tuple[int, str]]) -> str:
    """What else a shop's column says, so that nobody waits for it."""
    return f", nor is {_first(cells)}" if cells else ""


def _but(cells: Sequence[tuple[int, str]]) -> str:
    """What a shop's column says of pictures."""
    return f", but {_first(cells)} {'are' if len(cells) > 1 else 'is'}" if cells else ""


def _first(cells: Sequence[tuple[int, str]]) -> str:
    number, cell = cells[0]
    more = f" and {len(cells) - 1} more" if len(cells) > 1 else ""
    return f"{quoted(cell)} in row {number}{more}"


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


def describes_state(cell: str) -> bool:
    """Whether a cell says how far a product has come in its shop: ``draft``, ``live``."""
    return normal(cell) in SHOP_STATES


def describes_recipe(cell: str) -> bool:
    """Whether a cell says how to cook: a text too long for a recipe's name."""
    return len(cell) >= _LONG_RECIPE and find_recipe(cell) is None

"""The recipes as data: which columns each takes, and the clauses that its prompt is made of.

What makes each kind of picture work comes from HiAPI's published catalogue run (2026-06-29); the
words are our own. A clause is written only when every column that it names (or
that is ``given``) has a value, and none of its ``unless`` columns has one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Clause:
    """A sentence of a prompt, with ``{column}`` places.

    Args:
        text: The sentence.
        given: Columns besides those of the text that it must stand beside.
        unless: Columns that make it superfluous.
    """

    text: str
    given: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """One kind of picture.

    Args:
        name: What the `recipe` cell says.
        aliases: Other words for it.
        title: What it is, for people.
        aspect: Its shape when the row names none.
        literal_text: True when words must appear letter by letter, so that hiapi must not rewrite
            the prompt.
        needs: Groups of columns; of each group one must be filled.
        defaults: Column -> text that stands in for an empty cell.
        clauses: The prompt, in order.
        example: Column -> an example cell.
    """

    name: str
    aliases: tuple[str, ...]
    title: str
    aspect: str
    literal_text: bool
    needs: tuple[tuple[str, ...], ...]
    clauses: tuple[Clause, ...]
    example: Mapping[str, str]
    defaults: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> frozenset[str]:
        """The columns whose texts its prompt may hold."""
        places = (place for clause in self.clauses for place in PLACE.findall(clause.text))
        return frozenset(places) - {"count"}


_LABEL = (
    Clause("The label on it reads “{label_zh}” in {typeface}.", given=("product",)),
    Clause(
        "Under that, as a small subtitle, “{label_en}” in a plain sans serif.", given=("label_zh",)
    ),
    Clause(
        "The label on it reads “{label_en}” in {typeface}.",
        given=("product",),
        unless=("label_zh",),
    ),
)
_COMMON = {"product": "one retail product in its own packaging", "typeface": "bold serif"}

PACKSHOT = Recipe(
    name="packshot",
    aliases=("pack shot", "pack-shot", "product shot", "白底图", "主图", "单品图", "产品图"),
    title="the product alone on a plain backdrop, its label readable",
    aspect="1:1",
    literal_text=True,
    needs=(("product", "label_zh", "label_en"),),
    defaults={**_COMMON, "backdrop": "warm ivory", "light": "soft key light from the upper left"},
    clauses=(
        Clause("Studio photograph of {product}, alone, upright and centred, seen straight on."),
        Clause("The backdrop is one plain, even colour: {backdrop}."),
        *_LABEL,
        Clause("Lit by a single directional light ({light}), with one short soft shadow."),
        Clause("No props, no hands and no other writing; the label is in the sharpest focus."),
    ),
    example={
        "product": "a frosted glass jar of face cream with a bamboo lid",
        "label_zh": "玉容霜",
        "label_en": "Jade Radiance Cream",
        "backdrop": "pale celadon",
        "light": "soft window light from the left",
    },
)

LIFESTYLE = Recipe(
    name="lifestyle",
    aliases=("life style", "scene", "场景图", "生活场景", "氛围图"),
    title="the product in a scene from life",
    aspect="16:9",
    literal_text=True,
    needs=(("scene",),),
    defaults={**_COMMON, "light": "natural daylight from one side"},
    clauses=(
        Clause("{scene}."),
        Clause("The light is {light}."),
        Clause("In the foreground of this scene, and its point of focus, stands {product}."),
        *_LABEL,
        Clause("The surroundings fall softly out of focus, and there is no other writing."),
    ),
    example={
        "scene": "A quiet stone bathroom at sunrise, steam rising beside a folded linen towel",
        "product": "a frosted glass jar of face cream with a bamboo lid",
        "label_zh": "玉容霜",
        "label_en": "Jade Radiance Cream",
    },
)

VARIANTS = Recipe(
    name="variants",
    aliases=("variant", "variant row", "variant-row", "colourways", "colorways", "系列图", "多色图",
             "颜色图"),
    title="every colour of one product in a row",
    aspect="1:1",
    literal_text=True,
    needs=(("colourways",),),
    defaults={**_COMMON, "backdrop": "light warm grey", "light": "soft light from the upper left"},
    clauses=(
        Clause("A straight row of {count} pieces of the same product, {product}."),
        Clause("From left to right their colours are: {colourways}."),
        Clause("Shape, size, spacing, lighting and shadow are identical, only the colour differs."),
        *_LABEL,
        Clause("The backdrop is plain {backdrop}, the light is {light}; nothing else is shown."),
    ),
    example={
        "product": "a glazed ceramic tea cup without a handle",
        "colourways": "celadon, ivory, persimmon, ink blue",
        "backdrop": "light oat",
    },
)  # fmt: skip

BANNER = Recipe(
    name="banner",
    aliases=("bilingual banner", "hero", "横幅", "海报", "双语横幅", "头图"),
    title="a wide banner with a Chinese and an English headline",
    aspect="16:9",
    literal_text=True,
    needs=(("headline_zh", "headline_en"),),
    defaults={**_COMMON, "backdrop": "a calm gradient of cream and jade green"},
    clauses=(
        Clause("Wide shop banner on {backdrop}, with generous empty space."),
        Clause("The headline “{headline_zh}” is set large and bold on the left."),
        Clause("Beneath it, smaller, stands “{headline_en}”.", given=("headline_zh",)),
        Clause(
            "The headline “{headline_en}” is set large and bold on the left.",
            unless=("headline_zh",),
        ),
        Clause("On the right is {product}."),
        *_LABEL,
        Clause("There is no writing besides what is quoted here."),
    ),
    example={
        "headline_zh": "春茶上新",
        "headline_en": "The first harvest of spring",
        "product": "a tall tin of green tea beside a glass pot",
        "label_zh": "明前龙井",
    },
)

LISTING_CARD = Recipe(
    name="listing-card",
    aliases=("listing card", "listing", "card", "列表卡片", "商品卡片", "卡片"),
    title="a card for a product list, with price and badge",
    aspect="4:3",
    literal_text=True,
    needs=(("product", "label_zh", "label_en"), ("price", "badge")),
    defaults={**_COMMON, "backdrop": "off-white"},
    clauses=(
        Clause("Layout of a product card on {backdrop}, flat and tidy, with even margins."),
        Clause("The upper two thirds show {product}, cut out, large and centred."),
        *_LABEL,
        Clause("Bottom left: the price “{price}” in large bold figures."),
        Clause("Bottom right: a small round badge that reads “{badge}”."),
        Clause("No other words or figures."),
    ),
    example={
        "product": "a kraft paper pouch of jasmine tea",
        "label_zh": "茉莉花茶",
        "price": "99 元",
        "badge": "新品",
    },
)

PERSONAL = Recipe(
    name="personal",
    aliases=("personalised", "personalized", "personalised banner", "personal banner", "个性化",
             "专属", "定制"),
    title="a banner with a customer's name, kept for `ttl_days`",
    aspect="16:9",
    literal_text=True,
    needs=(("name",),),
    defaults={"typeface": "bold serif", "backdrop": "deep jade green with fine gold lines"},
    clauses=(
        Clause("Wide personal greeting banner on {backdrop}."),
        Clause("The name “{name}” is the largest writing, in {typeface}, spelled exactly so."),
        Clause("Above it stands “{headline_zh}”."),
        Clause("Below it, smaller, stands “{headline_en}”."),
        Clause("On the right is {product}."),
        *_LABEL,
        Clause("Lettering and layout suit readers of the locale {locale}."),
        Clause("There is no writing besides what is quoted here."),
    ),
    example={
        "name": "林小姐",
        "headline_zh": "生日快乐",
        "headline_en": "A gift is waiting for you",
        "locale": "zh-CN",
        "ttl_days": "30",
    },
)  # fmt: skip

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (PACKSHOT, LIFESTYLE, VARIANTS, BANNER, LISTING_CARD, PERSONAL)
}

"""The column names that Rowshot knows, and what people call them.

A name is compared in its normal form (see `normal`), so each synonym stands here once, however it
is capitalised or spaced. The first synonym that a sheet has wins; the others are passed through.
"""

from __future__ import annotations

import re
import unicodedata

from rowshot.recipes.table import RECIPE_COLUMNS

OUTPUT_COLUMNS = ("status", "image_url", "preview", "error", "cost_usd")
KEY = "slug"
INPUT_PREFIX = "input."
"""``input.<field>`` reaches any field of the row's model."""

_OWN_SYNONYMS: dict[str, tuple[str, ...]] = {
    "slug": (
        "slug", "row_key", "sku", "sku_id", "sku_code", "product_sku", "item_sku", "handle",
        "product_handle", "编号", "货号", "商品编号", "产品编号", "款号", "编码", "商品编码",
        "产品编码", "product_id", "item_id", "商品id", "产品id", "id",
    ),
    "prompt": (
        "prompt", "image_prompt", "picture_prompt", "prompt_text", "提示词", "提示语", "图片提示词",
        "绘图提示词", "图像提示词", "description_of_the_image", "description_of_image",
        "image_description", "picture_description", "description_of_the_picture", "图片描述",
        "画面描述", "图像描述", "描述", "description",
    ),
    "recipe": (
        "recipe", "image_type", "picture_type", "kind_of_picture", "配方", "模板",
        "图片类型", "图类型",
    ),
    "size": (
        "size", "image_size", "picture_size", "尺寸", "图片尺寸", "图片大小", "分辨率",
    ),
    "aspect": (
        "aspect", "aspect_ratio", "ratio", "image_ratio", "比例", "宽高比", "画幅",
        "图片比例",
    ),
    "model": ("model", "image_model", "ai_model", "model_id", "模型", "生图模型", "模型名称"),
    "seed": ("seed", "random_seed", "种子", "随机种子"),
    "negative_prompt": (
        "negative_prompt", "negative", "反向提示词", "负面提示词", "负向提示词",
    ),
    "prompt_extend": ("prompt_extend", "extend_prompt", "提示词扩展", "智能改写", "提示词改写"),
    "redo": ("redo", "render_again", "redo_note", "重做", "重绘", "重新生成"),
    "approved": ("approved", "approve", "通过", "已通过", "审核通过", "批准", "已批准", "确认"),
}  # fmt: skip

GUESSES = {"prompt": ("description", "描述")}
"""Synonyms that often mean something else; the plan says when one was used."""

_OUTPUT_SYNONYMS: dict[str, tuple[str, ...]] = {
    name: (name, f"rowshot_{name}") for name in OUTPUT_COLUMNS
}


def normal(name: str) -> str:
    """The form in which names are compared.

    Compatibility characters are folded (full width letters), case is ignored, and spaces, hyphens,
    dots, brackets and the like become single underscores; ``(required)``, a star or a colon at the
    end says nothing. ``input.<field>`` keeps its dot.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    text = "".join(
        char for char in text if unicodedata.category(char) not in ("Cf", "Cc") or char in "\t\n\r"
    )
    text = re.sub(r"[\[(]\s*(required|optional|必填|选填|px|pixels?)\s*[\])]", "", text).strip()
    prefix = re.match(r"input\s*[.:_/]\s*(?=\S)", text)
    rest = text[prefix.end() :] if prefix else text
    rest = re.sub(r"[\s\-_./\\()\[\]:*?#!'\"|]+", "_", rest).strip("_")
    return f"{INPUT_PREFIX}{rest}" if prefix and rest else rest


def _table() -> dict[str, tuple[str, int]]:
    """Normal form -> canonical name and rank (0 is the most telling synonym)."""
    table: dict[str, tuple[str, int]] = {}
    for group in (_OWN_SYNONYMS, RECIPE_COLUMNS, _OUTPUT_SYNONYMS):
        for canonical, synonyms in group.items():
            for rank, synonym in enumerate(synonyms):
                table.setdefault(normal(synonym), (canonical, rank))
    return table


KNOWN = _table()

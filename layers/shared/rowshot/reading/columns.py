"""The column names that Rowshot knows, and what people call them.

A name is compared in its normal form (see `normal`), so each synonym stands here once, however it
is capitalised or spaced. The first synonym that a sheet has wins; the others are passed through.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rowshot.reading.output_columns import OUTPUT_COLUMNS
from rowshot.reading.recipe_columns import RECIPE_COLUMNS

KEY = "slug"
INPUT_PREFIX = "input."
"""``input.<field>`` reaches any field of the row's model."""

_FURTHER_APPROVALS = (
    "freigegeben", "freigabe", "genehmigt", "validé", "approuvé", "aprobado", "approvato",
    "aprovado", "goedgekeurd", "zatwierdzone", "schváleno", "godkänd", "godkendt", "godkjent",
    "одобрено", "утверждено", "затверджено", "onaylandı", "承認", "承認済み", "승인",
)  # fmt: skip
"""A shop has columns of its own by these names."""

_OWN_SYNONYMS: dict[str, tuple[str, ...]] = {
    "slug": (
        "slug", "row_key", "sku", "sku_id", "sku_code", "product_sku", "item_sku", "handle",
        "product_handle", "编号", "货号", "商品编号", "产品编号", "款号", "编码", "商品编码",
        "产品编码", "product_id", "item_id", "商品id", "产品id", "id",
        # These came later. They stand below 'id', so that sheets which were read by it stay so.
        "variant_sku", "seller_sku", "merchant_sku", "vendor_sku", "shop_sku", "sku_number",
        "sku_no", "skus", "custom_label_sku", "article_number", "item_number",
        "product_number", "product_code", "item_code", "article_code", "商家编码", "sku编码",
        "sku编号", "sku货号", "商家sku", "商品sku", "产品sku", "货品编码", "物料编码", "规格编码",
        "商品货号", "产品货号", "商品代码", "产品代码", "品番", "商品コード",
        "商品番号", "상품코드", "상품번호",
        "artikelnummer", "artikel_nr", "art_nr", "référence", "referencia",
        "referência", "codice_articolo", "артикул", "編號", "貨號", "商品編號", "產品編號", "款號",
    ),
    "prompt": (
        "prompt", "image_prompt", "picture_prompt", "prompt_text", "提示词", "提示语", "图片提示词",
        "绘图提示词", "图像提示词", "description_of_the_image", "description_of_image",
        "image_description", "picture_description", "description_of_the_picture", "图片描述",
        "画面描述", "图像描述", "image_prompts", "prompts", "プロンプト", "画像の説明", "프롬프트",
        "이미지_설명", "bildbeschreibung", "description_de_l_image", "descripción_de_la_imagen",
        "descrição_da_imagem", "descrizione_dell_immagine", "описание_изображения", "提示詞",
        "圖片提示詞", "圖片描述", "畫面描述", "描述", "description",
    ),
    "recipe": (
        "recipe", "image_type", "picture_type", "kind_of_picture", "配方", "模板",
        "图片类型", "图类型",
    ),
    "size": (
        "size", "image_size", "picture_size", "尺寸", "图片尺寸", "图片大小", "分辨率",
        "圖片尺寸", "圖片大小", "解析度",
    ),
    "aspect": (
        "aspect", "aspect_ratio", "ratio", "image_ratio", "比例", "宽高比", "画幅",
        "图片比例",
    ),
    "model": ("model", "image_model", "ai_model", "model_id", "模型", "生图模型", "模型名称"),
    "seed": ("seed", "random_seed", "种子", "随机种子", "種子", "隨機種子"),
    "negative_prompt": (
        "negative_prompt", "negative", "反向提示词", "负面提示词", "负向提示词",
        "反向提示詞", "負面提示詞", "負向提示詞",
    ),
    "prompt_extend": ("prompt_extend", "extend_prompt", "提示词扩展", "智能改写", "提示词改写"),
    "redo": (
        "redo", "render_again", "redo_note", "重做", "重绘", "重新生成", "重繪", "やり直し",
        "やりなおし", "再生成", "다시_만들기", "재생성", "wiederholen", "neu_machen", "neu_rendern",
        "neu_erstellen", "refaire", "à_refaire", "rehacer", "repetir", "rifare", "refazer",
        "opnieuw", "gör_om", "ponownie", "powtórzyć", "předělat", "переделать", "переробити",
    ),
    "approved": (
        "approved", "approve", "通过", "已通过", "审核通过", "批准", "已批准", "确认",
        "通過", "已通過", "審核通過", *_FURTHER_APPROVALS,
    ),
}  # fmt: skip

GUESSES = {
    "prompt": ("description", "描述"),
    "approved": _FURTHER_APPROVALS,
}
"""Synonyms that often mean something else; the plan says when one was used."""

_OUTPUT_SYNONYMS: dict[str, tuple[str, ...]] = {
    name: (name, f"rowshot_{name}", *(f"rowshot_{name}_{number}" for number in range(2, 10)))
    for name in OUTPUT_COLUMNS
}
"""In the order in which ours is named: the first behind those that a person has."""


_BRACKETS = str.maketrans("【〔〖［〈《「『】〕〗］〉》」』", "(((((((())))))))")
_REMARK = (
    r"required|optional|mandatory|must have|必填|选填|可选|必须|非必填|px|pixels?|in px|in pixels"
    r"|像素|单位[:_]?\s*(?:px|像素)|y/n|yes/no|true/false|是/否|pflichtfeld|obligatoire|obligatorio"
)
_REMARKS = re.compile(rf"[\[(]\s*(?:{_REMARK})\s*[\])]")
_BETWEEN = re.compile(r"[\s\-_./\\()\[\]:*?#!'\"|“”‘’„«»‹›•·※]+")


def normal(name: str) -> str:
    """The form in which names are compared.

    Compatibility characters are folded (full width letters), case is ignored, and spaces, hyphens,
    dots, brackets and the like become single underscores; ``(required)``, a unit, a star, a picture
    sign or a colon says nothing. ``input.<field>`` keeps its dot.
    """
    text = name.casefold()
    if not (name.isascii() and name.isprintable()):
        text = unicodedata.normalize("NFKC", name).casefold().translate(_BRACKETS)
        text = "".join(" " if _decorates(char) else char for char in text)
        text = unicodedata.normalize("NFKC", "".join(filter(_visible, text)))
    text = _REMARKS.sub("", text).strip()
    prefix = re.match(r"input\s*[.:_/]\s*(?=\S)", text)
    rest = text[prefix.end() :] if prefix else text
    rest = _BETWEEN.sub("_", rest).strip("_")
    return f"{INPUT_PREFIX}{rest}" if prefix and rest else rest


def _decorates(char: str) -> bool:
    return unicodedata.category(char) == "So" or "\u2190" <= char <= "\u21ff"


def _visible(char: str) -> bool:
    return char in "\t\n\r" or (
        unicodedata.category(char) not in ("Cf", "Cc") and char not in "\ufe0e\ufe0f\u20e3"
    )


def _table() -> dict[str, tuple[str, int]]:
    """Normal form -> canonical name and rank (0 is the most telling synonym)."""
    table: dict[str, tuple[str, int]] = {}
    for group in (_OWN_SYNONYMS, RECIPE_COLUMNS, _OUTPUT_SYNONYMS):
        for canonical, synonyms in group.items():
            for rank, synonym in enumerate(synonyms):
                table.setdefault(normal(synonym), (canonical, rank))
    return table


KNOWN = _table()

_EXPLAINED = ("slug", "prompt", "negative_prompt")
"""What an explanation in brackets does not change. A size or a model it may well do."""

_EAST_ASIAN = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_PIECES = re.compile(
    r"[/|\n\r•·;；、=]"
    rf"|(?<={_EAST_ASIAN})[\s\-_:：]*(?=[A-Za-z])|(?<=[A-Za-z])[\s\-_:：]*(?={_EAST_ASIAN})"
)
_IN_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}")
_EXPLANATION = re.compile(r"[:\n(\[{]|\s[-–—]\s")
"""What may stand between a name and an explanation of it."""
_NUMBERING = re.compile(r"^\W*(?:\(?\d{1,2}\s*[.):、]|\(?[A-Za-z][.)]\s)\s*")
_SAYS_NOTHING = re.compile(rf"(?:{_REMARK})?")


@dataclass(frozen=True)
class Understood:
    """What a column name that is no known one may mean.

    Args:
        canonical: The column that all of it means; None when that is not plain.
        explained: Whether an explanation was left out for that.
        likely: A column that a piece of it means; None when none does.
    """

    canonical: str | None = None
    explained: bool = False
    likely: str | None = None


def understand(name: str) -> Understood:
    """Take a name to pieces: two languages, a number before it, an explanation behind it.

    ``Slug / 商品编号`` is a slug, because both of its pieces say so; ``Prompt (what to draw)`` and
    ``Prompt: what to draw`` are prompts; ``Size (of the shirt)`` may be anything.
    """
    text = unicodedata.normalize("NFKC", name).translate(_BRACKETS)
    text = _NUMBERING.sub("", text)
    remarks = [next(filter(None, found), "") for found in _IN_BRACKETS.findall(text)]
    head = _IN_BRACKETS.sub(" ", text).strip()
    name, *explanation = _EXPLANATION.split(head, maxsplit=1)
    if _meaning(normal(name)) not in _EXPLAINED:
        name, explanation = head, []
    parts = (name, *explanation, *remarks)
    pieces = [normal(piece) for part in parts for piece in _PIECES.split(part)]
    meant = [_meaning(piece) for piece in pieces if not _SAYS_NOTHING.fullmatch(piece)]
    known = list(dict.fromkeys(each for each in meant if each))
    likely = known[0] if known else None
    explained = None in meant
    plain = known[0] in _EXPLAINED and known[0] == _meaning(normal(name)) if known else False
    if len(known) == 1 and (plain or not explained):
        return Understood(known[0], explained, likely)
    return Understood(likely=likely)


def _meaning(piece: str) -> str | None:
    canonical, _ = KNOWN.get(piece, ("", 0))
    if canonical in OUTPUT_COLUMNS or piece in GUESSES.get(canonical, ()):
        return None
    return canonical or None

"""The columns that recipes take, and what people call them."""

from __future__ import annotations

RECIPE_COLUMNS: dict[str, tuple[str, ...]] = {
    "product": ("product", "product_description", "item", "产品", "商品", "产品描述"),
    "label_zh": ("label_zh", "chinese_label", "label_cn", "中文标签", "标签中文", "标签"),
    "label_en": ("label_en", "english_label", "subtitle", "英文标签", "标签英文", "副标题"),
    "typeface": ("typeface", "font", "字体"),
    "backdrop": ("backdrop", "background", "background_color", "背景", "背景色"),
    "light": ("light", "lighting", "光线", "灯光"),
    "scene": ("scene", "setting", "场景"),
    "colourways": ("colourways", "colorways", "colours", "colors", "颜色", "配色", "色系"),
    "headline_zh": ("headline_zh", "chinese_headline", "中文标题", "标题中文", "主标题"),
    "headline_en": ("headline_en", "english_headline", "英文标题", "标题英文"),
    "price": ("price", "price_text", "价格", "售价"),
    "badge": ("badge", "角标", "徽章"),
    "name": ("name", "customer_name", "recipient", "姓名", "顾客姓名", "客户姓名", "名字"),
    "locale": ("locale", "language", "语言", "地区"),
    "ttl_days": ("ttl_days", "valid_days", "有效天数"),
}  # fmt: skip
"""Canonical column -> what people call it, the most telling name first."""

"""Writes the sheet of a 200-product launch: 810 pictures for exactly $20.25.

Each product gets a packshot, a lifestyle picture, a row of its colours and a listing card; each of
ten categories gets a banner. Run ``python examples/launch.py [FILE]`` (default ``launch.csv``),
then ``rowshot plan`` on it.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

PRODUCTS_PER_CATEGORY = 20
# (slug, English, Chinese, what it looks like, a scene for it, the categories' banner headline)
CATEGORIES = (
    ("green-tea", "Green Tea", "绿茶", "a tall matte tin of green tea",
     "A walnut table beside a rainy window, a glass pot with unfolding leaves", "一叶知春"),
    ("black-tea", "Black Tea", "红茶", "a square red tin of black tea",
     "A winter kitchen with a copper kettle, biscuits cooling on a rack", "暖冬一盏"),
    ("oolong", "Oolong", "乌龙茶", "a vacuum pouch of rolled oolong in a paper sleeve",
     "A clay teapot on a stone terrace above a foggy valley", "岩骨花香"),
    ("puer", "Pu'er", "普洱茶", "a tea cake wrapped in printed cotton paper",
     "An old library, a tea cake and a bone knife on a leather desk pad", "陈香入喉"),
    ("flower-tea", "Flower Tea", "花茶", "a round glass jar of dried flower tea",
     "A picnic cloth under a plum tree in blossom, petals in the cups", "花间小酌"),
    ("face-cream", "Face Cream", "面霜", "a squat jar of frosted glass with a bamboo lid",
     "A stone bathroom at sunrise, steam rising beside a linen towel", "玉润新生"),
    ("serum", "Serum", "精华", "a slim amber dropper bottle",
     "A bedside table at night, a paper lamp and an open book", "夜来焕肤"),
    ("cleanser", "Cleanser", "洁面乳", "a soft white tube with a silver cap",
     "A bright washbasin of white porcelain, drops of water on the tap", "净如初雪"),
    ("mask", "Mask", "面膜", "a flat sachet with an embossed crane",
     "A wooden tray on the edge of a bathtub, candles and a towel", "片刻静养"),
    ("hand-balm", "Hand Balm", "护手霜", "a small aluminium tube with a hexagonal cap",
     "Gardening gloves and a wicker basket on a bench in spring light", "指尖春意"),
)  # fmt: skip
NAMES = (
    ("First Frost", "初霜"), ("Cloud Mist", "云雾"), ("Jade Spring", "玉泉"),
    ("Bamboo Rain", "竹雨"), ("Moon Pool", "月潭"), ("Crane Song", "鹤鸣"),
    ("Plum Snow", "梅雪"), ("Pine Wind", "松风"), ("Orchid Valley", "兰谷"),
    ("Lotus Heart", "莲心"), ("Amber Dusk", "琥珀"), ("Stone Path", "石径"),
    ("Silk River", "锦江"), ("Quiet Hill", "静山"), ("Morning Bell", "晨钟"),
    ("White Heron", "白鹭"), ("Red Maple", "丹枫"), ("Ink Wash", "墨染"),
    ("Golden Reed", "金芦"), ("Nine Bends", "九曲"),
)  # fmt: skip
COLOURWAYS = "celadon, ivory, persimmon, ink blue"
HEADER = (
    "slug", "recipe", "size", "model", "product", "label_zh", "label_en", "scene", "colourways",
    "headline_zh", "headline_en", "price", "badge",
)  # fmt: skip


def rows() -> Iterator[dict[str, str]]:
    """The 810 rows, by category and product."""
    for slug, english, chinese, look, scene, headline in CATEGORIES:
        for number, (name, name_zh) in enumerate(NAMES[:PRODUCTS_PER_CATEGORY], start=1):
            key = f"{slug}-{number:02}"
            product = {
                "product": look,
                "label_zh": f"{name_zh}{chinese}",
                "label_en": f"{name} {english}",
            }
            yield {"slug": f"{key}-packshot", "recipe": "packshot", "size": "1:1", **product}
            yield {
                "slug": f"{key}-lifestyle", "recipe": "lifestyle", "size": "16:9", "scene": scene,
                **product,
            }  # fmt: skip
            yield {
                "slug": f"{key}-variants", "recipe": "variants", "size": "1:1",
                "colourways": COLOURWAYS, **product,
            }  # fmt: skip
            yield {
                "slug": f"{key}-card", "recipe": "listing-card", "size": "4:3",
                "price": f"{59 + 10 * number} 元", "badge": "新品", **product,
            }  # fmt: skip
        yield {
            "slug": f"{slug}-banner", "recipe": "banner", "size": "16:9", "product": look,
            "headline_zh": headline, "headline_en": f"The new {english}",
        }  # fmt: skip


def write(target: Path) -> int:
    """Write the sheet as CSV in UTF-8.

    Returns:
        How many rows it has.
    """
    launch = [{"model": "qwen-image-2.0", **row} for row in rows()]
    with target.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.DictWriter(file, HEADER, restval="")
        sheet.writeheader()
        sheet.writerows(launch)
    return len(launch)


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "launch.csv")
    sys.stdout.write(f"{path}: {write(path)} rows\n")

"""Which of the first rows is the header."""

from __future__ import annotations

import pytest

from rowshot.reading.header_row import header_at
from rowshot.reading.sheet import SheetRow


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        # Labels of one language above those of another, which say more.
        (["Artikelnummer|Bildbeschreibung|Bildformat", "Item number|Image description|Ratio"], 1),
        (["SKU|Prompt|尺码|Modell", "货号|提示词|尺寸|模型"], 1),
        (["SKU|Prompt|Formato|模型", "货号|提示词|尺寸|Modelo"], 1),
        # The first one says as much, or more.
        (["Slug|Prompt", "商品编号|提示词"], 0),
        (["Slug|Prompt|Size", "商品编号|提示词|Größe"], 0),
        (["Slug|Prompt|Name|Note", "商品编号|提示词"], 0),
        (["slug|prompt|x", "A-1|A red mug|1:1"], 0),
    ],
)
def test_the_row_that_says_more_is_the_header(rows: list[str], at: int) -> None:
    product = "A-1|A red mug|16:9"
    top = [
        SheetRow(number, tuple(row.split("|"))) for number, row in enumerate([*rows, product], 1)
    ]
    assert header_at(top) == at

"""A picture of another shape than was ordered says so, and no other one does."""

from __future__ import annotations

import pytest

from rowshot.models import Catalogue
from rowshot.models.delivered import other_shape
from rowshot.models.shapes import as_ratio


@pytest.mark.parametrize(
    ("ordered", "width", "height"),
    [
        ("2048*2048", 2048, 2048),
        ("2048×1024", 2048, 1024),
        ("1:1", 1024, 1024),
        ("16:9", 1344, 768),
        ("21:9", 1536, 672),
        ("3:2", 1216, 832),
        ("4:5", 896, 1152),
        ("8:1", 3072, 384),
        ("auto", 7, 1000),
        ("", 7, 1000),
        ("0:0", 7, 1000),
        ("2K", 7, 1000),
    ],
)
def test_what_was_ordered_is_not_mentioned(ordered: str, width: int, height: int) -> None:
    assert other_shape(ordered, width, height) == ""


@pytest.mark.parametrize(
    ("ordered", "width", "height", "wanted"),
    [
        ("2048*2048", 1024, 1024, "2048 × 2048"),
        ("2688*1536", 1536, 2688, "2688 × 1536"),
        ("1024x1024", 1023, 1024, "1024 × 1024"),
        ("16:9", 1024, 1024, "16:9"),
        ("16:9", 768, 1344, "16:9"),
        ("4:3", 1280, 1024, "4:3"),
        ("5:4", 1024, 768, "5:4"),
    ],
)
def test_another_shape_is_named_with_both(
    ordered: str, width: int, height: int, wanted: str
) -> None:
    said = other_shape(ordered, width, height)
    assert said.startswith(f"The picture is {width} × {height}, but {wanted} was ordered:")


@pytest.mark.parametrize(
    ("cell", "ratio"),
    [
        ("16:09", "16:9"),
        ("16:9:00", "16:9"),
        ("04:03", "4:3"),
        ("04:03:00", "4:3"),
        ("4:3 PM", "4:3"),
        ("4:09 PM", "16:9"),
        ("9:16 p.m.", "9:16"),
        ("0.672916667", "16:9"),
        ("0,16875", "4:3"),
        (".0423611111111", "1:1"),
        ("0.88125", "21:9"),
        ("0.75", "0.75"),
        ("0.5", "0.5"),
        ("0.6729", "0.6729"),
        ("1.672916667", "1.672916667"),
        ("2048x2048", "2048x2048"),
        ("", ""),
    ],
)
def test_a_time_of_day_is_the_ratio_that_it_was(cell: str, ratio: str) -> None:
    assert as_ratio(cell) == ratio


@pytest.mark.parametrize("sign", "x × * ✕ х Х χ ＊".split())
def test_every_sign_for_times(sign: str) -> None:
    model = Catalogue.from_package().models["qwen-image-2.0"]
    assert model.shape(f"2048{sign}2048") == model.shape(f"2048 {sign} 2048 px") == "2048*2048"

"""A picture of another shape than was ordered says so, and no other one does."""

from __future__ import annotations

import pytest

from rowshot.models.delivered import other_shape


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

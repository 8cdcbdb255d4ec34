"""Sheets as people's programs wrote them: what their headers, keys and columns mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.specs import RowSpec, read_specs

FIELD = Path(__file__).parents[2] / "data" / "field"
CATALOGUE = Catalogue.from_package()


def specs(name: str) -> list[RowSpec]:
    data = (FIELD / f"{name}.csv").read_bytes()
    return read_specs(read_sheet(data, name=f"{name}.csv"), CATALOGUE)


def drawn(name: str) -> list[tuple[int, str, str]]:
    """Row, key and prompt of every row that can be rendered."""
    return [(spec.number, spec.row_key, spec.prompt) for spec in specs(name) if not spec.problems]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("header-in-two-languages", [(3, "TIN-1", "A tea tin on stone")]),
        ("header-named-in-instructions", [(6, "TIN-1", "A tea tin on stone")]),
        ("header-repeated-midway", [(2, "TIN-1", "A tea tin on stone"), (4, "CUP-1", "A red cup")]),
        ("bilingual-headers", [(2, "B-1", "A red cup")]),
        ("variant-sku", [(2, "V-1", "A red cup")]),
    ],
)
def test_headers_are_found_and_are_no_products(
    name: str, expected: list[tuple[int, str, str]]
) -> None:
    assert drawn(name) == expected


def test_placeholders_in_double_braces_are_columns() -> None:
    assert [prompt for *_, prompt in drawn("double-braces-column")] == [
        "A photo of red cup on wood",
        "A photo of tea tin on stone",
    ]


def test_a_list_of_a_script_is_a_list_of_colours() -> None:
    assert "their colours are: red and green." in specs("colours-as-list")[0].prompt


def test_an_explanation_after_the_negative_prompt_says_nothing() -> None:
    assert specs("negative-with-explanation")[0].input["negative_prompt"] == "people, hands"


def test_a_shortened_number_is_no_key() -> None:
    (spec,) = specs("shortened-key-decimal-comma")
    assert "format that column as text" in spec.problems[0]


def test_a_repeated_slug_names_the_column_that_tells_rows_apart() -> None:
    _, second, third = specs("slug-and-sku")
    assert "so that 'sku' names the rows" in second.problems[0]
    assert not third.problems


def test_the_sizes_of_a_product_feed_are_no_sizes_of_pictures() -> None:
    assert [key for _, key, _ in drawn("product-feed-size")] == ["TS-1", "TS-2"]

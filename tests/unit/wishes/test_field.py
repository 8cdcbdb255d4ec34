"""Sheets as people's programs wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rowshot.models import Catalogue
from rowshot.sheets import read_sheet
from rowshot.wishes import Wish, read_wishes

FIELD = Path(__file__).parents[2] / "data" / "field"
CATALOGUE = Catalogue.from_package()


def wishes(name: str) -> list[Wish]:
    data = (FIELD / f"{name}.csv").read_bytes()
    return read_wishes(read_sheet(data, name=f"{name}.csv"), CATALOGUE)


@pytest.mark.parametrize("name", ["errors-german", "errors-waiting"])
def test_errors_of_formulas_are_no_prompts(name: str) -> None:
    assert all("error" in " ".join(wish.problems) for wish in wishes(name))


def test_the_words_of_scripts_for_nothing_are_no_prompts() -> None:
    *empty, filled = wishes("script-empties")
    assert all(wish.problems for wish in empty)
    assert not filled.problems


def test_a_tick_for_no_buys_nothing_again() -> None:
    assert [wish.redo for wish in wishes("redo-n")] == [None, None, None]


def test_approvals_are_read() -> None:
    assert [wish.approved for wish in wishes("approved-y-n")] == [True, False, False]


def test_a_key_kept_as_text_is_that_text() -> None:
    assert [wish.row_key for wish in wishes("key-as-formula-text")] == ["0017"]


def test_an_end_mark_is_no_row() -> None:
    assert [wish.row_key for wish in wishes("ctrl-z-at-the-end")] == ["Z-1"]


def test_a_space_before_a_quotation_mark_changes_nothing() -> None:
    first, second = wishes("space-before-quote")
    assert (first.prompt, second.prompt) == ("A red cup, on pale wood", "A blue cup")


def test_a_unit_in_the_header_says_nothing() -> None:
    assert wishes("size-with-unit")[0].input["size"] == "1536*2688"


def test_keys_that_look_the_same_are_the_same() -> None:
    first, second = wishes("zero-width-in-key")
    assert first.row_key == second.row_key == "AB-1"
    assert second.problems


def test_a_ratio_that_became_a_time_is_a_ratio() -> None:
    sizes = [wish.input["size"] for wish in wishes("ratio-became-time")]
    assert sizes == ["2688*1536", "2048*2048", "1536*2688"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("korean-cp949", "나무 탁자 위의 도자기 컵"),
        ("japanese-euc", "石の上の茶筒"),
        ("japanese-cp932-katakana", "①の茶筒と湯のみ"),
    ],
)
def test_korean_and_japanese_are_not_taken_for_chinese(name: str, words: str) -> None:
    assert wishes(name)[1].prompt == words

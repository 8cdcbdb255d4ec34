"""Sheets as people's programs wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rowshot.errors import UnreadableSheet
from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.specs import RowSpec, read_specs

FIELD = Path(__file__).parents[2] / "data" / "field"
CATALOGUE = Catalogue.from_package()


def specs(name: str) -> list[RowSpec]:
    file = next(FIELD.glob(f"{name}.*"))
    return read_specs(read_sheet(file.read_bytes(), name=file.name), CATALOGUE)


@pytest.mark.parametrize("name", ["errors-german", "errors-waiting"])
def test_errors_of_formulas_are_no_prompts(name: str) -> None:
    assert all("error" in " ".join(spec.problems) for spec in specs(name))


def test_the_words_of_scripts_for_nothing_are_no_prompts() -> None:
    *empty, filled = specs("script-empties")
    assert all(spec.problems for spec in empty)
    assert not filled.problems


@pytest.mark.parametrize("name", ["redo-n", "redo-german"])
def test_a_tick_for_no_buys_nothing_again(name: str) -> None:
    assert [spec.redo for spec in specs(name)] == [None, None, None]


def test_a_tick_for_yes_is_no_note() -> None:
    assert [(spec.redo, spec.prompt) for spec in specs("redo-y")] == [
        ("yes", "A red cup"),
        ("yes", "A blue cup"),
    ]


def test_approvals_are_read() -> None:
    assert [spec.approved for spec in specs("approved-y-n")] == [True, False, False]


def test_a_key_kept_as_text_is_that_text() -> None:
    assert [spec.row_key for spec in specs("key-as-formula-text")] == ["0017"]


def test_an_end_mark_is_no_row() -> None:
    assert [spec.row_key for spec in specs("ctrl-z-at-the-end")] == ["Z-1"]


def test_a_space_before_a_quotation_mark_changes_nothing() -> None:
    first, second = specs("space-before-quote")
    assert (first.prompt, second.prompt) == ("A red cup, on pale wood", "A blue cup")


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        (
            "backslash-quote",
            ['A tin, its label reads "Good morning, sun", on stone', "A blue tin"],
        ),
        ("leading-quotes-kept", ['"Sun" in bold serif, on a tea tin', "A blue cup"]),
        (
            "open-quote-swallows-rows",
            ['"Sunrise tea tin on stone', "A blue cup", 'A plate, 10" wide', "A bowl"],
        ),
    ],
)
def test_quotation_marks_are_what_they_were_meant_for(name: str, prompts: list[str]) -> None:
    assert [spec.prompt for spec in specs(name)] == prompts


def test_text_behind_a_bare_comma_is_not_dropped() -> None:
    cut, whole = specs("surplus-comma")
    assert "' on pale wood'" in cut.problems[0].replace("'on", "' on")
    assert whole.prompt == "A blue cup"


def test_a_unit_in_the_header_says_nothing() -> None:
    assert specs("size-with-unit")[0].input["size"] == "1536*2688"


def test_keys_that_look_the_same_are_the_same() -> None:
    first, second = specs("zero-width-in-key")
    assert first.row_key == second.row_key == "AB-1"
    assert second.problems


def test_a_ratio_that_became_a_time_is_a_ratio() -> None:
    sizes = [spec.input["size"] for spec in specs("ratio-became-time")]
    assert sizes == ["2688*1536", "2048*2048", "1536*2688"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("korean-cp949", "나무 탁자 위의 도자기 컵"),
        ("japanese-euc", "石の上の茶筒"),
        ("japanese-cp932-katakana", "①の茶筒と湯のみ"),
        ("czech-cp1250", "Krabička sušenek, měkké světlo"),
        ("hebrew-cp1255", "קופסת תה על אבן בהירה"),
    ],
)
def test_encodings_are_told_apart(name: str, words: str) -> None:
    assert specs(name)[1].prompt == words


def test_text_that_was_read_wrongly_is_warned_of() -> None:
    (warning,) = specs("mojibake")[0].warnings
    assert "'CafÃ©', and 'Café' was probably meant" in warning


def test_one_line_of_another_encoding_is_named() -> None:
    with pytest.raises(UnreadableSheet, match="has damaged characters in line 4"):
        specs("mixed-utf8-and-western")

"""Recipes write prompts that say what makes each picture work, and cells stay data."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.specs.recipes import (
    RECIPE_COLUMNS,
    RECIPES,
    Filled,
    describe,
    find_recipe,
    list_items,
    marked_words,
    recipe_problems,
    substitute,
    write_prompt,
)

ALL = list(RECIPES.values())


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.name)
def test_examples_are_complete(recipe) -> None:  # type: ignore[no-untyped-def]
    assert recipe_problems(recipe, recipe.example) == []
    prompt = write_prompt(recipe, recipe.example)
    for column, text in recipe.example.items():
        assert column in RECIPE_COLUMNS
        if column not in ("ttl_days", "colourways"):
            assert text in prompt
    assert "{" not in prompt
    assert prompt in describe(recipe)


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.name)
def test_clauses_name_real_columns(recipe) -> None:  # type: ignore[no-untyped-def]
    for clause in recipe.clauses:
        named = {name for _, name, _, _ in string.Formatter().parse(clause.text) if name}
        assert named | {*clause.given, *clause.unless} <= {*RECIPE_COLUMNS, "count"}
    assert {name for group in recipe.needs for name in group} <= {*RECIPE_COLUMNS}


def test_names_and_aliases_are_nobody_elses() -> None:
    names = [name for recipe in ALL for name in (recipe.name, *recipe.aliases)]
    assert len(names) == len(set(names))
    assert find_recipe(" Listing_Card ") is RECIPES["listing-card"]
    assert find_recipe("横幅") is RECIPES["banner"]
    assert find_recipe("selfie") is None


def test_the_scene_comes_before_the_product() -> None:
    prompt = write_prompt(RECIPES["lifestyle"], {"scene": "A beach.", "product": "a jar"})
    assert prompt.startswith("A beach. ")
    assert prompt.index("A beach") < prompt.index("a jar")


def test_the_chinese_headline_comes_first_and_larger() -> None:
    prompt = write_prompt(RECIPES["banner"], {"headline_zh": "春茶", "headline_en": "Spring"})
    assert "“春茶” is set large and bold" in prompt
    assert "smaller, stands “Spring”" in prompt
    alone = write_prompt(RECIPES["banner"], {"headline_en": "Spring"})
    assert "“Spring” is set large and bold" in alone
    assert "smaller" not in alone


def test_colours_are_counted_and_kept_in_order() -> None:
    prompt = write_prompt(RECIPES["variants"], {"colourways": "rose； jade、ink | plum"})
    assert "row of 4 pieces" in prompt
    assert "rose, jade, ink and plum" in prompt


@given(st.dictionaries(st.sampled_from(sorted(RECIPE_COLUMNS)), st.text(max_size=20)))
def test_what_a_cell_says_is_never_looked_into(cells: dict[str, str]) -> None:
    poisoned = {name: f"{text}{{price}}{{0.__class__}}" for name, text in cells.items()}
    for recipe in ALL:
        prompt = write_prompt(recipe, poisoned)
        used = sum("{0.__class__}" in part for part in prompt.split("{price}"))
        assert prompt.count("{price}") >= used


def fill(text: str, cells: dict[str, str], most: int = 1000) -> Filled:
    return substitute(text, cells.get, most=most)


@pytest.mark.parametrize(
    "placeholder",
    "{product} {{product}} {{product}} ${product} <<product>> [[product]]".split(" "),
)
def test_placeholders_of_mail_merges_are_filled(placeholder: str) -> None:
    assert fill(f"A {placeholder} on wood", {"product": "red cup"}) == Filled("A red cup on wood")


def test_a_dollar_before_an_amount_is_its_currency() -> None:
    assert fill("for ${price}", {"price": "1,299.00"}).text == "for $1,299.00"
    assert fill("for ${price}", {"price": "$89"}).text == "for $89"
    assert fill("for ${price}", {"price": "89 €"}).text == "for 89 €"


@pytest.mark.parametrize("placeholder", ["{{brand}}", "<<brand>>", "[[ brand ]]"])
def test_a_placeholder_without_its_column_is_warned_of(placeholder: str) -> None:
    filled = fill(f"A cup of {placeholder}", {})
    assert "brand" in filled.text
    assert placeholder in filled.warnings[0]
    assert not filled.problems


@pytest.mark.parametrize("placeholder", ["{{brand | upper}}", "{{ row.brand }}"])
def test_a_placeholder_with_a_filter_is_warned_of(placeholder: str) -> None:
    assert placeholder in fill(f"A cup of {placeholder}", {"brand": "Lu"}).warnings[0]


@pytest.mark.parametrize(
    "token",
    "<%= x %>|<% x %>|%(x)s|#x#|@x|｛x｝|【x】|［x］|＜x＞|&x;|~x~|#x|:x|<?= x ?>|〔x〕|^x^"
    "|«x»|« x »".split("|"),
)
def test_any_foreign_mark_around_a_column_is_noticed(token: str) -> None:
    assert marked_words(f"A photo of {token} on oak") == {token: "x"}


def test_what_french_quotation_marks_hold_is_text() -> None:
    text = "le mot «Nouveau» en lettres dorées, « Été »"
    assert fill(text, {"Nouveau": "oui", "Été": ""}) == Filled(text)


def test_names_of_several_words_in_marks() -> None:
    assert list(marked_words("[Product Name] on <%= base-colour %>").values()) == [
        "Product Name",
        "base-colour",
    ]


def test_triple_braces_are_a_column() -> None:
    assert fill("A {{{product}}}, {{{brand}}}", {"product": "cup"}).text == "A cup, {brand}"


def test_words_in_the_marks_of_other_tools() -> None:
    text = "%a% *|b|* <c> [d] @e@ __f__ $g, 100% cotton, a@b.test, $5, (see note), x < y {h} <<i>>"
    assert list(marked_words(text).values()) == list("abcdefg")


@pytest.mark.parametrize("placeholder", ["{brand}", "${brand}"])
def test_a_reference_without_its_column_is_wrong(placeholder: str) -> None:
    assert "{brand}" in fill(f"A cup of {placeholder}", {}).problems[0]


@pytest.mark.parametrize(
    "code",
    [
        '{"style": "ink", "size": 2}',
        '{"a": {"b": {"c": [1, 2]}}}',
        "{'style': 'ink'}",
        '{\n  "a": {}\n}',
        ".label { color: red; margin: 0 }",
        "« Bonjour » and <<Hello!>>",
    ],
)
def test_braces_of_code_are_text(code: str) -> None:
    assert fill(code, {}) == Filled(code)


def test_columns_within_code_are_filled() -> None:
    text = '{"subject": "{product}", "mood": "{{mood}}", "light": {"from": "left"}}'
    expected = '{"subject": "cup", "mood": "calm", "light": {"from": "left"}}'
    assert fill(text, {"product": "cup", "mood": "calm"}) == Filled(expected)


def test_columns_cannot_multiply_a_prompt_beyond_its_limit() -> None:
    asked = []

    def lookup(name: str) -> str:
        asked.append(name)
        return "x" * 100_000

    filled = substitute("{a}" * 40_000, lookup, most=20_000)
    assert filled.text == ""
    assert "more than 20,000 characters" in filled.problems[0]
    assert asked == ["a"]


@pytest.mark.parametrize(
    "cell",
    [
        '["red","green"]',
        "['red', 'green']",
        '{"red","green"}',
        '[ "red" , "green", ]',
        "[red, green]",
    ],
)
def test_lists_of_scripts_are_lists(cell: str) -> None:
    assert "are: red and green." in write_prompt(RECIPES["variants"], {"colourways": cell})


@pytest.mark.parametrize("cell", ["[red]", "red, green", '["red", 3]', '"red"', "[]", '["a" "b"]'])
def test_other_texts_are_no_lists(cell: str) -> None:
    assert list_items(cell) is None


def test_substitution() -> None:
    cells = {"a": "{b}", "b": "x", "empty": ""}
    assert fill("{a} {{ c }} { b }", cells).text == "{b} { c } x"
    problems = fill("{c} {empty} } {a.__class__} {c}", cells).problems
    assert [problem.split(",")[0] for problem in problems] == [
        "The prompt refers to {c}",
        "The prompt refers to {empty}",
        "The prompt has a brace without its partner: write {{ or }} for a real brace.",
        "The prompt refers to {a.__class__}",
    ]


@given(st.text(max_size=60))
def test_escaped_text_comes_back(text: str) -> None:
    escaped = text.replace("{", "{{").replace("}", "}}")
    filled = fill(escaped, {})
    assert (filled.text, filled.problems) == (text, [])

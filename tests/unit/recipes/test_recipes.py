"""Recipes write prompts that say what makes each picture work, and cells stay data."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.recipes import (
    RECIPE_COLUMNS,
    RECIPES,
    describe,
    find_recipe,
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


def test_substitution() -> None:
    cells = {"a": "{b}", "b": "x", "empty": ""}
    text, problems = substitute("{a} {{b}} { b }", cells.get)
    assert (text, problems) == ("{b} {b} x", [])
    _, problems = substitute("{c} {empty} } {a.__class__} {c}", cells.get)
    assert [problem.split(",")[0] for problem in problems] == [
        "The prompt refers to {c}",
        "The prompt refers to {empty}",
        "The prompt has a brace without its partner: write {{ or }} for a real brace.",
        "The prompt refers to {a.__class__}",
    ]


@given(st.text(max_size=60))
def test_escaped_text_comes_back(text: str) -> None:
    escaped = text.replace("{", "{{").replace("}", "}}")
    assert substitute(escaped, {}.get) == (text, [])

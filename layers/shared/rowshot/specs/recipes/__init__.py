"""Recipes: prompts written from columns, by what makes each kind of picture work."""

from __future__ import annotations

from rowshot.reading.recipe_columns import RECIPE_COLUMNS
from rowshot.specs.recipes.substitution import Filled, marked_words, substitute
from rowshot.specs.recipes.table import RECIPES, Recipe
from rowshot.specs.recipes.writing import (
    describe,
    find_recipe,
    list_items,
    recipe_problems,
    write_prompt,
)

__all__ = [
    "RECIPES",
    "RECIPE_COLUMNS",
    "Filled",
    "Recipe",
    "describe",
    "find_recipe",
    "list_items",
    "marked_words",
    "recipe_problems",
    "substitute",
    "write_prompt",
]

"""Writes the prompt of a recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rowshot import messages
from rowshot.messages import listed
from rowshot.specs.recipes.table import PLACE, RECIPES, Recipe

_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_ITEM = rf"(?:{_QUOTED.pattern})"
_LIST = re.compile(rf"[\[{{(]\s*({_ITEM}(?:\s*,\s*{_ITEM})*)\s*,?\s*[\]}})]")
_BRACKETED = re.compile(r"\A[\[{(](.*)[\]})]\Z", re.DOTALL)
_SEPARATORS = re.compile(r"[,;/|，；、\n]")
_FEWEST_COLOURS, _MOST_COLOURS = 2, 8


def find_recipe(name: str) -> Recipe | None:
    """The recipe of this name or alias, in any case; None when there is none."""
    wanted = " ".join(name.split()).casefold().replace("_", "-")
    for recipe in RECIPES.values():
        if wanted == recipe.name or wanted in recipe.aliases:
            return recipe
    return None


def recipe_problems(recipe: Recipe, cells: Mapping[str, str]) -> list[str]:
    """What keeps a recipe from being written, as sentences; empty when nothing does."""
    problems = [
        messages.RECIPE_NEEDS(recipe=recipe.name, columns=listed(f"'{name}'" for name in group))
        for group in recipe.needs
        if not any(cells.get(name) for name in group)
    ]
    if recipe.name == "variants" and cells.get("colourways"):
        count = len(colours(cells["colourways"]))
        if not _FEWEST_COLOURS <= count <= _MOST_COLOURS:
            problems.append(messages.COLOURWAYS_COUNT(count=count))
    return problems


def write_prompt(recipe: Recipe, cells: Mapping[str, str]) -> str:
    """Write the prompt.

    Args:
        recipe: The recipe.
        cells: Column -> text; missing and empty ones get the recipe's default, or their clause
            is left out. The texts are put in as they are and never looked into again.
    """
    values = {**recipe.defaults, **{name: text for name, text in cells.items() if text}}
    if "scene" in values:
        values["scene"] = values["scene"].rstrip(" .。")
    if recipe.name == "variants" and "colourways" in values:
        names = colours(values["colourways"])
        values["colourways"] = listed(names, last="and")
        values["count"] = str(len(names))
    sentences = []
    for clause in recipe.clauses:
        wanted = (*PLACE.findall(clause.text), *clause.given)
        if all(map(values.get, wanted)) and not any(map(values.get, clause.unless)):
            sentences.append(PLACE.sub(lambda place: values[place[1]], clause.text))
    return " ".join(sentences)


def colours(cell: str) -> list[str]:
    """The colours that a `colourways` cell lists, from left to right."""
    items = list_items(cell)
    if items is not None:
        return items
    inner = _BRACKETED.fullmatch(cell.strip())
    parts = _SEPARATORS.split(inner[1] if inner else cell)
    return [name.strip("\"'") for part in parts if (name := part.strip())]


def list_items(cell: str) -> list[str] | None:
    """The texts of a list as scripts write it: ``["a", "b"]``, ``['a', 'b']``, ``{"a","b"}``.

    Returns:
        None for a cell that is no such list.
    """
    inner = _LIST.fullmatch(cell.strip())
    return None if inner is None else [text[1:-1].strip() for text in _QUOTED.findall(inner[1])]


def describe(recipe: Recipe) -> str:
    """A recipe for people: its columns, its defaults, an example and the prompt it writes."""
    used = dict.fromkeys(
        name for clause in recipe.clauses for name in PLACE.findall(clause.text) if name != "count"
    )
    width = max(len(name) for name in used)
    lines = [f"{recipe.name}: {recipe.title} ({recipe.aspect})", "", "Columns"]
    needed = {name for group in recipe.needs for name in group}
    for name in used:
        default = recipe.defaults.get(name)
        note = f"if empty: {default}" if default else "if empty: left out"
        if name in needed:
            note = _need(recipe, name)
        lines.append(f"  {name:<{width}}  {note}")
    lines += ["", "Example row"]
    lines += [f"  {name:<{width}}  {text}" for name, text in recipe.example.items()]
    lines += ["", "Prompt that is sent", f"  {write_prompt(recipe, recipe.example)}", ""]
    return "\n".join(lines)


def _need(recipe: Recipe, name: str) -> str:
    group = next(group for group in recipe.needs if name in group)
    others = [f"'{other}'" for other in group if other != name]
    return f"needed, unless {listed(others)} is filled" if others else "needed"

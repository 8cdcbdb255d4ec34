"""The prompt of a row: its own words, or a recipe's."""

from __future__ import annotations

from dataclasses import dataclass

from rowshot import messages
from rowshot.messages import listed, quoted
from rowshot.recipes import (
    RECIPE_COLUMNS,
    RECIPES,
    Recipe,
    find_recipe,
    recipe_problems,
    substitute,
    write_prompt,
)
from rowshot.sheets import Columns, SheetRow
from rowshot.wishes.cells import cell_problem, says_nothing


@dataclass(frozen=True)
class Prompt:
    """A written prompt.

    Args:
        text: What will be sent; empty when it cannot be written.
        recipe: The row's recipe, None when it names none or one that does not exist.
        template: The text with ``{name}`` left in place, so that it tells nobody's name.
        problems: Plain sentences.
    """

    text: str
    recipe: Recipe | None
    template: str
    problems: tuple[str, ...]


def prompt_of(row: SheetRow, columns: Columns) -> Prompt:
    """Write the prompt of a row.

    The row's own words win over its recipe, which then still gives shape and defaults.
    """
    wanted, words = columns.cell(row, "recipe"), columns.cell(row, "prompt")
    words = "" if says_nothing(words) else words
    recipe = find_recipe(wanted) if wanted else None
    problems = []
    if wanted and recipe is None:
        problems.append(messages.UNKNOWN_RECIPE(value=quoted(wanted), recipes=listed(RECIPES)))
    if words:
        text, template, trouble = _from_words(words, row, columns)
    elif recipe is not None:
        text, template, trouble = _from_recipe(recipe, row, columns)
    else:
        text, template = "", ""
        trouble = [] if wanted else [_nothing_to_draw(columns)]
    problems += trouble
    return Prompt("" if problems else text, recipe, template, tuple(problems))


def _nothing_to_draw(columns: Columns) -> str:
    misnamed = columns.close.get("prompt")
    if misnamed:
        return messages.NO_PROMPT_MISNAMED(found=quoted(misnamed))
    return messages.NO_PROMPT()


def _from_words(words: str, row: SheetRow, columns: Columns) -> tuple[str, str, list[str]]:
    bad: list[str] = []

    def cell(name: str) -> str | None:
        value = columns.reference(row, name)
        problem = cell_problem(value, name) if value else None
        bad.extend([problem] if problem else [])
        return value

    def nameless(name: str) -> str | None:
        return "{name}" if columns.refers_to(name, "name") else columns.reference(row, name)

    text, problems = substitute(_lines(words), cell)
    template, _ = substitute(_lines(words), nameless)
    return _lines(text).strip(), template, [*dict.fromkeys(bad), *problems]


def _from_recipe(recipe: Recipe, row: SheetRow, columns: Columns) -> tuple[str, str, list[str]]:
    cells = {name: _lines(columns.cell(row, name)) for name in RECIPE_COLUMNS}
    problems = recipe_problems(recipe, cells)
    if problems:
        return "", "", problems
    text = write_prompt(recipe, cells)
    nameless = write_prompt(recipe, {**cells, "name": "{name}"}) if cells["name"] else text
    return text, nameless, []


def _lines(text: str) -> str:
    """One kind of line end, so that the same cell in CSV and XLSX is the same picture."""
    return text.replace("\r\n", "\n").replace("\r", "\n")

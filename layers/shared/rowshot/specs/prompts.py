"""The prompt of a row: its own words, or a recipe's."""

from __future__ import annotations

from dataclasses import dataclass

from rowshot import messages
from rowshot.messages import listed, quoted
from rowshot.reading import Columns, SheetRow
from rowshot.reading.nothing import (
    draws_nothing,
    is_word_for_nothing,
    looks_like_error,
    says_nothing,
)
from rowshot.reading.yes_no import tick
from rowshot.specs.cells import cell_problem, unlisted
from rowshot.specs.lengths import MAX_PROMPT_CHARACTERS
from rowshot.specs.recipes import (
    RECIPE_COLUMNS,
    RECIPES,
    Filled,
    Recipe,
    find_recipe,
    marked_words,
    recipe_problems,
    substitute,
    write_prompt,
)
from rowshot.specs.shop import describes_recipe


@dataclass(frozen=True)
class Prompt:
    """A written prompt.

    Args:
        text: What will be sent; empty when it cannot be written.
        recipe: The row's recipe, None when it names none or one that does not exist.
        template: The text with ``{name}`` left in place, so that it tells nobody's name.
        problems: Plain sentences.
        warnings: Plain sentences about what was read in one of two ways.
    """

    text: str
    recipe: Recipe | None
    template: str
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def prompt_of(row: SheetRow, columns: Columns) -> Prompt:
    """Write the prompt of a row.

    The row's own words win over its recipe, which then still gives shape and defaults.
    """
    wanted, cell = columns.cell(row, "recipe"), columns.cell(row, "prompt")
    words = "" if says_no_picture(cell) else cell
    recipe = find_recipe(wanted) if wanted else None
    problems = []
    if wanted and recipe is None:
        problems.append(_no_recipe(wanted))
    if words:
        filled, template = _from_words(words, row, columns)
    elif recipe is not None:
        filled, template = _from_recipe(recipe, row, columns)
    else:
        filled, template = Filled(), ""
        filled.problems += [] if wanted else [_nothing_to_draw(cell, row, columns)]
    problems += filled.problems
    text = "" if problems else filled.text
    return Prompt(text, recipe, template, tuple(problems), tuple(filled.warnings))


def _no_recipe(wanted: str) -> str:
    rename = (
        "; if that column describes the product, give it another name"
        if describes_recipe(wanted)
        else ""
    )
    return messages.UNKNOWN_RECIPE(value=quoted(wanted), recipes=listed(RECIPES), rename=rename)


def says_no_picture(cell: str) -> bool:
    """True for a prompt that is none: nothing, a number, yes or no, that one is to come."""
    return draws_nothing(cell) or tick(cell) is not None


def _nothing_to_draw(cell: str, row: SheetRow, columns: Columns) -> str:
    for at, meant in columns.beside.items():
        if meant == "prompt" and any(other.strip() for other in row.cells[at : at + 1]):
            title = quoted(columns.title("prompt"))
            return messages.NO_PROMPT_BESIDE(found=quoted(columns.header[at]), prompt=title)
    if cell:
        return messages.PROMPT_SAYS_NOTHING(value=quoted(cell))
    misnamed = columns.close.get("prompt")
    if misnamed:
        return messages.NO_PROMPT_MISNAMED(found=quoted(misnamed))
    return messages.NO_PROMPT()


def _from_words(words: str, row: SheetRow, columns: Columns) -> tuple[Filled, str]:
    bad: list[str] = []
    if looks_like_error(words):
        bad.append(messages.CELL_ERROR(column=columns.title("prompt"), value=quoted(words)))

    def cell(name: str) -> str | None:
        value = columns.reference(row, name)
        if not value:
            return value
        problem = cell_problem(value, name)
        if says_nothing(value):
            problem = messages.PROMPT_REFERENCE_BLANK(column=name, value=quoted(value))
        bad.extend([problem] if problem else [])
        return unlisted(value)

    def nameless(name: str) -> str | None:
        return "{name}" if columns.refers_to(name, "name") else columns.reference(row, name)

    filled = substitute(_lines(words), cell, most=MAX_PROMPT_CHARACTERS)
    template = substitute(_lines(words), nameless, most=MAX_PROMPT_CHARACTERS).text
    filled.text = _lines(filled.text).strip()
    filled.problems = [*bad, *filled.problems]
    if not filled.problems and says_no_picture(filled.text):
        filled.problems.append(messages.PROMPT_SAYS_NOTHING(value=quoted(filled.text)))
    filled.warnings += [
        messages.PLACEHOLDER_MEANT(placeholder=quoted(token), column=name)
        for token, name in marked_words(words).items()
        if columns.reference(row, name) is not None
    ]
    return filled, template


def _from_recipe(recipe: Recipe, row: SheetRow, columns: Columns) -> tuple[Filled, str]:
    cells = {name: _lines(columns.cell(row, name)) for name in RECIPE_COLUMNS}
    warnings = [
        messages.READ_AS_EMPTY(column=columns.title(name), value=quoted(cell))
        for name, cell in cells.items()
        if is_word_for_nothing(cell) and name in recipe.columns
    ]
    cells = {name: "" if says_nothing(cell) else cell for name, cell in cells.items()}
    problems = recipe_problems(recipe, cells)
    if problems:
        return Filled(problems=problems, warnings=warnings), ""
    text = write_prompt(recipe, cells)
    nameless = write_prompt(recipe, {**cells, "name": "{name}"}) if cells["name"] else text
    return Filled(text, warnings=warnings), nameless


def _lines(text: str) -> str:
    """One kind of line end, so that the same cell in CSV and XLSX is the same picture."""
    return text.replace("\r\n", "\n").replace("\r", "\n")

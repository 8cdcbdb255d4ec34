"""Cells that cannot mean what somebody wrote: errors of formulas, lost or invisible characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from rowshot import messages
from rowshot.messages import quoted
from rowshot.reading import Columns, SheetRow
from rowshot.reading.columns import INPUT_PREFIX
from rowshot.reading.invisible import without_invisible
from rowshot.reading.nothing import is_blank, names_nothing, shows_error, shows_formula
from rowshot.reading.yes_no import tick
from rowshot.specs.recipes import RECIPE_COLUMNS, list_items

# A key is judged by itself, a tick knows words for nothing, and a label may be one of them.
_NO_OPTIONS = frozenset(("slug", "prompt", "redo", "approved", *RECIPE_COLUMNS))
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def unlisted(cell: str) -> str:
    """A list as scripts and exports write it, ``["red", "green"]``, as a person would: a, b."""
    items = list_items(cell)
    return cell if items is None else ", ".join(items)


def cell_problem(cell: str, title: str) -> str | None:
    """What is wrong with a cell's text as such, as a sentence; None when nothing is."""
    if shows_error(cell):
        return messages.CELL_ERROR(column=title, value=quoted(cell))
    if shows_formula(cell) and tick(cell) is None:
        return messages.CELL_FORMULA(column=title, value=quoted(cell))
    if "\ufffd" in cell:
        return messages.LOST_CHARACTERS(column=title)
    if _INVISIBLE.search(cell):
        return messages.CONTROL_CHARACTERS(column=title)
    return None


def cell_problems(row: SheetRow, columns: Columns) -> dict[str, str]:
    """Canonical column -> sentence, for the cells of a row that are read (but not its key)."""
    problems = {}
    with_recipe = bool(columns.cell(row, "recipe"))
    for name, position in columns.index.items():
        if name == "slug" or (name in RECIPE_COLUMNS and not with_recipe):
            continue
        problem = cell_problem(columns.cell(row, name), columns.title(name))
        if position in row.uncalculated:
            problem = messages.CELL_UNCALCULATED(column=columns.title(name))
        if problem:
            problems[name] = problem
    return problems


def blanks(row: SheetRow, columns: Columns) -> list[str]:
    """The columns of options in which a row holds only a word for nothing: ``nan``, ``keine``.

    What another field of a model may be called is for its model to say.
    """
    return [
        name
        for name in columns.index
        if name not in _NO_OPTIONS
        and (cell := columns.cell(row, name))
        and (is_blank if name.startswith(INPUT_PREFIX) else names_nothing)(cell)
    ]


def visible(row: SheetRow) -> SheetRow:
    """The row without what nobody can see in its cells: it would go into prompts."""
    return replace(row, cells=tuple(map(without_invisible, row.cells)))


def without_asking(row: SheetRow, columns: Columns) -> SheetRow:
    """The row without what it says of its redo and its approval."""
    return without(row, columns, {"redo", "approved"} & columns.index.keys())


def without(row: SheetRow, columns: Columns, names: Iterable[str]) -> SheetRow:
    """The row with some cells empty: bad ones would cause a second complaint."""
    bad = {columns.index[name] for name in names}
    cells = tuple("" if position in bad else cell for position, cell in enumerate(row.cells))
    return replace(row, cells=cells)

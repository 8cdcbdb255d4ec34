"""Cells that cannot mean what somebody wrote: errors of formulas, lost or invisible characters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from rowshot import messages
from rowshot.messages import quoted
from rowshot.nothing import shows_error
from rowshot.recipes import RECIPE_COLUMNS, list_items
from rowshot.sheets import Columns, SheetRow

_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def unlisted(cell: str) -> str:
    """A list as scripts and exports write it, ``["red", "green"]``, as a person would: a, b."""
    items = list_items(cell)
    return cell if items is None else ", ".join(items)


def cell_problem(cell: str, title: str) -> str | None:
    """What is wrong with a cell's text as such, as a sentence; None when nothing is."""
    if shows_error(cell):
        return messages.CELL_ERROR(column=title, value=quoted(cell))
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


def without(row: SheetRow, columns: Columns, problems: Mapping[str, str]) -> SheetRow:
    """The row with its bad cells empty, so that they cause no second complaint."""
    bad = {columns.index[name] for name in problems}
    cells = tuple("" if position in bad else cell for position, cell in enumerate(row.cells))
    return replace(row, cells=cells)

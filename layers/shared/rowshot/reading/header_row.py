"""Finds the row that names the columns, among titles, instructions and second header rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rowshot.reading.columns import KEY
from rowshot.reading.headers import placed, recognised
from rowshot.reading.sheet import SheetRow

HEADER_SEARCH = 10
"""Rows with text that may stand above the header (a title, a date) before we stop looking."""

_MOST_EXPLAINED = 3  # rows of explanations between columns that are merely named and the header
_FIELD_NAME = re.compile(r"[a-z][a-z0-9]*([_.][a-z0-9]+)*")
_CODE = re.compile(r"\A(?=\S*[0-9]|[!-~]+$)\S{1,60}")


def header_at(top: Sequence[SheetRow]) -> int:
    """Which of the first rows is the header.

    It is the first with a key and a prompt or recipe column, or else simply the first. A later
    one with these columns is the header instead where nothing between them can be a product: below
    instructions that merely name the columns, and where field names or another language that says
    more stand below labels.

    Args:
        top: The first rows that are not blank, at least one.
    """
    complete = [at for at, row in enumerate(top) if recognised(row.cells)[0]]
    if not complete:
        return 0
    chosen = complete[0]
    for later in complete[1:]:
        if _is_better(top, chosen, later):
            chosen = later
    return chosen


def _is_better(top: Sequence[SheetRow], first: int, later: int) -> bool:
    one, other = top[first].cells, top[later].cells
    if later == first + 1:
        if placed(one).get(KEY) == placed(other).get(KEY):
            return _knows_more(other, one) or (_field_names(other) and not _field_names(one))
        return _known_share(other) > _known_share(one)
    apart = first > 0 or top[later].number > top[later - 1].number + 1
    between = [_key(row, one) for row in top[first + 1 : later]]
    below = [_key(row, other) for row in top[later + 1 : later + 2]]
    return (
        apart
        and len(between) <= _MOST_EXPLAINED
        and not any(map(is_code, between))
        and any(map(is_code, below))
    )


def _knows_more(other: Sequence[str], one: Sequence[str]) -> bool:
    """Whether a row names the same columns in the same places, and one that the other does not."""
    here, there = placed(one), placed(other)
    moved = any(there.get(name, at) != at for name, at in here.items())
    return not moved and len(there) >= len(here) and there != here


def is_code(key: str) -> bool:
    """Whether a key looks like a code, such as ``TIN-1``, and not like words."""
    return _CODE.fullmatch(key) is not None


def _key(row: SheetRow, header: Sequence[str]) -> str:
    at = placed(header)[KEY]
    return row.cells[at].strip() if at < len(row.cells) else ""


def _field_names(header: Sequence[str]) -> bool:
    """Whether a row holds the names of fields, as programs write them, and no labels."""
    return all(_FIELD_NAME.fullmatch(name.strip()) for name in header if name.strip())


def _known_share(header: Sequence[str]) -> float:
    """How much of a header row is made of known names, from 0 to 1."""
    return recognised(header)[1] / max(1, sum(bool(name.strip()) for name in header))

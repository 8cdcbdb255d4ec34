"""Whose column it is: one rule for results.csv, the workbook and the live worksheet.

A column is ours when the ledger says that we made it. Where the ledger knows of none, one with a
name of ours is ours when it is empty or holds only what Rowshot writes, and only where ours can be:
it never gets a plainer name than a person's has. Any other is a person's: no cell of it is ever
changed, and ours is then called ``rowshot …``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import chain, count, islice

from rowshot.reading.columns import KNOWN, normal
from rowshot.reading.output_columns import COLUMNS, IMAGE_URL, STATUS, Entered, OurUrl, OutputColumn
from rowshot.statuses import known

Cells = Callable[[int], Sequence[Entered]]
"""The cells of a column, row by row from the same row on; blank ones at the end may be missing."""


def candidates(header: Sequence[str], owned: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """Output column -> the positions of those that may be ours by what they hold.

    Of ``error`` and ``rowshot error`` only the latter may be, and none that is plainer than what
    the ledger calls ours. Of two with the same name the last comes first: ours are at the right.

    Args:
        header: The sheet's columns.
        owned: Output column -> the title of the one that the ledger knows to be ours.
    """
    found: dict[str, dict[int, list[int]]] = {column.name: {} for column in COLUMNS}
    for at, name in enumerate(header):
        output, rank = _known(name)
        if output in found:
            found[output].setdefault(rank, []).insert(0, at)
    least = {output: _known(title)[1] for output, title in owned.items()}
    return {
        output: tuple(ranked[max(ranked)])
        for output, ranked in found.items()
        if ranked and max(ranked) >= least.get(output, 0)
    }


def _known(name: str) -> tuple[str, int]:
    """What a column is called in the table, and how far its name is from the plain one."""
    return KNOWN.get(normal(name), ("", 0))


def only_ours(
    column: OutputColumn, at: int, cells: Cells, our_url: OurUrl, claimed: Mapping[str, int]
) -> bool:
    """Whether a column that bears a name of ours is empty or holds only what Rowshot writes.

    A sentence or an amount does not show by itself whose it is. Such a column is ours only to the
    right of our status, where we add it: a person's stood there before ours did.

    Args:
        column: The column of that name.
        at: Its position.
        cells: The sheet's cells.
        our_url: Whether a text is the address of one of our pictures.
        claimed: Output column -> position, for those before it that are ours. What stands there
            shows whether a run of ours has left a sentence or an amount beside it.
    """
    shows = column.shows_ours
    unproven = {
        row: cell
        for row, cell in enumerate(cells(at))
        if not blank(cell) and not (shows and shows(cell, our_url))
    }
    if shows and not unproven:
        return True
    status, url = claimed.get(STATUS.name), claimed.get(IMAGE_URL.name)
    if status is None or at < status:
        return False
    if not unproven or url is None:
        return not unproven
    statuses, urls = cells(status), cells(url)
    return all(
        column.form(cell) and _left_by_a_run(_cell(statuses, row), _cell(urls, row))
        for row, cell in unproven.items()
    )


def _left_by_a_run(status: Entered, url: Entered) -> bool:
    """Whether a row says how a run of ours has left it, with its picture where it has one."""
    said = known(str(status))
    return said is not None and not (said.ready and blank(url))


def _cell(column: Sequence[Entered], row: int) -> Entered:
    return column[row] if row < len(column) else None


def blank(cell: Entered) -> bool:
    """True when nothing was entered."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def new_title(output: str, names: Sequence[str]) -> str:
    """``status``; ``rowshot status`` where a person has that; then with a number.

    It is never plainer than one that a person has, by which it is known again.
    """
    forms = {normal(name) for name in names}
    known_forms = (KNOWN[form] for form in forms if form in KNOWN)
    taken = max((rank for each, rank in known_forms if each == output), default=-1)
    numbered = (f"rowshot {output} {number}" for number in count(2))
    titles = chain((output, f"rowshot {output}"), numbered)
    return next(title for title in islice(titles, taken + 1, None) if normal(title) not in forms)


def places(
    header: Sequence[str], cells: Cells, our_url: OurUrl, owned: Mapping[str, str]
) -> list[tuple[int | None, str]]:
    """Position and title of each of our columns, in their order.

    The position is that of a column which is ours already, None where a new one is needed.

    Args:
        header: The sheet's columns.
        cells: Their cells below the header; each column is asked for once at most.
        our_url: Whether a text is the address of one of our pictures.
        owned: Output column -> the title of the one that the ledger knows to be ours.
    """
    cells, names, titles = cache(cells), [name.strip() for name in header], [*header]
    claimed = {output: names.index(title) for output, title in owned.items() if title in names}
    found: list[tuple[int | None, str]] = []
    named = candidates(header, owned)
    for column in COLUMNS:
        place = claimed.get(column.name)
        if place is None:
            free = (at for at in named.get(column.name, ()) if at not in claimed.values())
            ours = (at for at in free if only_ours(column, at, cells, our_url, claimed))
            place = next(ours, None)
        if place is None:
            titles.append(new_title(column.name, titles))
            found.append((None, titles[-1]))
        else:
            claimed[column.name] = place
            found.append((place, header[place]))
    return found

"""Whose column it is: one rule for results.csv, the workbook and the live worksheet.

A column with a name of ours is ours when the ledger says that we made it, or when it is empty or
holds only what Rowshot writes. Any other is a person's: no cell of it is ever changed, and ours is
then called ``rowshot …``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, count

from rowshot.reading.columns import KNOWN, normal
from rowshot.reading.output_columns import COLUMNS, IMAGE_URL, STATUS, Entered, OurUrl, OutputColumn
from rowshot.statuses import known

Cells = Callable[[int], Sequence[Entered]]
"""The cells of a column, row by row from the same row on; blank ones at the end may be missing."""


def bearing(header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Output column -> the positions that bear its name, the plain name first."""
    found: dict[str, list[tuple[int, int]]] = {}
    for at, name in enumerate(header):
        canonical, rank = KNOWN.get(normal(name), ("", 0))
        if any(canonical == column.name for column in COLUMNS):
            found.setdefault(canonical, []).append((rank, at))
    return {name: tuple(at for _, at in sorted(ranked)) for name, ranked in found.items()}


def only_ours(
    column: OutputColumn, at: int, cells: Cells, our_url: OurUrl, claimed: Mapping[str, int]
) -> bool:
    """Whether a column that bears a name of ours is empty or holds only what Rowshot writes.

    Args:
        column: The column of that name.
        at: Its position.
        cells: The sheet's cells.
        our_url: Whether a text is the address of one of our pictures.
        claimed: Output column -> position, for those before it that are ours. A sentence or an
            amount shows only by what stands beside it that a run of ours has left it.
    """
    filled = {row: cell for row, cell in enumerate(cells(at)) if not blank(cell)}
    if column.shows_ours is not None:
        return all(column.shows_ours(cell, our_url) for cell in filled.values())
    before = {each.name for each in COLUMNS[: COLUMNS.index(column)]}
    if filled and not claimed.keys() >= before:
        return False
    return all(
        column.form(cell) and _left_by_a_run(row, cells, claimed) for row, cell in filled.items()
    )


def _left_by_a_run(row: int, cells: Cells, claimed: Mapping[str, int]) -> bool:
    """Whether a row says how a run of ours has left it, with its picture where it has one."""
    status = known(str(_cell(cells(claimed[STATUS.name]), row)))
    return status is not None and not (
        status.ready and blank(_cell(cells(claimed[IMAGE_URL.name]), row))
    )


def _cell(column: Sequence[Entered], row: int) -> Entered:
    return column[row] if row < len(column) else None


def blank(cell: Entered) -> bool:
    """True when nothing was entered."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def new_title(output: str, names: Sequence[str]) -> str:
    """``status``; ``rowshot status`` where a person has that; then with a number."""
    forms = {normal(name) for name in names}
    numbered = (f"rowshot {output} {number}" for number in count(2))
    titles = chain((output, f"rowshot {output}"), numbered)
    return next(title for title in titles if normal(title) not in forms)


def places(
    header: Sequence[str], cells: Cells, our_url: OurUrl, owned: Mapping[str, str]
) -> list[tuple[int | None, str]]:
    """Position and title of each of our columns, in their order.

    The position is that of a column which is ours already, None where a new one is needed.

    Args:
        header: The sheet's columns.
        cells: Their cells below the header.
        our_url: Whether a text is the address of one of our pictures.
        owned: Output column -> the title of the one that the ledger knows to be ours.
    """
    candidates, titles = bearing(header), [*header]
    claimed: dict[str, int] = {}
    found: list[tuple[int | None, str]] = []
    for column in COLUMNS:
        for at in candidates.get(column.name, ()):
            known_ours = header[at].strip() == owned.get(column.name)
            if known_ours or only_ours(column, at, cells, our_url, claimed):
                claimed[column.name] = at
                found.append((at, header[at]))
                break
        else:
            titles.append(new_title(column.name, titles))
            found.append((None, titles[-1]))
    return found

"""What a person has to put right in the worksheet, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rowshot.messages import RUN_AGAIN, listed, quoted

_MOST_ROWS_NAMED = 8

ProblemKind = Literal["no key column", "vanished", "doubled", "keyless"]


@dataclass(frozen=True)
class Problem:
    """Something that a person has to put right in the worksheet.

    Args:
        kind: What it is.
        row_key: The row's key, empty where none is concerned.
        rows: Row numbers as the sheet shows them, the first is 1.
        message: The plain sentence.
    """

    kind: ProblemKind
    row_key: str
    rows: tuple[int, ...]
    message: str


def doubled(key: str, places: Sequence[int]) -> Problem:
    """A key that several rows have."""
    rows = tuple(at + 1 for at in places)
    if len(rows) == 1:
        said = f"{quoted(key)} named several rows when the sheet was read"
    else:
        named = [str(number) for number in rows[:_MOST_ROWS_NAMED]]
        more = [f"{len(rows) - len(named)} more"] if len(rows) > len(named) else []
        said = f"{quoted(key)} is used in rows {listed([*named, *more], last='and')}"
    return Problem("doubled", key, rows, f"{said}: give each row its own name and {RUN_AGAIN}.")


def vanished(key: str, column: str) -> Problem:
    """A key that no row has any more."""
    return Problem(
        "vanished",
        key,
        (),
        f"The sheet no longer has a row with {quoted(key)} under {quoted(column)}: its picture is "
        "in the results, and comes back to the sheet when the row does.",
    )


def keyless(at: int) -> Problem:
    """A row that has our values but no key."""
    return Problem(
        "keyless",
        "",
        (at + 1,),
        f"Row {at + 1} has lost its name: put it back and its picture comes back with it.",
    )


def no_key_column(column: str) -> Problem:
    """A worksheet without the column of the keys."""
    return Problem(
        "no key column",
        "",
        (),
        f"The sheet no longer has a column {quoted(column)}, so its rows cannot be told apart: "
        "give the column that name again.",
    )

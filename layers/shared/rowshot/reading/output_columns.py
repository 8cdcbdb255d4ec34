"""The columns that Rowshot adds to a sheet: what each says of a row, and what in it is ours.

results.csv, the filled workbook, the live worksheet and the reading of sheets follow this table: a
column is added here, and explained in the tables of both guides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from rowshot.money import parse_usd, usd
from rowshot.reading.nothing import shows_error
from rowshot.statuses import known

_SHORTEST_SENTENCE = 5  # words; a test holds every sentence of ours to it
_IMAGE = re.compile(r'=\s*(?:_xlfn\.)?IMAGE\s*\(\s*"((?:[^"]|"")*)"\s*\)\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with its leading equals sign. The only way to write one."""

    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """The picture at an address; each kind of sheet has a formula of its own for it."""

    url: str


Content = str | Decimal | Image | None
"""What a cell is to show. A str is always a text, whatever it looks like; None is an empty cell."""

Entered = str | int | float | bool | Formula | None
"""What a cell holds."""

OurUrl = Callable[[str], bool]
"""Whether a text is the address of one of our pictures."""


@dataclass(frozen=True, kw_only=True)
class RowFacts:
    """What there is to say of a row.

    Args:
        status: The word for where it is.
        image_url: Where its picture is.
        error: The plain sentence about it.
        cost_usd: What it has cost in this run; None shows nothing.
    """

    status: str = ""
    image_url: str = ""
    error: str = ""
    cost_usd: Decimal | None = None


def _always(_: Entered) -> bool:
    return True


def _never(_: Entered) -> bool:
    return False


@dataclass(frozen=True)
class OutputColumn:
    """One of our columns.

    Args:
        name: Its header; ``rowshot <name>`` where a person has a column of that name.
        content: What it says of a row.
        shows_ours: Whether a cell's content shows by itself that Rowshot wrote it. None where it
            does not: there, what is wanted in some row counts as ours.
        form: Whether a cell's content may be ours by its form, where a run of ours has left it
            beside its other cells.
        of_picture: Whether it stays with a picture that an earlier run has made.
        stands: Whether it stays as the last run left it while the row does not change.
        passes: Whether a cell's content goes when its row is no longer in the run.
        width: Its width in a workbook, in characters; None for the usual one.
    """

    name: str
    content: Callable[[RowFacts], Content]
    shows_ours: Callable[[Entered, OurUrl], bool] | None = None
    form: Callable[[Entered], bool] = _always
    of_picture: bool = False
    stands: bool = False
    passes: Callable[[Entered], bool] = _never
    width: float | None = None


def _is_status(value: Entered, _: OurUrl) -> bool:
    return isinstance(value, str) and known(value) is not None


def _is_passing(value: Entered) -> bool:
    status = known(str(value))
    return status is not None and not status.final


def _is_our_url(value: Entered, our_url: OurUrl) -> bool:
    return isinstance(value, str) and our_url(value)


def _is_our_image(value: Entered, our_url: OurUrl) -> bool:
    found = _IMAGE.fullmatch(value.text) if isinstance(value, Formula) else None
    return found is not None and our_url(found[1].replace('""', '"'))


def _error_value(value: Entered) -> bool:
    """What our preview becomes when a program without that function saves results.csv again."""
    return isinstance(value, str) and shows_error(value)


def _sentence(value: Entered) -> bool:
    """Whether a cell holds a text as long as ours are."""
    return isinstance(value, str) and len(value.split()) >= _SHORTEST_SENTENCE


def _amount(value: Entered) -> bool:
    """Whether a cell holds an amount as we write it: more than nothing, without spare zeros.

    Programs of many countries save it again with a comma.
    """
    written = value.replace(",", ".") if isinstance(value, str) else value
    try:
        amount = parse_usd(written)
    except ValueError:
        return False
    return amount > 0 and (not isinstance(written, str) or written == usd(amount))


STATUS = OutputColumn(
    "status", lambda row: row.status or None, _is_status, _never, stands=True, passes=_is_passing
)
IMAGE_URL = OutputColumn(
    "image_url", lambda row: row.image_url or None, _is_our_url, _never, of_picture=True, width=42.0
)
COLUMNS = (
    STATUS,
    IMAGE_URL,
    OutputColumn(
        "preview",
        lambda row: Image(row.image_url) if row.image_url else None,
        _is_our_image,
        _error_value,
        of_picture=True,
        width=14.0,
    ),
    OutputColumn(
        "error", lambda row: row.error or None, form=_sentence, passes=_always, width=42.0
    ),
    OutputColumn("cost_usd", lambda row: row.cost_usd or None, form=_amount, stands=True),
)
"""In the order in which they stand at the right of a sheet."""

OUTPUT_COLUMNS = tuple(column.name for column in COLUMNS)


def image_formula(url: str) -> Formula:
    """The formula that shows a picture in a cell. Quotes in the URL cannot end its text."""
    return Formula('=IMAGE("' + url.replace('"', '""') + '")')

"""What identifies the rows of a sheet, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rowshot import messages
from rowshot.messages import quoted
from rowshot.reading.dates import is_date
from rowshot.reading.nothing import is_blank, shows_error
from rowshot.reading.slugs import MAX_ROW_KEY, distinct_slugs, look_of, row_key, slug_for

# 6.90E+12, 6,90E+12 and 6E+12: what a spreadsheet shows of 6901234567892.
_SHORTENED = re.compile(r"-?\d([.,]\d+)?E\+\d{2,3}|-?\d[.,]\d+E\d{2}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True)
class Key:
    """The key of one row; see `RowSpec` for ``row_key`` and ``slug``."""

    row_key: str
    slug: str
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def read_keys(
    cells: Sequence[tuple[int, str]], *, title: str, rival: str | None = None
) -> list[Key]:
    """Read the keys of a sheet.

    The first row with a key owns it; every later one whose key looks the same is invalid.

    Args:
        cells: Row number and key cell of each row.
        title: What the sheet calls the key column.
        rival: Another column that tells all rows apart, None when there is none.
    """
    hint = (
        f", or rename column {quoted(title)} so that {quoted(rival)} names the rows"
        if rival
        else ""
    )
    keys = [row_key(cell) for _, cell in cells]
    slugs = distinct_slugs(dict.fromkeys(key for key in keys if key))
    owners: dict[str, int] = {}
    read = []
    for (number, _), key in zip(cells, keys, strict=True):
        problems = _problems(key, title)
        owner = owners.setdefault(look_of(key), number) if key else number
        slug = slugs.get(key, "")
        if owner != number:
            slug = slug_for(f"{key} row {number}")
            problems.append(
                messages.SLUG_DOUBLE(column=title, value=quoted(key), row=owner, hint=hint)
            )
        read.append(Key(key, slug, tuple(problems), _warnings(key, title)))
    return read


def _problems(key: str, title: str) -> list[str]:
    letters = any(unicodedata.category(char)[0] in "LN" for char in key)
    if not key or (letters and is_blank(key)):
        return [messages.NO_SLUG(column=title)]
    controls = any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in key)
    lost = "\ufffd" in key
    if _SHORTENED.fullmatch(key):
        return [messages.SHORTENED_NUMBER(column=title, value=quoted(key))]
    if not letters or controls or lost or len(key) > MAX_ROW_KEY or shows_error(key):
        return [messages.SLUG_UNUSABLE(column=title, value=quoted(key))]
    return []


def _warnings(key: str, title: str) -> tuple[str, ...]:
    # No spreadsheet writes a month all in capitals: SET-12 and DEC-01 are codes.
    in_capitals = key.isupper() and _WORD.search(key)
    if is_date(key) and not in_capitals:
        return (messages.DATED_KEY(column=title, value=quoted(key)),)
    return ()

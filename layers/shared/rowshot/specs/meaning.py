"""What the columns and rows of a sheet mean, judged by what their cells say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.messages import listed, quoted
from rowshot.models import Catalogue, Model
from rowshot.reading import Columns, Sheet, SheetRow, map_headers
from rowshot.reading.columns import KEY
from rowshot.reading.headers import placed
from rowshot.reading.output_columns import OUTPUT_COLUMNS
from rowshot.reading.slugs import row_key
from rowshot.reading.yes_no import approved_tick, redo_tick, tick, x_is_no
from rowshot.specs.instructions import instructions, totals
from rowshot.specs.prompts import says_no_picture
from rowshot.specs.recipes import RECIPE_COLUMNS, find_recipe
from rowshot.specs.shop import ShopColumn, misread
from rowshot.specs.unused import unused_columns

DEFAULT_MODEL = "qwen-image-2.0"
_TICKS = {"redo": redo_tick, "approved": approved_tick, "prompt_extend": tick}
_CROSSED = ("redo", "approved")
_LONGEST_NAME = 60  # characters of a column's name; a prompt of that length is still looked at
_DIGIT = re.compile(r"\d")
_MOST_ROWS_NAMED = 5
_BARE_AMOUNT = re.compile(r"\d[\d.,\s]*")
_CURRENCY = re.compile(r"[$€£¥₩₹₽元円￥]|\b(USD|EUR|GBP|CNY|RMB|JPY|KRW|CHF)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Meaning:
    """A sheet as it is meant.

    Args:
        columns: What its columns mean; those that describe a shop's products are not read.
        rows: The rows that want a picture, right or wrong.
        warnings: Sentences about columns, and about rows that are left out.
        own: Row number -> what the columns mean in it, for rows that say something of their
            pictures in a shop's column.
    """

    columns: Columns
    rows: tuple[SheetRow, ...]
    warnings: tuple[str, ...]
    own: Mapping[int, Columns] = field(default_factory=dict)


def meaning_of(
    sheet: Sheet, catalogue: Catalogue, *, default_model: str = DEFAULT_MODEL
) -> Meaning:
    """Find out what a sheet means.

    Raises:
        UnreadableSheet: When it lacks the columns to work with, or names them again further down
            in another order.
    """
    columns = map_headers(sheet.header)
    rows = _uncrossed(sheet.rows, columns)
    rows = [row for row in rows if _says_something(row, columns)]
    rows, again = _without_headers(rows, columns, sheet)
    shop = misread(columns, rows, catalogue)
    if shop:
        columns = map_headers(sheet.header, ignored=frozenset(shop))
    rows, further = _without_further(rows, columns)
    models = _models(rows, columns, catalogue, default_model)
    return Meaning(
        columns,
        tuple(rows),
        (
            *sheet.warnings,
            *columns.warnings,
            *(column.warning for column in shop.values()),
            *unused_columns(columns, rows, models, catalogue),
            *again,
            *further,
            *_prices(rows, columns),
        ),
        _own(rows, columns, shop),
    )


def _own(
    rows: Sequence[SheetRow], columns: Columns, shop: Mapping[int, ShopColumn]
) -> dict[int, Columns]:
    """The columns of each row whose cell in a shop's column is meant for its picture.

    What another column of ours says of the row counts before that.
    """
    if not shop:
        return {}
    told = {
        row.number: frozenset(
            at
            for at, column in shop.items()
            if row.number in column.ours and not columns.cell(row, column.name)
        )
        for row in rows
    }
    meant = {
        used: map_headers(columns.header, ignored=frozenset(shop) - used)
        for used in set(told.values())
        if used
    }
    return {number: meant[used] for number, used in told.items() if used}


def _uncrossed(rows: Sequence[SheetRow], columns: Columns) -> Sequence[SheetRow]:
    """The rows with a sign for no where an X stands for one, see `x_is_no`."""
    for name in _CROSSED:
        at = columns.index.get(name)
        if at is not None and x_is_no({columns.cell(row, name) for row in rows}):
            rows = [_without_x(row, at) for row in rows]
    return rows


def _without_x(row: SheetRow, at: int) -> SheetRow:
    if row.cells[at : at + 1] and row.cells[at].strip() in ("x", "X", "ｘ", "Ｘ"):
        return replace(row, cells=(*row.cells[:at], "✗", *row.cells[at + 1 :]))
    return row


def _says_something(row: SheetRow, columns: Columns) -> bool:
    ticks = {columns.index[name]: said for name, said in _TICKS.items() if name in columns.index}
    return bool(row.uncalculated - columns.silent) or any(
        cell.strip()
        and position not in columns.silent
        and not (position in ticks and ticks[position](cell) is False)
        for position, cell in enumerate(row.cells)
    )


def _without_headers(
    rows: Sequence[SheetRow], columns: Columns, sheet: Sheet
) -> tuple[list[SheetRow], list[str]]:
    """The rows without those that name the columns again, say what to fill in, or add rows up."""
    again = []
    for row in rows:
        found = _header_again(row, columns)
        if found and not _same_order(found, columns):
            raise UnreadableSheet(
                messages.HEADER_CHANGES(name=sheet.name, row=row.number, header=sheet.header_row)
            )
        again += [row] if found else []
    named = {row.number for row in again}
    rest = [row for row in rows if row.number not in named]
    told, added = instructions(rest, columns), totals(rest, columns)
    warnings = [messages.KINDS_ROW(row=row.number) for row in told]
    if again:
        names, are = ("name", "are") if len(again) > 1 else ("names", "is")
        warnings.append(messages.HEADER_AGAIN(rows=_numbers(again), names=names, are=are))
    warnings += [messages.TOTALS_ROW(row=row.number) for row in added]
    left_out = {row.number for row in (*told, *added)}
    return [row for row in rest if row.number not in left_out], warnings


def _header_again(row: SheetRow, columns: Columns) -> dict[str, int]:
    """What the columns are by a row that names them; nothing for any other row."""
    telling = (columns.cell(row, name) for name in (KEY, "prompt", "recipe"))
    if not any(_is_name(cell) for cell in telling):
        return {}
    found = placed(row.cells)
    named = KEY in found and ("prompt" in found or "recipe" in found)
    filled = sum(bool(cell.strip()) for cell in row.cells)
    return found if named and 2 * len(found) >= filled else {}


@lru_cache(maxsize=4096)
def _is_name(cell: str) -> bool:
    """Whether a cell says what a column may be called; a look that is cheap for real rows."""
    return 0 < len(cell) <= _LONGEST_NAME and not _DIGIT.search(cell) and bool(placed((cell,)))


def _same_order(found: Mapping[str, int], columns: Columns) -> bool:
    """Whether a row names the columns that are read where they are, and no others."""
    return all(
        columns.index.get(name) == at for name, at in found.items() if name not in OUTPUT_COLUMNS
    )


def _without_further(
    rows: Sequence[SheetRow], columns: Columns
) -> tuple[list[SheetRow], list[str]]:
    """The rows without those that only add pictures or variants to a product of a shop's export.

    They repeat the key of another row and want nothing of Rowshot.
    """
    keys = [row_key(columns.cell(row, KEY)) for row in rows]
    times = Counter(keys)
    drawn = {key for row, key in zip(rows, keys, strict=True) if _wants(row, columns)}
    kept, skipped, seen = [], [], set()
    for row, key in zip(rows, keys, strict=True):
        if key and times[key] > 1 and not _wants(row, columns) and (key in drawn or key in seen):
            skipped.append(row)
        else:
            kept.append(row)
        seen.add(key)
    if not skipped:
        return kept, []
    column = columns.title(KEY)
    rows_named = _numbers(skipped).replace("Row", "row", 1)
    add = "add" if len(skipped) > 1 else "adds"
    return kept, [messages.FURTHER_ROWS(rows=rows_named, add=add, column=column)]


def _wants(row: SheetRow, columns: Columns) -> bool:
    """Whether a row says anything about its picture."""
    return any(
        at in row.uncalculated
        or ((cell := columns.cell(row, name)) and not (name in _TICKS and not _TICKS[name](cell)))
        for name, at in columns.index.items()
        if name != KEY and name not in RECIPE_COLUMNS
    )


def _models(
    rows: Sequence[SheetRow], columns: Columns, catalogue: Catalogue, default: str
) -> list[Model]:
    names = {columns.cell(row, "model") or default for row in rows}
    return [model for name in sorted(names) if (model := catalogue.find(name))]


def _prices(rows: Iterable[SheetRow], columns: Columns) -> list[str]:
    """A warning of prices that will be drawn as bare numbers."""
    bare = [row for row in rows if _draws_bare_price(row, columns)]
    if not bare:
        return []
    others = len(bare) - 1
    more = f", nor {'have' if others > 1 else 'has'} {others} other" if others else ""
    more += "s" if others > 1 else ""
    value = quoted(columns.cell(bare[0], "price"))
    return [messages.PRICE_WITHOUT_CURRENCY(value=value, row=bare[0].number, more=more)]


def _draws_bare_price(row: SheetRow, columns: Columns) -> bool:
    if not _BARE_AMOUNT.fullmatch(columns.cell(row, "price")):
        return False
    prompt = columns.cell(row, "prompt")
    if says_no_picture(prompt):
        recipe = find_recipe(columns.cell(row, "recipe"))
        return recipe is not None and "price" in recipe.columns
    return "{price" in prompt and not _CURRENCY.search(prompt)


def _numbers(rows: Sequence[SheetRow]) -> str:
    """Rows for a sentence: ``Row 3``, ``Rows 3, 4 and 12 more``."""
    named = [str(row.number) for row in rows[:_MOST_ROWS_NAMED]]
    more = [f"{len(rows) - len(named)} more"] if len(rows) > len(named) else []
    return f"Row{'s' if len(rows) > 1 else ''} {listed([*named, *more], last='and')}"

"""Columns that are not read although their cells look as if they should be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from rowshot import messages
from rowshot.messages import listed, quoted
from rowshot.models import Catalogue, Model
from rowshot.models.shapes import USUAL_RATIOS, as_ratio
from rowshot.reading import Columns, SheetRow
from rowshot.reading.columns import KNOWN, normal
from rowshot.reading.headers import letter
from rowshot.reading.nothing import is_blank
from rowshot.reading.yes_no import tick

_PIXELS = re.compile(r"(\d{3,5})\s*[*x×✕хχ]\s*(\d{3,5})(?:\s*(?:px|pixels|像素))?", re.IGNORECASE)
_SMALLEST_SIZE = 256  # pixels; what is smaller may be centimetres
_PROMPT_WORDS, _PROMPT_LETTERS = 4, 20  # what is shorter need not be what to draw
_MOST_ROWS_LOOKED_AT = 2000


def unused_columns(
    columns: Columns, rows: Sequence[SheetRow], models: Iterable[Model], catalogue: Catalogue
) -> list[str]:
    """One sentence for each column that is not read and holds what a column of ours could.

    That is sizes, models, ticks, prompts, and texts in a column that is named nearly like one of
    ours whose own cell is empty.

    Args:
        columns: What the columns mean.
        rows: The sheet's rows.
        models: The models that draw them; their fields are columns of the form ``input.field``.
        catalogue: All models.
    """
    read = {*columns.index.values(), *columns.silent}
    looked_at = rows[:_MOST_ROWS_LOOKED_AT]
    texts = {
        at: [row.cells[at].strip() for row in looked_at if at < len(row.cells)]
        for at, name in enumerate(columns.header)
        if at not in read
        and normal(name) not in ("", *KNOWN)
        and name not in columns.close.values()
    }
    texts = {at: [cell for cell in cells if not is_blank(cell)] for at, cells in texts.items()}
    meant = _fields(columns, texts, models)
    meant |= _beside(columns, looked_at, texts)
    meant |= _sizes(columns, _rest(texts, meant), catalogue)
    meant |= _models(columns, _rest(texts, meant), catalogue)
    ticks = _all(_rest(texts, meant), _is_tick)
    bare = [row for row in looked_at if _draws_nothing(row, columns)]
    meant |= _prompts(bare, [at for at in texts if at not in meant and at not in ticks])
    named = [_sentence(columns, at, name) for at, name in meant.items()]
    return named + _tick_sentences(columns, ticks) + _unnamed(columns, looked_at)


def _unnamed(columns: Columns, rows: Sequence[SheetRow]) -> list[str]:
    """One sentence about the columns without a name that hold words; numbers only count rows."""
    names = dict(enumerate(columns.header))
    found = {
        at: cell
        for row in reversed(rows)
        for at, cell in enumerate(row.cells)
        if not row.problems and not names.get(at, "").strip() and any(map(str.isalpha, cell))
    }
    if not found:
        return []
    letters = listed(map(letter, sorted(found)), last="and")
    named = (
        f"Columns {letters} have no name and are"
        if len(found) > 1
        else (f"Column {letters} has no name and is")
    )
    return [messages.UNNAMED_COLUMNS(columns=named, value=quoted(found[min(found)].strip()))]


def _rest(texts: dict[int, list[str]], named: dict[int, str]) -> dict[int, list[str]]:
    return {at: cells for at, cells in texts.items() if at not in named}


def _sentence(columns: Columns, at: int, meant: str) -> str:
    return messages.CLOSE_COLUMN(found=quoted(columns.header[at]), meant=meant)


def _fields(
    columns: Columns, texts: dict[int, list[str]], models: Iterable[Model]
) -> dict[int, str]:
    """The columns that are named like a field of the models."""
    fields = {name for model in models for name in model.fields}
    names = {at: normal(columns.header[at]) for at, cells in texts.items() if cells}
    return {
        at: f"input.{name}"
        for at, name in names.items()
        if name in fields and f"input.{name}" not in columns.index
    }


def _beside(
    columns: Columns, rows: Sequence[SheetRow], texts: dict[int, list[str]]
) -> dict[int, str]:
    """The columns that hold a text where the one that they are named like is empty."""

    def instead(row: SheetRow, at: int, name: str) -> bool:
        return any(map(str.strip, row.cells[at : at + 1])) and not columns.cell(row, name)

    return {
        at: name
        for at, name in columns.beside.items()
        if at in texts and any(instead(row, at, name) for row in rows)
    }


def _sizes(columns: Columns, texts: dict[int, list[str]], catalogue: Catalogue) -> dict[int, str]:
    if "size" in columns.index or "aspect" in columns.index:
        return {}
    words = {word for model in catalogue.models.values() for word in model.size_words}

    def is_size(cell: str) -> bool:
        ratio, pixels = as_ratio(cell), _PIXELS.fullmatch(cell)
        large = pixels is not None and min(int(pixels[1]), int(pixels[2])) >= _SMALLEST_SIZE
        return large or ratio in USUAL_RATIOS or cell.casefold() in words

    return dict.fromkeys(_all(texts, is_size), "size")


def _models(columns: Columns, texts: dict[int, list[str]], catalogue: Catalogue) -> dict[int, str]:
    """The columns that name models which draw."""
    if "model" in columns.index:
        return {}
    return dict.fromkeys(_all(texts, lambda cell: catalogue.find(cell) is not None), "model")


def _tick_sentences(columns: Columns, ticks: Sequence[int]) -> list[str]:
    """At most one sentence, for a shop's export has a dozen such columns."""
    meant = listed(quoted(name) for name in ("redo", "approved") if name not in columns.index)
    if not ticks or not meant:
        return []
    found = listed((quoted(columns.header[at]) for at in ticks), last="and")
    named = f"Columns {found} are" if len(ticks) > 1 else f"Column {found} is"
    return [messages.UNUSED_TICKS(columns=named, meant=meant)]


def _is_tick(cell: str) -> bool:
    """Whether a cell says yes or no in a word or a box; a number or a dash may be anything."""
    return tick(cell) is not None and not re.fullmatch(r"[\d.,\-–—]+|[xX]|[nN]/?[aA]", cell)


def _draws_nothing(row: SheetRow, columns: Columns) -> bool:
    return not columns.cell(row, "prompt") and not columns.cell(row, "recipe")


def _prompts(rows: Sequence[SheetRow], places: Iterable[int]) -> dict[int, str]:
    """The columns with texts in rows that have neither prompt nor recipe."""
    found = {
        at: [row.cells[at] for row in rows if at < len(row.cells) and row.cells[at].strip()]
        for at in places
    }
    return dict.fromkeys(_all(found, _is_prompt), "prompt")


def _is_prompt(cell: str) -> bool:
    return (
        len(cell) >= _PROMPT_LETTERS
        and (len(cell.split()) >= _PROMPT_WORDS or not cell.isascii())
        and "://" not in cell
        and "<" not in cell
    )


def _all(texts: dict[int, list[str]], fits: Callable[[str], bool]) -> list[int]:
    return [at for at, cells in texts.items() if cells and all(map(fits, dict.fromkeys(cells)))]

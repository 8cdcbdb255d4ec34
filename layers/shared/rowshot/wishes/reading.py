"""Reads what every row of a sheet wants. Everything that is wrong with a row is said at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from rowshot import messages
from rowshot.messages import listed, quoted
from rowshot.models import Catalogue, Model
from rowshot.sheets import Columns, Sheet, SheetRow, map_headers
from rowshot.ticks import redo_wish, tick
from rowshot.wishes.cells import cell_problems, without
from rowshot.wishes.garbled import garbled_warnings, lost_problems
from rowshot.wishes.inputs import input_of
from rowshot.wishes.keys import Key, read_keys
from rowshot.wishes.personal import personal_of
from rowshot.wishes.prompts import Prompt, prompt_of
from rowshot.wishes.versions import noted
from rowshot.wishes.wish import Wish

DEFAULT_MODEL = "qwen-image-2.0"
_TICKS = ("redo", "approved", "prompt_extend")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_CLOSE = 0.75  # of 1


def read_wishes(
    sheet: Sheet, catalogue: Catalogue, *, default_model: str = DEFAULT_MODEL
) -> list[Wish]:
    """Read the wish of every row that says anything, in the order of the sheet.

    A row whose only texts are unticked boxes, or what Rowshot itself wrote, says nothing.

    Raises:
        UnreadableSheet: When the sheet lacks the columns to work with.
    """
    columns = map_headers(sheet.header)
    rows = [row for row in sheet.rows if _says_something(row, columns)]
    cells = [(row.number, columns.cell(row, "slug")) for row in rows]
    reader = _Reader(columns, catalogue, default_model)
    keys = read_keys(cells, title=columns.title("slug"))
    return [reader.read(row, key) for row, key in zip(rows, keys, strict=True)]


def _says_something(row: SheetRow, columns: Columns) -> bool:
    ticks = {columns.index[name] for name in _TICKS if name in columns.index}
    return bool(row.uncalculated - columns.silent) or any(
        cell.strip()
        and position not in columns.silent
        and not (position in ticks and tick(cell) is False)
        for position, cell in enumerate(row.cells)
    )


@dataclass(frozen=True)
class _Reader:
    """Reads the rows of one sheet."""

    columns: Columns
    catalogue: Catalogue
    default_model: str

    def read(self, row: SheetRow, key: Key) -> Wish:
        """Read one row."""
        bad = cell_problems(row, self.columns)
        row = without(row, self.columns, bad)
        problems = [*row.problems, *key.problems, *bad.values()]
        prompt = prompt_of(row, self.columns)
        # An empty prompt is no news when its cell is bad.
        problems += () if bad.keys() & {"prompt", "recipe"} else prompt.problems
        problems += lost_problems(prompt.text)
        asked = self.columns.cell(row, "model") or self.default_model
        model = self.catalogue.find(asked)
        redo = redo_wish(self.columns.cell(row, "redo"))
        approved = tick(self.columns.cell(row, "approved"))
        if approved is None:
            problems.append(self._not_a_tick(row, "approved"))
        fields, price, trouble = self._input(row, prompt, asked, model, redo)
        garbled = garbled_warnings(f"{prompt.text}\n{redo or ''}")
        personal, more = personal_of(row, self.columns, prompt, model, fields)
        problems += [*trouble, *more]
        return Wish(
            number=row.number,
            row_key=key.row_key,
            slug=key.slug,
            problems=tuple(dict.fromkeys(problems)),
            model=model.id if model else asked,
            input={} if problems else fields,
            price=Decimal(0) if problems or price is None else price,
            redo=redo,
            approved=bool(approved),
            recipe=prompt.recipe.name if prompt.recipe else None,
            prompt=prompt.text,
            personal=personal,
            warnings=key.warnings + _warnings(prompt.text, redo, model) + garbled,
            shows=self.columns.output(row, "image_url"),
        )

    def _input(
        self, row: SheetRow, prompt: Prompt, asked: str, model: Model | None, redo: str | None
    ) -> tuple[dict[str, Any], Decimal | None, list[str]]:
        """The whole input, its price, and plain sentences about what is wrong with them."""
        if model is None:
            return {}, None, [self._no_model(asked)]
        fields, problems = input_of(row, self.columns, model, prompt.recipe)
        fields = {"prompt": prompt.text, **fields}
        problems += _length_problems(prompt.text, redo, model)
        price = model.price(fields)
        if price is None:
            problems.append(messages.NO_PRICE(model=model.id))
        return fields, price, problems

    def _not_a_tick(self, row: SheetRow, name: str) -> str:
        value = quoted(self.columns.cell(row, name))
        return messages.NOT_A_TICK(field=self.columns.title(name), value=value)

    def _no_model(self, asked: str) -> str:
        names = [model.short_name for model in self.catalogue.models.values()]
        folded = {name.casefold(): name for name in (*self.catalogue.models, *names)}
        near = get_close_matches(asked.casefold(), folded, n=1, cutoff=_CLOSE)
        hint = f" (did you mean '{folded[near[0]]}'?)" if near else ""
        return messages.UNKNOWN_MODEL(value=quoted(asked), hint=hint, models=listed(names))


def _length_problems(text: str, redo: str | None, model: Model) -> list[str]:
    """Whether the prompt, with a redo's note at its end, is as long as the model takes."""
    spec = model.fields.get("prompt")
    if spec is None or not text:
        return []
    length = len(noted(text, redo))
    if spec.max_length is not None and length > spec.max_length:
        limit = f"{spec.max_length:,}"
        return [messages.PROMPT_TOO_LONG(length=f"{length:,}", model=model.id, limit=limit)]
    if spec.min_length is not None and length < spec.min_length:
        return [messages.PROMPT_TOO_SHORT(length=length, model=model.id, limit=spec.min_length)]
    return []


def _warnings(text: str, redo: str | None, model: Model | None) -> tuple[str, ...]:
    if model is not None and not model.draws_chinese and _CHINESE.search(f"{text}{redo or ''}"):
        return (messages.NO_CHINESE_TEXT(model=model.id),)
    return ()

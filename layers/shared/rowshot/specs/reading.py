"""Reads what every row of a sheet wants. Everything that is wrong with a row is said at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from rowshot import messages
from rowshot.errors import UnreadableSheet
from rowshot.messages import listed, quoted
from rowshot.models import Catalogue, Model
from rowshot.reading import Columns, Sheet, SheetRow
from rowshot.reading.slugs import look_of, row_key
from rowshot.reading.yes_no import approved_tick, is_unclear, redo_tick, redo_wish
from rowshot.specs.cells import blanks, cell_problems, visible, without, without_asking
from rowshot.specs.garbled import garbled_warnings, lost_problems
from rowshot.specs.inputs import input_of
from rowshot.specs.keys import Key, read_keys
from rowshot.specs.lengths import MAX_SHEET_PROMPT_BYTES, length_problems
from rowshot.specs.meaning import DEFAULT_MODEL, meaning_of
from rowshot.specs.personal import personal_of
from rowshot.specs.prompts import Prompt, prompt_of
from rowshot.specs.row_spec import RowSpec
from rowshot.specs.shop import may_be_a_products

_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_CLOSE = 0.75  # of 1


def read_specs(
    sheet: Sheet, catalogue: Catalogue, *, default_model: str = DEFAULT_MODEL
) -> list[RowSpec]:
    """Read the wish of every row that says anything, in the order of the sheet.

    A row whose only texts are unticked boxes, or what Rowshot itself wrote, says nothing, and some
    others are left out too, see `meaning_of`.

    Raises:
        UnreadableSheet: When the sheet lacks the columns to work with.
    """
    meaning = meaning_of(sheet, catalogue, default_model=default_model)
    columns, rows = meaning.columns, meaning.rows
    cells = [(row.number, columns.cell(row, "slug")) for row in rows]
    keys = read_keys(cells, title=columns.title("slug"), rival=_rival(rows, columns))
    specs, size = [], 0
    for row, key in zip(rows, keys, strict=True):
        own = meaning.own.get(row.number, columns)
        spec = _Reader(own, catalogue, default_model).read(row, key)
        size += len(spec.prompt.encode())
        if size > MAX_SHEET_PROMPT_BYTES:
            limit = MAX_SHEET_PROMPT_BYTES // 1_000_000
            raise UnreadableSheet(messages.PROMPTS_TOO_LARGE(name=sheet.name, limit=limit))
        specs.append(spec)
    return specs


def _rival(rows: Sequence[SheetRow], columns: Columns) -> str | None:
    """Another column that could name the rows, and tells every one of them from the others."""
    for at in columns.rivals:
        keys = [look_of(row_key(row.cells[at])) if at < len(row.cells) else "" for row in rows]
        if all(keys) and len(set(keys)) == len(keys):
            return columns.header[at].strip()
    return None


@dataclass(frozen=True)
class _Reader:
    """Reads rows whose columns mean the same."""

    columns: Columns
    catalogue: Catalogue
    default_model: str

    def read(self, row: SheetRow, key: Key) -> RowSpec:
        """Read one row, and again as it was read before invisible characters were left out."""
        seen = visible(row)
        spec = self._read(seen, key)
        if spec.problems or seen == row:
            return spec
        former = self._read(without_asking(row, self.columns), key)
        former = replace(former, redo=spec.redo, approved=spec.approved)
        same = (former.input, former.personal) == (spec.input, spec.personal)
        return spec if same or former.problems else replace(spec, former=former)

    def _read(self, row: SheetRow, key: Key) -> RowSpec:
        bad = cell_problems(row, self.columns)
        row = without(row, self.columns, (*bad, *blanks(row, self.columns)))
        problems = [*row.problems, *key.problems, *bad.values()]
        prompt = prompt_of(row, self.columns)
        # An empty prompt is no news when its cell is bad.
        problems += () if bad.keys() & {"prompt", "recipe"} else prompt.problems
        problems += lost_problems(prompt.text)
        asked = self.columns.cell(row, "model") or self.default_model
        model = self.catalogue.find(asked)
        redo = redo_wish(self.columns.cell(row, "redo"))
        if is_unclear(self.columns.cell(row, "redo")):
            problems.append(self._said(messages.REDO_UNCLEAR, row, "redo"))
        approved = approved_tick(self.columns.cell(row, "approved"))
        if approved is None:
            problems.append(self._said(messages.NOT_A_TICK, row, "approved"))
        fields, price, trouble = self._input(row, prompt, asked, model, redo)
        garbled = garbled_warnings(f"{prompt.text}\n{redo or ''}")
        personal, more = personal_of(row, self.columns, prompt, model, fields)
        problems += [*trouble, *more]
        return RowSpec(
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
            warnings=(
                *key.warnings,
                *prompt.warnings,
                *_warnings(prompt.text, redo, model),
                *garbled,
                *_unread_note(row, self.columns),
            ),
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
        problems += length_problems(prompt.text, redo, model)
        price = model.price(fields)
        if price is None:
            problems.append(messages.NO_PRICE(model=model.id))
        return fields, price, problems

    def _said(self, message: messages.Message, row: SheetRow, name: str) -> str:
        """A sentence that names a column and what its cell says."""
        return message(field=self.columns.title(name), value=quoted(self.columns.cell(row, name)))

    def _no_model(self, asked: str) -> str:
        names = [model.short_name for model in self.catalogue.models.values()]
        folded = {name.casefold(): name for name in (*self.catalogue.models, *names)}
        near = get_close_matches(asked.casefold(), folded, n=1, cutoff=_CLOSE)
        hint = f" (did you mean '{folded[near[0]]}'?)" if near else ""
        rename = (
            "; if that column describes the product, give it another name"
            if not near and may_be_a_products(asked)
            else ""
        )
        return messages.UNKNOWN_MODEL(
            value=quoted(asked), hint=hint, models=listed(names), rename=rename
        )


def _unread_note(row: SheetRow, columns: Columns) -> list[str]:
    """A warning of what a further redo column says where the first one only says yes."""
    if redo_tick(columns.cell(row, "redo")) is not True:
        return []
    notes = [(at, row.cells[at].strip()) for at in columns.notes if at < len(row.cells)]
    return [
        messages.NOTE_UNREAD(
            found=quoted(columns.header[at]), value=quoted(note), redo=quoted(columns.title("redo"))
        )
        for at, note in notes
        if redo_tick(note) is None
    ]


def _warnings(text: str, redo: str | None, model: Model | None) -> tuple[str, ...]:
    if model is not None and not model.draws_chinese and _CHINESE.search(f"{text}{redo or ''}"):
        return (messages.NO_CHINESE_TEXT(model=model.id),)
    return ()

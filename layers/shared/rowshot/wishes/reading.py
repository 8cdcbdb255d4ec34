"""Reads what every row of a sheet wants. Everything that is wrong with a row is said at once."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from rowshot import messages
from rowshot.canonical import sha256_hex
from rowshot.messages import listed, quoted
from rowshot.models import Catalogue, Model
from rowshot.sheets import Columns, Sheet, SheetRow, map_headers
from rowshot.slugs import MAX_ROW_KEY, distinct_slugs, row_key, slug_for
from rowshot.wishes.inputs import input_of
from rowshot.wishes.prompts import Prompt, prompt_of
from rowshot.wishes.ticks import YES, redo_wish, tick
from rowshot.wishes.versions import noted
from rowshot.wishes.wish import Personal, Wish

DEFAULT_MODEL = "qwen-image-2.0"
_TICKS = ("redo", "approved", "prompt_extend")
_ERRORS = re.compile(
    r"#(N/A|NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|GETTING_DATA|ERROR!)|Err:\d{3}"
)
_SHORTENED = re.compile(r"\d\.\d+E\+\d{2}", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_DEFAULT_TTL, _MOST_TTL = 30, 3650


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
    keys = [row_key(columns.cell(row, "slug")) for row in rows]
    slugs = distinct_slugs(dict.fromkeys(key for key in keys if key))
    first: dict[str, int] = {}
    wishes = []
    for row, key in zip(rows, keys, strict=True):
        owner = first.setdefault(key, row.number) if key else row.number
        slug = slugs.get(key, "")
        if owner != row.number:
            slug = slug_for(f"{key} row {row.number}")
        problems = _key_problems(key, columns)
        if owner != row.number:
            problems.append(
                messages.SLUG_DOUBLE(column=columns.title("slug"), value=quoted(key), row=owner)
            )
        wishes.append(_wish(row, key, slug, problems, columns, catalogue, default_model))
    return wishes


def _says_something(row: SheetRow, columns: Columns) -> bool:
    silent = {*columns.outputs.values()}
    ticks = {columns.index[name] for name in _TICKS if name in columns.index}
    return any(
        cell.strip() and position not in silent and not (position in ticks and tick(cell) is False)
        for position, cell in enumerate(row.cells)
    ) or bool(row.uncalculated - silent)


def _wish(
    row: SheetRow,
    key: str,
    slug: str,
    problems: list[str],
    columns: Columns,
    catalogue: Catalogue,
    default_model: str,
) -> Wish:
    problems += _cell_problems(row, columns)
    prompt = prompt_of(row, columns)
    problems += prompt.problems
    asked = columns.cell(row, "model") or default_model
    model = catalogue.find(asked)
    redo = redo_wish(columns.cell(row, "redo"))
    approved = tick(columns.cell(row, "approved"))
    if approved is None:
        problems.append(_not_a_tick(row, columns, "approved"))
    fields: dict[str, Any] = {}
    price = None
    if model is None:
        problems.append(_no_model(asked, catalogue))
    else:
        fields, trouble = input_of(row, columns, model, prompt.recipe)
        problems += trouble + _length_problems(prompt.text, redo, model)
        fields = {"prompt": prompt.text, **fields}
        price = model.price(fields)
        if price is None:
            problems.append(messages.NO_PRICE(model=model.id))
    personal, trouble = _personal(row, columns, prompt, model, fields)
    problems += trouble
    return Wish(
        number=row.number,
        row_key=key,
        slug=slug,
        problems=tuple(dict.fromkeys(problems)),
        model=model.id if model else asked,
        input={} if problems else fields,
        price=Decimal(0) if problems or price is None else price,
        redo=redo,
        approved=bool(approved),
        recipe=prompt.recipe.name if prompt.recipe else None,
        prompt=prompt.text,
        personal=personal,
        warnings=_warnings(key, prompt.text, redo, model, columns),
    )


def _key_problems(key: str, columns: Columns) -> list[str]:
    title = columns.title("slug")
    if not key:
        return [messages.NO_SLUG(column=title)]
    letters = any(unicodedata.category(char)[0] in "LN" for char in key)
    controls = any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in key)
    if not letters or controls or len(key) > MAX_ROW_KEY or _ERRORS.fullmatch(key):
        return [messages.SLUG_UNUSABLE(column=title, value=quoted(key))]
    return []


def _cell_problems(row: SheetRow, columns: Columns) -> list[str]:
    """Formula errors and invisible characters in what we read."""
    problems = []
    for name, position in columns.index.items():
        if name == "slug":
            continue
        cell, title = columns.cell(row, name), columns.title(name)
        if position in row.uncalculated:
            problems.append(messages.CELL_UNCALCULATED(column=title))
        elif _ERRORS.fullmatch(cell):
            problems.append(messages.CELL_ERROR(column=title, value=quoted(cell)))
        elif any((char < " " and char not in "\t\n\r") or char == "\x7f" for char in cell):
            problems.append(messages.CONTROL_CHARACTERS(column=title))
    return problems


def _not_a_tick(row: SheetRow, columns: Columns, name: str) -> str:
    return messages.NOT_A_TICK(field=columns.title(name), value=quoted(columns.cell(row, name)))


def _no_model(asked: str, catalogue: Catalogue) -> str:
    names = [(model.aliases or (model.id,))[0] for model in catalogue.models.values()]
    names = [model_id if model_id == DEFAULT_MODEL else name
             for model_id, name in zip(catalogue.models, names, strict=True)]  # fmt: skip
    folded = {name.casefold(): name for name in (*catalogue.models, *names)}
    near = get_close_matches(asked.casefold(), folded, n=1, cutoff=0.75)
    hint = f" (did you mean '{folded[near[0]]}'?)" if near else ""
    return messages.UNKNOWN_MODEL(value=quoted(asked), hint=hint, models=listed(names))


def _length_problems(text: str, redo: str | None, model: Model) -> list[str]:
    spec = model.fields.get("prompt")
    if spec is None or not text:
        return []
    length = len(noted(text, redo if redo != YES else None))
    if spec.max_length is not None and length > spec.max_length:
        limit = f"{spec.max_length:,}"
        return [messages.PROMPT_TOO_LONG(length=f"{length:,}", model=model.id, limit=limit)]
    if spec.min_length is not None and length < spec.min_length:
        return [messages.PROMPT_TOO_SHORT(length=length, model=model.id, limit=spec.min_length)]
    return []


def _personal(
    row: SheetRow,
    columns: Columns,
    prompt: Prompt,
    model: Model | None,
    fields: dict[str, Any],
) -> tuple[Personal | None, list[str]]:
    if prompt.recipe is None or prompt.recipe.name != "personal":
        return None, []
    days, problems = _DEFAULT_TTL, []
    cell = columns.cell(row, "ttl_days")
    if cell:
        number = re.fullmatch(r"(\d{1,5})(\.0*)?", unicodedata.normalize("NFKC", cell))
        days = int(number[1]) if number else 0
        if not 1 <= days <= _MOST_TTL:
            title, limits = columns.title("ttl_days"), f"1 to {_MOST_TTL}"
            problems.append(messages.NUMBER_RANGE(field=title, range=limits, value=quoted(cell)))
    shape = fields.get(model.shape_field or "") if model else None
    key = sha256_hex(
        {
            "recipe": prompt.recipe.name,
            "template": prompt.template,
            "name": unicodedata.normalize("NFC", columns.cell(row, "name")),
            "locale": columns.cell(row, "locale").casefold(),
            "size": shape,
            "model": model.id if model else None,
        }
    )
    return Personal(cache_key=key, ttl_days=days, folder=f"p-{key[:24]}"), problems


def _warnings(
    key: str, text: str, redo: str | None, model: Model | None, columns: Columns
) -> tuple[str, ...]:
    warnings = []
    if model is not None and not model.draws_chinese and _CHINESE.search(f"{text}{redo or ''}"):
        warnings.append(messages.NO_CHINESE_TEXT(model=model.id))
    if _SHORTENED.fullmatch(key):
        title = columns.title("slug")
        warnings.append(messages.SHORTENED_NUMBER(column=title, value=quoted(key)))
    return tuple(warnings)

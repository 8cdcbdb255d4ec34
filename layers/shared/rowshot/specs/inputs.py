"""The input of a row's picture: which fields are sent, with which values."""

from __future__ import annotations

from typing import Any

from rowshot import messages
from rowshot.messages import listed
from rowshot.models import Model
from rowshot.reading import Columns, SheetRow
from rowshot.reading.nothing import names_nothing, says_nothing
from rowshot.reading.yes_no import tick
from rowshot.specs.recipes import Recipe
from rowshot.specs.values import BadValue, field_value, is_text, shape_value

_OWN_COLUMNS = ("seed", "negative_prompt", "prompt_extend")


def input_of(
    row: SheetRow, columns: Columns, model: Model, recipe: Recipe | None
) -> tuple[dict[str, Any], list[str]]:
    """All input fields but the prompt.

    What a row leaves open is left to hiapi, so that new defaults there do not change what a row
    means. Only the shape is always said.

    Returns:
        Field -> value, and plain sentences about what is wrong.
    """
    fields: dict[str, Any] = {}
    problems: list[str] = []
    _shape(fields, problems, row, columns, model, recipe)
    for column in (*_OWN_COLUMNS, *(name for name in columns.index if name.startswith("input."))):
        cell = columns.cell(row, column)
        name = column.removeprefix("input.")
        if not cell or name == model.shape_field:
            continue
        title = columns.title(column)
        if is_text(name, model) and (says_nothing(cell) or names_nothing(cell)):
            continue
        if not model.takes(name) or name == "prompt":
            if tick(cell) is not False:  # an unticked box asks for nothing
                problems.append(_not_taken(column, title, model))
            continue
        try:
            value = field_value(cell, column=title, name=name, model=model)
        except BadValue as bad:
            problems.append(str(bad))
            continue
        if name in fields and fields[name] != value:
            problems.append(messages.FIELD_TWICE(one=columns.title(name), other=title))
        fields[name] = value
    if recipe is not None and recipe.literal_text and model.takes("prompt_extend"):
        fields.setdefault("prompt_extend", False)
    problems += [
        messages.FIELD_MISSING(model=model.id, field=name)
        for name, spec in model.fields.items()
        if spec.required and spec.default is None and name not in fields and name != "prompt"
    ]
    return fields, problems


def _shape(
    fields: dict[str, Any],
    problems: list[str],
    row: SheetRow,
    columns: Columns,
    model: Model,
    recipe: Recipe | None,
) -> None:
    """Decide the field that gives the picture its shape."""
    asked: dict[str, str] = {}
    for column in ("size", "aspect", f"input.{model.shape_field}"):
        cell = columns.cell(row, column)
        if cell:
            try:
                asked[columns.title(column)] = shape_value(
                    cell, model, column=columns.title(column)
                )
            except BadValue as bad:
                problems.append(str(bad))
                return
    if model.shape_field is None:
        return
    if len(set(asked.values())) > 1:
        one, other = list(asked)[:2]
        problems.append(messages.SIZE_TWICE(one=one, other=other))
    elif asked:
        fields[model.shape_field] = next(iter(asked.values()))
    elif recipe is not None:
        try:
            fields[model.shape_field] = shape_value(recipe.aspect, model, column="size")
        except BadValue as bad:
            problems.append(str(bad))
    else:
        default = model.fields[model.shape_field].default
        if default is not None:
            fields[model.shape_field] = default


def _not_taken(column: str, title: str, model: Model) -> str:
    if not column.startswith("input."):
        return messages.FIELD_NOT_TAKEN(model=model.id, field=title)
    others = [name for name in model.fields if name not in ("prompt", model.shape_field)]
    return messages.FIELD_UNKNOWN(
        model=model.id, field=title, fields=listed(f"input.{name}" for name in others)
    )

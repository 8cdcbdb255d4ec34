"""How pictures that name a person are kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from rowshot import messages
from rowshot.canonical import sha256_hex
from rowshot.messages import quoted
from rowshot.models import Model
from rowshot.reading import Columns, SheetRow
from rowshot.specs.prompts import Prompt
from rowshot.specs.row_spec import Personal

_DEFAULT_TTL, _MOST_TTL = 30, 3650


def personal_of(
    row: SheetRow, columns: Columns, prompt: Prompt, model: Model | None, fields: dict[str, Any]
) -> tuple[Personal | None, list[str]]:
    """How a row's picture is kept when its recipe is ``personal``.

    Returns:
        None for any other recipe; and plain sentences about what is wrong.
    """
    if prompt.recipe is None or prompt.recipe.name != "personal":
        return None, []
    days, problems = _ttl(columns.cell(row, "ttl_days"), columns.title("ttl_days"))
    key = sha256_hex(
        {
            "recipe": prompt.recipe.name,
            "template": prompt.template,
            "name": unicodedata.normalize("NFC", columns.cell(row, "name")),
            "locale": columns.cell(row, "locale").casefold(),
            "size": fields.get(model.shape_field or "") if model else None,
            "model": model.id if model else None,
        }
    )
    return Personal(cache_key=key, ttl_days=days, folder=f"p-{key[:24]}"), problems


def _ttl(cell: str, title: str) -> tuple[int, list[str]]:
    if not cell:
        return _DEFAULT_TTL, []
    number = re.fullmatch(r"([0-9]{1,5})(\.0*)?", unicodedata.normalize("NFKC", cell))
    days = int(number[1]) if number else 0
    if 1 <= days <= _MOST_TTL:
        return days, []
    limits = f"1 to {_MOST_TTL}"
    return _DEFAULT_TTL, [messages.NUMBER_RANGE(field=title, range=limits, value=quoted(cell))]

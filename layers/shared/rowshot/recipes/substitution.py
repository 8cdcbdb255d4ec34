"""``{column}`` in a prompt. A cell is data: no format language, no second look at what it says."""

from __future__ import annotations

import re
from collections.abc import Callable

from rowshot import messages

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]")


def substitute(text: str, lookup: Callable[[str], str | None]) -> tuple[str, list[str]]:
    """Replace each ``{column}`` by its cell, ``{{`` and ``}}`` by real braces.

    Args:
        text: What the prompt cell says.
        lookup: Gives the text of a column, or None when there is no such column.

    Returns:
        The finished text, and one sentence for each reference that cannot be filled.
    """
    problems: list[str] = []

    def fill(token: re.Match[str]) -> str:
        if token[0] in ("{{", "}}"):
            return token[0][0]
        name = token["name"]
        if name is None:
            problems.append(messages.PROMPT_BRACE())
            return ""
        value = lookup(name.strip())
        if value is None:
            problems.append(messages.PROMPT_REFERENCE(column=name.strip()))
        elif not value:
            problems.append(messages.PROMPT_REFERENCE_EMPTY(column=name.strip()))
        return value or ""

    return _TOKEN.sub(fill, text), list(dict.fromkeys(problems))

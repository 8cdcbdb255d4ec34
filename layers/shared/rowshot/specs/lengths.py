"""How long prompts may be."""

from __future__ import annotations

from rowshot import messages
from rowshot.models import Model
from rowshot.specs.versions import noted

MAX_PROMPT_CHARACTERS = 20_000
"""What no prompt may pass, whatever its model: as much as the most generous of them takes."""
MAX_PROMPT_BYTES = 60_000
"""The same in UTF-8: 20,000 Chinese characters. An order has to fit into one item of the ledger."""
MAX_SHEET_PROMPT_BYTES = 60_000_000
"""For all prompts of a sheet together, so that a run fits into the memory of a function."""


def most_characters(model: Model) -> int:
    """The characters that a prompt for a model may have."""
    spec = model.fields.get("prompt")
    limit = spec.max_length if spec else None
    return min(limit or MAX_PROMPT_CHARACTERS, MAX_PROMPT_CHARACTERS)


def length_problems(text: str, redo: str | None, model: Model) -> list[str]:
    """Whether the prompt, with a redo's note at its end, is as long as the model takes."""
    spec = model.fields.get("prompt")
    if spec is None or not text:
        return []
    whole = noted(text, redo)
    length, most, size = len(whole), most_characters(model), len(whole.encode())
    if length > most:
        limit = f"{most:,}"
        return [messages.PROMPT_TOO_LONG(length=f"{length:,}", model=model.id, limit=limit)]
    if size > MAX_PROMPT_BYTES:
        limit = f"{MAX_PROMPT_BYTES:,}"
        return [messages.PROMPT_TOO_LARGE(size=f"{size:,}", limit=limit)]
    if spec.min_length is not None and length < spec.min_length:
        return [messages.PROMPT_TOO_SHORT(length=length, model=model.id, limit=spec.min_length)]
    return []

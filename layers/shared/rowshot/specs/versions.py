"""The input of a later version of a picture."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from rowshot.canonical import canonical_json
from rowshot.models import Model
from rowshot.reading.yes_no import YES

_LARGEST_SEED = 2**31 - 1


def noted(prompt: str, note: str | None) -> str:
    """A prompt with a redo's note at its end."""
    return f"{prompt}\n{note}" if note and note != YES else prompt


def versioned_input(
    wish_model: Model, render_input: Mapping[str, Any], *, version: int, note: str
) -> dict[str, Any]:
    """The final input of one version.

    Args:
        wish_model: The row's model.
        render_input: The row's full input.
        version: From 1 on. A later one gets a seed of its own where the model takes one, so that
            the same words give another picture.
        note: Text for the end of the prompt; empty or ``yes`` for none.
    """
    final = {**render_input, "prompt": noted(str(render_input["prompt"]), note)}
    seed = wish_model.seed_field
    if version > 1 and seed is not None:
        spec = wish_model.fields[seed]
        low = int(spec.min or 0)
        high = int(_LARGEST_SEED if spec.max is None else spec.max)
        digest = hashlib.sha256(canonical_json([dict(render_input), version])).digest()
        final[seed] = low + int.from_bytes(digest[:8]) % (high - low + 1)
    return final

"""One way to write a value as bytes, so that equal things have equal hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical_json(value: Any) -> bytes:
    """Write a JSON value with sorted keys, no spaces and real UTF-8.

    Raises:
        ValueError: For NaN or infinity, which JSON does not know.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def sha256_hex(value: Any) -> str:
    """The SHA-256 of a value's canonical JSON, 64 lowercase hex digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def render_id(model: str, render_input: Mapping[str, Any], version: int) -> str:
    """The identity of one wanted picture, 64 lowercase hex digits.

    Args:
        model: Canonical model id.
        render_input: The final input, as it will be sent.
        version: 1 for the first picture, one more for each redo.
    """
    return sha256_hex({"model": model, "input": dict(render_input), "version": version})

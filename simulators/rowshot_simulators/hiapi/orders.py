"""Create requests: their form, and what hiapi says when it is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .catalog import Catalog, Model
from .wire import Refusal

_BODY_FIELDS = frozenset({"model", "input", "callback", "route", "storage"})
_STORAGES = ("temp", "persistent")


@dataclass(frozen=True)
class Order:
    """A create request whose form is right: what is wanted, and the bytes it came in."""

    model: Model
    input: Mapping[str, Any]
    body_sha256: str
    storage: str | None
    route: str | None


def body_sha256(raw: bytes) -> str:
    """What tells one request body from another: its raw bytes, hashed."""
    return hashlib.sha256(raw).hexdigest()


def read_order(raw: bytes, catalog: Catalog) -> Order:
    """Reads and checks a create request.

    Raises:
        Refusal: 400 for a wrong field, 404 for an unknown model.
    """
    body = _parsed(raw)
    model = catalog.find(str(body.get("model", "")))
    if model is None:
        name = body.get("model")
        raise Refusal(404, f"model '{name}' not found", "model_not_found", "nested")
    values = body.get("input")
    if not isinstance(values, dict):
        raise _invalid("input: field is required")
    storage = body.get("storage")
    if storage is not None and storage not in _STORAGES:
        raise _invalid("storage: value must be one of 'temp', 'persistent'")
    _check_callback(body.get("callback"))
    route = body.get("route") or None
    if route is not None and route not in model.routes:
        raise _invalid(f"unknown route '{route}', available: {', '.join(model.routes)}")
    wrong = model.complaint(values)
    if wrong:
        raise _invalid(wrong)
    return Order(model, values, body_sha256(raw), storage, route)


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
        # Half of a surrogate pair is JSON, but no text that could be stored or drawn.
        json.dumps(body, ensure_ascii=False).encode()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "request body must be a JSON object", "INVALID_REQUEST")
    for name in body:
        if name not in _BODY_FIELDS:
            raise _invalid(f"{name}: unknown field")
    return body


def _check_callback(callback: object) -> None:
    """A callback's form is checked; none is ever delivered, because clients here are polling."""
    if callback is None:
        return
    if not isinstance(callback, dict) or not str(callback.get("url", "")).startswith("https://"):
        raise _invalid("callback: url must be a public https URL")
    if callback.get("when", "final") != "final":
        raise _invalid("callback: when: value must be one of 'final'")


def _invalid(message: str) -> Refusal:
    text = message if message.startswith("invalid input: ") else f"invalid input: {message}"
    return Refusal(400, text, "INVALID_REQUEST")

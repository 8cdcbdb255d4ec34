"""Reads hiapi's own model and price lists, and says what is new in them.

The lists are https://www.hiapi.ai/docs/models.json and https://www.hiapi.ai/api/pricing; whoever
calls this fetches them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rowshot.errors import RowshotError
from rowshot.messages import listed
from rowshot.models.catalogue import Catalogue
from rowshot.models.describing import price_text
from rowshot.models.model import Field, Model
from rowshot.models.prices import Policy, Prices
from rowshot.money import parse_usd

_TYPES = frozenset({"string", "integer", "number", "boolean", "array"})
_SHAPES = ("size", "aspect_ratio")


class UnreadableModelList(RowshotError):
    """hiapi's lists do not look as they are known to."""


@dataclass(frozen=True)
class Refresh:
    """What the lists say.

    Args:
        overrides: For `Catalogue.with_overrides`; JSON without floats.
        differences: One plain sentence for each thing that is not as it was.
    """

    overrides: dict[str, dict[str, Any]]
    differences: tuple[str, ...]


def refresh(model_list: Any, price_list: Any, current: Catalogue) -> Refresh:
    """Compare hiapi's lists with what is known.

    What the lists do not say (a length limit, a price) stays as it is known.

    Args:
        model_list: ``{"models": [{"id", "category", "capability", "input": [{"name", "type",
            "required", "enum"?, "default"?}]}]}``.
        price_list: ``{"data": [{"model_name", "base_usd_value", "policies": [{"rule",
            "usd_value"}]}]}``.
        current: The models with everything learned so far.

    Raises:
        UnreadableModelList: When a list has another form.
    """
    try:
        overrides = _fields(model_list, current)
        for model_id, prices in _prices(price_list, current, overrides):
            overrides.setdefault(model_id, {})["prices"] = prices.as_json()
        after = current.with_overrides(overrides)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise UnreadableModelList(
            "hiapi's model or price list has an unknown format: nothing was changed."
        ) from exc
    return Refresh(overrides, tuple(differences(current, after)))


def _fields(model_list: Any, current: Catalogue) -> dict[str, dict[str, Any]]:
    overrides: dict[str, dict[str, Any]] = {}
    for entry in model_list["models"]:
        known = current.find(str(entry["id"]))
        if known is None and not _draws(entry):
            continue
        fields: dict[str, Any] = {str(spec["name"]): _field(spec, known) for spec in entry["input"]}
        if known is not None and fields:
            fields |= {name: None for name in known.fields if name not in fields}
        overrides[known.id if known else str(entry["id"])] = {"fields": fields}
    return overrides


def _draws(entry: Mapping[str, Any]) -> bool:
    """True for a model that makes pictures of words; the list has videos and sounds too."""
    about = f"{entry.get('category', '')} {entry.get('capability', '')}".casefold()
    fields = {spec.get("name"): bool(spec.get("required")) for spec in entry["input"]}
    needs_more = any(required for name, required in fields.items() if name != "prompt")
    return "image" in about and "video" not in about and "prompt" in fields and not needs_more


def _field(spec: Mapping[str, Any], known: Model | None) -> dict[str, Any]:
    kind = str(spec.get("type", "string")).casefold()
    field: dict[str, Any] = {
        "type": kind if kind in _TYPES else "string",
        "required": bool(spec.get("required", False)),
    }
    if isinstance(spec.get("enum"), list) and spec["enum"]:
        field["enum"] = [_exact(value) for value in spec["enum"]]
    default = spec.get("default")
    name = str(spec["name"])
    before = known.fields.get(name) if known else None
    # The shape is always sent, so another default there would make other pictures of old rows.
    keeps = name in _SHAPES and before is not None and before.default in field.get("enum", ())
    if default is not None and not keeps:
        field["default"] = _exact(default)
    return field


def _exact(value: Any) -> Any:
    """The ledger stores no floats."""
    return str(value) if isinstance(value, float) else value


def _prices(
    price_list: Any, current: Catalogue, overrides: Mapping[str, Any]
) -> Iterator[tuple[str, Prices]]:
    for entry in price_list["data"]:
        name = str(entry["model_name"])
        known = current.find(name)
        model_id = known.id if known else name
        # Names with @ are routes, which Rowshot does not ask for.
        if "@" in name or (known is None and model_id not in overrides):
            continue
        base = entry.get("base_usd_value")
        yield (
            model_id,
            Prices(
                base=None if base is None else parse_usd(base),
                policies=tuple(
                    Policy(rule=policy["rule"], usd=parse_usd(policy["usd_value"]))
                    for policy in entry.get("policies") or ()
                ),
            ),
        )


def differences(before: Catalogue, after: Catalogue) -> Iterator[str]:
    """What differs between two catalogues, as plain sentences, model by model."""
    for model_id, model in after.models.items():
        old = before.models.get(model_id)
        if old is None:
            yield f"{model_id} is new; it costs {price_text(model.prices)}."
            continue
        if old.prices != model.prices:
            yield (f"{model_id} costs {price_text(model.prices)}; it was {price_text(old.prices)}.")
        for name in sorted({*old.fields, *model.fields}):
            yield from _field_differences(
                model_id, name, old.fields.get(name), model.fields.get(name)
            )


def _field_differences(
    model_id: str, name: str, old: Field | None, new: Field | None
) -> Iterator[str]:
    if old is None:
        yield f"{model_id} now takes '{name}'."
    elif new is None:
        yield f"{model_id} no longer takes '{name}'."
    else:
        added = [str(value) for value in new.enum if value not in old.enum]
        gone = [str(value) for value in old.enum if value not in new.enum]
        if added:
            yield f"{model_id} now takes {listed(added, last='and')} for '{name}'."
        if gone:
            yield f"{model_id} no longer takes {listed(gone)} for '{name}'."
        if new.required and not old.required:
            yield f"{model_id} now needs '{name}'."
        if new.default != old.default:
            yield f"{model_id} assumes {new.default} for '{name}' when it is left out."

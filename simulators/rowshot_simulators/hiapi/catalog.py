"""The models that the simulated hiapi sells: what each takes, what it costs, how long it needs.

The figures live in ``models.json`` beside this module, so that a new model is a data change. The
prices that hiapi names nowhere but in its price list (the Nano-Banana family) are our own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import resources
from typing import Any

DEFAULT_LATENCY_S = (25.0, 45.0)
_PYTHON_TYPES: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
}


@dataclass(frozen=True)
class Field:
    """One input field of a model; limits that are None do not apply."""

    name: str
    type: str
    required: bool = False
    enum: tuple[str, ...] = ()
    default: object = None
    minimum: int | None = None
    maximum: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_items: int | None = None

    def complaint(self, value: object) -> str | None:
        """What is wrong with a value, in hiapi's words, or None."""
        expected = _PYTHON_TYPES[self.type]
        if not isinstance(value, expected) or (self.type == "integer" and isinstance(value, bool)):
            article = "an" if self.type[0] in "aeiou" else "a"
            return f"value must be {article} {self.type}"
        if self.enum and value not in self.enum:
            return "value must be one of " + ", ".join(f"'{choice}'" for choice in self.enum)
        if isinstance(value, str):
            return self._text_complaint(value)
        if isinstance(value, list):
            too_many = self.max_items is not None and len(value) > self.max_items
            return f"at most {self.max_items} items are allowed" if too_many else None
        return self._number_complaint(value)

    def _text_complaint(self, value: str) -> str | None:
        if self.required and not value.strip():
            return "value must not be empty"
        if self.min_length is not None and len(value) < self.min_length:
            return f"length must be at least {self.min_length}"
        if self.max_length is not None and len(value) > self.max_length:
            return f"length must be at most {self.max_length}"
        return None

    def _number_complaint(self, value: object) -> str | None:
        if not isinstance(value, int):
            return None
        low = self.minimum is not None and value < self.minimum
        high = self.maximum is not None and value > self.maximum
        return f"value must be between {self.minimum} and {self.maximum}" if low or high else None


@dataclass(frozen=True)
class Policy:
    """A price that holds instead of the base price where a field has a value."""

    field: str
    match: str
    usd: Decimal


@dataclass(frozen=True)
class Model:
    """One model: its id, its fields by name, its prices in USD, its latency in nominal seconds."""

    id: str
    title: str
    capability: str
    fields: Mapping[str, Field]
    base_usd: Decimal
    policies: tuple[Policy, ...] = ()
    latency_s: tuple[float, float] = DEFAULT_LATENCY_S
    aliases: tuple[str, ...] = ()
    routes: tuple[str, ...] = ("default",)

    def complaint(self, values: Mapping[str, object]) -> str | None:
        """The first thing wrong with an input, as hiapi's 400 message says it, or None."""
        for name in values:
            if name not in self.fields:
                return f"invalid input: {name}: unknown field"
        for name, field in self.fields.items():
            if name not in values:
                if field.required:
                    return f"invalid input: {name}: field is required"
                continue
            wrong = field.complaint(values[name])
            if wrong:
                return f"invalid input: {name}: {wrong}"
        return None

    def value(self, values: Mapping[str, object], name: str) -> object:
        """A field's value in an input, or its default; None where there is neither."""
        field = self.fields.get(name)
        return values.get(name, field.default if field else None)

    def price(self, values: Mapping[str, object]) -> Decimal:
        """USD for one task with this input."""
        for policy in self.policies:
            if self.value(values, policy.field) == policy.match:
                return policy.usd
        return self.base_usd


class Catalog:
    """All models by id and alias. An enum can be altered, because vendors do that unannounced."""

    def __init__(self, models: tuple[Model, ...]) -> None:
        self._models = {model.id: model for model in models}
        self._ids = {alias: model.id for model in models for alias in model.aliases}

    @classmethod
    def load(cls) -> Catalog:
        """The catalog in ``models.json``."""
        text = resources.files(__package__).joinpath("models.json").read_text(encoding="utf-8")
        return cls(tuple(_model(entry) for entry in json.loads(text)["models"]))

    def find(self, name: str) -> Model | None:
        """The model with an id or alias, or None."""
        return self._models.get(self._ids.get(name, name))

    def alter_enum(self, model_id: str, field: str, values: tuple[str, ...]) -> None:
        """Replaces the values that a field takes.

        Raises:
            KeyError: There is no such model or field.
        """
        model = self._models[self._ids.get(model_id, model_id)]
        changed = replace(model.fields[field], enum=values)
        if changed.default not in values:
            changed = replace(changed, default=values[0] if values else None)
        self._models[model.id] = replace(model, fields={**model.fields, field: changed})

    def models_document(self) -> dict[str, Any]:
        """The vendor's machine-readable list of models (``/docs/models.json``)."""
        return {"models": [_listed(model) for model in self._models.values()]}

    def pricing_document(self) -> dict[str, Any]:
        """The vendor's machine-readable price list (``/api/pricing``)."""
        return {"data": [_priced(model) for model in self._models.values()]}


def _model(entry: Mapping[str, Any]) -> Model:
    latency = entry.get("latency_s", DEFAULT_LATENCY_S)
    return Model(
        id=entry["id"],
        title=entry["title"],
        capability=entry["capability"],
        fields={name: _field(name, about) for name, about in entry["input"].items()},
        base_usd=Decimal(entry["base_usd"]),
        policies=tuple(
            Policy(policy["field"], policy["match"], Decimal(policy["usd"]))
            for policy in entry.get("policies", ())
        ),
        latency_s=(float(latency[0]), float(latency[1])),
        aliases=tuple(entry.get("aliases", ())),
    )


def _field(name: str, about: Mapping[str, Any]) -> Field:
    return Field(name=name, **{**about, "enum": tuple(about.get("enum", ()))})


def _listed(model: Model) -> dict[str, Any]:
    fields = []
    for field in model.fields.values():
        entry: dict[str, Any] = {
            "name": field.name,
            "type": field.type,
            "required": field.required,
        }
        if field.enum:
            entry["enum"] = list(field.enum)
        if field.default is not None:
            entry["default"] = field.default
        fields.append(entry)
    return {
        "id": model.id,
        "title": model.title,
        "category": "image",
        "capability": model.capability,
        "input": fields,
    }


def _priced(model: Model) -> dict[str, Any]:
    return {
        "model_name": model.id,
        "base_usd_value": float(model.base_usd),
        "policies": [
            {
                "rule": {policy.field: {"match": policy.match}},
                "usd_value": float(policy.usd),
            }
            for policy in model.policies
        ],
    }

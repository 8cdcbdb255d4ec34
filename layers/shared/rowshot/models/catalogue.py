"""All models that are known, from the packaged file and from what was learned since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from rowshot.models.model import Field, Model
from rowshot.models.prices import prices_from_json


@dataclass(frozen=True)
class Catalogue:
    """The models.

    Args:
        models: Canonical id -> model, in the order in which they are shown.
    """

    models: Mapping[str, Model]

    @classmethod
    def from_package(cls) -> Catalogue:
        """The models that Rowshot comes with (``models.json`` beside this module)."""
        return _packaged()

    def find(self, name: str) -> Model | None:
        """The model of this id or alias, in any case; None when there is none."""
        return self._names.get(_name(name))

    def with_overrides(self, overrides: Mapping[str, Any]) -> Catalogue:
        """Lay over what the ledger has learned.

        Args:
            overrides: Model id -> ``{"fields": {name: {"enum": […], …}}, "prices": {…}}``; each
                part may be missing. Fields and models that are new are added; a field that is
                None is taken away.

        Returns:
            A new catalogue; this one stays as it is.
        """
        models = dict(self.models)
        for model_id, changes in overrides.items():
            known = models.get(model_id) or Model(
                id=model_id, aliases=(), fields={}, prices=None, size_words=self._size_words()
            )
            models[model_id] = _overlaid(known, changes)
        return Catalogue(models)

    @cached_property
    def _names(self) -> dict[str, Model]:
        names = {_name(alias): model for model in self.models.values() for alias in model.aliases}
        # An id always wins over another model's alias.
        names.update({_name(model.id): model for model in self.models.values()})
        return names

    def _size_words(self) -> Mapping[str, str]:
        return next((model.size_words for model in self.models.values()), {})


def _name(text: str) -> str:
    return " ".join(text.split()).casefold()


@cache
def _packaged() -> Catalogue:
    data = json.loads(files("rowshot.models").joinpath("models.json").read_text("utf-8"))
    words = data["size_words"]
    return Catalogue({entry["id"]: _model(entry, words) for entry in data["models"]})


def _model(entry: Mapping[str, Any], words: Mapping[str, str]) -> Model:
    return Model(
        id=entry["id"],
        aliases=tuple(entry["aliases"]),
        fields={name: _field(spec) for name, spec in entry["fields"].items()},
        prices=prices_from_json(entry["prices"]),
        shape_field=entry["shape_field"],
        aspects=entry.get("aspects", {}),
        size_words=words,
        good_for=entry["good_for"],
        draws_chinese=entry.get("draws_chinese", True),
        latency_seconds=entry.get("latency_seconds"),
    )


def _field(spec: Mapping[str, Any]) -> Field:
    return Field(**{**spec, "enum": tuple(spec.get("enum", ()))})


def _changed(known: Field, spec: Mapping[str, Any]) -> Field:
    """A field with what is newly known of it."""
    facts = {name: value for name, value in spec.items() if name in Field.__dataclass_fields__}
    enum = tuple(spec.get("enum", known.enum))
    if spec.get("type", known.type) == "integer":  # a refusal names numbers as texts
        enum = tuple(int(value) for value in enum)
    return replace(known, **{**facts, "enum": enum})


def _overlaid(model: Model, changes: Mapping[str, Any]) -> Model:
    fields = dict(model.fields)
    for name, spec in changes.get("fields", {}).items():
        if spec is None:
            fields.pop(name, None)
        else:
            fields[name] = _changed(fields.get(name, Field()), spec)
    shape = model.shape_field or next((n for n in ("size", "aspect_ratio") if n in fields), None)
    prices = prices_from_json(changes["prices"]) if "prices" in changes else model.prices
    return replace(model, fields=fields, prices=prices, shape_field=shape)

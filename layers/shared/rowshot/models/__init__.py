"""The models of hiapi as data: fields, prices, and what was learned about them since."""

from __future__ import annotations

from rowshot.models.catalogue import Catalogue
from rowshot.models.learning import learn_from_refusal
from rowshot.models.model import Field, Model
from rowshot.models.prices import Prices, prices_from_json, usd

__all__ = [
    "Catalogue",
    "Field",
    "Model",
    "Prices",
    "learn_from_refusal",
    "prices_from_json",
    "usd",
]

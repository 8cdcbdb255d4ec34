"""The models of hiapi as data: fields, prices, and what was learned about them since."""

from __future__ import annotations

from rowshot.models.catalogue import Catalogue
from rowshot.models.describing import field_text, price_text
from rowshot.models.learning import learn_from_refusal, merged
from rowshot.models.model import Field, Model
from rowshot.models.prices import Prices, prices_from_json
from rowshot.models.refresh import Refresh, UnreadableModelList, refresh

__all__ = [
    "Catalogue",
    "Field",
    "Model",
    "Prices",
    "Refresh",
    "UnreadableModelList",
    "field_text",
    "learn_from_refusal",
    "merged",
    "price_text",
    "prices_from_json",
    "refresh",
]

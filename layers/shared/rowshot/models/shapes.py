"""The shapes of a model's pictures, as people name them."""

from __future__ import annotations

import re
import unicodedata
from math import log

from rowshot.models.model import Model

_RATIO = re.compile(r"(\d{1,3}):(\d{1,3})")
_TWO_NUMBERS = re.compile(
    r"(\d{1,5}(?:[.,]\d{1,3})?)\s*[*x×✕✖:/]\s*(\d{1,5}(?:[.,]\d{1,3})?)(?:\s*(?:px|pixels|像素))?",
    re.IGNORECASE,
)


def ratios_of(model: Model) -> dict[str, str]:
    """The model's shapes as ratios, the squarest first: ratio -> value of its shape field.

    Empty for a model that names no ratios.
    """
    named = {shape: shape for shape in model.shapes if _RATIO.fullmatch(shape)}
    named |= {ratio: value for ratio, value in model.aspects.items() if value in model.shapes}
    return dict(sorted(named.items(), key=lambda item: _order(item[0])))


def shape_names(model: Model) -> list[str]:
    """All shapes of a model as people would write them, those that have no ratio as they are."""
    ratios = ratios_of(model)
    return [*ratios, *(shape for shape in model.shapes if shape not in ratios.values())]


def nearest_shape(model: Model, wanted: str) -> str | None:
    """The model's shape that comes nearest to a size or ratio: ``16:9 (2688×1536)``.

    Returns:
        None when the cell names no shape or the model has none.
    """
    pair = _TWO_NUMBERS.fullmatch(unicodedata.normalize("NFKC", wanted).strip())
    ratios = ratios_of(model)
    if pair is None or not ratios:
        return None
    width, height = (float(number.replace(",", ".")) for number in pair.groups())
    if not width or not height:
        return None
    asked = log(width / height)
    ratio = min(ratios, key=lambda each: abs(_lean(each) - asked))
    value = ratios[ratio]
    return ratio if value == ratio else f"{ratio} ({value.replace('*', '×')})"


def _lean(ratio: str) -> float:
    """How wide a ratio is: 0 for a square, below it for an upright one."""
    width, height = map(int, ratio.split(":"))
    return log(width / height)


def _order(ratio: str) -> tuple[float, bool]:
    lean = _lean(ratio)
    return round(abs(lean), 6), lean < 0

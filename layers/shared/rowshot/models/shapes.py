"""The shapes of a model's pictures, as people name them."""

from __future__ import annotations

import re
import unicodedata
from math import log

from rowshot.models.model import Model

USUAL_RATIOS = frozenset("1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9 9:21 1:2 2:1".split())
_TIME = re.compile(
    r"(?:\d{4}-\d{2}-\d{2}[T ]|0 days )?(\d{1,2}):(\d{1,2})(?::00?(?:\.0+)?)?"
    r"(?:\s?([AP])\.?M\.?)?",
    re.IGNORECASE,
)
_PART_OF_A_DAY = re.compile(r"0?[.,]\d{3,17}")
_MINUTES = 24 * 60
_RATIO = re.compile(r"(\d{1,3}):(\d{1,3})")
_TWO_NUMBERS = re.compile(
    r"(\d{1,5}(?:[.,]\d{1,3})?)\s*[*x×✕✖хχ:/]\s*(\d{1,5}(?:[.,]\d{1,3})?)(?:\s*(?:px|pixels|像素))?",
    re.IGNORECASE,
)


def as_ratio(cell: str) -> str:
    """A ratio that a spreadsheet took for a time of day as the ratio that it was.

    So are 16:09:00, 4:09 PM and 0.672916667 of a day the ratio 16:9. Any other text is given back.
    """
    time = _TIME.fullmatch(cell)
    if time is not None:
        hour, minute = int(time[1]), int(time[2])
        later = hour + (12 if (time[3] or "").upper() == "P" and hour < 12 else 0)
        plain = f"{hour}:{minute}"
        return plain if plain in USUAL_RATIOS else f"{later}:{minute}"
    if _PART_OF_A_DAY.fullmatch(cell):
        minutes = float(cell.replace(",", ".")) * _MINUTES
        hour, minute = divmod(round(minutes), 60)
        if abs(minutes - round(minutes)) < 0.01 and f"{hour}:{minute}" in USUAL_RATIOS:
            return f"{hour}:{minute}"
    return cell


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

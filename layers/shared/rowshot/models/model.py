"""One model of hiapi as data: what it takes, what it costs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import gcd
from typing import Any

from rowshot.models.prices import Prices

_PAIR = re.compile(r"(\d{1,5})\s*[*x×:/]\s*(\d{1,5})(?:\s*(?:px|pixels|像素))?")
_TIMES = str.maketrans("∗✕✖⨯хχ∶", "*xxxxx:")  # a Cyrillic and a Greek x among them
_SAME_RATIO = 0.02  # 2688 x 1536 is sold as 16:9, and 1.6 % off it
_SMALLEST_SIZE = 64  # below it a pair of numbers is a ratio, from it on a size in pixels


@dataclass(frozen=True)
class Field:
    """One input field of a model.

    Args:
        type: ``string``, ``integer``, ``number``, ``boolean`` or ``array`` (of web addresses).
        enum: The values it takes; empty when hiapi documents none.
        default: What hiapi assumes when the field is not sent; None when it says nothing.
        min: The lowest number.
        max: The highest number; of an array, the most values.
        min_length: The fewest characters.
        max_length: The most characters.
        required: True when a request without it is refused.
    """

    type: str = "string"
    enum: tuple[Any, ...] = ()
    default: Any = None
    min: float | None = None
    max: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    required: bool = False


@dataclass(frozen=True)
class Model:
    """One model.

    Args:
        id: What hiapi calls it.
        aliases: Other names that a sheet may use.
        fields: Its input fields; any other is refused by hiapi.
        prices: Its price rules, None when the price is not known.
        shape_field: The field that decides the picture's shape: ``size`` or ``aspect_ratio``.
        aspects: Ratio -> value of that field, where the value is not the ratio itself.
        size_words: Words for shapes -> ratio, such as ``square`` -> ``1:1``.
        good_for: For whom it is, in a few words.
        draws_chinese: False when Chinese characters in the picture come out wrong.
        latency_seconds: Nominal seconds that it is known to take at least, None when unknown.
    """

    id: str
    aliases: tuple[str, ...]
    fields: Mapping[str, Field]
    prices: Prices | None
    shape_field: str | None = None
    aspects: Mapping[str, str] = field(default_factory=dict)
    size_words: Mapping[str, str] = field(default_factory=dict, repr=False)
    good_for: str = ""
    draws_chinese: bool = True
    latency_seconds: float | None = None

    def takes(self, name: str) -> bool:
        """True when the model has such an input field."""
        return name in self.fields

    @property
    def short_name(self) -> str:
        """What a sheet would call it: the id, or its first alias when the id has a path."""
        return self.aliases[0] if self.aliases and "/" in self.id else self.id

    @property
    def seed_field(self) -> str | None:
        """The name of the field that takes a seed, None when the model takes none."""
        return "seed" if self.takes("seed") else None

    @property
    def shapes(self) -> tuple[str, ...]:
        """The documented values of the shape field; empty when there are none."""
        shape = self.fields.get(self.shape_field or "")
        return tuple(str(value) for value in shape.enum) if shape else ()

    def shape(self, wanted: str) -> str | None:
        """The value of the shape field that a size or aspect cell asks for.

        ``2048x2048``, ``2048 × 2048``, ``1:1``, ``16/9`` and ``square`` are understood. A size in
        pixels is never turned into another one, and never into a mere ratio.

        Returns:
            The value to send, or None when the model does not take it.
        """
        if self.shape_field is None:
            return None
        text = " ".join(unicodedata.normalize("NFKC", wanted).split()).casefold()
        text = text.translate(_TIMES)
        by_name = {value.casefold(): value for value in self.shapes}
        if text in by_name:
            return by_name[text]
        text = self.size_words.get(text, text)
        pair = _PAIR.fullmatch(text)
        if pair is None:
            return None
        width, height = int(pair[1]), int(pair[2])
        if not width or not height:
            return None
        if min(width, height) >= _SMALLEST_SIZE:
            return self._sizes().get((width, height))
        return self._for_ratio(width, height)

    def _sizes(self) -> dict[tuple[int, int], str]:
        """Size in pixels -> the value that says it."""
        sizes = {}
        for value in self.shapes:
            pair = _PAIR.fullmatch(value)
            if pair and min(int(pair[1]), int(pair[2])) >= _SMALLEST_SIZE:
                sizes[int(pair[1]), int(pair[2])] = value
        return sizes

    def _for_ratio(self, width: int, height: int) -> str | None:
        parts = gcd(width, height)
        ratio = f"{width // parts}:{height // parts}"
        value = self.aspects.get(ratio, ratio)
        # A model without documented values is asked; hiapi's refusal then names them.
        if value in self.shapes or not self.shapes:
            return value
        near = [
            value
            for (wide, high), value in self._sizes().items()
            if abs(wide * height / (high * width) - 1) < _SAME_RATIO
        ]
        return near[0] if len(near) == 1 else None

    def price(self, render_input: Mapping[str, Any]) -> Decimal | None:
        """USD for one picture of this input, None when it is not known."""
        if self.prices is None:
            return None
        defaults = {
            name: item.default for name, item in self.fields.items() if item.default is not None
        }
        return self.prices.of(render_input, defaults)

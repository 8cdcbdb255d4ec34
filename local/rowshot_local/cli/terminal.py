"""The terminal as others' words may use it: text, and nothing that steers it.

Names, prompts and messages come from sheets and servers. An ESC in one of them could move the
cursor, change the title or hide a line; a mark that turns the direction of writing could too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

_KEPT = frozenset("\n\t")
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SHOWN = "\ufffd"


def plain(text: str) -> str:
    """A text with the replacement character for whatever would steer a terminal."""
    return "".join(_SHOWN if _steers(character) else character for character in text)


class PlainConsole(Console):
    """A console that prints others' words as they are, and obeys none of them."""

    def __init__(self, **more: Any) -> None:
        super().__init__(markup=False, emoji=False, **more)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Renders something; rich's own control codes are not text and pass."""
        for segment in super().render(renderable, options):
            if segment.control or (segment.text.isascii() and segment.text.isprintable()):
                yield segment
            else:
                yield Segment(plain(segment.text), segment.style)


def _steers(character: str) -> bool:
    if character in _KEPT:
        return False
    return character in _TURNS or unicodedata.category(character) in (
        "Cc",
        "Cs",
        "Zl",
        "Zp",
    )

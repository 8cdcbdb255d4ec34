"""Colours that go together, one set a prompt."""

from __future__ import annotations

import re
from dataclasses import dataclass

Colour = tuple[int, int, int]

# Backdrop above and below, product in the dark and in the light, label, ink.
_SETS = (
    ("F3E9DC", "D9C3A5", "8C5A3C", "D9A074", "FFF8EC", "43281A"),
    ("DDE8DF", "A9C2AE", "2F5D50", "7FB09B", "F7FBF4", "17352D"),
    ("F6DFD8", "DDAA9D", "A6443A", "E58E79", "FFF6F1", "4C1D18"),
    ("DCE6F2", "A4BAD6", "27466F", "7C9DC9", "F6FAFF", "14263F"),
    ("F5EBCB", "DCC27E", "9A7420", "E5C25B", "FFFCEF", "4A370D"),
    ("E9E2F1", "BDADD3", "573F7E", "A48CCB", "FBF8FF", "2C1E45"),
    ("E4E4E2", "B3B5B4", "34383C", "858B90", "FAFAF8", "1D2023"),
    ("F9E3EA", "E3AFC0", "9C3B5E", "E189A6", "FFF7FA", "4A1A2C"),
    ("D8ECEC", "97C4C6", "1E6468", "69AEB1", "F3FCFC", "0F3538"),
    ("F3E4D4", "D2A37C", "6E3B22", "B9794F", "FFF7EE", "381C0F"),
    ("EAF0D6", "BECB8E", "5E7126", "A9BE63", "FBFDF0", "2D3710"),
    ("DFE3E8", "9AA7B5", "5A2630", "A85E6B", "FCF7F4", "33141B"),
)
# Colours that prompts name, and the set that comes nearest.
_NAMED = {
    "cream beige ivory sand oat linen off-white rice-paper 米": 0,
    "sage mint eucalyptus jade celadon 薄荷 玉": 1,
    "terracotta coral red rust orange peach persimmon 红 橙": 2,
    "blue navy ink sky indigo cobalt 蓝": 3,
    "yellow gold golden mustard honey-coloured amber 黄 金": 4,
    "lavender purple lilac violet plum 紫": 5,
    "grey gray charcoal black white silver marble 灰 黑 白": 6,
    "pink rose blush magenta 粉": 7,
    "teal turquoise aqua cyan 青": 8,
    "brown chocolate walnut wood caramel 棕 褐": 9,
    "olive green lime moss matcha 绿": 10,
    "slate burgundy wine-red maroon": 11,
}
_SET_OF = {word: number for words, number in _NAMED.items() for word in words.split()}
_COLOUR = re.compile(
    "|".join(
        rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)
        for word in sorted(_SET_OF, key=len, reverse=True)
    ),
    re.IGNORECASE,
)
# In "sage green" the second word is no colour of its own.
_GENERAL = frozenset({"green", "blue", "red", "pink", "grey", "gray", "white", "brown", "yellow"})
_BACKDROP = re.compile(
    r"(?P<before>[^.,;。，；]*)(?:backdrop|background|背景)(?P<after>[^.;。；]*)"
    r"|(?:card|banner) on (?P<on>[^.,;]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Palette:
    """The colours of one picture."""

    above: Colour
    below: Colour
    dark: Colour
    light: Colour
    label: Colour
    ink: Colour


def _colour(text: str) -> Colour:
    return (int(text[:2], 16), int(text[2:4], 16), int(text[4:6], 16))


PALETTES = tuple(Palette(*(_colour(text) for text in colours)) for colours in _SETS)


def palette(prompt: str, number: int) -> Palette:
    """The palette of the backdrop that a prompt asks for, else one for the number."""
    for words in _BACKDROP.finditer(prompt):
        asked = _named(words["after"] or "") + _named(words["before"] or "")[::-1]
        asked += _named(words["on"] or "")
        if asked:
            return PALETTES[asked[0]]
    return PALETTES[number % len(PALETTES)]


def colourways(prompt: str, number: int, count: int) -> list[Palette]:
    """The palettes of a row of products: the colours that the prompt lists, then others."""
    others = [(number + 5 * step) % len(PALETTES) for step in range(len(PALETTES))]
    wanted = list(dict.fromkeys([*_named(prompt), *others]))
    return [PALETTES[each] for each in wanted[:count]]


def _named(text: str) -> list[int]:
    """The palettes of the colours that a text names, in its order."""
    found: list[int] = []
    end = -1
    for match in _COLOUR.finditer(text):
        word = match[0].lower()
        if not (word in _GENERAL and match.start() - end == 1):
            found.append(_SET_OF[word])
        end = match.end()
    return found


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two: 0 is the first, 1 the other."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )

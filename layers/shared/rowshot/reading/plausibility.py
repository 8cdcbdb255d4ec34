"""How much a text looks like one that somebody wrote, in nats: the less the likelier.

Every character has a cost, the negative logarithm of its share in the texts of a language, and so
have neighbours that no text has: a capital behind a small letter, two scripts in one word, a
currency sign within a word. Costs of the same bytes read in several encodings can be compared.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from operator import mul

ASCII = 3.0
_ACCENTED = 1.0  # that a letter of a Latin word is one beyond ASCII
_FOREIGN_LETTER = 9.0  # of another language that the encoding is used for
_STRANGE_LETTER = 11.0
# Signs that people write, those that they do not, and what is no text at all.
_SIGNS = (
    dict.fromkeys("’…", 1.5)
    | dict.fromkeys("“”‘„–•µ€£¥°\u00a0", 2.5)
    | dict.fromkeys("—«»´©®™·×±½¼²³¡¿ºª§", 3.5)
)
_ANY_NEIGHBOUR = frozenset("“”‘’„–…•µ\u00a0")
_SIGN, _NO_TEXT = 9.0, 15.0
_WIDE_SIGNS = frozenset(
    "、。，．！？：；（）「」『』【】《》〈〉“”‘’—…·・～〜￥％＋－／①②③④⑤⑥⑦⑧⑨※★℃"
)
_WIDE_SIGN = 4.5
_RARE = 13.0  # a character of the second part of an East Asian standard

_SCRIPTS = (
    ("CYRILLIC", "c"),
    ("GREEK", "g"),
    ("HEBREW", "h"),
    ("ARABIC", "a"),
    ("THAI", "t"),
    ("CJK", "z"),
    ("HIRAGANA", "k"),
    ("KATAKANA", "k"),
    ("HALFWIDTH KATAKANA", "w"),
    ("HANGUL", "o"),
    ("LATIN", "l"),
)
_EAST_ASIAN = frozenset("zkwo")
_VOWELS = frozenset("aeiouyæøœıаеиоуыэюяіјαειηυοω")
# Of European languages: what follows a vowel (v), a consonant (c) and the space before a word. The
# shares of letters say already how many of them are vowels, so that these are nothing on the whole.
_ALTERNATION = {
    "vc": -0.5, "vv": 1.2, "v ": 0.6, "cv": -0.4, "cc": 0.5, "c ": 1.0, " v": 0.1, " c": -0.4,
}  # fmt: skip
# Scripts that leave vowels out, write them otherwise, or whose neighbours are known each by each.
_OTHERWISE = frozenset("hatql")
_BORNE = r"\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_ALPHABETIC = r"(?![×÷])[\u00c0-\u06ff\u0e01-\u0e33\uff61-\uff9f]"
# What no text in the alphabets of Europe and its neighbours has:
_ODD = re.compile(
    # a sign within a word, or an apostrophe before one,
    r"(?<=[A-Za-z\u00c0-\u024f])[“”„‚•…€™\u00a1-\u00b6\u00b8-\u00bf](?=[A-Za-z\u00c0-\u024f])"
    r"|(?<!\w)’(?=\w)"
    # a letter that is a word of no language, or that stands beside a digit (but Ø as a diameter),
    rf"|(?<![\w{_BORNE}])(?![àáâèéêíòóôúýåäöøæаеиоуэюявскзжбіїєйдηοήόåوا]){_ALPHABETIC}"
    rf"(?![\w{_BORNE}])|(?<=\d){_ALPHABETIC}|(?!ø){_ALPHABETIC}(?=\d)"
    # and a mark without the letter that bears it.
    rf"|(?<![\w{_BORNE}])[{_BORNE}]",
    re.IGNORECASE,
)
# What many words have: it’s, don’t, l’été.
_USUAL = re.compile(r"(?<=[a-z])’(?:s|t|re|ll)\b|\b(?:[cdjlmnst]|qu)’(?=\w)", re.IGNORECASE)
_IN_PLACE = 4.0
_OUT_OF_PLACE = 5.0
_END_OF_WORD = re.compile(r"[\W\d_]+")
_PAIRS = 4096  # that are remembered in each language; European texts have about a thousand
_WEIGHED = 10  # neighbours on each side of a letter; that others exist is all they tell
_STRANGE_NEIGHBOUR, _MEAN_NEIGHBOUR, _UNTOLD_NEIGHBOUR = 5.0, 2.5, 0.5

Usual = Callable[[tuple[str, str, str]], bool]


@dataclass(frozen=True)
class Alphabet:
    """What characters cost in one language.

    Args:
        letter: The cost of a character beyond ASCII.
        pair: What it costs in addition that a small letter stands before another.
        usual: Whether one beyond ASCII, the second of three, often stands between the others.
    """

    letter: Callable[[str], float]
    pair: Callable[[tuple[str, str]], float] | None = None
    usual: Usual | None = None


def cost(text: str, alphabets: tuple[Alphabet, ...]) -> float:
    """What a text costs in that language which it looks like most."""
    chars = Counter(text)
    pairs = Counter(pairwise(_END_OF_WORD.sub("_", f" {text} ".lower())))
    kinds = Counter(pairwise([" ", *map(_kind, text), " "]))
    high = [(char, count) for char, count in chars.items() if char >= "\x80"]
    return (
        ASCII * (len(text) - sum(count for _, count in high))
        + min(_in_language(high, pairs, each) for each in alphabets)
        + sum(_between(*pair) * count for pair, count in kinds.items())
        + _OUT_OF_PLACE * len(_ODD.findall(text))
        - _IN_PLACE * len(_USUAL.findall(text))
    )


def _in_language(
    high: list[tuple[str, int]], pairs: Counter[tuple[str, str]], language: Alphabet
) -> float:
    total = sum(language.letter(char) * count for char, count in high)
    if language.pair is not None:
        # Of all that Plan does, this is done most often: a sum that never leaves C.
        total += sum(map(mul, map(language.pair, pairs), pairs.values()))
    return total


def latin(table: str, region: frozenset[str]) -> Alphabet:
    """A language that writes ASCII letters and, more or less often, those of a table.

    Args:
        table: See `languages.WESTERN`.
        region: The letters of all languages that share its encodings.
    """
    own = {char: _ACCENTED + share for char, share in _shares(letters_in(table), 2).items()}
    sides = {entry[0]: entry[1:].split(":") for entry in table.split()}
    before = {char: _shares(one[:_WEIGHED], 1) for char, (one, _) in sides.items()}
    behind = {char: _shares(other[:_WEIGHED], 1) for char, (_, other) in sides.items()}

    def letter(char: str) -> float:
        small = _small(char)
        if small in own:
            return own[small]
        return _FOREIGN_LETTER if small in region else _other(char)

    @lru_cache(_PAIRS)
    def pair(neighbours: tuple[str, str]) -> float:
        one, other = neighbours
        return _neighbour(behind.get(one), other) + _neighbour(before.get(other), one)

    @lru_cache(_PAIRS)
    def usual(spot: tuple[str, str, str]) -> bool:
        one, char, other = spot
        before, behind = sides.get(char, ("", ""))
        return one in before and other in behind

    return Alphabet(letter, pair, usual)


def _neighbour(usual: dict[str, float] | None, char: str) -> float:
    if usual is None:
        return 0.0
    if not usual:
        return _UNTOLD_NEIGHBOUR
    return usual.get(char, _STRANGE_NEIGHBOUR) - _MEAN_NEIGHBOUR


def letters_in(table: str) -> str:
    """The letters of a language's table, without their neighbours."""
    return "".join(entry[0] for entry in table.split())


def letters_of(letters: str) -> Alphabet:
    """A language with an alphabet of its own, the most frequent letters first."""
    own = _shares(letters, 4)

    def letter(char: str) -> float:
        small = _small(char)
        return own[small] if small in own else _other(char)

    return Alphabet(letter)


def characters_of(
    groups: Mapping[str, float], encoding: str, levels: tuple[tuple[int, int, float], ...]
) -> Alphabet:
    """A language with thousands of characters.

    Args:
        groups: Often seen characters, and what each costs.
        encoding: The standard that has the characters of everyday use in its first part.
        levels: First and last lead byte of that part, and what its other characters cost.
    """
    often = {char: price for chars, price in groups.items() for char in chars}

    def letter(char: str) -> float:
        if char in often:
            return often[char]
        if char in _WIDE_SIGNS:
            return _WIDE_SIGN
        try:
            lead = char.encode(encoding)[0]
        except UnicodeEncodeError:
            return _NO_TEXT
        return next((price for low, high, price in levels if low <= lead <= high), _RARE)

    return Alphabet(cache(letter))


def _shares(letters: str, flat: int) -> dict[str, float]:
    """Costs by rank; the greater ``flat``, the less the first letters stand out."""
    weights = [1 / (rank + flat) for rank in range(len(letters))]
    total = sum(weights)
    return {char: -math.log(weight / total) for char, weight in zip(letters, weights, strict=True)}


def _small(char: str) -> str:
    small = char.lower()
    return small if len(small) == 1 else char


@cache
def _other(char: str) -> float:
    """A character that does not belong to the language."""
    if char in _SIGNS:
        return _SIGNS[char]
    category = unicodedata.category(char)
    if category[0] == "C" and category != "Cf":
        return _NO_TEXT
    return _STRANGE_LETTER if category[0] in "LM" else _SIGN


@cache
def _kind(char: str) -> str:
    """What a character is to its neighbours.

    Returns:
        The first letter of its script, a capital for capitals, followed by ``+`` for vowels; ``y``
        for a sign; a space for what may stand beside anything.
    """
    if char in _ANY_NEIGHBOUR or (char < "\x80" and not char.isalpha()):
        return " "
    if unicodedata.category(char)[0] not in "LM" or char in "ºª":
        return "y"
    name = unicodedata.name(char, "")
    script = next((kind for start, kind in _SCRIPTS if name.startswith(start)), "q")
    base = unicodedata.normalize("NFD", char.lower())[0]
    return (script.upper() if char.isupper() else script) + ("+" if base in _VOWELS else "")


@cache
def _between(one: str, other: str) -> float:
    """What it costs that two kinds of characters stand side by side."""
    if "y" in (one, other):
        return 0.0 if " " in (one, other) or _EAST_ASIAN & {one, other} else 2.0
    first, second = one[0].lower(), other[0].lower()
    if first == second or (" " in (first, second) and "w" not in (first, second)):
        return _within_word(one, other)
    if {first, second} <= {"z", "k"}:
        return 0.0
    if "w" in (first, second):
        return 6.0 if "l" in (first, second) else 2.0
    if "l" in (first, second) and _EAST_ASIAN & {first, second}:
        return 5.0 if "l" in (one[0], other[0]) else 2.0  # T恤, but hardly t恤
    return 7.0


def _within_word(one: str, other: str) -> float:
    """Vowels and consonants alternate, and a capital begins a word."""
    first, second = one[0], other[0]
    if _EAST_ASIAN & {first, second} or first == second == " ":
        return 0.0
    cost = 4.0 if first.islower() and second.isupper() else 0.0
    if first == " " and second.lower() != "l":
        cost += 1.5  # most words of the sheets that reach us are Latin
    if {first.lower(), second.lower()} & _OTHERWISE:
        return cost
    shape = "".join(" " if kind == " " else "v" if "+" in kind else "c" for kind in (one, other))
    return cost + _ALTERNATION[shape]

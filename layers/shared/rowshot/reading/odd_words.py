"""Counts the words of a reading that nobody can have written.

In them, a letter beyond ASCII stands between others as in no language, or a sign within a word. A
text of one or two words says too little to be judged by the shares of its letters alone: there a
reading with odd words gives way to one without.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rowshot.reading.plausibility import Alphabet, Usual

_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_EAST_ASIAN = "\u3001-\u30ff\u3400-\u9fff\uac00-\ud7af\uff01-\uff9f"
_CONSONANTS = "[^aeiouyAEIOUY\\W\\d_]"
_ODD_SIGN = re.compile(
    # A sign that belongs to no word, or only to its end or its beginning, within one;
    f"(?<=[{_LATIN}])[¡-¶¸¹»-¿«‘“”„‚†‡…—–™€‹›•‰](?=[{_LATIN}])"
    f"|(?<=[{_LATIN}])[¿¡§¤¦µ¶¬¯¨¸±¼½¾‡‰€£¢]"
    f"|(?<=[{_LATIN}])[—–](?!\\w)"
    f"|(?<![{_LATIN}])[¿¡]?[—–…€µ©®™‡‰²³¹»§](?=[{_LATIN}]{{2}})"
    # an apostrophe that stands for no vowel;
    f"|(?<=[{_LATIN}])’(?=[b-df-hj-np-tv-z][a-z]{{1,}})(?!(?:re|ll|ve)\\b)"
    # a no-break space that leaves a word without a vowel;
    f"|\\b{_CONSONANTS}+\\xa0(?=[{_LATIN}])|(?<=[{_LATIN}])\\xa0{_CONSONANTS}+\\b"
    # a capital between small letters, and other scripts beside small letters and digits.
    "|(?<=[a-z])[\u00c0-\u00d6\u00d8-\u00de\u0178\u0160\u017d\u0152](?=[a-z])"
    f"|(?<=[a-z0-9])[{_EAST_ASIAN}]|[{_EAST_ASIAN}](?=[a-z])"
    # Brackets of East Asia beside Latin letters.
    "|(?<=[A-Za-z])[〉》】』」〈《【『「]|[〉》】』」](?=[A-Za-z])"
)


def odd_words(text: str, alphabets: tuple[Alphabet, ...]) -> int:
    """How many lines, each a word, are odd in that language in which the fewest are."""
    words = text.split("\n")
    signs = sum(_ODD_SIGN.search(word) is not None for word in words)
    parts = {part for word in words for part in _LETTERS.findall(word) if not part.isascii()}
    known = [each.usual for each in alphabets if each.usual is not None]
    odd = [_odd_in(part, tuple(known)) for part in parts]
    return signs + min(map(sum, zip(*odd, strict=True)), default=0)


@lru_cache(20_000)
def _odd_in(word: str, languages: tuple[Usual, ...]) -> list[bool]:
    """Whether a word is odd, in each of some languages."""
    low = f"_{word.lower()}_"
    spots = [(low[at - 1], char, low[at + 1]) for at, char in enumerate(low) if char >= "\x80"]
    return [not all(map(usual, spots)) for usual in languages]

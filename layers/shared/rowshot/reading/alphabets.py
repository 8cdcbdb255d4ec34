"""The alphabets of the languages that we know, by the scripts that encodings are made for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from rowshot.reading import languages
from rowshot.reading.plausibility import Alphabet, characters_of, latin, letters_in, letters_of

LATIN = ("western", "small", "central", "turkic", "baltic")


@cache
def alphabets() -> Mapping[str, tuple[Alphabet, ...]]:
    """The languages of each script."""
    tables: dict[str, tuple[Alphabet, ...]] = {}
    for script in LATIN:
        letters: dict[str, str] = getattr(languages, script.upper())
        region = frozenset("".join(map(letters_in, letters.values())))
        tables[script] = tuple(latin(each, region) for each in letters.values())
    for script in ("cyrillic", "greek", "hebrew", "arabic", "thai"):
        letters = getattr(languages, script.upper())
        tables[script] = tuple(map(letters_of, letters.values()))
    halfwidth = "".join(map(chr, range(0xFF61, 0xFFA0)))
    kinds = {
        "simplified": (languages.SIMPLIFIED, (5.5, 7.0, 8.6), "gb2312", ((0xB0, 0xD7, 11.0),)),
        "traditional": (languages.TRADITIONAL, (5.5, 7.0, 8.6), "big5", ((0xA4, 0xC6, 11.0),)),
        "japanese": (
            (*languages.KANJI, languages.KANA, halfwidth),
            (6.4, 7.7, 9.3, 4.8, 3.8),
            "euc_jp",
            ((0xA4, 0xA5, 8.0), (0xB0, 0xCF, 11.8)),
        ),
        "korean": (languages.HANGUL, (5.0, 6.8, 8.8), "euc_kr", ((0xB0, 0xC8, 12.0),)),
    }
    for script, (groups, prices, standard, levels) in kinds.items():
        often = dict(zip(groups, prices, strict=True))
        tables[script] = (characters_of(often, standard, levels),)
    return tables

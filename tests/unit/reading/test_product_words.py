"""A few words of a shop are read as they were written, or refused, whatever Excel saved them in."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from rowshot.errors import UnreadableSheet
from rowshot.reading import read_sheet

WORDS = json.loads((Path(__file__).parents[2] / "data" / "product_words.json").read_text("utf-8"))
SHEETS = 6
# Excel's own encodings, which its "CSV" is saved in.
STANDARD = {
    "German": "cp1252", "French": "cp1252", "Spanish": "cp1252", "Portuguese": "cp1252",
    "Italian": "cp1252", "Dutch": "cp1252", "Swedish": "cp1252", "Danish": "cp1252",
    "Finnish": "cp1252", "Catalan": "cp1252", "Icelandic": "cp1252", "Czech": "cp1250",
    "Slovak": "cp1250", "Polish": "cp1250", "Hungarian": "cp1250", "Romanian": "cp1250",
    "Croatian": "cp1250", "Slovene": "cp1250", "Turkish": "cp1254", "Lithuanian": "cp1257",
    "Latvian": "cp1257", "Estonian": "cp1257", "Russian": "cp1251", "Ukrainian": "cp1251",
    "Bulgarian": "cp1251", "Serbian": "cp1251", "Greek": "cp1253", "Hebrew": "cp1255",
    "Arabic": "cp1256", "Thai": "cp874", "Japanese": "cp932", "Chinese": "gb18030",
    "Chinese of Taiwan": "big5", "Korean": "cp949",
}  # fmt: skip
# What older programs save.
OTHERS = {
    "cp850": ("German", "French", "Spanish", "Portuguese", "Danish", "Swedish", "Italian"),
    "mac_roman": ("German", "French", "Spanish", "Portuguese", "Danish", "Swedish", "Italian"),
    "iso8859_15": ("German", "French", "Spanish", "Finnish"),
    "cp852": ("Czech", "Slovak", "Polish", "Hungarian", "Croatian", "Slovene"),
    "iso8859_2": ("Czech", "Slovak", "Polish", "Hungarian", "Croatian", "Slovene", "Romanian"),
    "mac_latin2": ("Czech", "Polish", "Hungarian"),
    "cp857": ("Turkish",),
    "cp775": ("Lithuanian", "Latvian"),
    "cp866": ("Russian",),
    "koi8_u": ("Russian", "Ukrainian"),
}


def outcomes(language: str, encoding: str, count: int) -> list[bool | None]:
    """Of some sheets of so many words, whether each is read right; None if it is refused."""
    chance = Random(f"{language} {encoding} {count}")  # noqa: S311 - the same every time
    words = [each for each in WORDS[language].split() if not each.isascii() and "œ" not in each]
    sheets = [[each.capitalize() for each in chance.sample(words, count)] for _ in range(SHEETS)]
    return [read_back(each, encoding) for each in sheets]


def read_back(words: list[str], encoding: str) -> bool | None:
    rows = "".join(f"T-{number};{word}\r\n" for number, word in enumerate(words))
    try:
        sheet = read_sheet(f"sku;prompt\r\n{rows}".encode(encoding), name="a.csv")
    except UnreadableSheet:
        return None
    return [row.cells[1] for row in sheet.rows] == words


@pytest.mark.parametrize(("language", "encoding"), STANDARD.items())
def test_words_in_the_encoding_of_excel(language: str, encoding: str) -> None:
    two, six = outcomes(language, encoding, 2), outcomes(language, encoding, 6)
    assert False not in two + six
    assert six.count(True) >= SHEETS - 1


@pytest.mark.parametrize("language", ["German", "French", "Spanish"])
def test_hardly_any_western_sheet_is_refused(language: str) -> None:
    assert None not in outcomes(language, "cp1252", 2) + outcomes(language, "cp1252", 4)


@pytest.mark.parametrize(
    ("language", "encoding"), [(each, name) for name, some in OTHERS.items() for each in some]
)
def test_words_of_dos_mac_and_unix(language: str, encoding: str) -> None:
    assert False not in outcomes(language, encoding, 4)


@pytest.mark.parametrize(
    ("word", "encoding"),
    [
        ("nóż", "cp1250"), ("ręcznik", "cp1250"), ("ručnik", "cp1250"), ("fűszer", "cp1250"),
        ("női", "cp1250"), ("Straße", "cp850"), ("Käse", "mac_roman"), ("Piñata", "mac_roman"),
        ("paño", "mac_roman"), ("bögre", "cp852"), ("pohár", "cp852"), ("größer", "mac_roman"),
        ("10¹²", "cp1252"), ("Tür", "mac_roman"), ("Möbel", "cp850"),
    ],
)  # fmt: skip
def test_a_word_alone_is_never_read_wrong(word: str, encoding: str) -> None:
    assert read_back([word], encoding) is not False

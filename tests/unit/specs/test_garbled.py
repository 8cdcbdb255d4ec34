"""Text that was read wrongly before is noticed; text that only looks unusual is left alone."""

from __future__ import annotations

import pytest

from rowshot.reading.mojibake import repaired
from rowshot.specs.garbled import garbled_warnings, lost_problems

MEANT = [
    "Café tin on stone with “Sun”",
    "It’s 10 °C – résumé…",
    "5 €",
    "São Paulo",
    "Žlutý kůň",
    "Зелёный чай",
    "Πράσινο τσάι",
    "绿茶罐放在桌上",
    "緑茶の缶",
    "녹차 캔",
    "כוס תה",
]


def read_as(data: bytes, encoding: str) -> str:
    """As programs read it: a byte that the encoding leaves undefined stays as it is."""
    return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in data)


@pytest.mark.parametrize("meant", MEANT)
@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_utf8_read_as_western(meant: str, wrong: str) -> None:
    assert repaired(read_as(meant.encode(), wrong)) == meant


@pytest.mark.parametrize("wrong", ["mac_roman", "cp437", "cp850", "cp1251"])
def test_utf8_read_as_something_else(wrong: str) -> None:
    meant = "Crème brûlée tin with “Sun”"
    assert repaired(meant.encode().decode(wrong, "replace")) == meant


@pytest.mark.parametrize(
    ("meant", "encoding"),
    [
        ("红茶罐", "gb18030"),
        ("Зелёный чай", "cp1251"),
        ("녹차 캔", "cp949"),
        ("緑茶の缶", "cp932"),
        ("Πράσινο τσάι", "cp1253"),
    ],
)
def test_other_scripts_read_as_western(meant: str, encoding: str) -> None:
    assert repaired(read_as(meant.encode(encoding), "cp1252")) == meant


@pytest.mark.parametrize(
    "meant", ["橡木桌上的陶瓷杯", "緑茶の缶", "茶壶", "Žlutý hrnek", "Große Öffnung"]
)
@pytest.mark.parametrize("wrong", ["cp932", "gb18030"])
def test_utf8_read_as_east_asian(meant: str, wrong: str) -> None:
    assert repaired(f"mug {meant.encode().decode(wrong, 'ignore')} x") == f"mug {meant} x"


@pytest.mark.parametrize(
    ("meant", "wrong", "instead"),
    [
        ("Чашка на столе", "cp1252", ""),
        ("橡木桌上的陶瓷杯", "cp1252", ""),
        ("כוס אדומה על שולחן", "cp1252", ""),
        ("Синяя кружка, мягкий свет", "cp1250", ""),
        ("マグカップ、木のテーブル", "cp932", ""),
        ("マグカップ、木のテーブル", "cp932", "・"),
    ],
)
def test_bytes_that_the_wrong_encoding_has_not_are_lost(
    meant: str, wrong: str, instead: str
) -> None:
    garbled = meant.encode().decode(wrong, "replace").replace("\ufffd", instead)
    found = repaired(garbled)
    assert found is not None
    assert "\ufffd" in found
    assert sum(char in found for char in meant) > 0.6 * len(meant)
    assert len(lost_problems(garbled)) == 1


@pytest.mark.parametrize(
    "text", ["Ð§Ð°ÑˆÐºÐ° Ð½Ð° ÑÑ‚Ð¾Ð»Ðµ", "½Á°Ù", "Ð¢Ñ‘Ð¿Ð»Ñ‹Ð¹", "æ©¡æœ¨æ¡Œä¸Šçš„é™¶ç“·æ¯"]
)
def test_nobody_means_halfwidth_katakana(text: str) -> None:
    assert not any("\uff61" <= char <= "\uff9f" for char in repaired(text) or "")


@pytest.mark.parametrize(
    "text", ["猫", "책", "楼 on a wall", "数枚の皿", "짧", "脳と猫", "ｽﾁｰﾙ缶", "翻"]
)
def test_characters_that_are_utf8_by_chance(text: str) -> None:
    assert repaired(text) is None


def test_one_character_within_a_latin_word_is_none_by_chance() -> None:
    assert repaired("Caf茅 au lait") == "Café au lait"


def test_read_wrongly_twice() -> None:
    once = read_as("Café".encode(), "cp1252")
    assert repaired(read_as(once.encode(), "cp1252")) == "Café"


@pytest.mark.parametrize(
    "text",
    [
        *MEANT,
        "“CAFÉ”",
        "DÉJÀ… VU",
        "PÂTÉ® – ÉTÉ™",
        "À la carte, ÆØÅ, Ý½",
        "Ça coûte 5 £",
        "Tách trà đỏ trên bàn gỗ",
        "Ağac stol üzərində çay",
        "चाय का प्याला",
        "კარგი ჩაი",
    ],
)
def test_unusual_text_is_left_alone(text: str) -> None:
    assert repaired(text) is None
    assert garbled_warnings(text) == ()
    assert lost_problems(text) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A tin, ???? in bold", "????"),
        ("Its label reads “??”", "“??”"),
        ("Th?i?re on stone", "Th?i?re"),
    ],
)
def test_question_marks_in_place_of_characters(text: str, word: str) -> None:
    (warning,) = garbled_warnings(text)
    assert f"'{word}'" in warning


@pytest.mark.parametrize(
    "text",
    ["What a cup??", "Why not? A cup.", "As on https://shop.example/a?b=c?d", "Really ?!", "a ?"],
)
def test_questions(text: str) -> None:
    assert garbled_warnings(text) == ()
    assert lost_problems(text) == []


@pytest.mark.parametrize("text", ["???", "?? ??, ?", "锟斤拷", "Cafï¿½"])
def test_what_is_lost_is_not_bought(text: str) -> None:
    assert len(lost_problems(text)) == 1
    assert garbled_warnings(text) == ()


@pytest.mark.parametrize(
    ("text", "found", "meant"),
    [
        ("Tom &amp; Jerry", "'&amp;'", "'&'"),
        ("a Caf&eacute; sign", "'Caf&eacute;'", "'Café'"),
        ("5&nbsp;kg", "'5&nbsp;kg'", "'5 kg'"),
        ("it&#39;s tea", "'it&#39;s'", "'it's'"),
        ("a \\ud83c\\udf75 cup", "'\\ud83c\\udf75'", "'🍵'"),
        ("a \\ud83c cup\\x00", "'\\ud83c'", "'\ufffd'"),
        ("<p>A tin</p>", "'<p>A'", "'A'"),
        ("A tin <br/> on oak", "'<br/>'", "a line break or nothing"),
        ("A tin\\non oak", "'tin\\non'", "'tin on'"),
        ("A tin_x000D_ on oak", "'tin_x000D_'", "'tin'"),
        ("caf\\u00e9", "'caf\\u00e9'", "'café'"),
        ("K\\xf6ln in rain", "'K\\xf6ln'", "'Köln'"),
    ],
)
def test_codes_in_the_place_of_characters(text: str, found: str, meant: str) -> None:
    (warning,) = garbled_warnings(text)
    assert warning.startswith(f"The prompt says {found}, and {meant} was probably meant")


@pytest.mark.parametrize(
    "text",
    [
        "R&D; Q&A", "salt&pepper", "A <lora:tea:0.8> tin", "a < b > c", "<brand> tin", "AC\\DC",
        '{"scene": "a tin\\non oak"}', "the path C:\\new on a screen", "a_x_b", "see https://x.test/&amp;",
        "¯\\_(ツ)_/¯", "Nan bread", "an object", "a tin & a cup",
    ],
)  # fmt: skip
def test_marks_that_are_text(text: str) -> None:
    assert garbled_warnings(text) == ()


@pytest.mark.parametrize("word", ["undefined", "NaN", "[object Object]"])
def test_what_programs_leave_in_a_prompt(word: str) -> None:
    (warning,) = garbled_warnings(f"A {word} tin on oak")
    assert word in warning

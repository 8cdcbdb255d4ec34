"""What programs and spreadsheets write where they have nothing."""

from __future__ import annotations

import pytest

from rowshot.reading.nothing import (
    draws_nothing,
    is_blank,
    looks_like_error,
    names_nothing,
    says_nothing,
    shows_error,
    shows_formula,
)


@pytest.mark.parametrize(
    "cell",
    ["", " ", "-", "—", "…", "NaN", "NA", "<NA>", "null", "(null)", "N/A", "无", "\\N"],
)
def test_blanks(cell: str) -> None:
    assert is_blank(cell)
    assert says_nothing(cell)


@pytest.mark.parametrize("cell", ["none.", "None!", "N/A.", "“null”", "[none]", "无。", "(NaN)."])
def test_a_blank_may_be_wrapped_or_ended(cell: str) -> None:
    assert is_blank(cell)


@pytest.mark.parametrize("cell", ["keine", "Rien.", "n.v.t.", "不需要修改", "(nada)"])
def test_a_word_for_nothing_is_no_blank(cell: str) -> None:
    assert names_nothing(cell)
    assert draws_nothing(cell)
    assert not is_blank(cell), "it may be a key or stand on a label"


@pytest.mark.parametrize(
    "cell", ["TBD", "todo", "待定", "t.b.d.", "ditto", "Dito", "同上", "〃", "see above"]
)
def test_what_is_to_come_says_nothing_yet(cell: str) -> None:
    assert says_nothing(cell)
    assert not is_blank(cell)


@pytest.mark.parametrize(
    "cell", ["na", "Non", "None of us", "无花果", "No. 5", "-5", "空", "Nan", "Null"]
)
def test_words_are_words(cell: str) -> None:
    assert not says_nothing(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "#N/A", "#NV", "#N/D", "#BEZUG!", "#VALEUR!", "#REF !", "#¡VALOR!", "#¿NOMBRE?", "#ЗНАЧ!",
        "#Saknas!", "#DĚLENÍ_NULOU!", "#ÉRTÉK!", "#SAYI/0!", "#GETTING_DATA", "#ERREUR!", "Err:502",
        "Fehler:508",
        "错误:502", "Loading...", "loading…", "Wird geladen...", "Chargement en cours…",
        "Chargement...", "Đang tải...", "正在加载...", "読み込み中…", "Загрузка...",
    ],
)  # fmt: skip
def test_errors_and_unfinished_formulas(cell: str) -> None:
    assert shows_error(cell)


@pytest.mark.parametrize(
    "cell", ["#1", "#SALE!", "#tea", "Loading a cart...", "Loading", "Error: a game", "...", "#"]
)
def test_texts_that_are_no_errors(cell: str) -> None:
    assert not shows_error(cell)


@pytest.mark.parametrize(
    "cell",
    "0|-1|12.50|2026-11-25|inf|-inf|pending|Coming soon|[blank]|prompt|100 %|…!|ausstehend".split(
        "|"
    ),
)
def test_texts_of_which_no_picture_can_be_made(cell: str) -> None:
    assert draws_nothing(cell)


@pytest.mark.parametrize(
    "cell",
    "同上。|idem.|n/a.|なし。|(same)|-none-|(leer)|(vide)|（空白）|<leer>|(Blanks)|[TBD]!|Ditto…|WIP"
    "|Wird nachgereicht|kommt noch|à compléter.|auszufüllen|do uzupełnienia|заполнить|см.выше|见上"
    "|未填写|待补|上記と同じ|作成中|추후 작성|placeholder|Prompt here|TODO prompt|see brief"
    "|wie Zeile 2|same as T-1|Same as row 12|voir ligne 3|см. строку 4|同第3行|not available"
    "|Loading|Fehler: #NV|ERROR: #N/A|null null|nan nan|None, None|n/a; n/a".split("|"),
)
def test_what_only_says_that_there_is_no_prompt(cell: str) -> None:
    assert draws_nothing(cell)


@pytest.mark.parametrize(
    "cell",
    "same as T-1 but red|like a row of tins|see the sea|Loading dock|(a tin)|None of us, none|A|♥."
    "|leere Dose|same same|wie Seide|Placeholder text on a card|<lora>|-A-|seen from row 2"
    "|Not: #love".split("|"),
)
def test_what_only_begins_so_is_a_prompt(cell: str) -> None:
    assert not draws_nothing(cell)


@pytest.mark.parametrize("cell", ["7 cups", "🍎", "茶", "{1}", "???", "Pending tray", "A", "ж"])
def test_texts_that_can_be_drawn(cell: str) -> None:
    assert not draws_nothing(cell)


@pytest.mark.parametrize(
    "cell",
    [
        '=A1&" mug"', "=CONCAT(A1,B1)", "=GOOGLETRANSLATE(A2)", "=ВПР(A2;B:C;2)", "{=A1}", "=$B$7",
        "='My sheet'!A1", "=Sheet1!A1", "=RC[-1]", "=Table1[Text]", '="a"&B1', "+A1",
        "@SUM(A1)", "+A1&B1", "=-A1", "=cmd|'/C x'!A0", "＝SUM(A1)", "= IF(A1;B1)",
        "=(A1+B2)*2", '="00123"', "=A1 & UPPER(B1)", "=A1:B7", "-A5/2", "{=A1*2}",
        '= "a " & B1 & " tin"',
        '=LOWER("a tin")&" on oak"', "=$A1/3", "+B2&\" mug\"", "=\"a\"",
    ],
)  # fmt: skip
def test_text_of_formulas(cell: str) -> None:
    assert shows_formula(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "=== Scene ===",
            "= a mug on oak",
            "+1 jar",
            "@product on oak",
            "- red mug",
            "=)",
            "{A1}",
        ),
        *("= A4 poster of a lake", "=Sale", "=(tin) on stone", "-A5/2 poster of tea", "=product"),
        *(
            "= A5 - a card",
            "=A3/A4 sheets of paper",
            '="Sale" in red',
            "=Tea! Now",
            "=",
            "=3/4 view",
        ),
        *("=> a mug", "A1 = mug", "+A1B cable", "@home (a mug)", "@A1 poster"),
    ],
)
def test_texts_that_are_no_formulas(cell: str) -> None:
    assert not shows_formula(cell)


@pytest.mark.parametrize(
    "cell",
    "#VALUE|#REF|#WERT|#N/V|#영!|#이름?|#値!|#¡VALOR|#DIV/0|#ΤΙΜΗ!|#ПУСТО|#GETTING_DATA".split("|"),
)
def test_capitals_behind_a_number_sign_look_like_an_error(cell: str) -> None:
    assert looks_like_error(cell)


@pytest.mark.parametrize(
    "cell", ["#tea", "#Tea!", "#1", "#春茶", "#SALE now", "# TITLE", "SALE!", "#"]
)
def test_tags_do_not_look_like_errors(cell: str) -> None:
    assert not looks_like_error(cell)

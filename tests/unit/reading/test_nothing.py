"""What programs and spreadsheets write where they have nothing."""

from __future__ import annotations

import pytest

from rowshot.reading.nothing import is_blank, says_nothing, shows_error


@pytest.mark.parametrize(
    "cell",
    ["", " ", "-", "—", "…", "NaN", "NA", "<NA>", "null", "(null)", "N/A", "无", "\\N"],
)
def test_blanks(cell: str) -> None:
    assert is_blank(cell)
    assert says_nothing(cell)


@pytest.mark.parametrize("cell", ["TBD", "todo", "待定"])
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

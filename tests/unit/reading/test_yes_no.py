"""The words for yes and no, as people, spreadsheets and scripts write them."""

from __future__ import annotations

import pytest

from rowshot.reading.yes_no import YES, is_unclear, redo_tick, redo_wish, tick


@pytest.mark.parametrize(
    "cell",
    "N n no No. nein Non nej Nie NEM não FALSCH FAUX FALSO FAŁSZ falskt ONWAAR YANLIŞ Hayır ЛОЖЬ "
    "нет ΨΕΥΔΗΣ HAMIS NEPRAVDA 否 假 いいえ 아니요 เท็จ Không false 0 0.0 off unchecked [] ☐ □ ✗ ❌ "
    "НЕТАЧНО НЕТОЧНО НЕВЯРНО KLAIDINGA FALZ PALSU YALAN FALSE() =FALSCH() () "
    "× - – … null None n/a undefined nan NA <NA> 无".split(),
)
def test_no_is_no_in_every_language(cell: str) -> None:
    assert tick(cell) is False
    assert redo_wish(cell) is None


@pytest.mark.parametrize(
    "cell",
    "Y yes Yes! ja oui sí SÌ sim tak áno ano evet igen kyllä da да так ναι WAHR VRAI VERDADERO "
    "VERO WAAR SANT SAND TOSI PRAWDA PRAVDA IGAZ DOĞRU ADEVĂRAT CERT ИСТИНА ІСТИНА ΑΛΗΘΗΣ 是 "
    "ТАЧНО ТОЧНО ВЯРНО TEISINGA VERU GWIR সত্য ՃԻՇՏ =TRUE() WAHR() =WAHR() =VERDADERO() =ИСТИНА() "
    "真 はい 예 참 ใช่ đúng ya כן نعم true TRUE 1 1.0 -1 on checked [x] x v ✓ ✔️ ☑ ☒ √ ✅".split(),
)
def test_yes_is_a_tick_and_no_note(cell: str) -> None:
    assert tick(cell) is True
    assert redo_wish(cell) == YES


def test_a_sentence_is_a_note() -> None:
    assert redo_wish("No shadows, please") == "No shadows, please"


@pytest.mark.parametrize("cell", ["ok", "OK!", "3", "na", "?", "100", "亮", "v2", "!!!", "2026"])
def test_what_is_too_short_for_a_note_asks_for_nothing(cell: str) -> None:
    assert is_unclear(cell)
    assert redo_wish(cell) is None


@pytest.mark.parametrize(
    "cell",
    "redo|Redo!|Render again|again|重做|重绘|Nochmal|noch einmal|à refaire"
    "|otra vez|やり直し|다시|заново".split("|"),
)
def test_the_columns_own_name_is_a_tick(cell: str) -> None:
    assert redo_wish(cell) == YES
    assert tick(cell) is None  # in another column it says nothing


@pytest.mark.parametrize(
    "cell",
    "不需要重做|无需重绘|别重画|do not redo|Don't redo|no need to redo|nicht wiederholen"
    "|ne pas refaire|не переделать|やり直し不要|재생성 안함|keep|Keep as is|no changes|unverändert"
    "|保持不变".split("|"),
)
def test_a_denied_redo_buys_nothing(cell: str) -> None:
    assert redo_tick(cell) is False
    assert redo_wish(cell) is None
    assert not is_unclear(cell)


@pytest.mark.parametrize(
    "cell",
    "{{redo}}|${redo}|{redo}|<%= redo %>|%(redo)s|«redo»|%redo%|#redo#|@redo|【重做】|TBD|pending"
    "|ditto|同上|later|done|已完成|yes/no|Y/N".split("|"),
)
def test_what_tells_nothing_of_a_picture_is_asked_about(cell: str) -> None:
    assert is_unclear(cell)
    assert redo_wish(cell) is None


@pytest.mark.parametrize(
    "cell",
    "again with less gold|redo in blue|do not redo the label|keep the handle left|not so dark"
    "|no logo|done in oil|不要文字|use {scene} instead".split("|"),
)
def test_a_note_may_begin_like_a_tick(cell: str) -> None:
    assert redo_wish(cell) == cell


@pytest.mark.parametrize("cell", ["更亮", "less gold", "brighter", "red", "sand", "밝게"])
def test_a_few_words_are_a_note(cell: str) -> None:
    assert redo_wish(cell) == cell
    assert not is_unclear(cell)

"""The words for yes and no, as people, spreadsheets and scripts write them."""

from __future__ import annotations

import pytest

from rowshot.reading.yes_no import (
    YES,
    approved_tick,
    is_unclear,
    redo_tick,
    redo_wish,
    tick,
    x_is_no,
)
from rowshot.statuses import RowStatus


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


def split(words: str) -> list[str]:
    return [word.strip() for word in words.split("|")]


@pytest.mark.parametrize(
    "cell",
    split(
        "☐ redo|□重做|[ ] redo|( ) Redo|- [ ] redo|* [ ]|✗ redo|❌ render again|redo ✗"
        "|⬜ Redo|redo: no|redo=false|重做：否|重绘: 不|redo_false|やり直し：いいえ"
        "|☐ again|☐ noch einmal|◻|Redo - not needed|redo not needed|no redo needed"
        "|please do not redo|请不要重做|no, keep|否，不重做|否（保留）"
    ),
)
def test_an_empty_box_or_a_no_beside_the_columns_name_is_no(cell: str) -> None:
    assert redo_tick(cell) is False
    assert redo_wish(cell) is None


@pytest.mark.parametrize(
    "cell",
    split(
        "[x] redo|☑重做|✔ redo|redo ✓|redo: yes|Redo = true|重做：是|やり直し：はい"
        "|yes please|Yes, please!|please redo|pls redo|ja, bitte|oui svp|sí, por favor"
        "|да, пожалуйста|needs redo|redo needed|需要重做|请重做|重做一下"
        "|再作成してください|다시 해주세요|'yes'|“yes”|(yes)|[yes]|**yes**|'true"
        "|Yes - again|Y/yes|yes yes|○|〇|◯|⭕|●|◉|■|🔁|Wiederholen|předělat"
    ),
)
def test_a_tick_may_be_wrapped_polite_or_named(cell: str) -> None:
    assert redo_wish(cell) == YES


@pytest.mark.parametrize(
    "cell",
    split(
        "keine|Nichts.|entfällt|nicht nötig|nein danke|no thanks|Not needed!|no need"
        "|not required|skip|as-is|aucun|rien|sans objet|pas besoin|ninguno|nada"
        "|no hace falta|nessuno|niente|nenhum|geen|n.v.t.|N.v.t|ingen|ikke|behövs inte"
        "|ei tarvita|nie dotyczy|není třeba|nincs|yok|не нужно|не требуется|немає|няма"
        "|אין|لا يوجد|ไม่มี|không cần|tidak perlu|無し|ない|不要です。|該当なし|필요 없음"
        "|해당 없음|无需|不必|不用改|不换|暂不|未勾选|算了|none.|None!|(none)|n/a.|N / A"
        "|n\\a|“none”|无。|NULL!"
    ),
)
def test_nothing_and_not_needed_are_no_in_every_language(cell: str) -> None:
    assert redo_wish(cell) is None
    assert redo_tick(cell) is False


@pytest.mark.parametrize(
    "cell",
    split(
        "works for me|ist sehr schön|très beau|很漂亮|super fajne|approved by Anna"
        "|published 12-Nov"
        "|perfect|Looks good!|LGTM|love it|OK as is|passt|passt so|sehr gut|freigegeben"
        "|parfait|validé|aprobado|va bene|goedgekeurd|zatwierdzone|хорошо|одобрено|很好"
        "|可以|没问题|審核通過|問題なし|承認済み|좋아요|ممتاز|ดีมาก|in progress|in Arbeit"
        "|en cours|处理中|対応中|진행 중|ready|draft|on hold|active|待审核|12-Nov|Nov 12"
        "|20. November|11月20日|20 ноября|urgent|dringend|asap|prio 1|Prio. 2|P1|KW 47|v2"
        "|2nd|3x|3 times|30%|once|twice|heute|明天|redo later|later?|tbd?|yes?|thanks"
        "|perfect, thanks|super, danke!|yes, no"
    ),
)
def test_praise_states_dates_and_urgencies_are_asked_about(cell: str) -> None:
    assert is_unclear(cell)
    assert redo_wish(cell) is None


@pytest.mark.parametrize("status", RowStatus)
def test_a_status_of_ours_is_no_note(status: RowStatus) -> None:
    assert redo_wish(status) is None
    assert redo_wish(status.in_plan.upper()) is None


@pytest.mark.parametrize(
    "cell",
    split(
        "No - looks fine|No (approved)|nein, passt|non, c'est bon|N - ok"
        "|no: Anna likes it|No, redo|No! Anna likes it|No. The client likes it"
        "|keep, client likes it|not needed - see mail|нет, клиенту нравится"
        "|いいえ、そのままで結構|☐ brighter|[ ] make it warmer"
        "|No, this one is exactly what the client wanted, so leave it"
    ),
)
def test_a_denial_with_more_behind_it_is_asked_about(cell: str) -> None:
    assert is_unclear(cell)
    assert redo_wish(cell) is None


@pytest.mark.parametrize(
    "cell",
    split(
        "very bright|so much light|low light|nice warm tones|好暗"
        "|brighter|warmer light|no shadow please|No shadow|no logo, no text"
        "|nothing but the cup|on white|make it bigger|the old one was too dark"
        "|please make it warmer|yes, but brighter|never on grass|again, brighter"
        "|redo: brighter|off-white background|no-shadow look|No. 5 in gold|x-ray look"
        "|open box|top view|fine lines|ready-made look|live plants|cool tones"
        "|twice as large|high key|perfectly round|new background|- brighter|1. brighter"
        "|❌ shadow|☑ brighter|without the cup|done in gold leaf|twice as large, please"
        "|keep the lid on, less shine|2 cups instead of 1|ohne Schatten|keine Schatten"
        "|nicht so dunkel|heller bitte|neu: heller|kein Text|zu dunkel|Hintergrund weiß"
        "|sans ombre|pas d'ombre|fond blanc svp|encore plus clair|trop sombre|sin sombra"
        "|no tan oscuro|fondo blanco, por favor|senza ombra|più luminoso|sem sombra"
        "|mais claro|geen schaduw|witte achtergrond|utan skugga|uten skygge|vaalea tausta"
        "|bez cienia|jaśniej|bez stínu|árnyék nélkül|gölge yok|daha parlak|без тени"
        "|не так темно|белый фон|світліше|更亮一点|不要阴影|请把背景换成白色|背景换成白色"
        "|重做：更亮|去掉文字|太暗了|影なし|もっと明るくしてください|背景を白に|暗すぎる"
        "|그림자 없이|더 밝게|배경을 흰색으로|إضاءة أكثر|רקע לבן|พื้นหลังสีขาว"
        "|không có bóng|sáng hơn|tanpa bayangan|lebih terang"
    ),
)
def test_what_says_something_of_a_picture_is_a_note(cell: str) -> None:
    assert redo_wish(cell) == cell
    assert not is_unclear(cell)


@pytest.mark.parametrize(
    "cell",
    split(
        "approved|Approve|APPROVED!|OK|okay|通过|已通过|freigegeben|Genehmigt|validé"
        "|aprobado|одобрено|承認|승인|[x] approved|☑ approved|approved ✓|✓ Anna|✔ 李"
        "|yes (Anna)|approved (Anna)|approved: yes|通过：是|○|👍|yes|TRUE|(ok)"
    ),
)
def test_words_for_approval_approve(cell: str) -> None:
    assert approved_tick(cell) is True


@pytest.mark.parametrize(
    "cell",
    split(
        "not approved|Not OK|nicht freigegeben|non validé|rejected|未通过|不通过|驳回"
        "|未承認|pending|offen|待审核|in review|☐ approved|[ ] ok|approved: no|通过：否"
        "|✗ too dark|keine|n/a.|no||-|draft"
    ),
)
def test_words_for_refusal_and_waiting_do_not(cell: str) -> None:
    assert approved_tick(cell) is False


@pytest.mark.parametrize(
    "cell", ["Anna", "ok but darker", "done", "approved (not yet)", "brighter", "published"]
)
def test_an_approval_that_is_not_plain_is_asked_about(cell: str) -> None:
    assert approved_tick(cell) is None


def test_an_x_is_no_beside_an_o() -> None:
    assert x_is_no(["O", "", "X"])
    assert x_is_no(["○", "x"])
    assert x_is_no(["〇", "Ｘ"])
    assert not x_is_no(["x", "", "yes"])
    assert not x_is_no(["○", "✗"])

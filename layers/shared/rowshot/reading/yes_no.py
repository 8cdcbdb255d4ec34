"""What counts as yes and no in a cell."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rowshot.reading.columns import KNOWN, normal
from rowshot.reading.invisible import without_invisible
from rowshot.reading.nothing import draws_nothing, is_blank

YES = "yes"

# As people type them, as checkboxes and TRUE() and FALSE() are exported in the languages of Excel,
# LibreOffice and Google Sheets, as people say it there, and as scripts and databases write them.
_WORDS_FOR_YES = """
    1 1.0 -1 x v y t yes yep yeah true on checked ticked correct
    ja j wahr richtig oui o vrai sí si s verdadero cierto sì vero sim verdadeiro waar sant sand sann
    kyllä tosi tak prawda ano pravda áno igen igaz evet doğru да д истина так істина вярно ναι
    αληθησ αληθεσ da adevărat cert egiazkoa bai jah jā taip tiesa tõene patiess já satt istina točno
    是 是的 对 對 真 要 需要 好 好的 はい 真 예 네 참 ใช่ จริง có đúng ya benar
    тачно točno tačno точно праўда шын ақиқат үнэн teisinga patiesa veru vertat resnično fíor fìor
    gwir egia vera totoo kweli ճիշտ ճշմարիտ ჭეშმარიტი haqiqat সত্য உண்மை నిజం ನಿಜ ശരി खरे સાચું ਸਹੀ
    سچ درست صواب እውነት ពិត ຖືກ ຈິງ မှန် සත්‍ය
    כן אמת نعم صحيح بله हाँ हां सत्य ✓ ✔ ☑ √ ✅ 🗹 🗸 ☒ ⮽ [x] [✓] [✔] (x)
"""
_WORDS_FOR_NO = """
    0 0.0 n f no nope nah not false off unchecked unticked
    nein falsch non faux falso não nao nee onwaar nej falskt falsk nei usann ei epätosi nie fałsz
    ne nepravda nem hamis hayır yanlış нет н ложь ні хибність хиба не лъжа грешно οχι ψευδησ ψευδεσ
    nu fals faltsua ez nē netiesa väär aplams ósatt neistina laž netočno ()
    否 不 不是 错 錯 假 不要 不用 不需要 没有 いいえ 偽 아니요 아니오 거짓 ไม่ ไม่ใช่ เท็จ không sai
    nö nope неправда нетачно netačno неточно неистина невярно хлусня няпраўда жалған худал
    klaidinga falz neresnično bréagach breugach gau gaou gezurra malvera yalan palsu
    սխալ կեղծ მცდარი মিথ্যা பொய் தவறு తప్పు ತಪ್ಪು തെറ്റ് खोटे ખોટું ਗਲਤ غلط نادرست ሐሰት មិនពិត ຜິດ မှား අසත්‍ය
    tidak salah לא שקר لا خطأ خیر نه नहीं असत्य ☐ □ ▢ ⬜ 🔲 ✗ ✘ ❌ ❎ ✕ ✖ × []
"""
_ONLY_IN_CAPITALS = ("sand",)  # as a Danish checkbox says yes; else it is a colour
# What people write into a column for redoing who want no note, beside the column's own names.
_WORDS_FOR_AGAIN = """
    again|once again|once more|one more time|re-render|rerender|re-do|redo it|redo this|regenerate
    |rerun|retry|repeat|neu|nochmal|noch mal|nochmals|noch einmal|erneut|wiederholen|neu rendern
    |neu machen|refaire|à refaire|recommencer|encore|de nouveau|rehacer|repetir|otra vez|de nuevo
    |rifare|da rifare|ripetere|di nuovo|refazer|de novo|opnieuw|nog eens|gör om|igjen|uudelleen
    |ponownie|jeszcze raz|znovu|újra|tekrar|yeniden|заново|снова|ещё раз|переделать|знову|ще раз
    |再来|再来一次|再做|重来|重画|重新做|重新画|重新绘制|重拍|重繪|再生成|やり直し|やりなおし|再作成
    |もう一度|다시|재생성|làm lại|ulang|lagi|อีกครั้ง|إعادة|שוב
"""
_NOT_THAT = re.compile(
    r"(?:不需要|不用|不要|不必|无需|无须|無需|無須|勿|别|別|免|没有|不)\s*"
    r"|(?:please )?(?:do not|don['’]?t|no need to|no|not|never|nicht|kein|keine|ne pas|pas|non|nie"
    r"|ne|nem|не) "
)
_NOT_SO = re.compile(r"(?:不要|不需要|しない|なし|안\s?함|하지\s?마)\Z")
_WORDS_FOR_AS_IT_IS = """
    keep|keep it|keep this|keep as is|as is|leave as is|leave it|no change|no changes|unchanged
    |behalten|unverändert|keine änderung|garder|à garder|inchangé|mantener|sin cambios|mantenere
    |manter|behouden|оставить|без изменений|保留|不变|不改|保持不变|维持原样|そのまま|변경 없음|유지
"""
# What people write into a column for approving, beside the column's own names.
_WORDS_FOR_APPROVED = """
    accepted|signed off|genehmigt|freigegeben|abgenommen|freigabe erteilt|angenommen|approuvé
    |approuvée|validé|validée|aprobado|aprobada|approvato|approvata|aprovado|aprovada|goedgekeurd
    |akkoord|godkänd|godkänt|godkendt|godkjent|hyväksytty|zatwierdzone|zatwierdzony|zaakceptowane
    |schváleno|schválené|jóváhagyva|onaylandı|одобрено|утверждено|согласовано|схвалено
    |затверджено|εγκρίθηκε|aprobat|odobreno|已确认|已審核|已审核|审批通过|已批|核准|已核准|已確認
    |承認|承認済|承認済み|승인|승인됨|승인 완료|đã duyệt|disetujui|diluluskan|อนุมัติ|อนุมัติแล้ว
    |تمت الموافقة|موافق عليه|מאושר|अनुमोदित|स्वीकृत
"""
# What says nothing of a picture: it stands for the state of somebody's work.
_WORDS_UNCLEAR = """
    y/n|yes/no|true/false|ja/nein|oui/non|sí/no|是/否|maybe|perhaps|later|not yet|done|fine|good
    |nice|great|okay|approved|approve|rejected|reject|check|to check
    |review|in review|wip|vielleicht|später|noch nicht|fertig|erledigt|prüfen|peut-être
    |plus tard|fait|terminé|hecho|listo|fatto|feito|klaar|klar|готово|позже|完成|已完成
    |待审核|待确认|稍后|可能|也许|通过|完了|確認中|要確認|완료|확인
"""
# A placeholder that nobody filled in: {{redo}}, ${redo}, %redo%, <%= redo %>.
_PLACEHOLDER = re.compile(
    r"\$?\{{1,3}[^{}]*\}{1,3}|<<[^<>]*>>|<[%?][^<>]*>|«[^«»]*»|\[\[[^\[\]]*\]\]|\*\|\w+\|\*"
    r"|｛[^｛｝]*｝|【[^【】]*】|%[\w ]+%|%\(\w+\)s|#[\w ]+#|[$@]\w+"
)
# Letters of these scripts say in one what others say in a word.
_IDEOGRAPHS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")
_SHORTEST_NOTE = 3
_LONGEST = 40  # characters; what is longer is no word for yes or no


def tick(cell: str) -> bool | None:
    """True or False for a cell that says yes or no, None for any other text."""
    if len(cell) > _LONGEST:
        return False if is_blank(cell) else None
    return _tick(cell)


@lru_cache(maxsize=4096)
def _tick(cell: str) -> bool | None:
    word = _form(cell)
    if word in _ONLY_IN_CAPITALS and not cell.isupper():
        return None
    if word in _YES:
        return True
    return False if word in _NO or is_blank(cell) else None


def approved_tick(cell: str) -> bool | None:
    """As `tick`, for an `approved` cell, where the column's own name means yes in any language."""
    ticked = tick(cell)
    if ticked is not None or len(cell) > _LONGEST:
        return ticked
    return True if _form(cell) in _APPROVED else None


def redo_tick(cell: str) -> bool | None:
    """As `tick`, for a `redo` cell, where the column's own name and ``again`` mean yes too."""
    ticked = tick(cell)
    if ticked is not None or len(cell) > _LONGEST or _is_placeholder(cell):
        return ticked
    return _again(cell)


@lru_cache(maxsize=4096)
def _again(cell: str) -> bool | None:
    word = _form(cell)
    if _says_again(word):
        return True
    denied = (_NOT_THAT.sub("", word, count=1), _NOT_SO.sub("", word).strip())
    is_no = word in _AS_IT_IS or any(each != word and _says_again(each) for each in denied)
    return False if is_no else None


def _says_again(word: str) -> bool:
    return word in _AGAIN or KNOWN.get(normal(word), ("", 0))[0] == "redo"


def redo_wish(cell: str) -> str | None:
    """A `redo` cell: None for no, ``yes`` for a mere tick, else the note in one line.

    What is no note asks for nothing, see `is_unclear`.
    """
    seen = without_invisible(cell)
    ticked = redo_tick(seen)
    if ticked is None:
        return None if is_unclear(seen) else " ".join(unicodedata.normalize("NFC", seen).split())
    return YES if ticked else None


def asks_the_same(wish: str | None, taken: str) -> bool:
    """Whether what a `redo` cell asks for (see `redo_wish`) is what was taken before.

    An older release may have taken as a note what is a mere tick now, and the other way round.
    """
    if wish is None:
        return False
    return wish == taken or _without_soft(wish) == _without_soft(redo_wish(taken) or "")


def _without_soft(note: str) -> str:
    """A note without soft hyphens: how its letters are composed decides which of them stay."""
    return unicodedata.normalize("NFC", note.replace("\u00ad", ""))


def is_unclear(cell: str) -> bool:
    """True for a text that is neither yes nor no and does not say what to draw.

    It is too short (``ok``, ``3``), a placeholder that nobody filled in, or a word for the state of
    somebody's work (``done``). Such a text must not become part of a prompt.
    """
    if redo_tick(cell) is not None:
        return False
    if _weight(cell) < _SHORTEST_NOTE:
        return True
    if len(cell) > _LONGEST:
        return False
    return _form(cell) in _UNCLEAR or draws_nothing(cell) or _is_placeholder(cell)


def _is_placeholder(cell: str) -> bool:
    return _PLACEHOLDER.fullmatch(cell.strip()) is not None


def _weight(cell: str) -> int:
    """The letters of a text; one that stands for a syllable or a word counts as two."""
    letters = [char for char in cell if char.isalpha()]
    whole = sum(unicodedata.name(char, "").startswith(_IDEOGRAPHS) for char in letters)
    return len(letters) + whole


def _form(cell: str) -> str:
    """A word as it is compared: without case, accents, invisible characters and a full stop.

    ``=TRUE()`` is the word ``true``.
    """
    text = unicodedata.normalize("NFKD", cell).casefold()
    text = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("ł", "l"))
    text = "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf", "Cc"))
    text = " ".join(text.replace("ς", "σ").split())
    text = text.rstrip(".!,;。！") or text
    text = text.removeprefix("=").removesuffix("()") or text
    return unicodedata.normalize("NFC", text)


_YES = frozenset(map(_form, _WORDS_FOR_YES.split()))
_NO = frozenset(map(_form, _WORDS_FOR_NO.split())) | {"[ ]", "( )"}
_AGAIN, _AS_IT_IS, _APPROVED, _UNCLEAR = (
    frozenset(_form(word.strip()) for word in words.split("|"))
    for words in (_WORDS_FOR_AGAIN, _WORDS_FOR_AS_IT_IS, _WORDS_FOR_APPROVED, _WORDS_UNCLEAR)
)
_APPROVED |= {_form(name) for name, (canonical, _) in KNOWN.items() if canonical == "approved"}

"""What counts as yes and no in a cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import lru_cache

from rowshot.reading.again import AGAIN, AS_IT_IS, NOT_SO, NOT_THAT, POLITE_AFTER, POLITE_BEFORE
from rowshot.reading.columns import KNOWN, normal
from rowshot.reading.invisible import without_invisible
from rowshot.reading.nothing import draws_nothing, is_blank, names_nothing
from rowshot.reading.words import bare, form, words
from rowshot.reading.work_states import APPROVALS, REJECTIONS, says_state

YES = "yes"

# As people type them, as checkboxes and TRUE() and FALSE() are exported in the languages of Excel,
# LibreOffice and Google Sheets, as people say it there, and as scripts and databases write them.
_WORDS_FOR_YES = """
    1 1.0 -1 x v y t yes yep yeah true on checked ticked correct
    ja j wahr richtig oui o vrai sí si s verdadero cierto sì vero sim verdadeiro waar sant sand sann
    kyllä tosi tak prawda ano pravda áno igen igaz evet doğru да д истина так істина вярно ναι
    αληθησ αληθεσ da adevărat cert egiazkoa bai jah jā taip tiesa tõene patiess já satt istina točno
    是 是的 对 對 真 要 需要 好 好的 はい 真 예 네 참 ใช่ จริง có đúng ya benar ○ 〇 ◯ ⭕ ● ◉ ■
    тачно točno tačno точно праўда шын ақиқат үнэн teisinga patiesa veru vertat resnično fíor fìor
    gwir egia vera totoo kweli ճիշտ ճշմարիտ ჭეშმარიტი haqiqat সত্য உண்மை నిజం ನಿಜ ശരി खरे સાચું ਸਹੀ
    سچ درست صواب እውነት ពិត ຖືກ ຈິງ မှန် සත්‍ය
    נכון כן אמת نعم صحيح بله हाँ हां सत्य ✓ ✔ ☑ √ ✅ 🗹 🗸 ☒ ⮽ [x] [✓] [✔] (x)
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
    tidak salah לא שקר لا خطأ خیر نه नहीं असत्य ☐ □ ▢ ◻ ◽ ▫ ⬜ 🔲 ✗ ✘ ❌ ❎ ✕ ✖ × []
"""
_ONLY_IN_CAPITALS = ("sand",)  # as a Danish checkbox says yes; else it is a colour
# A placeholder that nobody filled in: {{redo}}, ${redo}, %redo%, <%= redo %>.
_PLACEHOLDER = re.compile(
    r"\$?\{{1,3}[^{}]*\}{1,3}|<<[^<>]*>>|<[%?][^<>]*>|«[^«»]*»|\[\[[^\[\]]*\]\]|\*\|\w+\|\*"
    r"|｛[^｛｝]*｝|【[^【】]*】|%[\w ]+%|%\(\w+\)s|#[\w ]+#|[$@]\w+"
)
# Letters of these scripts say in one what others say in a word.
_IDEOGRAPHS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")
_SHORTEST_NOTE = 3
_LONGEST_MARK = 3
_LONGEST = 40  # characters; what is longer is no word for yes or no


def tick(cell: str) -> bool | None:
    """True or False for a cell that says yes or no, None for any other text."""
    if len(cell) > _LONGEST:
        return False if is_blank(cell) else None
    return _tick(cell)


@lru_cache(maxsize=4096)
def _tick(cell: str) -> bool | None:
    word = form(cell)
    if word in _ONLY_IN_CAPITALS and not cell.isupper():
        return None
    for each in (word, bare(cell)):
        if each in _YES or each in _NO:
            return each in _YES
    return False if is_blank(cell) else None


class _Said(Enum):
    """What a cell says where a tick or a few words are expected."""

    YES = True
    NO = False
    UNCLEAR = "unclear"
    NOTE = "note"


def redo_tick(cell: str) -> bool | None:
    """As `tick`, for a `redo` cell, where the column's own name and ``again`` mean yes too."""
    said = _said(cell)
    return bool(said.value) if said in (_Said.YES, _Said.NO) else None


def redo_wish(cell: str) -> str | None:
    """A `redo` cell: None for no, ``yes`` for a mere tick, else the note in one line.

    What is no note asks for nothing, see `is_unclear`.
    """
    said = _said(cell)
    if said is _Said.NOTE:
        note = unicodedata.normalize("NFC", without_invisible(cell))
        return " ".join(note.split())
    return YES if said is _Said.YES else None


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

    It is too short (``ok``, ``3``), a placeholder that nobody filled in, praise or a word for the
    state of somebody's work (``done``), or a denial with more behind it (``no, keep this one``).
    Such a text must not become part of a prompt.
    """
    return _said(cell) is _Said.UNCLEAR


def x_is_no(cells: Iterable[str]) -> bool:
    """True for a column in which an O or a circle stands beside an X, as in Japan and Korea."""
    marks = {form(cell) for cell in cells if len(cell) <= _LONGEST_MARK}
    return "x" in marks and bool(marks & {"o", *_ROUND})


def approved_tick(cell: str) -> bool | None:
    """As `tick`, for an `approved` cell, where words for approval and refusal count too.

    A sign decides whatever stands beside it: ``✓ Anna``. A question is no approval.
    """
    ticked = tick(cell)
    if ticked is not None or len(cell) > _LONGEST or cell.endswith(("?", "？")):
        return ticked
    word = _with_signs(cell)
    first = word.split(" ", 1)[0]
    if first in _SIGNS:
        return tick(first)
    if (said := _approves(word)) is not None:
        return said
    for head, tail in _splits(word):
        said = tick(tail) if _approves(head) else tick(head) if _approves(tail) else None
        if said is not None:
            return said
    found = re.fullmatch(r"([^()]+)\(([^()]*)\)", word)
    return True if found and _approves(found[1]) and _approves(found[2]) is not False else None


def _approves(text: str) -> bool | None:
    """What one word of an `approved` cell says."""
    word = bare(text)
    if word in REJECTIONS or names_nothing(word):
        return False
    if word in APPROVALS or _is_name_of("approved", word):
        return True
    denied = any(each != word and _approves(each) for each in _undenied(word))
    return False if denied else tick(word)


def _said(cell: str) -> _Said:
    if len(cell) <= _LONGEST:
        return _short(cell)
    if is_blank(cell):
        return _Said.NO
    return _Said.UNCLEAR if _denies_first(_with_signs(cell[: 2 * _LONGEST])) else _Said.NOTE


@lru_cache(maxsize=4096)
def _short(cell: str) -> _Said:
    """What a cell of a word or two says. It is looked at whole first, then in its parts."""
    ticked = tick(cell)
    if ticked is not None:
        return _Said(ticked)
    asked = cell.rstrip("?？ ")
    if cell.endswith(("?", "？")) and asked and _short(asked) is not _Said.NOTE:
        return _Said.UNCLEAR
    word = _with_signs(cell)
    if _is_placeholder(cell):
        return _Said.UNCLEAR
    if (said := _word(word)) is not _Said.NOTE:
        return said
    if draws_nothing(cell):
        return _Said.UNCLEAR
    for head, tail in _splits(word):
        other = tail if _says_again(head) else head if _says_again(tail) else ""
        said = _Said.UNCLEAR if other in _ROUND else _word(other) if other else _Said.NOTE
        if said is not _Said.NOTE:
            return said
    parts = {_word(part) for part in _PARTS.split(word) if part.strip()}
    if _Said.NOTE not in parts:
        return parts.pop() if len(parts) == 1 else _Said.UNCLEAR
    if all(_word(part) is _Said.YES for part in word.split()):
        return _Said.YES
    too_short = _weight(cell) < _SHORTEST_NOTE
    return _Said.UNCLEAR if too_short or _denies_first(word) else _Said.NOTE


@lru_cache(maxsize=4096)
def _word(text: str) -> _Said:
    """What one word, or one of the phrases in the tables, says in a `redo` cell."""
    word = bare(text)
    if _says_again(word):
        return _Said.YES
    if word in AS_IT_IS or names_nothing(word):
        return _Said.NO
    polite = _politely(word)
    ticked = tick(polite)
    if ticked is not None:
        return _Said(ticked)
    if says_state(word) or says_state(polite):
        return _Said.UNCLEAR
    denied = any(each not in (word, polite) and _says_again(each) for each in _undenied(word))
    return _Said.NO if denied else _Said.NOTE


@lru_cache(maxsize=4096)
def _says_again(text: str) -> bool:
    word = bare(text)
    polite = _politely(word)
    return bool({word, polite} & AGAIN) or _is_name_of("redo", polite)


def _is_name_of(column: str, word: str) -> bool:
    if len(word) > _LONGEST_NAME:
        return False
    return not _SIGN.search(word) and form(normal(word)) in _NAMES[column]


def _politely(word: str) -> str:
    """A word without please, thanks and ``needs`` around it; itself when nothing else is left."""
    return POLITE_AFTER.sub("", POLITE_BEFORE.sub("", word)).strip(" ,") or word


def _undenied(word: str) -> tuple[str, ...]:
    """What a word would deny if it began or ended with a denial; else itself."""
    polite = _politely(word)
    return (
        NOT_THAT.sub("", word, count=1),
        NOT_THAT.sub("", polite, count=1),
        NOT_SO.sub("", word).strip(),
    )


def _with_signs(cell: str) -> str:
    """A cell as words, with a space on both sides of each sign and without a list's bullet."""
    word = _UNTICKED.sub("☐", _TICKED.sub("☑", form(cell)))
    return _BULLET.sub("", " ".join(_SIGN.sub(r" \g<0> ", word).split()))


def _splits(word: str) -> Iterator[tuple[str, str]]:
    """A word in two, wherever a space or a mark stands between a name and what is said of it."""
    for found in _BETWEEN.finditer(word):
        head, tail = word[: found.start()], word[found.end() :]
        if head and tail and not head.endswith((",", ";", ".", "!", "、")):
            yield head, tail


def _denies_first(word: str) -> bool:
    """Whether a text begins with a word for no and goes on, or has an empty box before it."""
    if word.startswith(_BOXES):
        return True
    found = _GOES_ON.search(word)
    head = word[: found.start()] if found else ""
    return any(map(str.isalpha, head)) and _word(head) is _Said.NO


def _is_placeholder(cell: str) -> bool:
    return _PLACEHOLDER.fullmatch(cell.strip()) is not None


def _weight(cell: str) -> int:
    """The letters of a text; one that stands for a syllable or a word counts as two."""
    letters = [char for char in cell if char.isalpha()]
    whole = sum(unicodedata.name(char, "").startswith(_IDEOGRAPHS) for char in letters)
    return len(letters) + whole


_YES = words(_WORDS_FOR_YES, None)
_NO = words(_WORDS_FOR_NO, None) | {"[ ]", "( )"}
_NAMES = {
    column: frozenset(form(name) for name, (canonical, _) in KNOWN.items() if canonical == column)
    for column in ("redo", "approved")
}
_LONGEST_NAME = 2 + max(len(name) for names in _NAMES.values() for name in names)
_SIGNS = frozenset(word for word in _YES | _NO if len(word) == 1 and not word.isalnum())
_ROUND = ("○", "〇", "◯", "⭕")  # a mark for yes in Japan, and an empty button before a name
_BOXES = ("☐ ", "□ ", "▢ ", "◻ ", "◽ ", "⬜ ", "🔲 ")
_UNTICKED, _TICKED = re.compile(r"[\[(] ?[\])]"), re.compile(r"[\[(][x✓✔√][\])]")
_SIGN = re.compile(f"[{''.join(sorted(_SIGNS))}]")
_BULLET = re.compile(r"\A[-*•·] ")
_BETWEEN = re.compile(r"\s?[:=?_(\-–—]\s?|\s")
_PARTS = re.compile(r"\s?[,、;:()/!。]\s?|\s[-–—]\s|\.\s")
_GOES_ON = re.compile(r"\s?[,、;:(。]|[.!]\s(?=[^\W\d])|\s[-–—]\s?|[-–—]\s" f"|\\s{_SIGN.pattern}")

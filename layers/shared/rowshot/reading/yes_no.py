"""What counts as yes and no in a cell."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rowshot.reading.nothing import is_blank

YES = "yes"

# As people type them, as checkboxes are exported in the languages of Excel and Google Sheets (TRUE
# and FALSE, and the words of everyday), and as scripts and databases write them.
_WORDS_FOR_YES = """
    1 1.0 -1 x v y t yes yep yeah true on checked ticked correct
    ja j wahr richtig oui o vrai sí si s verdadero cierto sì vero sim verdadeiro waar sant sand sann
    kyllä tosi tak prawda ano pravda áno igen igaz evet doğru да д истина так істина вярно ναι
    αληθησ αληθεσ da adevărat cert egiazkoa bai jah jā taip tiesa tõene patiess já satt istina točno
    是 是的 对 對 真 要 需要 好 好的 はい 真 예 네 참 ใช่ จริง có đúng ya benar
    כן אמת نعم صحيح بله हाँ हां सत्य ✓ ✔ ☑ √ ✅ 🗹 🗸 ☒ ⮽ [x] [✓] [✔] (x)
"""
_WORDS_FOR_NO = """
    0 0.0 n f no nope nah not false off unchecked unticked
    nein falsch non faux falso não nao nee onwaar nej falskt falsk nei usann ei epätosi nie fałsz
    ne nepravda nem hamis hayır yanlış нет н ложь ні хибність хиба не лъжа грешно οχι ψευδησ ψευδεσ
    nu fals faltsua ez nē netiesa väär aplams ósatt neistina laž netočno
    否 不 不是 错 錯 假 不要 不用 不需要 没有 いいえ 偽 아니요 아니오 거짓 ไม่ ไม่ใช่ เท็จ không sai
    tidak salah לא שקר لا خطأ خیر نه नहीं असत्य ☐ □ ▢ ⬜ 🔲 ✗ ✘ ❌ ❎ ✕ ✖ × []
"""
_ONLY_IN_CAPITALS = ("sand",)  # as a Danish checkbox says yes; else it is a colour
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


def redo_wish(cell: str) -> str | None:
    """A `redo` cell: None for no, ``yes`` for a mere tick, else the note in one line.

    What is too short for a note asks for nothing, see `is_unclear`.
    """
    ticked = tick(cell)
    if ticked is None:
        return None if is_unclear(cell) else " ".join(unicodedata.normalize("NFC", cell).split())
    return YES if ticked else None


def is_unclear(cell: str) -> bool:
    """True for a text that is neither yes nor no and too short to say what to draw: ``ok``, ``3``.

    Such a text must not become part of a prompt.
    """
    return tick(cell) is None and _weight(cell) < _SHORTEST_NOTE


def _weight(cell: str) -> int:
    """The letters of a text; one that stands for a syllable or a word counts as two."""
    letters = [char for char in cell if char.isalpha()]
    whole = sum(unicodedata.name(char, "").startswith(_IDEOGRAPHS) for char in letters)
    return len(letters) + whole


def _form(cell: str) -> str:
    """A word as it is compared: without case, accents, invisible characters and a full stop."""
    text = unicodedata.normalize("NFKD", cell).casefold()
    text = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("ł", "l"))
    text = "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf", "Cc"))
    text = " ".join(text.replace("ς", "σ").split())
    return text.rstrip(".!,;。！") or text


_YES = frozenset(map(_form, _WORDS_FOR_YES.split()))
_NO = frozenset(map(_form, _WORDS_FOR_NO.split())) | {"[ ]", "( )"}

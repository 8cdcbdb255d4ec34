"""What stands in a cell where a program or a spreadsheet had nothing to put."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rowshot.reading.words import bare, form, words

# What scripts and databases write where there is nothing, and people instead of leaving it empty.
_BLANK = frozenset(
    "null (null) [null] <null> none (none) nil nan nat n/a n.a. n.a <na> undefined \\n"
    " n\\a (blank) (empty) [] {} '' \"\" 无 暂无 なし 없음".split()
) | {"", "[object object]", "n / a"}
# What people write instead of leaving a cell empty. It may be a key, or a name on a label.
_NOTHING = words(
    """
    keine|nix|kein|keiner|keines|keins|nichts|leer|ohne|entfällt|nicht zutreffend|nicht nötig
    |nicht notwendig|nicht erforderlich|nein danke|kein bedarf|aucun|aucune|rien|néant|vide
    |sans objet|non merci|pas besoin|inutile|pas nécessaire|ninguno|ninguna|nada|vacío|no aplica
    |no hace falta|no es necesario|no necesario|no gracias|nessuno|nessuna|niente|vuoto
    |non necessario|non serve|no grazie|nenhum|nenhuma|vazio|não se aplica|não precisa
    |não é necessário|não obrigado|geen|leeg|niet|n.v.t|nvt|niet van toepassing|niet nodig
    |nee bedankt|ingen|inget|inga|inte|ikke|intet|ikke nødvendig|ikke nødvendigt|behövs inte
    |nej tak|nej tack|ei tarvita|tyhjä|ei mitään|puste|nie dotyczy|nie trzeba|nie potrzeba|żaden
    |brak|żadne|není|není třeba|netřeba|žádný|žádné|nie je potrebné|žiadne|nincs|nem kell
    |nem szükséges|üres|yok|boş|gerek yok|gerekmez|hayır teşekkürler|нет необходимости
    |не требуется|не нужно|не надо|пусто|ничего|отсутствует|немає|не потрібно|не треба|няма
    |не е нужно|nu este|niciunul|nu e nevoie|κανένα|τίποτα|δεν χρειάζεται|無し|ない|無い
    |ありません|不要です|必要なし|必要ありません|該当なし|特になし|無|空白|没有了|无需|无须|無需
    |無須|不必|不需|勿|免|不了|不用了|不用改|不用换|不需要改|不换|不動|不动|不改动|不需要修改
    |无需修改|暂不|暂时不用|暂不需要|先不用|算了|不适用|未勾选|未选|未選択|필요 없음|필요없음
    |必要 없음|필요 없어요|해당 없음|안 함|없어요|لا يوجد|لا شيء|غير مطلوب|لا داعي|لا ينطبق
    |לא נדרש|לא צריך|אין|ไม่มี|ไม่ต้อง|ไม่จำเป็น|không có|không cần|không áp dụng|tidak ada
    |tidak perlu|tak perlu|कोई नहीं|जरूरत नहीं|ज़रूरत नहीं|no thanks|no thank you|not needed
    |not necessary|not required|unnecessary|no need|none needed|not applicable|nothing|n/r
    """
)
_ENDS = tuple(".!,;。)]}>\"'”’»」")  # after which a word for nothing is looked for again
_OF_R = "NA"  # in capitals only: na is a word
_DASHES = re.compile(r"[-‐-―−._…·]+")
_NAMES = ("Nan", "Null")
_TO_COME = words("tbd tba tbc todo t.b.d. t.b.a. t.b.c. 待定 待补充 未定", None)
# That a cell says what the one above it says.
_THE_SAME = words(
    """
    ditto|dito|idem|ídem|ibid|ibid.|同上|如上|同前|〃|″|"|''|same|same as above|as above|see above
    |wie oben|siehe oben|s. o.|voir ci-dessus|comme ci-dessus|igual que arriba|ver arriba
    |come sopra|vedi sopra|igual acima|zie boven|jak wyżej|jw.|j.w.|viz výše|см. выше|то же
    |上と同じ|上に同じ|상동|위와 같음|위와 동일
    |см.выше|как выше|见上|看上面|上記と同じ|同じ|以下同文|yukarıdaki gibi|j.w
    """
)
# What nobody wants to have drawn, though it could be the text of a label or the value of a column.
_NO_PICTURE = words(
    """
    inf|-inf|+inf|infinity|-infinity|none none|pending|to be done|to follow|coming soon|missing
    |empty|[blank]|n.n.|prompt|your prompt|your prompt here|insert prompt here|[insert prompt here]
    |enter prompt|<prompt>|[prompt]|todo: write|folgt|fehlt|ausstehend|offen|à venir|en attente
    |pendiente|por definir|in sospeso|da definire|pendente|volgt|kommer|brak|ожидается|нет данных
    |skip|skip it|skip this|ignore|do nothing|no action|überspringen|ignorer|ignorar|omitir|saltare
    |overslaan|пропустить|跳过|略过|スキップ|건너뛰기
    |提示词|待填|待写|待处理|待更新|稍后补充|準備中|準備中です|未記入|後で|준비 중|미정
    |to do|to-do|todo prompt|wip|placeholder|prompt here|fill in|fill me in|dummy|loading
    |calculating|not available|not yet available|see brief|see briefing|see note|see notes
    |see attachment
    |wird nachgereicht|kommt noch|auszufüllen|nicht verfügbar|leer|siehe briefing|à compléter|vide
    |non disponible|a completar|no disponible|vacío|da completare|non disponibile|vuoto|leeg
    |in te vullen|niet beschikbaar|do uzupełnienia|puste|fylls i|täytetään|doplnit|bude doplněno
    |tamamlanacak|заполнить|уточняется|пусто|не заполнено|未填写|待补|暂缺|空白|作成中|要記入
    |추후 작성|작성 중|미작성|빈칸|blanks
    """
)  # fmt: skip

# That a picture is described elsewhere: same as T-1, wie Zeile 2, 同第3行.
_AS_IN = (
    r"same as|see|as in|like|wie|siehe|comme|voir|como|igual que|ver|come|vedi|zie|zoals|jak|см\.?"
    r"|как"
)
_ROW = (
    r"row|line|cell|zeile|zelle|ligne|cellule|fila|celda|riga|cella|linha|rij|regel|wiersz|строк\w"
)
_ELSEWHERE = re.compile(
    rf"(?:{_AS_IN})\s*(?:in\s)?(?:{_ROW})\s*(?:no\.?\s?|#)?[a-z]?\d+|same as [\w.\-]*\d[\w.\-]*"
    r"|[同见見参照]{1,2}第?\s?\d+\s?行"
)

# How Excel and Google Sheets name their errors in the languages that they speak. Excel writes them
# so into a CSV file; LibreOffice writes Err:502, in words of its own.
_ERRORS = frozenset(
    """
    #NULL! #NUL! #¡NULO! #NULLO! #NULO! #LEEG! #SKÄRNING! #TYHJÄ! #ZERO! #NULLA! #ПУСТО! #BOŞ!
    #DIV/0! #¡DIV/0! #DEEL/0! #DIVISION/0! #JAKO/0! #DZIEL/0! #DĚLENÍ_NULOU! #DELENIE_NULOU!
    #ZÉRÓOSZTÓ! #ДЕЛ/0! #SAYI/0!
    #VALUE! #WERT! #VALEUR! #¡VALOR! #VALOR! #VALORE! #WAARDE! #VÄRDEFEL! #VÆRDI! #VERDI! #ARVO!
    #ARG! #HODNOTA! #ÉRTÉK! #ЗНАЧ! #DEĞER! #VALOARE!
    #REF! #BEZUG! #¡REF! #RIF! #VERW! #REFERENS! #REFERENCE! #VIITTAUS! #ADR! #ODKAZ! #HIV!
    #ССЫЛКА! #BAŞV!
    #NAME? #NOM? #¿NOMBRE? #NOMBRE? #NOME? #NAAM? #NAMN? #NAVN? #NIMI? #NAZWA? #NÁZEV? #NÁZOV?
    #NÉV? #ИМЯ? #AD? #NUME?
    #NUM! #ZAHL! #NOMBRE! #¡NUM! #NÚM! #GETAL! #OGILTIGT! #LUKU! #LICZBA! #ČÍSLO! #SZÁM! #ЧИСЛО!
    #SAYI!
    #N/A #N/AN/A #N/V #NV #N/D #N/B #SAKNAS! #I/T #PUUTTUU! #N/D! #NENÍ_K_DISPOZICI #NEDOSTUPNÉ
    #HIÁNYZIK #Н/Д #YOK
    #SPILL! #ÜBERLAUF! #PROPAGATION! #EPARS! #¡DESBORDAMIENTO! #ESPANSIONE! #DESPEJAR! #OVERLOPEN!
    #OVERLOOP! #ROZLANIE! #PŘESAH! #ПЕРЕНОС! #ПЕРЕПОЛНЕНИЕ! #TAŞMA! #スピル!
    #CALC! #KALK! #¡CALC! #ВЫЧИСЛ! #HESAPLAMA! #FIELD! #FELD! #CHAMP! #¡CAMPO! #CAMPO! #ПОЛЕ!
    #BUSY! #CONNECT! #VERBINDEN! #CONNEXION! #BLOCKED! #BLOCKIERT! #BLOQUE! #¡BLOQUEADO! #UNKNOWN!
    #UNBEKANNT! #EXTERNAL! #PYTHON! #TIMEOUT! #GETTING_DATA #GETTING_DATA! #DATEN_ABRUFEN
    #OBTENTION_DONNEES
    #ERROR! #FEHLER! #ERREUR! #¡ERROR! #ERRORE! #ERRO! #FOUT! #FEL! #FEJL! #FEIL! #VIRHE! #BŁĄD!
    #CHYBA! #HIBA! #ОШИБКА! #HATA! #EROARE!
    """.split()
)
_OF_LIBREOFFICE = re.compile(
    r"(err|erro|error|fout|fehler|fel|fejl|feil|virhe|błąd|chyba|hiba|hata|ошибка|エラー|错误|錯誤"
    r"|오류)\s?:\s?\d{3}"
)
# An error in a language that is not listed, or without its mark.
_LIKE_AN_ERROR = re.compile(r"#[¡¿]?([^\W\d_]++[/_]?+)++0?[!?]?")
# The text of a formula in the place of its result: =A1&" mug", {=A1}, @SUM(A1). With words behind
# it, or nothing but a word, it is a text that begins so: = A4 poster, =Sale, -A5/2 poster.
_NAME = r"[^\W\d][\w.]*+"
_CELL = r"\$?[A-Z]{1,3}\$?\d{1,7}(?!\w)"
_REFERENCE = rf"{_NAME}(?:[(|\[]|!(?=\$?\w))|'[^']*+'!"
_OPERAND = rf"[-+(@\s]*+(?:(?:{_REFERENCE})[\s\S]*+|(?:{_CELL}|\"[^\"]*+\"|\d[\d.,]*+)[%)\s]*+)"
_FORMULA = re.compile(
    rf"\A(?:\{{?[=＝]\s*+(?!\d)|[+-](?={_CELL})){_OPERAND}(?:[-+*/&^:<>=;,]{{1,2}}{_OPERAND})*+\}}?\Z"
    r"|[+@-][A-Z][A-Z.]++\("
)

# What Google Sheets and Excel show while a formula or an import is still working.
_WAITING = frozenset(
    word.strip()
    for word in """
    loading|calculating|please wait|wird geladen|lädt|laden|bitte warten|chargement
    |chargement en cours|cargando|caricamento|caricamento in corso|carregando|a carregar
    |bezig met laden|läser in|laddar|laster inn|laster|indlæser|ladataan|wczytywanie|ładowanie
    |trwa ładowanie|načítání|načítá se|načítava sa|betöltés|yükleniyor|загрузка|идет загрузка
    |завантаження|зареждане|φόρτωση|se încarcă|učitavanje|nalaganje|正在加载|加载中|加載中|載入中
    |正在載入|读取中|読み込み中|読み込んでいます|ロード中|로드 중|로딩 중|กำลังโหลด|đang tải|memuat
    |memuatkan|טוען|جارٍ التحميل|جاري التحميل|लोड हो रहा है
    """.split("|")
)  # fmt: skip
_LONGEST = 40  # characters; no such word is longer


def is_blank(cell: str) -> bool:
    """True for an empty cell, and for what stands for one: ``null``, ``nan``, ``n/a``, a dash."""
    text = cell.strip()
    if len(text) > _LONGEST:
        return False
    word = unicodedata.normalize("NFKC", text).casefold()
    return (
        word in _BLANK
        or text == _OF_R
        or _DASHES.fullmatch(text) is not None
        or (word[-1:] in _ENDS and bare(text) in _BLANK)
    )


def names_nothing(cell: str) -> bool:
    """As `is_blank`, and for what people say of it in any language: ``keine``, ``not needed``.

    Not for keys and labels, which may be called so.
    """
    return is_blank(cell) or (len(cell) <= _LONGEST and _is_nothing(cell))


@lru_cache(maxsize=4096)
def _is_nothing(cell: str) -> bool:
    return bare(cell) in _NOTHING


def is_word_for_nothing(cell: str) -> bool:
    """True for what stands for an empty cell and could be meant as a text: a dash, ``None``."""
    word = cell.strip().casefold()
    return bool(word) and (
        _DASHES.fullmatch(word) is not None or word in ("none", "无", "na") or is_to_come(word)
    )


def is_to_come(cell: str) -> bool:
    """True for a text that only says that one is to come, or that it stands elsewhere."""
    return not _forms(cell).isdisjoint(_TO_COME | _THE_SAME)


def says_nothing(cell: str) -> bool:
    """True for a text that is blank or only says that one is to come.

    Nan and Null are people's names; no script writes them so.
    """
    text = cell.strip()
    return text not in _NAMES and (is_blank(text) or is_to_come(text))


def draws_nothing(text: str) -> bool:
    """True for a text that says nothing of a picture: no word at all, ``pending``, ``inf``.

    Question marks are characters that were lost, braces name a column, and emoji can be drawn.
    """
    text = text.strip()
    short = len(text) <= _LONGEST
    if names_nothing(text) or (short and any(map(_says_no_picture, (text, bare(text))))):
        return True
    if short and _repeats_blanks(text):
        return True
    return not any(char in "?{" or _can_be_drawn(char) for char in text)


def _says_no_picture(text: str) -> bool:
    error = text.rpartition(":")[2]
    return (
        says_nothing(text)
        or is_blank(text)
        or not _forms(text).isdisjoint(_NO_PICTURE)
        or _ELSEWHERE.fullmatch(text.casefold()) is not None
        or (error != text and shows_error(error))
    )


def _repeats_blanks(text: str) -> bool:
    """True for what empty cells leave when a formula joins them: ``nan nan``, ``None, None``."""
    return all(map(is_blank, re.split(r"[\s,;|]+", text)))


def _forms(text: str) -> set[str]:
    """A text as it is compared, with what stands around it and without."""
    return {form(text), bare(text)} if len(text) <= _LONGEST else set()


def _can_be_drawn(char: str) -> bool:
    return char.isalpha() or unicodedata.category(char) == "So"


def shows_formula(cell: str) -> bool:
    """True when a cell holds the text of a formula, and not its result."""
    return _FORMULA.match(cell.strip()) is not None


def looks_like_error(cell: str) -> bool:
    """True for ``#`` and capitals: an error in some language, or a tag that says little."""
    text = cell.strip()
    if len(text) > _LONGEST or text != text.upper() or not _LIKE_AN_ERROR.fullmatch(text):
        return False
    return text != text.lower() or text.endswith(("!", "?"))


def shows_error(cell: str) -> bool:
    """True when a cell shows the error of a formula, or that its formula is not done yet."""
    text = cell.strip()
    if len(text) > _LONGEST:
        return False
    text = unicodedata.normalize("NFC", text)
    if text.startswith("#"):
        text = "".join(text.split())
        return text in _ERRORS or text.casefold() == "#saknas!"
    if text.endswith(("..", "…")):
        return text.rstrip(".… ").casefold() in _WAITING
    return ":" in text and _OF_LIBREOFFICE.fullmatch(text.casefold()) is not None

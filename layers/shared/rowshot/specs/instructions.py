"""Rows below the header that say how the columns are to be filled in, and rows of totals below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from rowshot.reading import Columns, SheetRow
from rowshot.reading.columns import KEY
from rowshot.reading.header_row import is_code

_TOP = 3  # rows below the header that may say what is to be filled in there
_EXPLANATION_WORDS = 3
_LONGEST = 60  # characters; what is longer is no kind, no example and no total
_DIGIT = re.compile(r"\d")
_OF_CODES = re.compile(r"[\d\-]")


def _any_of(words: str) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s?") for word in words.split("|"))


# Whether a cell has to be filled in, and which kind of text it holds.
_KIND = _any_of(
    "required|optional|mandatory|recommended|conditional|unique|string|text|varchar|number|integer"
    "|boolean|free text|freitext|pflicht|pflichtfeld|erforderlich|freiwillig|eindeutig|obligatoire"
    "|requis|facultatif|optionnel|obligatorio|opcional|obbligatorio|facoltativo|obrigatório|verplicht"
    "|optioneel|obligatorisk|valgfri|valfri|pakollinen|wymagane|opcjonalne|povinné|nepovinné"
    "|kötelező|zorunlu|isteğe bağlı|обязательно|необязательно|обов'язково|必填|选填|可选|非必填"
    "|必選|選填|唯一|文本|字符串|数字|必須|任意|必須項目|文字列|필수|선택|선택사항|문자열|텍스트"
)
_LENGTH = (
    r"(?:max|maximum|min|minimum|up to|bis|höchstens|最多|最大)[.:]?\s?\d{1,6}\s?"
    r"(?:chars?|characters|zeichen|caractères|caracteres|caratteri|tekens|znaków|символов|字符|字|文字|자)?"
)
_KINDS = re.compile(
    rf"\A\W*+(?:(?:{_KIND})(?:\s?\(\d{{1,6}}\))?|{_LENGTH})"
    rf"(?:\W++(?:{_KIND}|{_LENGTH}))*+\W*+",
    re.IGNORECASE,
)
_EXAMPLES = _any_of(
    "example|sample|beispiel|muster|exemple|ejemplo|esempio|exemplo|voorbeeld|exempel|eksempel"
    "|esimerkki|przykład|příklad|példa|örnek|пример|приклад|例|例子|示例|样例|範例|記入例|入力例|예|예시"
)
# What stands before an example, from the most telling: phrases, abbreviations, and words that
# need a colon or a bracket behind them.
_EXAMPLE = re.compile(
    r"\A\W?(?:(?:e\.\s?g\.?|eg\.|z\.\s?b\.?|p\.\s?ex\.?|p\.\s?ej\.?|t\.\s?ex\.|f\.\s?eks\.|bsp\.|bijv\."
    r"|for example|for instance|zum beispiel|par exemple|por ejemplo|por exemplo|per esempio"
    r"|na przykład|bijvoorbeeld|till exempel|for eksempel|например|наприклад|напр\.|例如|比如|示例"
    r"|举例)\s*[:,：]?\s*"
    r"|(?:np\.|örn\.|es\.|ej\.|ex\.|bv\.|fx|如)(?:\s+|\s?[:：]\s*)"
    rf"|(?:{_EXAMPLES}|ex|eg|bsp|es|ej|np|örn|如)\s*[:：)）\]】]\s*)[^\s:：]",
    re.IGNORECASE,
)
# Keys that say no more than that a key should stand there.
_NO_KEY = re.compile(
    rf"\A(?:\W*+(?:{_EXAMPLES})\W*+|\w++\shere"
    r"|(?:your|unique|enter|insert)\s(?:sku|id|key|code|slug|handle|identifier)(?:\shere)?)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\A\W*+(?:"
    + _any_of(
        "total|totals|grand total|subtotal|sub-total|sum|count|summe|gesamt|gesamtsumme|insgesamt"
        "|anzahl|zwischensumme|somme|sous-total|total général|suma|recuento|totale|somma|soma"
        "|totaal|summa|totalt|i alt|yhteensä|razem|łącznie|celkem|součet|spolu|összesen|toplam"
        '|итого|всего|разом|всього|合计|合計|总计|總計|总数|小计|小計|总和|합계|총계|소계|المجموع|סה"כ|รวม'
    )
    + r")\W*+",
    re.IGNORECASE,
)
_NUMBER_WITH_A_WORD = re.compile(
    r"\A(?:(?:[^\W\d]++\W*+)?\d[\d.,\s]*+|\W*+\d[\d.,\s]*+\W*+[^\W\d]*+\W*+)"
)


def instructions(rows: Sequence[SheetRow], columns: Columns) -> list[SheetRow]:
    """Those of the first rows that say what is to be filled in there.

    Words are an explanation only where the keys of all other rows are codes, and examples only
    where further rows are called otherwise.

    Args:
        rows: The rows below the header, without those that name the columns again.
        columns: What the columns mean.
    """
    top = rows[:_TOP]
    kinds = [row for row in top if _names_kinds(row)]
    others = [row for row in rows if row not in kinds]
    examples = [row for row in others if _gives_example(row, columns)]
    if 1 < len(examples) == len(others) or any(row not in top for row in examples):
        examples = []
    sure = [row for row in top if row in kinds or row in examples]
    worded = _worded([row for row in top if row not in sure], columns)
    left_out = {row.number for row in (*sure, *worded)}
    keys = [columns.cell(row, KEY) for row in rows if row.number not in left_out]
    coded = len(keys) > 1 and all(_is_plain_code(key) for key in keys if key)
    return [row for row in top if row in sure or (coded and row in worded)]


def totals(rows: Sequence[SheetRow], columns: Columns) -> list[SheetRow]:
    """The last rows that only count or add up the others: ``Total``, ``2 items``."""
    last = list(takewhile(lambda row: _is_total(row, columns), reversed(rows)))
    return last[::-1]


def _names_kinds(row: SheetRow) -> bool:
    """Whether a row says nothing but which cells are required, or which kind of text they hold."""
    cells = [cell.strip() for cell in row.cells if cell.strip()]
    return all(len(cell) <= _LONGEST and _KINDS.fullmatch(cell) for cell in cells)


def _gives_example(row: SheetRow, columns: Columns) -> bool:
    return _EXAMPLE.match(columns.cell(row, KEY)) is not None


def _worded(rows: Sequence[SheetRow], columns: Columns) -> list[SheetRow]:
    """The first rows that have words where a key should stand."""

    def has_words(row: SheetRow) -> bool:
        key = columns.cell(row, KEY)
        many = len(key.split()) >= _EXPLANATION_WORDS
        none = (_NO_KEY.fullmatch(key[:_LONGEST]), _KINDS.fullmatch(key[:_LONGEST]))
        return not _DIGIT.search(key) and (many or any(none))

    return list(takewhile(has_words, rows))


def _is_plain_code(key: str) -> bool:
    """Whether a key is a code for certain: ``matcha`` is a word like any other."""
    return is_code(key) and _OF_CODES.search(key) is not None


def _is_total(row: SheetRow, columns: Columns) -> bool:
    key, said = columns.cell(row, KEY), columns.cell(row, "prompt")
    if columns.cell(row, "recipe") or max(len(key), len(said)) > _LONGEST:
        return False
    return bool(_TOTAL.fullmatch(key) and _NUMBER_WITH_A_WORD.fullmatch(said))

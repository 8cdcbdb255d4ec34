"""Words as they are compared: however somebody wrote, wrapped or ended them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_FINAL = ".!,;:。、…"
_AROUND = re.compile(r"\A\s*+[\"'`*“”„‘’«»‹›「」『』()<>\[\]【】〔〕〈〉_\-–—]++\s*+")
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ς": "σ"})


def _seen(char: str) -> bool:
    return unicodedata.category(char) not in ("Mn", "Cf", "Cc")


@lru_cache(maxsize=4096)
def form(cell: str) -> str:
    """A word without case, accents, invisible characters and final punctuation.

    ``=TRUE()`` is the word ``true``.
    """
    if cell.isascii() and cell.isprintable():
        text = cell.casefold()
    else:
        text = unicodedata.normalize("NFKD", cell).casefold()
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(filter(_seen, text))
    text = " ".join(text.translate(_LETTERS).split())
    text = text.rstrip(_FINAL) or text
    text = text.removeprefix("=").removesuffix("()") or text
    return unicodedata.normalize("NFC", text)


def bare(cell: str) -> str:
    """As `form`, without the brackets, quotation marks and stars around it."""
    word = form(cell)
    first, last = _AROUND.match(word), _AROUND.match(word[::-1])
    if not (first and last):
        return word.removeprefix("'")  # which keeps a spreadsheet from calculating
    inner = word[first.end() : len(word) - last.end()]
    return inner.rstrip(_FINAL).strip() or word


def words(table: str, between: str | None = "|") -> frozenset[str]:
    """The words of a table in the form in which they are compared."""
    return frozenset(form(word.strip()) for word in table.split(between) if word.strip())

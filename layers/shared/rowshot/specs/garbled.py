"""Prompts whose characters were lost or read wrongly before they reached us."""

from __future__ import annotations

import re

from rowshot import messages
from rowshot.messages import quoted
from rowshot.reading.mojibake import repaired

_LOOKED_AT = 5_000  # characters of a text; what is longer is garbled from its beginning
_ADDRESS = re.compile(r"https?://\S+")
# Question marks where no sentence ends: within a word, and several where a word would stand.
_LOST = re.compile(r"(?<=[a-z])\?+(?=[a-z])|(?<!.)\?{3,}|(?<=[\"'“‘«(\[])\?{2,}")


def lost_problems(text: str) -> list[str]:
    """A sentence when nothing is left of a text, or when characters of it are lost for certain."""
    if "?" in text and not any(char.isalnum() for char in text):
        return [messages.ONLY_QUESTION_MARKS()]
    if "\ufffd" in (repaired(text[:_LOOKED_AT]) or ""):
        return [messages.LOST_CHARACTERS_READ(value=quoted(text))]
    return []


def garbled_warnings(text: str) -> tuple[str, ...]:
    """Sentences about words of a text that look wrong."""
    text = text[:_LOOKED_AT]
    if lost_problems(text):
        return ()
    meant = repaired(text)
    if meant is not None:
        found, better = _first_difference(text, meant)
        return (messages.GARBLED(value=quoted(found), meant=quoted(better)),)
    words = _ADDRESS.sub("", text).split() if "?" in text else []
    lost = next(filter(_LOST.search, words), None)
    return (messages.QUESTION_MARKS(value=quoted(lost)),) if lost else ()


def _first_difference(text: str, meant: str) -> tuple[str, str]:
    """The first word that differs, or both texts where their words do not correspond."""
    words, better = text.split(), meant.split()
    if len(words) != len(better):
        return text, meant
    return next(
        (pair for pair in zip(words, better, strict=True) if pair[0] != pair[1]), (text, meant)
    )

"""Prompts whose characters were lost or read wrongly before they reached us."""

from __future__ import annotations

import html
import re

from rowshot import messages
from rowshot.messages import quoted
from rowshot.reading.mojibake import repaired

_LOOKED_AT = 5_000  # characters of a text; what is longer is garbled from its beginning
_ADDRESS = re.compile(r"https?://\S+")
# Question marks where no sentence ends: within a word, and several where a word would stand.
_LOST = re.compile(r"(?<=[a-z])\?+(?=[a-z])|(?<!.)\?{3,}|(?<=[\"'“‘«(\[])\?{2,}")
# How programs write characters where text cannot hold them: entities, tags, escapes.
_ENTITY = r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});"
_TAG = (
    r"</?(?:p|br|b|i|u|em|strong|span|div|ul|ol|li|h[1-6]|hr|font|small|sup|sub)(?:\s[^<>]*)?\s?/?>"
)
_BREAK = r"\\r\\n|\\n|\\t(?![a-z])|_x000[Dd]_"
_CHARACTER = r"(?:\\u[0-9A-Fa-f]{4})+|\\x[0-9A-Fa-f]{2}|_x[0-9A-Fa-f]{4}_"
_WRITTEN_OUT = re.compile(rf"{_ENTITY}|{_TAG}|{_BREAK}|{_CHARACTER}")
_CODE = re.compile(
    r"[{\[]\s*+[\"'{\[\\]|\b[A-Za-z]:\\"
)  # JSON and paths, with escapes of their own
_HEXADECIMAL = re.compile(r"(?<=[ux])[0-9A-Fa-f]+")
# What programs write into a text for something that they do not have.
_LEFT_OVER = re.compile(r"\bundefined\b|\bNaN\b|\[object Object\]")


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
    return (*_read_wrongly(text), *_written_out(text), *_left_over(text))


def _read_wrongly(text: str) -> list[str]:
    meant = repaired(text)
    if meant is not None:
        found, better = _first_difference(text, meant)
        return [messages.GARBLED(value=quoted(found), meant=quoted(better))]
    words = _ADDRESS.sub("", text).split() if "?" in text else []
    lost = next(filter(_LOST.search, words), None)
    return [messages.QUESTION_MARKS(value=quoted(lost))] if lost else []


def _written_out(text: str) -> list[str]:
    """A warning of the first word with an entity, a tag or an escape in it."""
    plain = _ADDRESS.sub("", text)
    found = next((each for each in _WRITTEN_OUT.finditer(plain) if _means(each) != each[0]), None)
    if found is None or (found[0].startswith("\\") and _CODE.search(plain)):
        return []
    before = re.search(r"\S*\Z", plain[: found.start()])
    after = re.match(r"\S*", plain[found.end() :])
    word = f"{before[0] if before else ''}{found[0]}{after[0] if after else ''}"
    meant = " ".join(_WRITTEN_OUT.sub(_means, word).split())
    better = quoted(meant) if meant else "a line break or nothing"
    return [messages.WRITTEN_OUT(value=quoted(word), meant=better)]


def _means(found: re.Match[str]) -> str:
    """The character that an entity or an escape stands for; a space for tags and line breaks."""
    code, meant = found[0], " "
    if code.startswith("&"):
        meant = html.unescape(code)
    elif re.fullmatch(_CHARACTER, code) and not re.fullmatch(_BREAK, code):
        units = bytes.fromhex("".join(f"{unit:0>4}" for unit in _HEXADECIMAL.findall(code)))
        meant = units.decode("utf-16-be", "replace")
    return "".join(char if char.isprintable() else " " for char in meant)


def _left_over(text: str) -> list[str]:
    found = _LEFT_OVER.search(text)
    return [messages.LEFT_OVER(value=quoted(found[0]))] if found else []


def _first_difference(text: str, meant: str) -> tuple[str, str]:
    """The first word that differs, or both texts where their words do not correspond."""
    words, better = text.split(), meant.split()
    if len(words) != len(better):
        return text, meant
    return next(
        (pair for pair in zip(words, better, strict=True) if pair[0] != pair[1]), (text, meant)
    )

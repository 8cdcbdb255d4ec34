"""How the page writes money, time, sizes and languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from markupsafe import Markup, escape

from rowshot.money import dollars, parse_usd

_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_EAST_ASIAN = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]"
    r"(?:[\s\u3000-\u303f\uff00-\uffef]*[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af])*"
)


def language(text: str) -> str:
    """The language tag of a whole text; "" where it does not matter to a browser.

    The same code point is drawn differently in Chinese and Japanese, so text with Han characters
    says which it is. An English sentence that quotes a Chinese label stays English.
    """
    east_asian = sum(map(len, _EAST_ASIAN.findall(text)))
    others = sum(char.isalpha() for char in _EAST_ASIAN.sub("", text))
    return _glyphs(text) if 2 * east_asian > others / 3 else ""


def marked(text: str) -> Markup:
    """A text as HTML, its East Asian parts marked where the whole is in another language."""
    tag = _glyphs(text)
    if not tag or language(text):
        return escape(text)
    parts, at = [], 0
    for found in _EAST_ASIAN.finditer(text):
        parts.append(escape(text[at : found.start()]))
        parts.append(Markup('<span lang="{}">{}</span>').format(tag, found[0]))
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def _glyphs(text: str) -> str:
    """The language whose glyphs a text needs."""
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    return "zh-Hans" if _HAN.search(text) else ""


def money(amount: object) -> str:
    """A dollar amount with all of its digits, a dash where it is none."""
    try:
        return dollars(parse_usd(amount))
    except ValueError:
        return "–"


def moment(timestamp: object) -> datetime | None:
    """The instant of an ISO 8601 timestamp, None if it is none."""
    try:
        return datetime.fromisoformat(str(timestamp))
    except ValueError:
        return None


def day_and_time(instant: datetime) -> str:
    """As in 22 November 2026, 16:12 UTC: by name, since 11/12 means two days to two people."""
    instant = instant.astimezone(UTC)
    return f"{instant.day} {instant:%B %Y, %H:%M} UTC"


def duration(began: datetime | None, ended: datetime | None) -> str:
    """The time between two instants: "48 s", "3 min 20 s", "2 h 5 min"; "" if unknown."""
    if began is None or ended is None or ended < began:
        return ""
    return span((ended - began).total_seconds())


def span(length: float) -> str:
    """A time as people say it: "48 s", "3 min 20 s", "2 h 5 min".

    Args:
        length: Seconds.
    """
    seconds = round(length)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def file_size(size: object) -> str:
    """A number of bytes as people read it: "257 KB", "1.3 MB"; "" if unknown."""
    if not isinstance(size, int) or size <= 0:
        return ""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1e3))} KB"

"""Tells a refusal for what a picture would show from every other failure at hiapi."""

from __future__ import annotations

import re

_CONTENT_CODE = re.compile(
    r"moderat|policy|safety|sensitive|nsfw|violat|content.?filter", re.IGNORECASE
)
_CONTENT_WORDS = re.compile(
    r"policy|safety|moderation|nsfw|sensitive|violat"
    r"|审核|违规|敏感|不合规|违法|违禁|安全检测|色情|涉黄|涉政",
    re.IGNORECASE,
)
_TIMEOUT_WORDS = re.compile(r"time[ds]?[ -]?out|超时", re.IGNORECASE)


def is_about_content(code: str, words: str) -> bool:
    """Whether a refusal is for what the picture would show.

    A code decides before words do, and a moderation service that timed out has refused nothing.

    Args:
        code: hiapi's code, may be empty.
        words: hiapi's words, may be empty.
    """
    if _TIMEOUT_WORDS.search(f"{code} {words}"):
        return False
    return bool(_CONTENT_CODE.search(code) or _CONTENT_WORDS.search(words))


def content_refusal(said: str) -> str:
    """The sentence for the row whose prompt hiapi refuses.

    Args:
        said: hiapi's own words, may be empty.
    """
    tail = f" It said: {said}" if said else ""
    return f"hiapi refuses this picture because of its content rules: change the prompt.{tail}"

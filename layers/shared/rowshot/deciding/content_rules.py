"""Tells a refusal for what a picture would show from every other failure at hiapi."""

from __future__ import annotations

from rowshot.deciding.refusals import Subject, subject_of


def is_about_content(code: str, words: str) -> bool:
    """Whether a refusal is for what the picture would show.

    A code of any other known matter excludes it, whatever the words are.

    Args:
        code: hiapi's code, may be empty.
        words: hiapi's words, may be empty.
    """
    return subject_of(code, words) is Subject.CONTENT


def content_refusal(said: str) -> str:
    """The sentence for the row whose prompt hiapi refuses.

    Args:
        said: hiapi's own words, may be empty.
    """
    tail = f" It said: {said}" if said else ""
    return f"hiapi refuses this picture because of its content rules: change the prompt.{tail}"

"""Writes ``messages.md`` from the messages in the code. Run it after a change to them."""

from __future__ import annotations

import string
from pathlib import Path

from rowshot.messages import Message, catalogue

PAGE = Path(__file__).with_name("messages.md")
INTRODUCTION = """# What the plan says

Before anything is bought, Rowshot reads the whole sheet and says everything that is wrong with it
at once: in the terminal after `rowshot plan`, in the sheet's `error` column, and in the results.
These are all the sentences it may use. Words in *italics* stand for what it found in your sheet.
"""
SECTIONS = {
    "sheet": (
        "About the whole file",
        "Nothing of the file is rendered until this is put right.",
    ),
    "row": (
        "About one row",
        "The row is `invalid` and costs nothing; the good rows are rendered. A row with several "
        "mistakes gets a sentence for each.",
    ),
    "warning": (
        "Warnings",
        "The rows are rendered all the same; have a look before you pay for many of them.",
    ),
    "note": (
        "What is bought, and what is not",
        "What is said of rows that are in order: why each is bought, kept, copied or left out.",
    ),
}


def shown(message: Message) -> str:
    """The sentence with its places in italics."""
    parts = []
    for text, place, _, _ in string.Formatter().parse(message.text):
        parts.append(text.replace("|", "\\|").replace("*", "\\*"))
        parts.append(f"*{place}*" if place else "")
    return "".join(parts)


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for about, (title, meaning) in SECTIONS.items():
        rows = [shown(each) for each in catalogue().values() if each.about == about]
        table = "\n".join(f"| {row} |" for row in rows)
        parts.append(f"## {title}\n\n{meaning}\n\n| sentence |\n| --- |\n{table}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

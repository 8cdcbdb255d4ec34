"""Writes ``row-decisions.md`` from the tables of the tests. Run it after a change to them."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from enum import Enum
from pathlib import Path
from typing import Any

from rowshot.deciding.actions import End
from rowshot.deciding.changes import Change, Effect
from rowshot.ledger.records import Picture

PAGE = Path(__file__).with_name("row-decisions.md")
TESTS = PAGE.parents[1] / "tests"
INTRODUCTION = """# What is decided about a row

Two pure functions decide about every row, whoever asks: `next_action` says what comes next, from
what is known, and `conclude` says what an answer means, as changes to the ledger. These are their
cases, printed from the tables that the tests hold them to (`tests/unit/deciding`). There are three
slots and seven places at work, a row may buy two attempts, and the hard deadline is 1,800 seconds.
Seconds are nominal. The words after *End* are the status and the reason as it is kept; an *awaited*
row has ended while its picture may still come.
"""
_LEFT_OUT = ("sentence", "said")  # what people are shown: longer than the case


def shown(value: Any) -> str:
    """An action, an effect or an end in a few words."""
    name = f"**{type(value).__name__}**" if not isinstance(value, End) else "*End*"
    words = ", ".join(_words(value))
    return f"{name} ({words})" if words else name


def _words(value: Any) -> Iterator[str]:
    for each in fields(value):
        given = getattr(value, each.name)
        if each.name in _LEFT_OUT or (each.default is not MISSING and given == each.default):
            continue
        if isinstance(given, End):
            yield shown(given)
        elif isinstance(given, bool):
            yield each.name if given else f"not {each.name}"
        elif isinstance(given, Enum):
            yield str(given.value).replace("_", " ")
        elif not isinstance(given, Picture):
            yield f"{given:g} s" if isinstance(given, float) else f"{given}"


def _change(change: Change) -> tuple[str, str]:
    effects: Iterable[Effect | Any] = (*change.effects, *change.aside)
    wait = "" if change.wait is None else f"{change.wait:g} s{' or more' if change.spread else ''}"
    return "; ".join(map(shown, effects)), wait


def page() -> str:
    """The whole page."""
    sys.path.insert(0, str(TESTS))
    try:
        first = runpy.run_path(str(TESTS / "unit/deciding/test_next_action.py"))["TABLES"]
        second = runpy.run_path(str(TESTS / "unit/deciding/test_conclude.py"))["TABLES"]
    finally:
        sys.path.remove(str(TESTS))
    parts = [INTRODUCTION, "## What comes next\n"]
    for title, cases in first.items():
        rows = [f"| {name} | {shown(action)} |" for name, (_, action) in cases.items()]
        parts.append(f"### {title}\n\n| what is known | what comes next |\n| --- | --- |")
        parts.append("\n".join(rows) + "\n")
    parts.append("## What an answer means\n")
    for title, cases in second.items():
        parts.append(f"### {title}\n\n| case | action | changes | again after |")
        parts.append("| --- | --- | --- | --- |")
        for name, (action, _, _, change) in cases.items():
            what, wait = _change(change)
            parts.append(f"| {name} | {shown(action)} | {what or 'none: read again'} | {wait} |")
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

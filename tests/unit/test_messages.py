"""The plan's messages are documented, seen in tests, and fit for people."""

from __future__ import annotations

import json
import re
import runpy
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.messages import Message, catalogue, listed, quoted

ROOT = Path(__file__).parents[2]
SHEETS = ROOT / "tests" / "data" / "sheets"
# These need a huge file, or a model of a kind that hiapi does not have yet; other tests see them.
SEEN_ELSEWHERE = {
    "FILE_TOO_LARGE",
    "TOO_MANY_ROWS",
    "UNKNOWN_ENCODING",
    "PROMPT_TOO_LONG",
    "FIELD_TWICE",
    "TOO_MANY_VALUES",
    "FIELD_MISSING",
    "VALUE_TOO_LONG",
    "PROMPT_GROWS",
    "PROMPT_TOO_LARGE",
    "PROMPTS_TOO_LARGE",
}


def pattern(message: Message) -> re.Pattern[str]:
    parts = string.Formatter().parse(message.text)
    return re.compile("".join(re.escape(t) + (".*" if p else "") for t, p, _, _ in parts), re.S)


def said_by_the_corpus() -> list[str]:
    said = []
    for path in SHEETS.glob("*.plan.json"):
        plan = json.loads(path.read_text("utf-8"))
        said += [plan["error"]] if "error" in plan else plan["warnings"]
        for row in plan.get("rows", ()):
            said += row["reasons"] + row["warnings"]
    return said


def test_the_page_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_messages.py"))
    assert made["PAGE"].read_text("utf-8") == made["page"](), "run python docs/make_messages.py"


def test_every_message_is_seen_in_the_corpus() -> None:
    said = said_by_the_corpus()
    unseen = {
        name
        for name, message in catalogue().items()
        if message.about != "note"  # needs a ledger: tests of the planning see them
        and not any(pattern(message).fullmatch(sentence) for sentence in said)
    }
    assert unseen == SEEN_ELSEWHERE


def test_the_corpus_says_nothing_else() -> None:
    known = [pattern(message) for message in catalogue().values()]
    for sentence in said_by_the_corpus():
        assert any(each.fullmatch(sentence) for each in known), sentence


@pytest.mark.parametrize("message", catalogue().values(), ids=catalogue())
def test_messages_are_sentences_for_people(message: Message) -> None:
    assert message.text.endswith((".", "?"))
    assert "\n" not in message.text
    assert not re.search(r"\b(null|exception|traceback|parse|invalid|error code)\b", message.text)


@given(st.text(max_size=200))
def test_quotes_are_one_short_line(cell: str) -> None:
    text = quoted(cell)
    assert len(text) <= 62
    assert len(text.splitlines()) == 1


def test_cells_are_never_taken_for_places() -> None:
    message = Message("row", "The cell says {value}.")
    assert message(value=quoted("{0.__class__}")) == "The cell says '{0.__class__}'."


def test_lists() -> None:
    assert listed([]) == ""
    assert listed("a") == "a"
    assert listed("abc") == "a, b or c"
    assert listed("ab", last="and") == "a and b"

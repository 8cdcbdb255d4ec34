"""The page about the commands is what the commands say."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from rowshot_local.cli import main

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_up_to_date() -> None:
    made = runpy.run_path(str(DOCS / "make_cli.py"))
    assert made["PAGE"].read_text("utf-8") == made["page"](), "run python docs/make_cli.py"


def helps() -> dict[str, str]:
    """What the page shows of each command, by the command's words."""
    page = (DOCS / "cli.md").read_text("utf-8")
    return dict(re.findall(r"## `(rowshot[^`]*)`\n\n```text\n(.*?)```", page, re.DOTALL))


@pytest.mark.parametrize("words", helps())
def test_a_person_is_shown_what_the_page_shows(
    words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as end:
        main([*words.split()[1:], "--help"])
    assert end.value.code == 0
    shown = capsys.readouterr().out
    assert [line.rstrip() for line in shown.splitlines()] == helps()[words].splitlines()


@pytest.mark.parametrize("words", helps())
def test_values_are_called_by_what_they_are_and_flags_have_none(words: str) -> None:
    text = helps()[words]
    assert not set("<>{}") & set(text), "a type or a formula instead of a word"
    assert "..." not in text.partition("\n")[2], "a sentence that was cut"
    for option, value in re.findall(r"^  (--[a-z-]+)( [A-Z]+)?(?:  |$)", text, re.MULTILINE):
        flag = option in {"--help", "--version", "--live", "--open", "--json", "--prompts", "--yes"}
        assert bool(value) is not flag, option


def test_every_command_and_option_is_explained() -> None:
    page = (DOCS / "cli.md").read_text("utf-8")
    for block in re.findall(r"```text\n(.*?)```", page, re.DOTALL):
        about = block.split("\n\n")[1]
        assert about.strip().endswith("."), block
        for option in re.findall(r"^  --[^\n]*(?:\n {10,}[^\n]*)*", block, re.MULTILINE):
            assert re.search(r"\w[.)\]]", option), option

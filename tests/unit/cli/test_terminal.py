"""Others' words in the terminal: text, and nothing that steers it."""

from __future__ import annotations

import io

import pytest
from rich.table import Table
from rich.text import Text

from rowshot_local.cli.terminal import PlainConsole, plain

NASTY = "a\x1b[2J\x1b]0;title\x07\x9b31m\u202egpj.\u061c\u2028\u2029\x7f\r"


@pytest.mark.parametrize("terminal", [True, False])
def test_nothing_that_somebody_wrote_steers_the_terminal(terminal: bool) -> None:
    out = io.StringIO()
    console = PlainConsole(file=out, force_terminal=terminal, width=200, color_system=None)
    table = Table()
    table.add_column("slug")
    table.add_row(NASTY)
    table.add_row(Text(NASTY, style="red"))
    console.print(table)
    console.print(NASTY)
    console.print(Text(NASTY, style="bold"))

    seen = out.getvalue()
    assert "[2J" in seen, "what stands there is shown"
    # What is left of ESC are rich's own colours and weights.
    assert not {"\x9b", "\x07", "\x7f", "\u202e", "\u061c", "\u2028", "\u2029", "\r"} & set(seen)
    assert "\x1b[2J" not in seen
    assert "\x1b]0;" not in seen


def test_what_looks_like_markup_is_text() -> None:
    out = io.StringIO()
    PlainConsole(file=out, width=80).print("[bold]jar[/bold] [/] :smile:")
    assert out.getvalue() == "[bold]jar[/bold] [/] :smile:\n"


def test_a_sentence_keeps_its_letters() -> None:
    assert plain("Grüße 春茶 👍🏽 é\n\tx") == "Grüße 春茶 👍🏽 é\n\tx"
    assert plain(NASTY).isprintable()

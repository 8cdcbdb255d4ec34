"""The page about the commands is what the commands say."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_up_to_date() -> None:
    made = runpy.run_path(str(DOCS / "make_cli.py"))
    assert made["PAGE"].read_text("utf-8") == made["page"](), "run python docs/make_cli.py"


def test_every_command_and_option_is_explained() -> None:
    page = (DOCS / "cli.md").read_text("utf-8")
    for block in re.findall(r"```text\n(.*?)```", page, re.DOTALL):
        about = block.split("\n\n")[1]
        assert about.strip().endswith("."), block
        for option in re.findall(r"^  --[^\n]*(?:\n {10,}[^\n]*)*", block, re.MULTILINE):
            assert re.search(r"\w[.)\]]", option), option

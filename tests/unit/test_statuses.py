"""One table of statuses: whatever shows, counts or judges a status follows it."""

from __future__ import annotations

import ast
import json
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rowshot.statuses import COUNTED, SHOWN, WORST_FIRST, RowStatus, Stage, Tone
from support.edited import PACKAGES, ROOT, answer_of

PAGES = [
    path for folder in PACKAGES for kind in ("css", "js") for path in folder.rglob(f"*.{kind}")
]
STYLES = [path for path in PAGES if path.suffix == ".css"]
# Word, and the tone, stage and exit code that it is to have.
ADDED = {
    "on hold": (Tone.BAD, Stage.WRONG, 1),
    "called off": (Tone.NEUTRAL, Stage.HALTED, 1),
    "borrowed": (Tone.GOOD, Stage.READY, 0),
    "left out": (Tone.NEUTRAL, Stage.SPARED, 0),
    "drying": (Tone.WAITING, Stage.AT_WORK, 1),
}
# These act on two statuses and do not show them.
ACTING: set[str] = set()

USES = """
import io, json, sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from rich.console import Console
from rowshot.clock import Clock
from rowshot.reporting.contact_sheet import render_contact_sheet
from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.reporting.notifications import message, subject
from rowshot.reading.output_columns import STATUS
from rowshot.sheet_sync.projection.ownership import Ours
from rowshot.reporting.report import build_report
from rowshot.reporting.results import our_columns
from rowshot.statuses import RowStatus
from rowshot_local.cli.display import show_progress
from rowshot_local.cli.outcome import exit_code_of
from rowshot_local.cli.place import Place
from rowshot_local.cli.summary import finished
from rowshot_local.run_progress import Progress
from rowshot_local.live.feed import Feed


def seen(word):
    run = Run("r", RunStatus.FINISHED, "b", "k", "a.csv", "s", 0.0)
    row = Row("r", 2, "jar", RowStatus(word), error="Because.")
    rows = (row, replace(row, number=3, status=RowStatus.PUBLISHED))
    counts, none = Counter(each.status for each in rows), Decimal(0)
    last = Progress(run, counts, 0, None, none, none, "", rows)
    terminal, summary, feed = io.StringIO(), io.StringIO(), Feed()
    show_progress(Console(file=terminal, width=200, force_terminal=True), iter([last]))
    plan = {"rows": [], "header": []}
    report = build_report(run, run.status, rows, plan, {}, Clock(), 1.0)
    finished(Console(file=summary, width=200), report, Place())
    feed.update(last, {}, 1.0)
    return {
        "terminal": terminal.getvalue(),
        "code": exit_code_of(last),
        "report": report,
        "summary": summary.getvalue(),
        "notice": [subject(report), message(report)],
        "page": render_contact_sheet(report, picture=lambda row: None, large=lambda row: None),
        "live": feed.since(0),
        "sheet": Ours(()).wrote(STATUS, word),
        "column": our_columns(["slug", "status"], lambda at: [["jar", word][at]])[0],
    }


print(json.dumps({word: seen(word) for word in json.loads(sys.argv[1])}))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is made of a run with a row of each status that only the table knows."""
    lines = [
        f'    NEW_{stage.name} = "{word}", Tone.{tone.name}, Stage.{stage.name}\n'
        for word, (tone, stage, _) in ADDED.items()
    ]
    said: dict[str, Any] = answer_of(
        tmp_path_factory.mktemp("copy"),
        "rowshot/statuses.py",
        "    SKIPPED = ",
        "".join(lines),
        USES,
        json.dumps([*ADDED]),
    )
    return said


@pytest.mark.parametrize("word", ADDED)
def test_a_status_is_added_to_the_table_alone(seen: dict[str, Any], word: str) -> None:
    tone, stage, code = ADDED[word]
    said, final, ready = seen[word], stage is not Stage.AT_WORK, 1 + (stage is Stage.READY)
    assert said["code"] == code
    assert f"1 {word}" in said["terminal"]
    assert (f"1 {word}" in said["summary"]) == final
    subject, message = said["notice"]
    assert f"{ready} of 2" in subject
    assert (f"1  {word}" in message) == final
    assert ("row 2 jar: Because." in said["summary"]) == (stage is Stage.WRONG)
    assert ("Row 2 (jar): Because." in message) == (stage is Stage.WRONG)
    counts = said["report"]["counts"]
    assert (counts.get(word), counts["rows"]) == (1 if final else None, 2)
    assert f'data-tone="{tone}"></i>{word} <' in said["page"]
    assert ("Needs attention" in said["page"]) == (code == 1)
    assert ("Not rendered this time" in said["page"]) == (stage is Stage.SPARED)
    live = said["live"]
    assert live["statuses"][word]["tone"] == tone
    assert (live["counts"][word], live["ready"]) == (1, ready)
    assert said["sheet"] is True
    assert said["column"] == [1, "status"]


def test_a_word_alone_is_no_status(tmp_path: Path) -> None:
    table = (PACKAGES[0] / "statuses.py").read_text("utf-8")
    line = '    QUEUED = "queued", Tone.NEUTRAL, Stage.QUEUED\n'
    assert line in table
    changed = tmp_path / "statuses.py"
    changed.write_text(table.replace(line, f'{line}    ON_HOLD = "on hold"\n'), "utf-8")
    with pytest.raises(TypeError, match="'on hold' needs a tone and a stage"):
        runpy.run_path(str(changed))


def test_every_order_shows_every_status_once() -> None:
    assert set(SHOWN) == set(WORST_FIRST) == set(RowStatus)
    assert len(SHOWN) == len(WORST_FIRST) == len(RowStatus)
    assert [status for status in SHOWN if status.final] == list(COUNTED)
    assert str(SHOWN[0]) == "published"
    assert str(WORST_FIRST[0]) == "failed"


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_both_pages_have_a_colour_for_each_tone(style: Path) -> None:
    css = style.read_text("utf-8")
    assert sorted(re.findall(r'^\[data-tone="(\w+)"\] \{ --tone: var\(', css, re.MULTILINE)) == (
        sorted(Tone)
    )
    for name in re.findall(r"var\(--(\w+)", css):
        assert f"--{name}: " in css, f"{style.name} uses --{name}, which it does not set"


@pytest.mark.parametrize("source", PAGES, ids=lambda path: path.name)
def test_no_page_knows_a_status_by_its_word(source: Path) -> None:
    words = "|".join(map(re.escape, RowStatus))
    for number, line in enumerate(source.read_text("utf-8").splitlines(), 1):
        found = re.search(rf"""["'`]({words})["'`]|\b(counts|statuses)\.({words})\b""", line)
        assert not found, f"{source.relative_to(ROOT)}:{number} names {found and found[0]}"


def _lists(source: str) -> Iterator[tuple[int, list[str]]]:
    """Line and members of every collection in a source that names two statuses or more."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            held = [*node.keys, *node.values] if isinstance(node, ast.Dict) else node.elts
            names = [
                each.attr
                for each in held
                if isinstance(each, ast.Attribute)
                and isinstance(each.value, ast.Name)
                and each.value.id == "RowStatus"
            ]
            if len(names) > 1:
                yield node.lineno, names


def test_no_other_module_lists_statuses() -> None:
    """A list of its own would not hold a status that is added to the table."""
    for package in PACKAGES:
        for path in package.rglob("*.py"):
            if path.name not in ACTING:
                for line, names in _lists(path.read_text("utf-8")):
                    where = f"{path.relative_to(ROOT)}:{line}"
                    pytest.fail(f"{where} lists {', '.join(names)}: let statuses.py say it")


def test_a_list_of_statuses_is_found_wherever_it_stands() -> None:
    lists = (
        "A = (RowStatus.FAILED, RowStatus.INVALID)\nB = {RowStatus.FAILED: 1, RowStatus.QUEUED: 2}"
    )
    assert [line for line, _ in _lists(lists)] == [1, 2]
    assert not list(_lists("A = (RowStatus.FAILED, RunStatus.STOPPED)"))

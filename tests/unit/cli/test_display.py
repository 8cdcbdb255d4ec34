"""What a run looks like in a terminal: its words, its price, its rows in trouble, its time."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.console import Console

from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.statuses import RowStatus
from rowshot_local.cli.display import show_progress, status_lines
from rowshot_local.cli.terminal import PlainConsole
from rowshot_local.run_progress import Progress, run_word

RUN = Run("0123456789abcdef", RunStatus.RUNNING, "b", "k", "catalog.csv", "s", 0.0)


def progress(*rows: Row, run: Run = RUN, simulated: bool = False, **more: object) -> Progress:
    counts = Counter(row.status for row in rows)
    spent = sum((row.cost for row in rows), Decimal(0))
    made = Progress(run, counts, 2, None, spent, spent, "", rows, simulated)
    return replace(made, **more)  # type: ignore[arg-type]


def row(number: int, status: RowStatus, **more: object) -> Row:
    return Row(RUN.id, number, f"slug-{number}", status, **more)  # type: ignore[arg-type]


def said(*steps: Progress) -> list[str]:
    out = io.StringIO()
    show_progress(PlainConsole(file=out, width=200), iter(steps))
    return out.getvalue().splitlines()


def test_only_rows_with_their_picture_are_ready() -> None:
    rows = [row(2, RowStatus.PUBLISHED), row(3, RowStatus.CANCELLED), row(4, RowStatus.QUEUED)]
    (line,) = said(progress(*rows))
    assert line == "1 of 3 ready (1 published, 1 queued, 1 cancelled), $0.00 spent"


@pytest.mark.parametrize("simulated", [True, False])
def test_a_simulated_price_says_so(simulated: bool) -> None:
    rows = [row(2, RowStatus.PUBLISHED, cost=Decimal("0.025"))]
    stands = progress(*rows, simulated=simulated)
    words = "would have cost $0.025 (simulated)" if simulated else "$0.025 spent"
    assert words in said(stands)[0]
    assert words in " ".join(status_lines(stands))
    terminal = io.StringIO()
    console = Console(file=terminal, width=200, force_terminal=True, color_system=None)
    show_progress(console, iter([stands]))
    assert words in terminal.getvalue()


def test_what_is_reserved_in_a_simulation_says_so_too() -> None:
    rows = [row(2, RowStatus.PUBLISHED, cost=Decimal("0.02")), row(3, RowStatus.RENDERING)]
    stands = progress(*rows, simulated=True, reserved=Decimal("0.05"))
    terminal = io.StringIO()
    console = Console(file=terminal, width=200, force_terminal=True, color_system=None)
    show_progress(console, iter([stands]))
    words = "would have cost $0.02 (simulated), $0.05 (simulated) reserved"
    assert words in terminal.getvalue()


def test_a_run_that_never_had_rows_is_not_called_reading_and_has_no_price() -> None:
    run = replace(RUN, status=RunStatus.STOPPED, reason="notes.txt is a text.")
    assert status_lines(progress(run=run)) == [
        f"{RUN.id}  catalog.csv: stopped",
        "notes.txt is a text.",
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_before_there_are_rows_the_sheet_is_being_read(terminal: bool) -> None:
    out = io.StringIO()
    console = Console(file=out, width=200, force_terminal=terminal, color_system=None)
    show_progress(console, iter([progress()]))
    assert "Reading the sheet." in out.getvalue()
    assert "0 of 0" not in out.getvalue()


def test_the_time_left_stands_in_plain_lines_too_but_prints_none_of_its_own() -> None:
    rows = [row(2, RowStatus.RENDERING)]
    lines = said(*(progress(*rows, left=left) for left in (48.0, 47.0, 12.0)), progress(*rows))
    assert lines == ["0 of 1 ready (1 rendering), $0.00 spent, about 50 s left"]


def test_what_keeps_rows_waiting_is_said_once_while_the_run_goes_on() -> None:
    waiting = "The finished picture cannot be fetched yet."
    rows = [row(2, RowStatus.PUBLISHING, error=waiting), row(3, RowStatus.QUEUED, error=waiting)]
    lines = said(progress(*rows), progress(*rows))
    assert [line for line in lines if waiting in line] == [f"Row 2 slug-2: {waiting}"]


@pytest.mark.parametrize(
    ("halted", "status", "word"),
    [
        ("", RunStatus.RUNNING, "running"),
        ("cancelled", RunStatus.RUNNING, "cancelling"),
        ("stopped", RunStatus.PAUSED, "stopping"),
        ("cancelled", RunStatus.CANCELLED, "cancelled"),
    ],
)
def test_a_run_that_is_being_cancelled_is_called_so(
    halted: str, status: RunStatus, word: str
) -> None:
    run = replace(RUN, halted=halted, status=status)
    assert run_word(run) == word
    assert status_lines(progress(run=run))[0] == f"{RUN.id}  catalog.csv: {word}"


def test_a_run_that_nobody_carries_out_is_called_interrupted() -> None:
    assert run_word(RUN, at_rest=True) == "interrupted"
    assert run_word(replace(RUN, status=RunStatus.FINISHED), at_rest=True) == "finished"
    assert status_lines(progress(interrupted=True))[0].endswith(": interrupted")

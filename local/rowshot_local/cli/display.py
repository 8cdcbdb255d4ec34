"""What a run looks like in a terminal, and as plain lines where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from rowshot import messages
from rowshot.ledger.records import RunStatus
from rowshot.statuses import RowStatus
from rowshot_local.cli.terminal import plain
from rowshot_local.following import Progress

_COLOURS = {
    RowStatus.QUEUED: "dim",
    RowStatus.RENDERING: "yellow",
    RowStatus.PUBLISHING: "cyan",
    RowStatus.PUBLISHED: "green",
    RowStatus.UNCHANGED: "green",
    RowStatus.APPROVED: "green",
    RowStatus.FAILED: "red",
    RowStatus.INVALID: "red",
    RowStatus.OVER_BUDGET: "red",
    RowStatus.CANCELLED: "magenta",
    RowStatus.SKIPPED: "dim",
}


def show_progress(console: Console, steps: Iterator[Progress]) -> Progress:
    """Shows a run until it ends and returns its last progress."""
    last: Progress | None = None
    if console.is_terminal:
        with Live(console=console, refresh_per_second=4, transient=True) as live:
            for last in steps:
                live.update(_panel(last))
    else:
        said = ""
        for last in steps:
            line = _line(last)
            if line != said:
                console.print(line, highlight=False, soft_wrap=True)
                said = line
    if last is None:
        raise RuntimeError("a followed run showed nothing")
    return last


def finished(console: Console, report: dict[str, Any], out: Path, *, simulated: bool) -> None:
    """Sums a run up and says where everything is.

    Args:
        console: Where to.
        report: The run's report.
        out: The folder of its results.
        simulated: Whether nothing was really spent.
    """
    counts = report["counts"]
    if problem := _problem(report):
        typer.echo(plain(problem), err=True)
    parts = [f"{number} {name}" for name, number in counts.items() if number and name != "rows"]
    rows = f"{counts['rows']} row{'' if counts['rows'] == 1 else 's'}"
    summary = f"{rows}: {', '.join(parts)}." if parts else "No rows."
    console.print(Text(summary, style="bold"))
    for row in [each for each in report["rows"] if each["status"] in ("failed", "invalid")][:10]:
        console.print(Text(f"  row {row['row']} {row['slug']}: {row['error']}", style="red"))
    spent = dollars(report["spent_usd"])
    said = f"Would have cost {spent} (simulated)." if simulated else f"Spent {spent}."
    console.print(said, highlight=False)
    if hint := _next_step(report):
        console.print(hint, highlight=False, soft_wrap=True)
    if report["possibly_billed_usd"] != "0":
        console.print(
            f"Failed at hiapi but possibly billed: {dollars(report['possibly_billed_usd'])}.",
            highlight=False,
        )
    for note in _notes(report):
        console.print(Text(note), soft_wrap=True)
    if not report["rows"]:
        return  # nothing was written
    workbook = (report.get("workbook") or {}).get("file")
    files = (
        "index.html",
        "results.csv",
        *([workbook] if workbook else []),
        "report.json",
        "images",
    )
    for name in files:
        console.print(f"  {out / name}", highlight=False, soft_wrap=True)


def _next_step(report: dict[str, Any]) -> str:
    """How to go on with a run that has not done everything."""
    run, counts = report["run_id"], report["counts"]
    if counts["cancelled"] or counts["over budget"]:
        return f"Resume it with: rowshot resume {run}"
    if counts["failed"]:
        return f"Order the failed rows again with: rowshot retry {run}"
    return ""


def _problem(report: dict[str, Any]) -> str:
    """The sentence for a run that did not start, or did not go to its end; empty otherwise."""
    if report["status"] == RunStatus.OVER_BUDGET:
        rows = (row for row in report["rows"] if row["status"] == RowStatus.OVER_BUDGET)
        return next((str(row["error"]) for row in rows), "")
    return str(report.get("problem") or "")


def _notes(report: dict[str, Any]) -> list[str]:
    """What somebody may want to know of the live sheet and of the workbook."""
    sheet, workbook = report.get("live_sheet") or {}, report.get("workbook") or {}
    said = [sheet.get("problem"), *sheet.get("notes", []), workbook.get("problem")]
    return [each for each in said if each]


def status_lines(progress: Progress) -> list[str]:
    """A run's state in a few lines."""
    run = progress.run
    lines = [f"{run.id}  {run.sheet_name}: {run.status}", _line(progress)]
    if progress.left is not None:
        lines.append(f"about {_duration(progress.left)} left")
    if run.reason:
        lines.append(run.reason)
    return lines


def dollars(amount: Decimal | str) -> str:
    """An amount as people write it, exact."""
    return f"${messages.amount(Decimal(amount))}"


def _line(progress: Progress) -> str:
    if not progress.total:
        return "Reading the sheet."
    counts = ", ".join(f"{n} {status}" for status, n in sorted(progress.counts.items()) if n)
    note = f"; {progress.paused}" if progress.paused else ""
    return f"{progress.done}/{progress.total} ({counts}) {dollars(progress.spent)} spent{note}"


def _panel(progress: Progress) -> Group:
    grid = Table.grid(padding=(0, 2))
    counts = Text()
    for status in RowStatus:
        if number := progress.counts.get(status, 0):
            counts.append(f"{number} {status}  ", style=_COLOURS[status])
    bar = ProgressBar(total=max(1, progress.total), completed=progress.done, width=40)
    left = f"about {_duration(progress.left)} left" if progress.left is not None else ""
    grid.add_row(bar, f"{progress.done}/{progress.total}", left)
    figures = f"{progress.in_flight} in flight · {dollars(progress.spent)} spent"
    if progress.reserved > progress.spent:
        figures += f" of {dollars(progress.reserved)} reserved"
    lines: list[RenderableType] = [grid, counts, Text(figures, style="dim")]
    if progress.paused:
        lines.append(Text(progress.paused, style="red"))
    return Group(*lines)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"

"""What is said when a run has ended: how it went, what it cost, where all is, what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from rowshot.ledger.records import RunStatus
from rowshot.money import parse_usd
from rowshot.statuses import HALTED, NAMED, READY, RowStatus
from rowshot_local.cli.place import Place
from rowshot_local.cli.terminal import plain
from rowshot_local.results import tables_of
from rowshot_local.wording import amount_text

_MOST_NAMED = 10  # rows


def finished(console: Console, report: dict[str, Any], place: Place) -> None:
    """Sums a run up and says where everything is.

    Args:
        console: Where to.
        report: The run's report.
        place: Where its results were written, and how a further command finds it.
    """
    if problem := _problem(report):
        typer.echo(plain(problem), err=True)
    if not report["counts"]["rows"]:
        return  # nothing was planned, so nothing was rendered or spent
    console.print(Text(_counts(report), style="bold"))
    _name_rows(console, report)
    for sentence in _money(report):
        console.print(sentence, highlight=False, soft_wrap=True)
    for note in _notes(report):
        console.print(Text(note), soft_wrap=True)
    # Without rows nothing was written there.
    for name in (*tables_of(report), "images") if report["rows"] else ():
        console.print(f"  {place.out / name}", highlight=False, soft_wrap=True)
    for sentence in next_steps(report, place):
        console.print(sentence, highlight=False, soft_wrap=True)


def _counts(report: dict[str, Any]) -> str:
    counts = report["counts"]
    parts = [f"{number} {name}" for name, number in counts.items() if number and name != "rows"]
    rows = f"{counts['rows']} row{'' if counts['rows'] == 1 else 's'}"
    return f"{rows}: {', '.join(parts)}." if parts else f"{rows}."


def _name_rows(console: Console, report: dict[str, Any]) -> None:
    wrong = [row for row in report["rows"] if row["status"] in NAMED]
    for row in wrong[:_MOST_NAMED]:
        console.print(Text(f"  row {row['row']} {row['slug']}: {row['error']}", style="red"))
    if more := wrong[_MOST_NAMED:]:
        console.print(Text(f"  and {len(more)} more: see the contact sheet.", style="red"))


def _money(report: dict[str, Any]) -> Iterator[str]:
    simulated = bool(report.get("simulated"))
    amount, maybe = parse_usd(report["spent_usd"]), parse_usd(report["possibly_billed_usd"])
    spent, billed = (amount_text(each, simulated=simulated) for each in (amount, maybe))
    if simulated:
        yield f"Would have cost {spent}."
        if maybe:
            yield f"Failed tasks might have cost another {billed}."
    else:
        yield f"Spent {spent}."
        if maybe:
            yield f"Failed tasks may be billed as well: {billed}."


def next_steps(report: dict[str, Any], place: Place) -> Iterator[str]:
    """What somebody may want to do next with a run that has ended, one sentence each."""
    run, counts = report["run_id"], report["counts"]
    if report["status"] == RunStatus.OVER_BUDGET:
        yield "To start it, run the same command again with a higher --max-usd."
    elif any(counts.get(status) for status in HALTED):
        yield f"Resume it with: {place.command('resume', run, carries_out=True)}"
    if counts["failed"]:
        retry = place.command("retry", run, carries_out=True)
        yield f"Order the failed rows again with: {retry}"
    if any(counts.get(status) for status in READY):
        yield (
            "For another picture of a row, write yes, or what you want to see, into its 'redo' "
            "column and run the same command again."
        )


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

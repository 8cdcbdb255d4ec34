"""``rowshot status`` and ``rowshot watch``: how runs stand."""

from __future__ import annotations

from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rowshot.deciding.reasons import shown_reason
from rowshot.money import dollars
from rowshot_local.cli import options
from rowshot_local.cli.display import show_progress, status_lines
from rowshot_local.cli.outcome import exit_code_of
from rowshot_local.cli.place import Place
from rowshot_local.cli.targets import existing_stack, running_run
from rowshot_local.cli.terminal import PlainConsole
from rowshot_local.remote_run import watch_kept, watch_stack
from rowshot_local.run_progress import progress_of, run_word
from rowshot_local.stack import Stack, aws_stack


def status(
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="The run's id; without it, the last runs are listed."),
    ] = None,
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
    number: Annotated[
        int, typer.Option("--last", min=1, max=100, metavar="N", help="How many runs to list.")
    ] = 10,
) -> None:
    """Show a run's status, or list the last runs."""
    console = PlainConsole()
    with existing_stack(state, stack) as found:
        if run is None:
            _list_runs(console, found, number)
        else:
            _show_run(console, found, run, Place(state, stack))


def _list_runs(console: Console, found: Stack, number: int) -> None:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for title in ("run", "started"):
        table.add_column(title, no_wrap=True)
    for title in ("sheet", "status"):
        table.add_column(title, overflow="fold")
    for title in ("rows", "cost"):
        table.add_column(title, justify="right")
    for run in found.ledger.runs.latest(number):
        started = found.clock.timestamp(run.started_at)[:16].replace("T", " ")
        rows = str(run.rows) if run.rows else ""
        word = run_word(run, at_rest=found.at_rest)
        spent = dollars(run.spent) if run.rows else ""
        table.add_row(run.id, started, Text(run.sheet_name), word, rows, spent)
    if table.row_count:
        console.print(table)
        simulated = " All prices are simulated: nothing was spent." if found.simulated else ""
        console.print(f"Times are UTC.{simulated}", highlight=False)
    else:
        console.print("No run has been started yet.")


def _show_run(console: Console, found: Stack, run: str, place: Place) -> None:
    progress = progress_of(found, run)
    for line in status_lines(progress):
        console.print(line, highlight=False, soft_wrap=True)
    for row in progress.rows:
        reason = shown_reason(progress.run, row)
        if reason:
            text = f"  row {row.number} {row.row_key}: {row.status}: {reason}"
            console.print(Text(text), soft_wrap=True)
    if progress.interrupted:
        again = place.of_run(run).command("resume", run, carries_out=True)
        console.print(f"Resume it with: {again}", highlight=False, soft_wrap=True)


def watch(
    run: options.RunningId = None,
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
) -> None:
    """Show a run's progress until it has ended.

    Locally, watches a run started by another command. Exit codes as for run.
    """
    console = PlainConsole()
    if run is None:
        with existing_stack(state, stack) as found:
            run = running_run(found).id
    again = Place(state).of_run(run).command("resume", run, carries_out=True)
    steps = watch_stack(aws_stack(stack), run) if stack else watch_kept(state, run, again)
    last = show_progress(console, steps)
    for line in status_lines(last):
        console.print(line, highlight=False, soft_wrap=True)
    raise typer.Exit(exit_code_of(last))

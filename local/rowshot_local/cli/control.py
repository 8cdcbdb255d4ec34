"""``rowshot cancel``, ``resume`` and ``retry``: what a person may do to a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rowshot.ledger.records import Run
from rowshot.recovery.control import Control, GoesOn
from rowshot_local.cli import options
from rowshot_local.cli.display import finished, show_progress, status_lines
from rowshot_local.cli.outcome import exit_code_of
from rowshot_local.cli.targets import existing_stack
from rowshot_local.cli.terminal import PlainConsole
from rowshot_local.environment import google, target
from rowshot_local.following import Progress, follow
from rowshot_local.local_stack import attached_stack, start_local_stack
from rowshot_local.results import write_results
from rowshot_local.stack import Stack, aws_stack
from rowshot_local.watching import watch_kept
from rowshot_local.worksheets import simulated

Act = Callable[[Control], GoesOn]


def cancel(
    run: options.RunId,
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
) -> None:
    """Cancel a run. Pictures that are being made are still billed, and collected."""
    with existing_stack(state, stack) as found:
        cancelled = _control(found).cancel(run)
    if cancelled.again:
        typer.echo(f"The run {run} was cancelled already.")
    else:
        rows = _counted(cancelled.dropped, "waiting row", "waiting rows")
        typer.echo(f"Cancelled the run {run}: {rows} will not be ordered.")
    if cancelled.billed:
        pictures = _counted(cancelled.billed, "picture", "pictures")
        typer.echo(f"{pictures} being made at hiapi will still be billed, and collected.")
    else:
        typer.echo("No picture is being made at hiapi: nothing more will be billed.")
    typer.echo(f"Resume it with: rowshot resume {run}" + (f" --stack {stack}" if stack else ""))


def resume(
    run: options.RunId,
    out: options.Out = options.DEFAULT_OUT,
    live: options.Live = False,
    time_scale: options.TimeScale = None,
    max_usd: options.MaxUsd = None,
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
) -> None:
    """Resume a run that was cancelled, stopped or interrupted.

    Also lifts the pause after the hiapi balance ran out. On this machine, the run is carried out to
    its end. Exit codes as for run.
    """
    here = _Here(state, out, live, time_scale, max_usd)
    _go_on(run, stack, here, lambda control: control.resume(run))


def retry(
    run: options.RunId,
    row: Annotated[
        list[int] | None,
        typer.Option("--row", metavar="N", help="A row's number in the sheet; all failed if none."),
    ] = None,
    out: options.Out = options.DEFAULT_OUT,
    live: options.Live = False,
    time_scale: options.TimeScale = None,
    max_usd: options.MaxUsd = None,
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
) -> None:
    """Order failed rows of a run again, even if hiapi may have billed them already.

    On this machine, the run is carried out to its end. Exit codes as for run.
    """
    here = _Here(state, out, live, time_scale, max_usd)
    _go_on(run, stack, here, lambda control: control.retry(run, row or ()))


@dataclass(frozen=True)
class _Here:
    """How a run is carried out on this machine.

    Args:
        state: The state folder.
        out: Folder for the results.
        live: Whether real pictures are bought.
        time_scale: Wall seconds per nominal second, None for the server's usual one.
        max_usd: The limit of the run, None for the template's.
    """

    state: Path
    out: Path
    live: bool
    time_scale: float | None
    max_usd: Decimal | None


def _go_on(run: str, stack: str | None, here: _Here, act: Act) -> None:
    """Acts on a run where it is, and sees it to its end if that is here."""
    if stack:
        _say(act(_control(aws_stack(stack))))
        typer.echo(f"Follow it with: rowshot watch {run} --stack {stack}", err=True)
        return
    console = PlainConsole()
    with attached_stack(here.state) as running:
        if running is not None:
            _say(act(_control(running)))
    last = _follow(console, run, here) if running else _carry_out(console, run, here, act)
    raise typer.Exit(exit_code_of(last))


def _follow(console: Console, run: str, here: _Here) -> Progress:
    """Follows a run on the engine of another command."""
    last = show_progress(console, watch_kept(here.state, run))
    for line in status_lines(last):
        console.print(line, highlight=False)
    return last


def _carry_out(console: Console, run: str, here: _Here, act: Act) -> Progress:
    """Starts everything that the run needs, and hands over its results."""
    chosen = target(live=here.live)
    with existing_stack(here.state, None) as kept:
        known = kept.ledger.runs.get(run)
    with start_local_stack(
        here.state,
        chosen,
        time_scale=chosen.time_scale if here.time_scale is None else here.time_scale,
        max_usd=here.max_usd,
        google=google() if _has_a_sheet_at_google(known) else None,
    ) as local:
        _say(act(_control(local.stack)))
        last = show_progress(console, follow(local.stack, run))
        report = write_results(local.stack, run, here.out)
    finished(console, report, here.out, simulated=chosen.simulated)
    return last


def _has_a_sheet_at_google(run: Run) -> bool:
    own = simulated(run.sheet_name)["spreadsheet-id"]
    return run.spreadsheet_id not in ("", own)


def _control(stack: Stack) -> Control:
    return Control(stack.ledger, stack.inbox, stack.dispatch_queue)


def _say(goes_on: GoesOn) -> None:
    rows = _counted(len(goes_on.rows), "row", "rows")
    started = f"Resuming run {goes_on.run.id}: {rows} left."
    typer.echo(started if goes_on.rows else f"The run {goes_on.run.id} is still running.")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

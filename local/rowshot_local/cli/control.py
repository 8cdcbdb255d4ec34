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
from rowshot_local.cli.display import show_progress, status_lines
from rowshot_local.cli.outcome import exit_code_of
from rowshot_local.cli.place import Place
from rowshot_local.cli.summary import finished
from rowshot_local.cli.targets import (
    existing_stack,
    failed_run,
    running_run,
    unfinished_run,
)
from rowshot_local.cli.terminal import PlainConsole
from rowshot_local.environment import google, target
from rowshot_local.kept import KeptRun
from rowshot_local.local_stack import attached_stack, start_local_stack
from rowshot_local.remote_run import watch_kept
from rowshot_local.results import write_results
from rowshot_local.run_progress import Progress, follow
from rowshot_local.stack import Stack
from rowshot_local.worksheets import simulated

Act = Callable[[Control, str], GoesOn]


def cancel(
    run: options.RunningId = None,
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
) -> None:
    """Cancel a run. Pictures already being made are still billed and collected."""
    with existing_stack(state, stack) as found:
        run_id = run or running_run(found).id
        cancelled = _control(found).cancel(run_id)
    if cancelled.again:
        typer.echo(f"Run {run_id} was already cancelled.")
    else:
        rows = _counted(cancelled.dropped, "waiting row", "waiting rows")
        typer.echo(f"Cancelled run {run_id}: {rows} will not be ordered.")
    if cancelled.billed:
        pictures = _counted(cancelled.billed, "picture", "pictures")
        number = pictures if cancelled.certain else f"Up to {pictures}"
        billed = "" if found.simulated else "billed, and "
        typer.echo(f"{number} being made at hiapi will still be {billed}collected.")
    else:
        typer.echo("No picture is being made at hiapi: nothing more will be billed.")
    again = Place(state, stack).of_run(run_id).command("resume", run_id, carries_out=True)
    typer.echo(f"Resume it with: {again}")


def resume(
    run: options.UnfinishedId = None,
    out: options.OutOfRun = None,
    live: options.Live = False,
    time_scale: options.TimeScale = None,
    max_usd: options.MaxUsd = None,
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
) -> None:
    """Resume a run that was cancelled, stopped or interrupted.

    Also lifts the pause after the hiapi balance ran out. On this machine, the command ends when the
    run does. Exit codes as for run.
    """
    here = _Here(Place(state, stack, live=live), out, time_scale, max_usd)
    _go_on(run, here, lambda control, run_id: control.resume(run_id), unfinished_run)


def retry(
    run: options.FailedId = None,
    row: Annotated[
        list[int] | None,
        typer.Option(
            "--row", metavar="N", help="A row's number in the sheet; without it, all failed rows."
        ),
    ] = None,
    out: options.OutOfRun = None,
    live: options.Live = False,
    time_scale: options.TimeScale = None,
    max_usd: options.MaxUsd = None,
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
) -> None:
    """Order failed rows of a run again, even if hiapi may have billed them already.

    On this machine, the command ends when the run does. Exit codes as for run.
    """
    here = _Here(Place(state, stack, live=live), out, time_scale, max_usd)
    _go_on(run, here, lambda control, run_id: control.retry(run_id, row or ()), failed_run)


@dataclass(frozen=True)
class _Here:
    """How a run is carried out on this machine.

    Args:
        place: Where it is.
        out: Folder for its results, None for the one that is kept with it.
        time_scale: Wall seconds per nominal second, None for the server's usual one.
        max_usd: The limit of the run, None for the template's.
    """

    place: Place
    out: Path | None
    time_scale: float | None
    max_usd: Decimal | None


def _go_on(run_id: str | None, here: _Here, act: Act, meant: Callable[[Stack], Run]) -> None:
    """Acts on a run where it is, and sees it to its end if that is here."""
    place = here.place
    with existing_stack(place.state, place.stack) as found:
        run = found.ledger.runs.get(run_id) if run_id else meant(found)
        if place.stack:
            _say(act(_control(found), run.id))
            typer.echo(f"Follow it with: {place.command('watch', run.id)}", err=True)
            return
    console = PlainConsole()
    with attached_stack(place.state) as running:
        if running is not None:
            _say(act(_control(running), run.id))
    last = _follow(console, run, here) if running else _carry_out(console, run, here, act)
    raise typer.Exit(exit_code_of(last))


def _follow(console: Console, run: Run, here: _Here) -> Progress:
    """Follows a run on the engine of another command."""
    again = here.place.command("resume", run.id, carries_out=True)
    last = show_progress(console, watch_kept(here.place.state, run.id, again))
    for line in status_lines(last):
        console.print(line, highlight=False, soft_wrap=True)
    return last


def _carry_out(console: Console, run: Run, here: _Here, act: Act) -> Progress:
    """Starts everything that the run needs, and hands over its results."""
    chosen = target(live=here.place.live)
    with start_local_stack(
        here.place.state,
        chosen,
        time_scale=chosen.time_scale if here.time_scale is None else here.time_scale,
        max_usd=here.max_usd,
        google=google() if _has_a_sheet_at_google(run) else None,
    ) as local:
        _say(act(_control(local.stack), run.id))
        place = here.place.of_run(run.id, here.out)
        KeptRun(place.out, place.live).write(place.state, run.id)
        last = show_progress(console, follow(local.stack, run.id))
        report = write_results(local.stack, run.id, place.out)
    finished(console, report, place)
    return last


def _has_a_sheet_at_google(run: Run) -> bool:
    own = simulated(run.sheet_name)["spreadsheet-id"]
    return run.spreadsheet_id not in ("", own)


def _control(stack: Stack) -> Control:
    return Control(stack.ledger, stack.inbox, stack.dispatch_queue)


def _say(goes_on: GoesOn) -> None:
    rows = _counted(len(goes_on.rows), "row", "rows")
    started = f"Resuming run {goes_on.run.id}: {rows} left."
    typer.echo(started if goes_on.rows else f"Run {goes_on.run.id} is still running.")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

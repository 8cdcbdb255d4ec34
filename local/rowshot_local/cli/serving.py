"""``rowshot serve`` and ``rowshot sim``: what keeps running until somebody stops it."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from rowshot_local.cli import options
from rowshot_local.cli.commands import Commands
from rowshot_local.local_stack import kept_stack
from rowshot_simulators import sheets as sheets_simulator
from rowshot_simulators.hiapi import SimulatorOptions, run_forever

simulators = Commands(help="Start a simulator on its own.")


def serve(state: options.State = options.DEFAULT_STATE) -> None:
    """Start the engine on its kept state, so that the URLs of earlier runs open again."""
    with kept_stack(state) as stack:
        if stack is None:
            typer.echo(f"There is nothing in {state} yet: run a sheet first.", err=True)
            raise typer.Exit(2)
        typer.echo(f"Pictures open again at {stack.outputs['MediaBaseUrl']} (Ctrl-C to stop).")
        _until_stopped()


def _until_stopped() -> None:
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    while not done.wait(3600):
        pass


@simulators.callback(invoke_without_command=True)
def show_help(context: typer.Context) -> None:
    """Start a simulator on its own."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@simulators.command("hiapi")
def hiapi(
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="0 for any free port.")
    ] = 0,
    time_scale: Annotated[
        float,
        typer.Option(min=0, metavar="SCALE", help="Speed: 0.1 is ten times faster than real time."),
    ] = 1.0,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the random latencies.")] = 0,
) -> None:
    """Start a simulated hiapi; the first line is JSON with its address and token."""
    run_forever(port, SimulatorOptions(time_scale=time_scale, seed=seed))


@simulators.command("sheets")
def sheets(
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="0 for any free port.")
    ] = 0,
    time_scale: Annotated[
        float,
        typer.Option(min=0, metavar="SCALE", help="Speed: 0.1 is ten times faster than real time."),
    ] = 1.0,
) -> None:
    """Start a simulated Google Sheets; the first line is JSON with its address and key file."""
    options = sheets_simulator.SheetsSimulatorOptions(time_scale=time_scale)
    sheets_simulator.run_forever(port, options)

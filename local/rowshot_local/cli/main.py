"""``rowshot``: puts the commands together and turns errors into one plain sentence."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from rowshot.errors import RowshotError
from rowshot_local.cli import (
    catalogue,
    control,
    doctoring,
    dropping,
    inspect,
    menu,
    planning,
    running,
    serving,
)
from rowshot_local.cli.commands import Commands
from rowshot_local.cli.terminal import plain
from rowshot_local.engine import EngineError
from rowshot_local.environment import ConfigurationError

_INPUT = re.compile(r"Input should be (.+?)(?:, unable to parse .+)?$")  # Typer's words
_INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended

app = Commands(name="rowshot", add_completion=False, pretty_exceptions_enable=False)
app.command("run")(running.run)
app.command("plan")(planning.plan)
app.command("drop")(dropping.drop)
app.command("status")(inspect.status)
app.command("watch")(inspect.watch)
app.command("cancel")(control.cancel)
app.command("resume")(control.resume)
app.command("retry")(control.retry)
app.command("serve")(serving.serve)
app.command("menu-secret")(menu.secret)
app.command("doctor")(doctoring.doctor)
app.add_typer(catalogue.models, name="models")
app.add_typer(catalogue.recipes, name="recipes")
app.add_typer(serving.simulators, name="sim")


@app.callback(invoke_without_command=True)
def rowshot(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Turns a sheet of product rows into published product pictures."""
    if version:
        typer.echo(f"rowshot {metadata.version('rowshot')}")
        return
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> None:
    """The program's entry. Whatever a person can mend ends as one sentence and exit code 2.

    Args:
        arguments: The command's words, by default those of the process.
    """
    try:
        code = app(args=arguments, prog_name="rowshot", standalone_mode=False)
    except typer.TyperException as error:
        _stop(_usage(error))
    except (RowshotError, EngineError, ConfigurationError) as error:
        _stop(str(error))
    except (BotoCoreError, ClientError) as error:
        _stop(f"AWS did not do what was asked: {error}")
    except typer.Abort:
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        _stop("Stopped. Run the same command again to continue.", code=_INTERRUPTED)
    raise SystemExit(code or 0)


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the command's words."""
    sentence = _INPUT.sub(r"it should be \1", error.format_message()).rstrip(".")
    sentence = sentence.replace("a valid integer", "a whole number")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "rowshot"
    return f"{sentence}. See '{command} --help'."


def _stop(sentence: str, code: int = 2) -> None:
    print(plain(sentence), file=sys.stderr)  # noqa: T201 - the one place that reports an error
    raise SystemExit(code)

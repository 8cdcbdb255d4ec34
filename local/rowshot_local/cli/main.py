"""``rowshot``: puts the commands together and turns errors into one plain sentence."""

from __future__ import annotations

import sys

import typer
from botocore.exceptions import BotoCoreError, ClientError

from rowshot.errors import RowshotError
from rowshot_local.cli import catalogue, inspect, planning, running, serving
from rowshot_local.engine import EngineError
from rowshot_local.environment import ConfigurationError

app = typer.Typer(
    name="rowshot",
    help="Turns a sheet of product rows into published product pictures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(running.run)
app.command("plan")(planning.plan)
app.command("status")(inspect.status)
app.command("serve")(serving.serve)
app.add_typer(catalogue.models, name="models")
app.add_typer(catalogue.recipes, name="recipes")
app.add_typer(serving.simulators, name="sim")


def main() -> None:
    """The program's entry. Whatever a person can mend ends as one sentence and exit code 2."""
    try:
        app()
    except (RowshotError, EngineError, ConfigurationError) as error:
        _stop(str(error))
    except (BotoCoreError, ClientError) as error:
        _stop(f"AWS did not do what was asked: {error}")
    except KeyboardInterrupt:
        _stop("Stopped. The same command goes on where it was.", code=130)


def _stop(sentence: str, code: int = 2) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201 - the one place that reports an error
    raise SystemExit(code)

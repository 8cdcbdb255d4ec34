"""``rowshot status``: how runs stand."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from rowshot.errors import RunNotFound
from rowshot_local.cli import options
from rowshot_local.cli.display import status_lines
from rowshot_local.following import progress_of
from rowshot_local.local_stack import kept_stack


def status(
    run: Annotated[str, typer.Argument(help="The run's id, as the report names it.")],
    state: options.State = options.DEFAULT_STATE,
) -> None:
    """Say how a run stands."""
    with kept_stack(state) as stack:
        if stack is None:
            raise RunNotFound(f"There is nothing in {state}: no run was ever started there.")
        progress = progress_of(stack, run)
        rows = list(stack.ledger.rows.of_run(run))
    console = Console()
    for line in status_lines(progress):
        console.print(line, highlight=False)
    for row in rows:
        if row.error:
            console.print(Text(f"  row {row.number} {row.row_key}: {row.status}: {row.error}"))

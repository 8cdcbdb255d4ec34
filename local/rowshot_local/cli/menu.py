"""``rowshot menu-secret``: what the menu of one Google Sheet signs its requests with."""

from __future__ import annotations

from typing import Annotated

import typer

from rowshot.errors import RowshotError
from rowshot.inbound.signing import menu_secret
from rowshot_local.cli import options
from rowshot_local.cli.targets import existing_stack


class NoMenu(RowshotError):
    """The stack has no function for menus."""


def secret(
    spreadsheet: Annotated[
        str,
        typer.Argument(
            parser=options.spreadsheet_id,
            metavar="SPREADSHEET",
            help="The Google spreadsheet: its id or its address.",
        ),
    ],
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
) -> None:
    """Print the secret for the menu of one Google spreadsheet.

    Put it into the script's property ROWSHOT_SECRET. It works for no other spreadsheet.
    """
    with existing_stack(state, stack) as found:
        name = found.outputs.get("DropSecret")
        if not name:
            raise NoMenu("This stack has no menu: set SheetMenu=true and deploy it again.")
        answer = found.client("secretsmanager").get_secret_value(SecretId=name)
    typer.echo(menu_secret(answer["SecretString"].strip(), spreadsheet))

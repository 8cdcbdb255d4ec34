"""``rowshot drop``: puts a sheet into the inbox of a stack on AWS."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote

import typer

from rowshot.clock import Clock
from rowshot.inbound.drop import export
from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.sheet_sync.google import ServiceAccount
from rowshot.specs import meaning_of
from rowshot_local.cli import options
from rowshot_local.cli.place import Place
from rowshot_local.cli.running import read_file
from rowshot_local.environment import ConfigurationError, google
from rowshot_local.stack import aws_stack


def drop(
    sheet: Annotated[
        Path | None,
        typer.Argument(metavar="SHEET", help="The sheet: a CSV, TSV, XLSX, XLS or ODS file."),
    ] = None,
    *,
    stack: Annotated[str, typer.Option("--stack", metavar="NAME", help="The stack on AWS.")],
    spreadsheet: options.Spreadsheet = None,
    worksheet: options.Worksheet = None,
    first: options.First = None,
    from_google: Annotated[
        str | None,
        typer.Option(
            "--from-google",
            parser=options.spreadsheet_id,
            metavar="ID",
            help="Export the --worksheet of this Google spreadsheet instead of a file.",
        ),
    ] = None,
) -> None:
    """Drop a sheet into the inbox of a stack on AWS, and print the id of its run.

    The sheet is checked first, so that a file that cannot be read is not uploaded. Its pictures
    cost real money, within the stack's limits.
    """
    if (sheet is None) == (from_google is None):
        raise ConfigurationError(
            "Name either a sheet's file, or --from-google ID --worksheet TITLE."
        )
    if sheet is None:
        name, data, metadata = _exported(str(from_google), worksheet)
    else:
        name, data = sheet.name, read_file(sheet)
        meaning_of(read_sheet(data, name=name, worksheet=worksheet), Catalogue.from_package())
        metadata = {"spreadsheet-id": spreadsheet or "", "worksheet": worksheet or ""}
    if first:
        metadata["first"] = str(first)
    given = {title: value for title, value in metadata.items() if value}
    run_id = aws_stack(stack).drop(data, name, given)
    typer.echo(run_id)
    follow = Place(stack=stack).command("watch", run_id)
    typer.echo(f"Follow it with: {follow}", err=True)


def _exported(spreadsheet_id: str, worksheet: str | None) -> tuple[str, bytes, dict[str, str]]:
    """A worksheet as it is at Google now: a name for it, its cells as CSV, and where it is from."""
    if not worksheet:
        raise ConfigurationError("--from-google needs --worksheet: the title of the worksheet.")
    server = google()
    key_file = server.service_account_file.read_text("utf-8")
    account = ServiceAccount(lambda: key_file, server.base_url, Clock())
    drop = export(account, None, spreadsheet_id, worksheet, time.time)
    # The stack percent-encodes what it uploads by itself.
    metadata = {title: unquote(value) for title, value in drop.metadata(None).items()}
    return drop.name, drop.data, metadata

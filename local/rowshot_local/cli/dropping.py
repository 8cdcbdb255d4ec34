"""``rowshot drop``: puts a sheet into the inbox of a stack on AWS."""

from __future__ import annotations

from typing import Annotated

import typer

from rowshot.sheets import map_headers, read_sheet
from rowshot_local.cli import options
from rowshot_local.cli.running import read_file
from rowshot_local.stack import aws_stack


def drop(
    sheet: options.SheetFile,
    stack: Annotated[str, typer.Option("--stack", metavar="NAME", help="The stack on AWS.")],
    spreadsheet: options.Spreadsheet = None,
    worksheet: options.Worksheet = None,
    first: options.First = None,
) -> None:
    """Drop a sheet into the inbox of a stack on AWS, and print the id of its run.

    The sheet is looked at first, so that a file that cannot be read is not uploaded. Its pictures
    cost real money; the stack's limits hold.
    """
    data = read_file(sheet)
    map_headers(read_sheet(data, name=sheet.name, worksheet=worksheet).header)
    metadata = {
        "spreadsheet-id": spreadsheet,
        "worksheet": worksheet,
        "first": str(first) if first else None,
    }
    run_id = aws_stack(stack).drop(
        data, sheet.name, {name: value for name, value in metadata.items() if value}
    )
    typer.echo(run_id)
    typer.echo(f"Follow it with: rowshot watch {run_id} --stack {stack}", err=True)

"""Options that several commands share."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

State = Annotated[
    Path, typer.Option("--state", help="Folder that keeps ledger, pictures and ports.")
]
SheetFile = Annotated[Path, typer.Argument(help="The sheet: a CSV, TSV, XLSX, XLS or ODS file.")]
First = Annotated[
    int | None, typer.Option("--first", min=1, help="Render only the first N rows as a trial.")
]
DEFAULT_STATE = Path(".rowshot")
StackName = Annotated[
    str | None,
    typer.Option("--stack", metavar="NAME", help="Ask this stack on AWS, not this machine."),
]
Worksheet = Annotated[
    str | None,
    typer.Option("--worksheet", metavar="TITLE", help="Which worksheet of a workbook."),
]


def money(text: str) -> Decimal:
    """Reads an amount of US dollars."""
    try:
        amount = Decimal(text.strip().lstrip("$"))
    except InvalidOperation:
        raise typer.BadParameter(f"'{text}' is no amount in US dollars, such as 2.50") from None
    if not amount.is_finite() or amount < 0:
        raise typer.BadParameter("the limit must be 0 or more")
    return amount


MaxUsd = Annotated[
    Decimal | None,
    typer.Option(
        "--max-usd", parser=money, metavar="USD", help="Start nothing dearer than this (25)."
    ),
]

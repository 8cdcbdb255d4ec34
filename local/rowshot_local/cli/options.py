"""Options that several commands share."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from rowshot.money import parse_usd

State = Annotated[
    Path,
    typer.Option("--state", metavar="DIR", help="Where Rowshot keeps its data between runs."),
]
SheetFile = Annotated[
    Path,
    typer.Argument(metavar="SHEET", help="The sheet: a CSV, TSV, XLSX, XLS or ODS file."),
]
First = Annotated[
    int | None,
    typer.Option("--first", min=1, metavar="N", help="Render only the first N rows as a trial."),
]
DEFAULT_STATE = Path(".rowshot")
FailedId = Annotated[
    str | None,
    typer.Argument(metavar="RUN", help="The run's id; without it, the latest with failed rows."),
]
RunningId = Annotated[
    str | None,
    typer.Argument(metavar="RUN", help="The run's id; without it, the run in progress."),
]
UnfinishedId = Annotated[
    str | None,
    typer.Argument(metavar="RUN", help="The run's id; without it, the latest unfinished run."),
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")]
DEFAULT_OUT = Path("out")
OutOfRun = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Folder for the results; without it, the one of the run."
    ),
]
Live = Annotated[bool, typer.Option("--live", help="Buy real pictures with HIAPI_TOKEN at hiapi.")]
TimeScale = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=10,
        metavar="SCALE",
        help="Speed of the simulation: 0.1 is ten times faster than real time.",
    ),
]
StackName = Annotated[
    str | None,
    typer.Option("--stack", metavar="NAME", help="Use this stack on AWS instead of this machine."),
]
Worksheet = Annotated[
    str | None,
    typer.Option(
        "--worksheet", metavar="TITLE", help="The worksheet to read, where a workbook has several."
    ),
]


def money(text: str) -> Decimal:
    """Reads an amount of US dollars."""
    try:
        return parse_usd(text.strip().lstrip("$"))
    except ValueError:
        raise typer.BadParameter(
            f"'{text}' is not an amount in US dollars: give 0 or more, such as 2.50"
        ) from None


MaxUsd = Annotated[
    Decimal | None,
    typer.Option(
        "--max-usd",
        parser=money,
        metavar="USD",
        help="Do not start if the sheet would cost more than this (default $25).",
    ),
]

_SPREADSHEET_URL = re.compile(
    r"https://docs\.google\.com/spreadsheets/d/([A-Za-z0-9_-]+)(?:[/?#].*)?"
)
_SPREADSHEET_ID = re.compile(r"[A-Za-z0-9_-]{20,}")


def spreadsheet_id(text: str) -> str:
    """A Google spreadsheet's id, from the id itself or the address in the browser."""
    found = _SPREADSHEET_URL.fullmatch(text.strip())
    wanted = found[1] if found else text.strip()
    if not _SPREADSHEET_ID.fullmatch(wanted):
        raise typer.BadParameter(
            "it is the long part of the sheet's address, between '/d/' and '/edit'"
        )
    return wanted


Spreadsheet = Annotated[
    str | None,
    typer.Option(
        "--spreadsheet",
        parser=spreadsheet_id,
        metavar="ID",
        help="The Google spreadsheet that shows the results: its id or its address.",
    ),
]

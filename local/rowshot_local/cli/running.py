"""``rowshot run``: the whole job on this machine."""

from __future__ import annotations

import hashlib
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from rowshot.errors import UnreadableSheet
from rowshot.ledger.records import Run
from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.specs import meaning_of, read_specs
from rowshot_local.cli import options
from rowshot_local.cli.display import show_progress
from rowshot_local.cli.outcome import exit_code_of
from rowshot_local.cli.place import Place
from rowshot_local.cli.summary import finished
from rowshot_local.cli.terminal import PlainConsole
from rowshot_local.environment import Target, google, target, variables
from rowshot_local.kept import KeptRun
from rowshot_local.live import serve_live_page
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_local.proxies import warning
from rowshot_local.results import files_of, write_results
from rowshot_local.resuming import resume
from rowshot_local.run_progress import follow
from rowshot_local.stack import Stack

_MOST_WARNINGS = 10  # of rows


def run(
    sheet: options.SheetFile,
    out: options.Out = options.DEFAULT_OUT,
    live: options.Live = False,
    time_scale: options.TimeScale = None,
    max_usd: options.MaxUsd = None,
    first: options.First = None,
    spreadsheet: options.Spreadsheet = None,
    worksheet: options.Worksheet = None,
    state: options.State = options.DEFAULT_STATE,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the live page in a browser.")
    ] = False,
) -> None:
    """Render a sheet's pictures on this machine.

    It runs the template that deploys to AWS on a local engine. Rows that are unchanged since an
    earlier run are not bought again, and an interrupted run continues.
    """
    console = PlainConsole()
    data = read_file(sheet)
    place = Place(state, None, out, live)
    chosen = target(live=live)
    scale = chosen.time_scale if time_scale is None else time_scale
    sheets = google() if spreadsheet else None
    with start_local_stack(
        state, chosen, time_scale=scale, max_usd=max_usd, google=sheets
    ) as local:
        _introduce(console, chosen, scale, local)
        if spreadsheet:
            metadata = {"spreadsheet-id": spreadsheet, "worksheet": worksheet or ""}
        else:
            metadata = local.worksheets.load(data, sheet.name, worksheet)
        if first:
            metadata["first"] = str(first)
        for warning in warnings_of(data, sheet.name, worksheet):
            console.print(Text(f"Warning: {warning}", style="yellow"), soft_wrap=True)
        run_id = _continue_or_drop(local.stack, data, sheet.name, metadata)
        KeptRun(out, live).write(state, run_id)
        cancel = place.command("cancel", run_id)
        console.print(f"Run {run_id} (cancel it with: {cancel})", highlight=False, soft_wrap=True)
        with serve_live_page(local.stack) as page:
            console.print(f"Watch it live: {page.url}", highlight=False)
            if open_page:
                webbrowser.open(page.url)
            last = show_progress(console, page.watch(run_id, follow(local.stack, run_id)))
            report = write_results(local.stack, run_id, out)
            if report["rows"]:
                page.written(out, files_of(report))
            finished(console, report, place)
            if open_page and console.is_terminal:
                console.input("The live page stays open until you press Enter.")
    raise typer.Exit(exit_code_of(last))


def warnings_of(data: bytes, name: str, worksheet: str | None) -> tuple[str, ...]:
    """What a plan would warn of: columns first, then rows; nothing where nothing can be read."""
    try:
        table = read_sheet(data, name=name, worksheet=worksheet)
        meaning = meaning_of(table, Catalogue.from_package())
        specs = read_specs(table, Catalogue.from_package())
    except UnreadableSheet:
        return ()  # the run itself says so
    rows = [
        f"row {spec.number} {spec.row_key}: {warning}"
        for spec in specs
        for warning in spec.warnings
    ]
    more = [f"{len(rows) - _MOST_WARNINGS} more, which 'rowshot plan' shows."]
    rest = more if len(rows) > _MOST_WARNINGS else []
    return (*meaning.warnings, *rows[:_MOST_WARNINGS], *rest)


def read_file(sheet: Path) -> bytes:
    """The sheet's bytes.

    Raises:
        UnreadableSheet: It cannot be opened.
    """
    try:
        return sheet.read_bytes()
    except IsADirectoryError:
        raise UnreadableSheet(f"{sheet} is a folder: name the sheet's file.") from None
    except FileNotFoundError:
        raise UnreadableSheet(f"There is no file {sheet}: check its name.") from None
    except OSError as error:
        raise UnreadableSheet(f"{sheet} cannot be opened: {error.strerror}.") from None


def _introduce(console: Console, chosen: Target, scale: float, local: LocalStack) -> None:
    if chosen.simulated:
        console.print(
            f"Simulated hiapi at time scale {scale:g}: nothing is spent, and the pictures are "
            "placeholders.",
            highlight=False,
            soft_wrap=True,
        )
    else:
        console.print(f"hiapi at {local.hiapi_url}: pictures cost real money.", highlight=False)
        proxied = warning(variables())
        if proxied:
            console.print(f"Note: {proxied}", highlight=False, soft_wrap=True)
    if local.recovery:
        console.print(local.recovery, highlight=False)
    if local.moved:
        console.print(
            "The engine's old port was taken, so URLs of earlier runs do not open this time.",
            highlight=False,
        )


def _continue_or_drop(stack: Stack, data: bytes, name: str, metadata: dict[str, str]) -> str:
    """Goes on with an unfinished run of the very same file, or drops the file."""
    unfinished = _unfinished_run(stack, data, name)
    if unfinished and resume(stack, unfinished):
        return unfinished.id
    return stack.drop(data, name, metadata)


def _unfinished_run(stack: Stack, data: bytes, name: str) -> Run | None:
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    for run in stack.ledger.runs.all_open():
        if run.key == f"sheets/{name}":
            head: Any = stack.client("s3").head_object(
                Bucket=stack.outputs["InboxBucket"], Key=run.key
            )
            if head["ETag"].strip('"') == digest:
                return run
    return None

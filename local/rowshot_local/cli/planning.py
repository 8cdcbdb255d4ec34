"""``rowshot plan``: what a sheet would do and cost, without starting anything."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rowshot.planning import Plan, PlannedRow
from rowshot.reporting import usd
from rowshot.sheets import Sheet, map_headers, read_sheet
from rowshot.source import SheetSource
from rowshot.statuses import RowStatus
from rowshot.steps.plan import LedgerLookups, Lookups, NothingKnown, draw_up_from
from rowshot_local.cli import options
from rowshot_local.cli.running import read_file
from rowshot_local.local_stack import kept_stack

_DEFAULT_MAX = Decimal(25)
_DEFAULT_MODEL = "qwen-image-2.0"
_PLAN_WORDS = {RowStatus.QUEUED: "ready"}


def plan(
    sheet: options.SheetFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    max_usd: options.MaxUsd = None,
    first: options.First = None,
    worksheet: Annotated[str | None, typer.Option(help="Which worksheet of a workbook.")] = None,
    state: options.State = options.DEFAULT_STATE,
) -> None:
    """Check and price a sheet. Spends nothing, starts nothing."""
    data = read_file(sheet)
    table = read_sheet(data, name=sheet.name, worksheet=worksheet)
    source = SheetSource.of(f"sheets/{sheet.name}", {})
    with _lookups(state) as lookups:
        drawn = draw_up_from(
            table,
            lookups,
            source.sheet_id,
            default_model=_DEFAULT_MODEL,
            max_usd=_DEFAULT_MAX if max_usd is None else max_usd,
            first=first,
        )
    if as_json:
        typer.echo(json.dumps(plan_json(table, drawn), ensure_ascii=False, indent=1))
    else:
        _show(Console(), table, drawn)
    if drawn.over_budget:
        raise typer.Exit(2)
    bad = {RowStatus.INVALID, RowStatus.FAILED}
    raise typer.Exit(1 if any(row.status in bad for row in drawn.rows) else 0)


@contextmanager
def _lookups(state: Path) -> Iterator[Lookups]:
    with kept_stack(state) as stack:
        yield LedgerLookups(stack.ledger) if stack else NothingKnown()


def plan_json(sheet: Sheet, drawn: Plan) -> dict[str, Any]:
    """A plan as ``rowshot plan --json`` prints it."""
    return {
        "sheet": sheet.name,
        "format": sheet.format,
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "worksheet": sheet.worksheet,
        "warnings": list(map_headers(sheet.header).warnings),
        "rows": [_row(row) for row in drawn.rows],
        "counts": dict(Counter(_word(row) for row in drawn.rows)),
        "estimate_usd": usd(drawn.estimate),
        "over_budget": drawn.over_budget,
    }


def _row(row: PlannedRow) -> dict[str, Any]:
    body = json.loads(row.wanted.body) if row.wanted.body else {}
    return {
        "row": row.wanted.wish.number,
        "slug": row.wanted.wish.row_key,
        "status": _word(row),
        "reasons": list(row.reasons),
        "warnings": list(row.wanted.wish.warnings),
        "model": row.wanted.wish.model,
        "input": body.get("input", {}),
        "cost_usd": usd(row.cost),
    }


def _word(row: PlannedRow) -> str:
    return _PLAN_WORDS.get(row.status, str(row.status))


def _show(console: Console, sheet: Sheet, drawn: Plan) -> None:
    found = [sheet.format, sheet.encoding, sheet.worksheet and f"worksheet {sheet.worksheet}"]
    if sheet.delimiter:
        found.append({"\t": "tabs", ",": "commas", ";": "semicolons"}.get(sheet.delimiter, ""))
    console.print(f"{sheet.name}: {', '.join(each for each in found if each)}", highlight=False)
    for warning in map_headers(sheet.header).warnings:
        console.print(Text(f"  {warning}", style="yellow"))
    _show_rows(console, drawn)
    table = Table(title="What it costs", title_justify="left")
    for title in ("model", "to buy", "each", "in all"):
        table.add_column(title, justify="left" if title == "model" else "right")
    models: dict[tuple[str, Decimal], int] = Counter(
        (row.wanted.wish.model, row.cost) for row in drawn.rows if row.cost
    )
    for (model, price), number in models.items():
        table.add_row(model, str(number), f"${usd(price)}", f"${usd(price * number)}")
    table.add_row("all", str(sum(models.values())), "", f"${usd(drawn.estimate)}")
    console.print(table)
    counts = Counter(_word(row) for row in drawn.rows)
    console.print(", ".join(f"{number} {word}" for word, number in counts.items()), highlight=False)


def _show_rows(console: Console, drawn: Plan) -> None:
    table = Table()
    for title in ("row", "slug", "status", "cost", "what about it"):
        table.add_column(title, overflow="fold")
    for row in drawn.rows[:200]:
        said = " ".join((*row.reasons, *row.wanted.wish.warnings)) or _excerpt(row)
        style = "red" if row.status in (RowStatus.INVALID, RowStatus.FAILED) else ""
        cost = f"${usd(row.cost)}" if row.cost else ""
        wish = row.wanted.wish
        table.add_row(
            str(wish.number), Text(wish.row_key), Text(_word(row), style), cost, Text(said)
        )
    console.print(table)
    if len(drawn.rows) > 200:
        console.print(f"… and {len(drawn.rows) - 200} more rows (all of them with --json).")


def _excerpt(row: PlannedRow) -> str:
    prompt = " ".join(row.wanted.wish.prompt.split())
    return prompt if len(prompt) <= 160 else f"{prompt[:159]}…"

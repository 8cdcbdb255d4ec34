"""``rowshot plan``: what a sheet would do and cost, without starting anything."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Annotated, Any

import typer

from rowshot.clock import Clock
from rowshot.models import Catalogue
from rowshot.money import usd
from rowshot.planning.known_state import LedgerState, NotedVersions, NothingKnown, draw_up_from
from rowshot.planning.plan import Plan, PlannedRow
from rowshot.reading import Sheet, read_sheet
from rowshot.reading.origin import SheetOrigin
from rowshot.specs import meaning_of
from rowshot.statuses import RowStatus
from rowshot_local.cli import options
from rowshot_local.cli.plan_view import bought, show_plan
from rowshot_local.cli.running import read_file
from rowshot_local.cli.targets import known_stack
from rowshot_local.cli.terminal import PlainConsole
from rowshot_local.environment import variables
from rowshot_local.proxies import warning
from rowshot_local.worksheets import simulated

_DEFAULT_MAX = Decimal(25)
_DEFAULT_MODEL = "qwen-image-2.0"


def plan(
    sheet: options.SheetFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    prompts: Annotated[
        bool, typer.Option("--prompts", help="Show every row, with its whole prompt.")
    ] = False,
    max_usd: options.MaxUsd = None,
    first: options.First = None,
    worksheet: options.Worksheet = None,
    state: options.State = options.DEFAULT_STATE,
    stack: options.StackName = None,
) -> None:
    """Check and price a sheet. Spends nothing, starts nothing.

    Exit code: 0 when every row is ready or needs nothing, 1 when some row cannot be rendered, 2
    when the sheet cannot be read or is over the limit.
    """
    table = read_sheet(read_file(sheet), name=sheet.name, worksheet=worksheet)
    # On this machine a file's own worksheet in the simulator follows it.
    metadata = {} if stack else simulated(sheet.name, worksheet)
    source = SheetOrigin.of(f"sheets/{sheet.name}", metadata)
    with known_stack(state, stack) as found:
        chosen = found.parameters if found else {}
        limit = Decimal(chosen.get("MaxRunUsd", _DEFAULT_MAX)) if max_usd is None else max_usd
        drawn = draw_up_from(
            table,
            LedgerState(found.ledger) if found else NothingKnown(),
            source.sheet_id,
            default_model=chosen.get("DefaultModel") or _DEFAULT_MODEL,
            max_usd=limit,
            first=first,
            noted=NotedVersions(found.inbox) if found else None,
            since=(found.clock if found else Clock()).since,
        )
    # The stack's functions are no laptop behind a proxy.
    proxied = "" if stack else warning(variables())
    if proxied:
        typer.echo(f"Note: {proxied}", err=True)
    if as_json:
        answer = plan_json(table, drawn, limit)
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        show_plan(PlainConsole(), table, drawn, limit, prompts=prompts)
        kept = any(row.status is RowStatus.UNCHANGED for row in drawn.rows)
        if kept and found and found.simulated:
            typer.echo(
                "Unchanged rows have simulated pictures here: plan a real run with a --state "
                "folder of its own."
            )
    raise typer.Exit(_exit_code(drawn))


def _exit_code(drawn: Plan) -> int:
    if drawn.over_budget:
        return 2
    return 1 if any(row.status.named for row in drawn.rows) else 0


def plan_json(sheet: Sheet, drawn: Plan, limit: Decimal) -> dict[str, Any]:
    """A plan as ``rowshot plan --json`` prints it."""
    return {
        "sheet": sheet.name,
        "format": sheet.format,
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "worksheet": sheet.worksheet,
        "header_row": sheet.header_row,
        "warnings": list(meaning_of(sheet, Catalogue.from_package()).warnings),
        "rows": [_row(row) for row in drawn.rows],
        "counts": dict(Counter(row.status.in_plan for row in drawn.rows)),
        "models": [
            {"model": each.model, "rows": each.rows, "each_usd": usd(each.price),
             "cost_usd": usd(each.cost)}
            for each in bought(drawn)
        ],
        "estimate_usd": usd(drawn.estimate),
        "max_usd": usd(limit),
        "over_budget": drawn.over_budget,
    }  # fmt: skip


def _row(row: PlannedRow) -> dict[str, Any]:
    body = json.loads(row.wanted.body) if row.wanted.body else {}
    return {
        "row": row.wanted.spec.number,
        "slug": row.wanted.spec.row_key,
        "status": row.status.in_plan,
        "reasons": list(row.told),
        "warnings": list(row.wanted.spec.warnings),
        "redo": row.wanted.spec.redo,
        "model": row.wanted.spec.model,
        "input": body.get("input", {}),
        "cost_usd": usd(row.cost),
    }

"""What a plan looks like in a terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rowshot import messages
from rowshot.models import Catalogue
from rowshot.money import dollars
from rowshot.planning.plan import Plan, PlannedRow
from rowshot.reading import Sheet
from rowshot.specs import meaning_of
from rowshot.statuses import RowStatus, Tone

_ALL_SHOWN = 40  # rows; of a longer sheet, those with something to say are shown, and a few more
_SAMPLE = 10
_MOST_SHOWN = 200
_DELIMITERS = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}
_ENCODINGS = {"utf-8-sig": "UTF-8 with a byte-order mark", "gb18030": "GB18030 (GBK)"}


@dataclass(frozen=True)
class Bought:
    """What one model costs at one price."""

    model: str
    price: Decimal
    rows: int

    @property
    def cost(self) -> Decimal:
        """USD in all."""
        return self.price * self.rows


def bought(drawn: Plan) -> list[Bought]:
    """What would be bought, by model and price, in the order of the sheet."""
    paid = ((row.wanted.spec.model, row.cost) for row in drawn.rows if row.cost)
    return [Bought(model, price, rows) for (model, price), rows in Counter(paid).items()]


def show_plan(
    console: Console, sheet: Sheet, drawn: Plan, limit: Decimal, *, prompts: bool = False
) -> None:
    """Prints a plan.

    Args:
        console: Where to.
        sheet: The sheet as it was read.
        drawn: The plan.
        limit: USD that the run may cost.
        prompts: Whether every row is shown, with its whole prompt.
    """
    _show_sheet(console, sheet)
    _show_rows(console, drawn, prompts=prompts)
    _show_costs(console, drawn)
    _show_kept(console, drawn)
    _show_sum(console, drawn, limit)


def _show_sheet(console: Console, sheet: Sheet) -> None:
    found = [sheet.format.upper()]
    if sheet.encoding:
        found.append(_ENCODINGS.get(sheet.encoding, sheet.encoding.upper()))
    if sheet.delimiter:
        found.append(f"separated by {_DELIMITERS.get(sheet.delimiter, repr(sheet.delimiter))}")
    if sheet.worksheet:
        found.append(f"worksheet '{sheet.worksheet}'")
    if sheet.header_row > 1:
        found.append(f"columns named in row {sheet.header_row}")
    _say(console, f"{sheet.name}: {', '.join(found)}.")
    meaning = meaning_of(sheet, Catalogue.from_package())
    columns = meaning.columns
    read = [_column(columns.title(name), name) for name in columns.index]
    _say(console, f"Columns used: {', '.join(read)}.")
    if columns.unknown:
        _say(console, f"Left as they are: {', '.join(columns.unknown)}.")
    for warning in meaning.warnings:
        console.print(Text(f"Warning: {warning}", style="yellow"))


def _column(title: str, name: str) -> str:
    return title if title.casefold() == name else f"{title} (as {name})"


def _show_rows(console: Console, drawn: Plan, *, prompts: bool) -> None:
    shown = drawn.rows if prompts else _worth_showing(drawn.rows)
    table = _table()
    table.add_column("row", justify="right")
    table.add_column("slug", overflow="fold", max_width=console.width * 3 // 10)
    table.add_column("status")
    table.add_column("cost", justify="right")
    table.add_column("prompt or note", overflow="fold", ratio=1)
    for row in shown:
        spec = row.wanted.spec
        table.add_row(
            str(spec.number),
            Text(spec.row_key),
            Text(row.status.in_plan, "red" if row.status.tone is Tone.BAD else ""),
            dollars(row.cost) if row.cost else "",
            _about(row, whole=prompts),
        )
    console.print(table)
    if rest := len(drawn.rows) - len(shown):
        _say(console, f"… and {_rows(rest, 'more ')} (see all with --prompts or --json).")


def _worth_showing(rows: tuple[PlannedRow, ...]) -> list[PlannedRow]:
    if len(rows) <= _ALL_SHOWN:
        return list(rows)
    sample = _SAMPLE
    shown = []
    for row in rows:
        noted = row.wanted.new_version and row.wanted.history.note
        told = bool(row.status.named or row.wanted.spec.warnings or noted)
        if told or sample:
            shown.append(row)
        sample -= not told and sample > 0
    return shown[:_MOST_SHOWN]


def _about(row: PlannedRow, *, whole: bool) -> Text:
    """What there is to say of a row, and the prompt that will be sent for it."""
    text = Text()
    told = _reasons(row)
    for reason in told:
        text.append(f"{reason}\n", style="red" if row.status.tone is Tone.BAD else "cyan")
    for warning in row.wanted.spec.warnings:
        text.append(f"{warning}\n", style="yellow")
    if whole:
        text.append(_prompt(row))
    elif not text:
        return Text(" ".join(_prompt(row).split()), no_wrap=True, overflow="ellipsis")
    text.rstrip()
    return text


def _reasons(row: PlannedRow) -> tuple[str, ...]:
    """What is to be said of this very row; what many rows share is said once, below them."""
    if row.status is RowStatus.OVER_BUDGET:
        return ()
    return row.told


def _why_free(row: PlannedRow) -> tuple[str, ...]:
    if row.reasons or not row.status.ready:
        return row.reasons
    approved = row.status is RowStatus.APPROVED
    return (messages.APPROVED() if approved else messages.UNCHANGED(),)


def _prompt(row: PlannedRow) -> str:
    """The prompt as it is sent, with the note of a redo."""
    if not row.wanted.body:
        return row.wanted.spec.prompt
    prompt: str = json.loads(row.wanted.body)["input"]["prompt"]
    return prompt


def _show_costs(console: Console, drawn: Plan) -> None:
    if not bought(drawn):
        return
    table = _table("What would be bought")
    table.add_column("model", overflow="fold")
    for title in ("pictures", "each", "in all"):
        table.add_column(title, justify="right")
    for each in bought(drawn):
        table.add_row(each.model, str(each.rows), dollars(each.price), dollars(each.cost))
    number = sum(each.rows for each in bought(drawn))
    table.add_row("in all", str(number), "", dollars(drawn.estimate), style="bold")
    console.print(table)


def _show_kept(console: Console, drawn: Plan) -> None:
    free = [row for row in drawn.rows if not row.cost and row.status.tone is not Tone.BAD]
    kinds = Counter(
        (row.status.in_plan, reason) for row in free for reason in _kinds(_why_free(row))
    )
    if not kinds:
        return
    table = _table("What is not bought, and why")
    table.add_column("rows", justify="right")
    table.add_column("status")
    table.add_column("why", overflow="fold", ratio=1)
    for (status, reason), number in kinds.items():
        table.add_row(str(number), status, Text(reason))
    console.print(table)


def _kinds(reasons: Iterable[str]) -> list[str]:
    """Reasons without what differs from row to row."""
    shared = messages.SAME_PICTURE.text.partition("{row}")
    kind = f"{shared[0]}another{shared[2]}".replace("row another", "another row")
    return [
        kind if each.startswith(shared[0]) and each.endswith(shared[2]) else each
        for each in reasons
    ]


def _show_sum(console: Console, drawn: Plan, limit: Decimal) -> None:
    counts = Counter(row.status.in_plan for row in drawn.rows)
    parts = ", ".join(f"{number} {name}" for name, number in counts.items())
    _say(console, f"{_rows(len(drawn.rows))}: {parts}.", "bold")
    if drawn.over_budget:
        estimate, most = dollars(drawn.estimate), dollars(limit)
        _say(console, messages.RUN_OVER_BUDGET(estimate=estimate, limit=most), "red")
    elif not drawn.estimate:
        _say(console, "Nothing would be bought.", "bold")
    else:
        _say(
            console,
            f"It would cost {dollars(drawn.estimate)}; the limit is {dollars(limit)}.",
            "bold",
        )


def _rows(number: int, kind: str = "") -> str:
    return f"{number} {kind}row{'' if number == 1 else 's'}"


def _table(title: str | None = None) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD,
                 padding=(0, 1), pad_edge=False)  # fmt: skip


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style))

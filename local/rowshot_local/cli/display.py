"""What a run looks like in a terminal, and as plain lines where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from rowshot.statuses import SHOWN, Tone
from rowshot_local.run_progress import Progress, run_word
from rowshot_local.wording import amount_text

_STYLES = {
    Tone.GOOD: "green",
    Tone.KEPT: "cyan",
    Tone.WAITING: "yellow",
    Tone.BAD: "red",
    Tone.NEUTRAL: "dim",
}


def show_progress(console: Console, steps: Iterator[Progress]) -> Progress:
    """Shows a run until it ends and returns its last progress."""
    troubles = _Troubles(console)
    last: Progress | None = None
    if console.is_terminal:
        with Live(console=console, refresh_per_second=4, transient=True) as live:
            for last in steps:
                troubles.say(last)
                live.update(_panel(last))
    else:
        said = ""
        for last in steps:
            troubles.say(last)
            line = _line(last)
            if line != said:
                console.print(line + _left(last, ", "), highlight=False, soft_wrap=True)
                said = line
    if last is None:
        raise RuntimeError("a followed run showed nothing")
    return last


class _Troubles:
    """Says once what keeps rows waiting, while their run goes on."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: set[str] = set()

    def say(self, progress: Progress) -> None:
        """Says what is new."""
        for row in progress.rows:
            if row.error and not row.status.final and row.error not in self._said:
                self._said.add(row.error)
                text = f"Row {row.number} {row.row_key}: {row.error}"
                self._console.print(Text(text, style="yellow"), soft_wrap=True)


def status_lines(progress: Progress) -> list[str]:
    """A run's state in a few lines."""
    run = progress.run
    word = run_word(run, at_rest=progress.interrupted)
    lines = [f"{run.id}  {run.sheet_name}: {word}"]
    if progress.total or run.status.is_open:
        lines.append(_line(progress))
    if progress.left is not None:
        lines.append(_left(progress))
    if run.reason:
        lines.append(run.reason)
    return lines


def cost(amount: Decimal, *, simulated: bool) -> str:
    """What was spent, or what a simulation would have cost."""
    said = amount_text(amount, simulated=simulated)
    return f"would have cost {said}" if simulated else f"{said} spent"


def _line(progress: Progress) -> str:
    if not progress.total:
        return "Reading the sheet."
    counts = ", ".join(
        f"{number} {status}" for status in SHOWN if (number := progress.counts[status])
    )
    spent = cost(progress.spent, simulated=progress.simulated)
    note = f"; {progress.paused}" if progress.paused else ""
    return f"{progress.ready} of {progress.total} ready ({counts}), {spent}{note}"


def _left(progress: Progress, before: str = "") -> str:
    """How long it will take, empty while nobody can tell."""
    return "" if progress.left is None else f"{before}about {_duration(progress.left)} left"


def _panel(progress: Progress) -> RenderableType:
    if not progress.total:
        return Text("Reading the sheet.", style="dim")
    grid = Table.grid(padding=(0, 2))
    counts = Text()
    for status in SHOWN:
        if number := progress.counts[status]:
            counts.append(f"{number} {status}  ", style=_STYLES[status.tone])
    bar = ProgressBar(total=max(1, progress.total), completed=progress.ready, width=40)
    grid.add_row(bar, f"{progress.ready} of {progress.total} ready", _left(progress))
    figures = f"{progress.in_flight} at hiapi · "
    figures += cost(progress.spent, simulated=progress.simulated)
    if progress.reserved > progress.spent:
        figures += f", {amount_text(progress.reserved, simulated=progress.simulated)} reserved"
    lines: list[RenderableType] = [grid, counts, Text(figures, style="dim")]
    if progress.paused:
        lines.append(Text(progress.paused, style="red"))
    return Group(*lines)


def _duration(seconds: float) -> str:
    """A time as people say it; whole steps of five seconds, because it is a guess."""
    whole = max(5, 5 * round(seconds / 5))
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"

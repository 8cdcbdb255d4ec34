"""What a benchmark found, kept as JSON and written together into ``docs/performance.md``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.machine import machine, today

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "bench" / "kept"
PAGE = ROOT / "docs" / "performance.md"
_START, _END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"


@dataclass(frozen=True)
class Line:
    """One measured thing.

    Args:
        what: What was measured, with its unit.
        ours: Rowshot's figure.
        peer: The peer's figure, None where there is none to compare with.
        ratio: What the two are to each other (or ours to the bound), as the line's text says.
        needed: The bound in words, empty for none.
        met: Whether the bound holds, None without one.
    """

    what: str
    ours: str
    peer: str = ""
    ratio: float | None = None
    needed: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Result:
    """A whole benchmark.

    Args:
        name: As it is selected by.
        title: Heading in the table.
        lines: The figures.
        notes: Sentences on how it was measured, and what limits it.
        raw: Further figures, for other benchmarks and for later.
    """

    name: str
    title: str
    lines: list[Line]
    notes: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)
    date: str = field(default_factory=today)
    machine: str = field(default_factory=machine)


def at_most(
    what: str, value: float, bound: float, *, unit: str = "", peer: str = "", digits: int = 2
) -> Line:
    """A line whose figure must not exceed a bound."""
    return Line(
        what,
        f"{value:.{digits}f}{unit}",
        peer,
        needed=f"≤ {bound:g}{unit}",
        met=value <= bound,
    )


def ratio_line(
    what: str,
    ours: float,
    peer: float,
    *,
    most: float | None = None,
    least: float | None = None,
    digits: int = 1,
) -> Line:
    """A line that compares; the ratio is ours divided by the peer's."""
    ratio = ours / peer
    needed, met = "", None
    if most is not None:
        needed, met = f"ratio ≤ {most:g}", ratio <= most
    if least is not None:
        needed, met = f"ratio ≥ {least:g}", ratio >= least
    return Line(what, f"{ours:.{digits}f}", f"{peer:.{digits}f}", ratio, needed, met)


def keep(result: Result) -> None:
    """Keeps a result, so that one benchmark can be repeated without the others."""
    KEPT.mkdir(exist_ok=True)
    text = json.dumps(asdict(result), ensure_ascii=False, indent=1) + "\n"
    (KEPT / f"{result.name}.json").write_text(text, encoding="utf-8")


def kept(name: str) -> Result | None:
    """A result of earlier, or None."""
    file = KEPT / f"{name}.json"
    if not file.is_file():
        return None
    stored = json.loads(file.read_text(encoding="utf-8"))
    return Result(**{**stored, "lines": [Line(**line) for line in stored["lines"]]})


def as_markdown(results: Iterable[Result]) -> str:
    """One table of everything, then how each part was measured."""
    results = list(results)
    parts = [
        "| | | Rowshot | peer | ratio | needed | |",
        "| --- | --- | ---: | ---: | ---: | --- | --- |",
    ]
    for result in results:
        title = f"**{result.title}**"
        for line in result.lines:
            ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
            verdict = {True: "✓", False: "**missed**", None: ""}[line.met]
            cells = (title, line.what, line.ours, line.peer, ratio, line.needed, verdict)
            parts.append(f"| {' | '.join(cells)} |")
            title = ""
    for result in results:
        parts += ["", f"**{result.title}** ({result.date}; {result.machine})", ""]
        parts += [f"- {note}" for note in result.notes]
    return "\n".join(parts)


def write_page(results: Iterable[Result]) -> None:
    """Puts the figures into the page, between its two marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(_START, 1)
    after = rest.split(_END, 1)[1]
    text = f"{before}{_START}\n\n{as_markdown(results)}\n\n{_END}{after}"
    PAGE.write_text(text, encoding="utf-8")

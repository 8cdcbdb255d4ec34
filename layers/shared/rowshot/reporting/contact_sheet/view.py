"""What the page shows, worked out from the report, so that the template only lays it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rowshot.reporting.contact_sheet.links import safe_link
from rowshot.reporting.contact_sheet.text import (
    day_and_time,
    duration,
    file_size,
    moment,
    money,
    span,
)
from rowshot.statuses import WORST_FIRST, Stage, Tone, known

Row = Mapping[str, Any]
Link = Callable[[Row], str | None]
"""Gives the link to a row's picture, None if it has none."""
VersionLink = Callable[[Row, Mapping[str, Any]], str | None]
"""Gives the link to one entry of a row's ``image_versions``."""

_UNEXPLAINED = {
    Stage.WRONG: "No reason was recorded.",
    Stage.HALTED: "Nothing more was ordered before this row's turn.",
    Stage.QUEUED: "The run ended before this row was rendered.",
    Stage.AT_WORK: "The run ended while this row's picture was being made.",
}
"""What to say of a row that somebody has to look at and that does not say why itself."""

_NOTICES = {
    "cancelled": "This run was cancelled. Pictures already being made were still collected.",
    "stopped": "This run was stopped early.",
    "paused": "This run is paused and will continue.",
    "over budget": "This run did not start, because it would have cost more than its budget.",
}


@dataclass(frozen=True)
class EarlierPicture:
    """An earlier picture of a row."""

    number: int
    link: str
    published: str


@dataclass(frozen=True)
class Card:
    """One row of the sheet as the page shows it; links are safe, or None."""

    row: int
    slug: str
    status: str
    reason: str
    picture: str | None
    large: str | None
    width: int | None
    height: int | None
    alt: str
    prompt: str
    warnings: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    address: str | None
    versions: tuple[EarlierPicture, ...]

    @property
    def tone(self) -> Tone:
        """How its status looks; a report of a newer release may hold a status unknown here."""
        return _tone(self.status)

    @property
    def section(self) -> Literal["attention", "pictures", "aside"]:
        """Where on the page it stands."""
        status = known(self.status)
        if status is None or status.ready:
            return "pictures"
        return "aside" if status.good else "attention"

    @property
    def tall(self) -> bool:
        """Whether the picture's height, and not its width, fills its place in the grid."""
        return bool(self.width and self.height and self.height > self.width)


@dataclass(frozen=True)
class Page:
    """The whole page.

    ``filters`` are the statuses that occur, worst first, with their tones and counts.
    """

    title: str
    run_id: str
    notice: str
    simulated: bool
    warnings: tuple[str, ...]
    finished: str
    finished_iso: str
    took: str
    rows: int
    shown: int
    spent: str
    estimate: str
    possibly_billed: str
    filters: tuple[tuple[str, Tone, int], ...]
    attention: tuple[Card, ...]
    pictures: tuple[Card, ...]
    aside: tuple[Card, ...]


def published_link(row: Row, version: Mapping[str, Any]) -> str | None:
    """Where a version was published."""
    link = version.get("image_url")
    return str(link) if link else None


def build_page(
    report: Mapping[str, Any], *, picture: Link, large: Link, version: VersionLink
) -> Page:
    """Sorts a report's rows into what needs attention, the pictures, and the rest."""
    simulated = bool(report.get("simulated"))
    cards = [_card(row, picture, large, version, simulated) for row in report.get("rows", ())]
    found = Counter(card.status for card in cards)
    ended = moment(report.get("finished_at"))
    attention, pictures, aside = (
        tuple(card for card in cards if card.section == section)
        for section in ("attention", "pictures", "aside")
    )
    billed = money(report.get("possibly_billed_usd", "0"))
    return Page(
        title=str(report.get("sheet") or "Untitled sheet"),
        run_id=str(report.get("run_id", "")),
        notice=str(report.get("message") or _NOTICES.get(str(report.get("status")), "")),
        simulated=simulated,
        warnings=tuple(map(str, report.get("warnings") or ())),
        finished=day_and_time(ended) if ended else "",
        finished_iso=ended.isoformat() if ended else "",
        took=_took(report),
        rows=len(cards),
        shown=len(pictures),
        spent=money(report.get("spent_usd")),
        estimate=money(report.get("estimate_usd")),
        possibly_billed="" if billed in ("$0.00", "–") else billed,
        filters=tuple((word, _tone(word), found[word]) for word in sorted(found, key=_place)),
        attention=tuple(sorted(attention, key=lambda card: _place(card.status))),
        pictures=pictures,
        aside=aside,
    )


def _place(word: str) -> tuple[int, str]:
    """Sorts the words of statuses, worst first; one unknown here comes last."""
    status = known(word)
    return (WORST_FIRST.index(status) if status else len(WORST_FIRST), word)


def _tone(word: str) -> Tone:
    status = known(word)
    return status.tone if status else Tone.NEUTRAL


def _took(report: Mapping[str, Any]) -> str:
    """How long the run was worked on, without its pauses."""
    seconds = report.get("took_seconds")
    if isinstance(seconds, int | float):
        return span(seconds)
    return duration(moment(report.get("started_at")), moment(report.get("finished_at")))


def _card(row: Row, picture: Link, large: Link, version: VersionLink, simulated: bool) -> Card:
    slug = str(row.get("slug") or "") or f"row {row.get('row', '?')}"
    status = str(row.get("status") or "unknown")
    it = known(status)
    prompt = str(row.get("prompt") or "")
    small, full = safe_link(picture(row)), safe_link(large(row))
    return Card(
        row=int(row.get("row") or 0),
        slug=slug,
        status=status,
        reason=str(row.get("error") or (it and _UNEXPLAINED.get(it.stage)) or ""),
        picture=small,
        large=full or small,
        width=_pixels(row.get("width")),
        height=_pixels(row.get("height")),
        alt=f"{slug}: {_first_words(prompt)}" if prompt else slug,
        prompt=prompt,
        warnings=tuple(map(str, row.get("warnings") or ())),
        facts=tuple((name, value) for name, value in _facts(row, simulated) if value),
        address=safe_link(row.get("image_url")),
        versions=_earlier(row, version),
    )


def _facts(row: Row, simulated: bool) -> list[tuple[str, str]]:
    width, height = _pixels(row.get("width")), _pixels(row.get("height"))
    attempts = row.get("attempts")
    cost = money(row["cost_usd"]) if row.get("cost_usd") is not None else ""
    return [
        ("Recipe", str(row.get("recipe") or "")),
        ("Model", str(row.get("model") or "")),
        ("Size", f"{width} × {height}" if width and height else str(row.get("size") or "")),
        ("File", file_size(row.get("bytes"))),
        ("Cost", f"{cost} (simulated)" if cost and simulated else cost),
        ("Attempts", str(attempts) if isinstance(attempts, int) and attempts > 1 else ""),
        ("Task", str(row.get("task_id") or "")),
    ]


def _earlier(row: Row, link: VersionLink) -> tuple[EarlierPicture, ...]:
    """The versions before the newest, the newest of them first."""
    entries = sorted(row.get("image_versions") or (), key=lambda v: int(v.get("version") or 0))
    versions = []
    for entry in reversed(entries[:-1]):
        target, published = safe_link(link(row, entry)), moment(entry.get("published_at"))
        if target:
            when = day_and_time(published) if published else ""
            versions.append(EarlierPicture(int(entry.get("version") or 0), target, when))
    return tuple(versions)


def _pixels(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _first_words(text: str, limit: int = 140) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"

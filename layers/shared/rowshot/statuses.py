"""The words that the `status` column may hold, and what each of them means to everybody.

Terminal, pages, reports, exit codes and the sheet follow this table: a status is added here, and
explained in the tables of both guides.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Self


class Tone(StrEnum):
    """How a status looks: the terminal and both pages have a colour for each tone."""

    GOOD = "good"
    KEPT = "kept"
    WAITING = "waiting"
    BAD = "bad"
    NEUTRAL = "neutral"


class Stage(Enum):
    """How far a row of that status has come.

    ``QUEUED`` its turn will come. ``AT_WORK`` its picture is being made. ``READY`` it has the
    picture that it asks for. ``SPARED`` nobody wanted anything of it this time. ``WRONG`` its
    picture failed or cannot be ordered, for a reason of its own. ``HALTED`` it was not ordered, for
    a reason of the whole run.
    """

    QUEUED = "queued"
    AT_WORK = "at work"
    READY = "ready"
    SPARED = "spared"
    WRONG = "wrong"
    HALTED = "halted"


class RowStatus(StrEnum):
    """Where a row is, in the order in which the guides explain it: its word, tone and stage."""

    tone: Tone
    stage: Stage

    def __new__(cls, word: str, tone: Tone | None = None, stage: Stage | None = None) -> Self:
        """Makes a member; a word alone is refused, because nobody would know what it means."""
        if tone is None or stage is None:
            raise TypeError(f"the status '{word}' needs a tone and a stage")
        member = str.__new__(cls, word)
        member._value_ = word
        member.tone, member.stage = tone, stage
        return member

    QUEUED = "queued", Tone.NEUTRAL, Stage.QUEUED
    RENDERING = "rendering", Tone.WAITING, Stage.AT_WORK
    PUBLISHING = "publishing", Tone.WAITING, Stage.AT_WORK
    PUBLISHED = "published", Tone.GOOD, Stage.READY
    UNCHANGED = "unchanged", Tone.KEPT, Stage.READY
    APPROVED = "approved", Tone.KEPT, Stage.READY
    FAILED = "failed", Tone.BAD, Stage.WRONG
    INVALID = "invalid", Tone.BAD, Stage.WRONG
    CANCELLED = "cancelled", Tone.NEUTRAL, Stage.HALTED
    OVER_BUDGET = "over budget", Tone.BAD, Stage.HALTED
    SKIPPED = "skipped", Tone.NEUTRAL, Stage.SPARED

    @property
    def at_work(self) -> bool:
        """True while the row's picture is being made."""
        return self.stage is Stage.AT_WORK

    @property
    def final(self) -> bool:
        """True when nothing more will happen to the row in its run."""
        return self.stage not in (Stage.QUEUED, Stage.AT_WORK)

    @property
    def ready(self) -> bool:
        """True when the row has the picture that it asks for."""
        return self.stage is Stage.READY

    @property
    def good(self) -> bool:
        """True when the row is as wanted: a run of such rows ends with exit code 0."""
        return self.stage in (Stage.READY, Stage.SPARED)

    @property
    def named(self) -> bool:
        """True when each such row is named with its own reason, in plans, summaries and notices."""
        return self.stage is Stage.WRONG

    @property
    def in_plan(self) -> str:
        """The word for it before a run: what would be queued is ready to be."""
        return "ready" if self.stage is Stage.QUEUED else str(self)


READY = tuple(status for status in RowStatus if status.ready)
"""The row has the picture that it asks for."""

GOOD = tuple(status for status in RowStatus if status.good)
"""The row is as wanted."""

NAMED = tuple(status for status in RowStatus if status.named)
"""Each such row is named with its own reason."""

HALTED = tuple(status for status in RowStatus if status.stage is Stage.HALTED)
"""Each such row waits for its run to be resumed."""

COUNTED = tuple(status for status in RowStatus if status.final)
"""What a report counts, in its order."""

SHOWN = (
    *READY,
    *reversed([status for status in RowStatus if not status.final]),
    *(status for status in RowStatus if status.final and not status.ready),
)
"""The order in which a run is shown while it goes on: nearest to its end first, then the rest."""

WORST_FIRST = tuple(sorted(RowStatus, key=lambda status: status.good or not status.final))
"""The order in which rows are to be looked at once a run has ended."""


def known(word: str) -> RowStatus | None:
    """The status of a word, None where it is not one of ours."""
    return next((status for status in RowStatus if status == word), None)

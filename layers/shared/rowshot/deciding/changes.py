"""What an answer changes: effects on the ledger and the account, and when to come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rowshot.deciding.actions import End
from rowshot.deciding.reasons import Reason
from rowshot.ledger.records import Picture

# Effects of one transaction: everything, or nothing where the render or the row has changed since.


@dataclass(frozen=True)
class Running:
    """hiapi has made a task of the claimed order."""

    task_id: str


@dataclass(frozen=True)
class Looked:
    """A look found the task unfinished.

    Args:
        missing: Whether hiapi did not know the task.
    """

    missing: bool = False


@dataclass(frozen=True)
class PutOff:
    """Nobody sends the order, or fetches the picture, for a while.

    Args:
        seconds: Nominal.
        unsent: Whether hiapi has certainly not taken the order so far.
        missing: Whether hiapi did not know the finished task, or showed no link.
    """

    seconds: float
    unsent: bool = False
    missing: bool = False


@dataclass(frozen=True)
class Succeeded:
    """The task is done: its slot is free, its price is spent."""


@dataclass(frozen=True)
class AttemptFailed:
    """The attempt has failed, and may be billed.

    Args:
        sentence: Why, for people.
        reason: Why, as it is kept.
        final: Whether the same order would fail again.
    """

    sentence: str
    reason: Reason
    final: bool


@dataclass(frozen=True)
class NotCreated:
    """hiapi certainly made no task: slot and money come back.

    Args:
        sentence: Why, for people.
        reason: Why, as it is kept.
        refused: Whether the order itself is at fault; otherwise it only has to wait.
    """

    sentence: str
    reason: Reason
    refused: bool


@dataclass(frozen=True)
class Parked:
    """The slot is given back though the task may still be on its way."""


@dataclass(frozen=True)
class PictureLost:
    """The picture that was paid for is gone for good.

    Args:
        sentence: Why, for people.
    """

    sentence: str


@dataclass(frozen=True)
class Stored:
    """The picture is stored for the row.

    Args:
        picture: As it is stored.
    """

    picture: Picture


@dataclass(frozen=True)
class Said:
    """The row is shown why it has no picture yet; it stays at work.

    Args:
        sentence: Why.
    """

    sentence: str


@dataclass(frozen=True)
class Ended:
    """The row is at its end, or a late row's reason is put right.

    Args:
        end: How.
    """

    end: End


@dataclass(frozen=True)
class BackInLine:
    """The row goes back to its place in the line.

    Args:
        sentence: What it waits for, empty where there is nothing to say.
    """

    sentence: str = ""


# Effects beside it, each harmless when repeated.


@dataclass(frozen=True)
class SlowDown:
    """Nobody asks hiapi for so many nominal seconds."""

    seconds: float


@dataclass(frozen=True)
class PauseAccount:
    """The balance gave out.

    Args:
        said: hiapi's words.
    """

    said: str


@dataclass(frozen=True)
class ResumeAccount:
    """The balance is back."""


@dataclass(frozen=True)
class HaltRun:
    """The run buys nothing more.

    Args:
        sentence: Why.
    """

    sentence: str


@dataclass(frozen=True)
class Learn:
    """hiapi named the values that a field takes.

    Args:
        field: The field.
        values: What it takes.
    """

    field: str
    values: tuple[str, ...]


Effect: TypeAlias = (
    Running
    | Looked
    | PutOff
    | Succeeded
    | AttemptFailed
    | NotCreated
    | Parked
    | PictureLost
    | Stored
    | Said
    | Ended
    | BackInLine
)
Aside: TypeAlias = SlowDown | PauseAccount | ResumeAccount | HaltRun | Learn


@dataclass(frozen=True)
class Change:
    """What an answer means.

    Args:
        effects: Written together, and only if nothing that was read has changed.
        aside: Written afterwards, each for itself.
        wait: Nominal seconds until somebody decides again; None for at once.
        spread: Whether many may wait for the same moment.
        why: What went wrong, for the log.
    """

    effects: tuple[Effect, ...] = ()
    aside: tuple[Aside, ...] = ()
    wait: float | None = None
    spread: bool = False
    why: str = ""

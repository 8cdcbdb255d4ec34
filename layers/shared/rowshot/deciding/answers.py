"""What comes back when an action is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from rowshot.errors import HiapiError, PictureError
from rowshot.ledger.records import Picture


@dataclass(frozen=True)
class Task:
    """A task as hiapi shows it.

    Args:
        id: hiapi's id.
        status: ``queued``, ``handling``, ``archiving``, ``success``, ``fail`` or something new.
        image_url: The temporary link of the picture, empty without one. It is signed: never log
            or store it.
        expires_at: Unix seconds after which the link answers no more, 0 when hiapi says nothing.
        error_code: Why it failed, empty when hiapi names no code.
        error_message: The same in words, redacted.
    """

    id: str
    status: str
    image_url: str = ""
    expires_at: int = 0
    error_code: str = ""
    error_message: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the picture is made."""
        return self.status == "success"

    @property
    def storing(self) -> bool:
        """Whether the picture is made and only has to be stored."""
        return self.status == "archiving"

    @property
    def failed(self) -> bool:
        """Whether no picture will come."""
        return self.status == "fail"

    def __repr__(self) -> str:
        """Without the signed link."""
        return f"Task(id={self.id!r}, status={self.status!r})"


@dataclass(frozen=True)
class Accepted:
    """hiapi has a task for the order.

    Args:
        task_id: Its id.
    """

    task_id: str


@dataclass(frozen=True)
class Outage:
    """A model, or all of hiapi, does not work for now; nothing was taken.

    Args:
        error: What was said.
        lasted: Nominal seconds for which it has been so.
    """

    error: HiapiError
    lasted: float


@dataclass(frozen=True)
class NotFetched:
    """The finished picture could not be had this time.

    Args:
        error: Why; None where hiapi showed no link.
        expires_at: Unix seconds until which the link answers, 0 where nobody knows.
    """

    error: HiapiError | PictureError | None
    expires_at: int = 0


class NoRoom(StrEnum):
    """Why a claim wrote nothing."""

    CHANGED = "changed"
    NO_SLOT = "no slot"
    RUN_CLOSED = "run closed"
    RUN_FULL = "run full"
    DAY_FULL = "day full"
    TAKEN_BY_OTHERS = "taken by others"


Answer: TypeAlias = Task | Accepted | Outage | Picture | NotFetched | HiapiError | NoRoom | None

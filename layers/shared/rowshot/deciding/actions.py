"""What may be done next with a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rowshot.deciding.reasons import Reason
from rowshot.ledger.records import Picture
from rowshot.statuses import RowStatus


@dataclass(frozen=True)
class Nothing:
    """The row is at its end, or somebody else's."""


@dataclass(frozen=True)
class Stay:
    """The row keeps its place in the line, and so does everything behind it in its lane."""


@dataclass(frozen=True)
class Claim:
    """Buy the next attempt on paper and begin the row's work.

    Args:
        probe: Whether its order asks if a paused account works again.
    """

    probe: bool = False


@dataclass(frozen=True)
class Start:
    """Begin the row's work without a purchase: what it wants is bought already."""


@dataclass(frozen=True)
class WaitWithRender:
    """Leave the line until the render, which is on its way for another row, settles."""


@dataclass(frozen=True)
class Order:
    """Send the claimed order's bytes.

    Args:
        replay: Whether hiapi may have taken the same order before.
        parked: Whether the order lost its slot, so that it needs one again.
    """

    replay: bool = False
    parked: bool = False


@dataclass(frozen=True)
class Look:
    """Ask hiapi how the task stands."""


@dataclass(frozen=True)
class Fetch:
    """Download the finished picture, finish it and store it."""


@dataclass(frozen=True)
class Copy:
    """Store the published picture for this row too."""


@dataclass(frozen=True)
class Tell:
    """The picture is stored for this row: note it.

    Args:
        picture: The stored picture.
    """

    picture: Picture


@dataclass(frozen=True)
class Wait:
    """Come back later.

    Args:
        seconds: Nominal.
        spread: Whether many may wait for the same moment, so that chance is to keep them apart.
    """

    seconds: float
    spread: bool = False


@dataclass(frozen=True)
class End:
    """End the row without a picture.

    Args:
        status: How it ends.
        reason: Why, as it is kept.
        sentence: Why, as it is shown.
        awaited: Whether its picture may still come, so that its execution goes on looking.
    """

    status: RowStatus
    reason: Reason
    sentence: str
    awaited: bool = False


@dataclass(frozen=True)
class Park:
    """Give the slot of a late task, or of an unclear order, back; the row ends meanwhile.

    Args:
        end: How the row ends.
    """

    end: End


@dataclass(frozen=True)
class GiveUp:
    """Ask hiapi no more about this attempt; it may have been billed.

    Args:
        end: How the row ends.
    """

    end: End


@dataclass(frozen=True)
class Release:
    """Give slot and money of an order back that certainly was not taken; the row ends.

    Args:
        end: How the row ends.
    """

    end: End


@dataclass(frozen=True)
class ToLine:
    """Put the row back into the line."""


Action: TypeAlias = (
    Nothing
    | Stay
    | Claim
    | Start
    | WaitWithRender
    | Order
    | Look
    | Fetch
    | Copy
    | Tell
    | Wait
    | End
    | Park
    | GiveUp
    | Release
    | ToLine
)

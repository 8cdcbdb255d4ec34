"""How a run's worksheet stands when the run ends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SheetEnd:
    """How a run's worksheet stands at its end.

    Args:
        complete: Whether a fresh read showed everything that the ledger wants.
        problem: Why it is not complete, in a plain sentence.
        notes: What a person has to put right in the worksheet.
    """

    complete: bool
    problem: str = ""
    notes: tuple[str, ...] = ()

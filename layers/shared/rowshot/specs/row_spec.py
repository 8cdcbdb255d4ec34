"""What one row wants, before the ledger is asked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Personal:
    """How a picture that names a person is kept.

    Args:
        cache_key: 64 hex digits of recipe, template, name, locale, size and model.
        ttl_days: Days after which the next drop renders it anew, 1 to 3650.
        folder: A hash that stands in the place of the slug in keys and URLs.
    """

    cache_key: str
    ttl_days: int
    folder: str


@dataclass(frozen=True)
class RowSpec:
    """One row's spec.

    Args:
        number: The row's number in the sheet.
        row_key: What the sheet calls the row (NFC, trimmed); empty when it does not.
        slug: A safe folder and file name, unique within the sheet; empty without a row key.
        problems: Plain sentences about what is wrong; empty when the row is ready.
        model: The canonical model id, or what the cell says when there is no such model.
        input: The full input of version 1, without a redo's note; empty when there are problems.
        price: USD for one picture; 0 when there are problems.
        redo: None when nothing is asked for, ``yes`` for a tick, else the note.
        approved: True when the row must not be rendered again.
        recipe: The recipe's name, None when the row has a prompt of its own only.
        prompt: The prompt as it will be sent; empty when it cannot be written.
        personal: Set when the picture names a person.
        warnings: Plain sentences about what somebody may want to look at.
        shows: The picture's URL that the sheet shows already, empty when it shows none.
        former: The row as older releases read it, None where they read it no other way. What
            was ordered for that is not ordered again.
    """

    number: int
    row_key: str
    slug: str
    problems: tuple[str, ...]
    model: str
    input: dict[str, Any]
    price: Decimal
    redo: str | None
    approved: bool
    recipe: str | None
    prompt: str
    personal: Personal | None
    warnings: tuple[str, ...] = ()
    shows: str = ""
    former: RowSpec | None = None

    @property
    def readings(self) -> tuple[RowSpec, ...]:
        """The row as it is read, and as it was read before where that differs."""
        return (self, self.former) if self.former else (self,)

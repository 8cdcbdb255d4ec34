"""What the rows of a sheet want: read, checked and priced, before the ledger is asked."""

from __future__ import annotations

from rowshot.wishes.meaning import DEFAULT_MODEL, Meaning, meaning_of
from rowshot.wishes.reading import read_wishes
from rowshot.wishes.versions import versioned_input
from rowshot.wishes.wish import Personal, Wish

__all__ = [
    "DEFAULT_MODEL",
    "Meaning",
    "Personal",
    "Wish",
    "meaning_of",
    "read_wishes",
    "versioned_input",
]

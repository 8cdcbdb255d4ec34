"""What the rows of a sheet want: read, checked and priced, before the ledger is asked."""

from __future__ import annotations

from rowshot.specs.meaning import DEFAULT_MODEL, Meaning, meaning_of
from rowshot.specs.reading import read_wishes
from rowshot.specs.row_spec import Personal, Wish
from rowshot.specs.versions import versioned_input

__all__ = [
    "DEFAULT_MODEL",
    "Meaning",
    "Personal",
    "Wish",
    "meaning_of",
    "read_wishes",
    "versioned_input",
]

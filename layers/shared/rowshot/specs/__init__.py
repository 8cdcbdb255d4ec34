"""What the rows of a sheet want: read, checked and priced, before the ledger is asked."""

from __future__ import annotations

from rowshot.specs.meaning import DEFAULT_MODEL, Meaning, meaning_of
from rowshot.specs.reading import read_specs
from rowshot.specs.row_spec import Personal, RowSpec
from rowshot.specs.versions import versioned_input

__all__ = [
    "DEFAULT_MODEL",
    "Meaning",
    "Personal",
    "RowSpec",
    "meaning_of",
    "read_specs",
    "versioned_input",
]

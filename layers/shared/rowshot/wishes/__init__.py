"""What the rows of a sheet want: read, checked and priced, before the ledger is asked."""

from __future__ import annotations

from rowshot.wishes.reading import DEFAULT_MODEL, read_wishes
from rowshot.wishes.versions import versioned_input
from rowshot.wishes.wish import Personal, Wish

__all__ = ["DEFAULT_MODEL", "Personal", "Wish", "read_wishes", "versioned_input"]

"""What counts as yes and no in a cell."""

from __future__ import annotations

import unicodedata

# As people type them, as checkboxes are exported in several languages, and what scripts write
# where they have nothing.
_NO = frozenset(
    "false 0 no n nein non falsch faux falso 否 不 ☐ ✗ ✘ ❌ - – — "
    "null none nan n/a undefined".split()
) | {""}
_YES = frozenset("true 1 x yes y ja j oui o sí si s wahr vrai verdadero vero 是 ✓ ✔ ☑ √ ✅".split())
YES = "yes"


def tick(cell: str) -> bool | None:
    """True or False for a cell that says yes or no, None for any other text."""
    word = unicodedata.normalize("NFKC", cell).replace("\ufe0f", "").strip().casefold()
    if word in _NO:
        return False
    return True if word in _YES else None


def redo_wish(cell: str) -> str | None:
    """A `redo` cell: None for no, ``yes`` for a mere tick, else the note in one line."""
    ticked = tick(cell)
    if ticked is None:
        return " ".join(unicodedata.normalize("NFC", cell).split())
    return YES if ticked else None

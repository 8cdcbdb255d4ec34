"""Row keys and the safe folder names that are made of them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from rowshot.reading.invisible import without_invisible

MAX_SLUG = 60
MAX_ROW_KEY = 200
_MARK = 10  # hex digits that tell apart keys whose names would be equal
_LOOKS_MARKED = re.compile(rf"(^|-)[0-9a-f]{{{_MARK},}}$")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"{name}{digit}" for name in ("com", "lpt") for digit in "123456789"}
)


# Everything is remembered by keys: what they are made of stays as it is from release to release.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164"
    "\ufeff\uffa0]"
)
# Joiners are letters of their own in Arabic, Indian and other scripts, and hold emoji together.
_JOINERS = re.compile("(?<=[\x20-\u024f\u3040-\u9fff])[\u200c\u200d\ufe0e\ufe0f]+")
# How people and exports keep a spreadsheet from dropping the zeros of a number: ="0017", '0017.
_KEPT = re.compile(r'="([^"]*)"')
_APOSTROPHE = re.compile(r"^'+(?=[0-9])")
_OTHER_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LOOK_ALIKE = str.maketrans("\u00a0\u2007\u202f\u2010\u2011", "   --")


def row_key(cell: str) -> str:
    """A key cell as the identity of its row: NFC, without white space around it.

    What nobody can see (zero-width spaces, soft hyphens, marks of direction) goes everywhere.
    No-break spaces and hyphens are as good as plain ones, which look the same. Wider spaces are
    kept, for pictures stand under such keys already; see `look_of`.
    """
    visible = _JOINERS.sub("", _INVISIBLE.sub("", cell)).translate(_LOOK_ALIKE)
    key = unicodedata.normalize("NFC", visible).strip()
    kept = _KEPT.fullmatch(key)
    return _APOSTROPHE.sub("", kept[1].strip() if kept else key)


def look_of(key: str) -> str:
    """What a row key looks like: two rows whose keys look the same are the same product."""
    return _OTHER_SPACE.sub(" ", without_invisible(key)).strip()


def slug_for(key: str) -> str:
    """A folder and file name for a row key.

    The name holds only ``a-z``, ``0-9`` and single hyphens, has 1 to 60 characters, and depends on
    nothing but the key. A key that is no such name already gets a piece of its hash at the end,
    so that ``A/B`` and ``a b`` do not share a folder.
    """
    from slugify import slugify

    name = str(slugify(key, max_length=0))
    if name == key and len(name) <= MAX_SLUG and not _LOOKS_MARKED.search(name) and _usable(name):
        return name
    return _marked(name, key, _MARK)


def distinct_slugs(keys: Iterable[str]) -> dict[str, str]:
    """A slug for each of the (different) row keys of a sheet, no two alike.

    Two marks are equal once in about a trillion pairs; then the later key gets a longer mark.
    """
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    for key in keys:
        slug = slug_for(key)
        if slug in taken:
            slug = _marked("", key, MAX_SLUG)
        taken.add(slug)
        slugs[key] = slug
    return slugs


def _usable(name: str) -> bool:
    return bool(name) and name not in _DEVICES


def _marked(name: str, key: str, digits: int) -> str:
    mark = hashlib.sha256(key.encode()).hexdigest()[:digits]
    head = name[: MAX_SLUG - digits - 1].strip("-")
    return f"{head}-{mark}" if head else mark

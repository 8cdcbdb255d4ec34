"""Characters that nobody can see and that change no letter: marks of direction, of byte order."""

from __future__ import annotations

import re

# Joiners are no such characters: they are letters of their own in Arabic, Indian and other scripts
# and hold emoji together; neither are the tags of a flag.
_INVISIBLE = re.compile(
    "[\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffb]|(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0001-\U000e007f]++"
)
# í as UTF-8 that was read as Western European ends in a soft hyphen.
_SOFT = re.compile("(?<![\u0080-\u00ff])\u00ad+")


def without_invisible(text: str) -> str:
    """The text without what nobody can see in it."""
    if text.isascii():
        return text
    return _SOFT.sub("", _INVISIBLE.sub("", text))

"""Whether a picture has the shape that was ordered.

Models round a ratio to pixels that suit them (16:9 may come as 1344 × 768), so a ratio is met by
whatever is nearer to it than to its neighbours; an exact size is met by itself alone.
"""

from __future__ import annotations

import re
from typing import Final

_SIZE = re.compile(r"(\d{2,5})\s*[*x×]\s*(\d{2,5})", re.IGNORECASE)
_RATIO = re.compile(r"(\d{1,2}):(\d{1,2})")
_ROUNDING: Final = 0.05  # of a ratio; 5:4 and 4:3, the nearest two, differ by 0.067


def other_shape(ordered: str, width: int, height: int) -> str:
    """One sentence for a picture of another shape than was ordered, else empty.

    Args:
        ordered: A size such as ``2048*2048`` or a ratio such as ``16:9``; anything else asks for
            nothing.
        width: Of the picture, in pixels.
        height: Likewise.
    """
    size, ratio = _SIZE.fullmatch(ordered.strip()), _RATIO.fullmatch(ordered.strip())
    if size:
        wanted = f"{size[1]} × {size[2]}"
        met = (width, height) == (int(size[1]), int(size[2]))
    elif ratio and int(ratio[2]) and height:
        wanted = ratio[0]
        asked = int(ratio[1]) / int(ratio[2])
        met = abs(width / height - asked) <= _ROUNDING * asked
    else:
        return ""
    if met:
        return ""
    came = f"The picture is {width} × {height}, but {wanted} was ordered"
    return f"{came}: look at it before you use it."

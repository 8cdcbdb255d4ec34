"""How large a picture is for the input that was paid for."""

from __future__ import annotations

import math
from collections.abc import Mapping

_EDGES = {"1K": 1024, "2K": 2048, "4K": 4096}
_STEP = 16


def pixels(values: Mapping[str, object], max_edge: int | None = None) -> tuple[int, int]:
    """Width and height in pixels.

    Args:
        values: The task's input with its defaults: ``size`` as ``W*H``, else ``aspect_ratio`` as
            ``W:H`` with the area of ``resolution`` (1K when there is none).
        max_edge: Shrinks the picture, ratio kept, until no edge is longer.
    """
    size = values.get("size")
    if isinstance(size, str) and "*" in size:
        width, height = (int(part) for part in size.split("*"))
    else:
        width, height = _by_ratio(values)
    if max_edge is not None and max(width, height) > max_edge:
        shrink = max_edge / max(width, height)
        width, height = max(1, round(width * shrink)), max(1, round(height * shrink))
    return width, height


def _by_ratio(values: Mapping[str, object]) -> tuple[int, int]:
    ratio = str(values.get("aspect_ratio") or "1:1")
    across, down = (int(part) for part in ratio.split(":")) if ":" in ratio else (1, 1)
    edge = _EDGES.get(str(values.get("resolution")), 1024)
    if values.get("quality") == "high":
        edge = 2048
    width = edge * math.sqrt(across / down)
    height = edge * math.sqrt(down / across)
    return _stepped(width), _stepped(height)


def _stepped(edge: float) -> int:
    return max(_STEP, round(edge / _STEP) * _STEP)

"""Breaking a prompt into lines, Chinese and English alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .fonts import Font, Style, font

# A Latin word keeps together; a Chinese character may stand alone at a line's end.
_PIECES = re.compile(r"\s+|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|.", re.DOTALL)
_NEVER_FIRST = frozenset("，。、；：？！）」』》】”’,.;:?!)")
_NEVER_LAST = frozenset("“‘「『《（【")
_QUOTED = re.compile(r"[“\"「『《]([^”\"」』》]{1,24})[”\"」』》]|'([^']{1,24})'(?!\w)")
_READS = re.compile(
    r"(?:reads|reading|label(?:l?ed)?|标签)\W{0,3}[“\"「『《']([^”\"」』》']{1,24})[”\"」』》']"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]{1,8}")


def wrapped(text: str, face: Font, width: float) -> list[str]:
    """The lines of a text that are no wider than ``width`` pixels."""
    lines, line = [], ""
    for piece in _pieces(text, face, width):
        if line and face.getlength((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    if line.strip():
        lines.append(line.rstrip())
    return lines


def fitted(
    text: str, box: tuple[float, float], sizes: tuple[int, int], style: Style = "sans"
) -> tuple[list[str], Font, float]:
    """The largest setting of a text that fits into a box; cut with an ellipsis when none does.

    Args:
        text: What to set.
        box: Width and height in pixels.
        sizes: Largest and smallest font size in pixels.
        style: Which face.

    Returns:
        The lines, the font, and the distance from line to line in pixels.
    """
    smallest = max(6, min(sizes))
    size = max(smallest, *sizes)
    while True:
        face, leading = font(size, style), size * 1.36
        lines = wrapped(text, face, box[0])
        fits = len(lines) * leading <= box[1] and _widest(text, face) <= box[0]
        if fits or size <= smallest:
            break
        size = max(smallest, int(size * 0.88))
    room = max(1, int(box[1] // leading))
    if len(lines) > room:
        lines = lines[:room]
        while lines[-1] and face.getlength(lines[-1] + "…") > box[0]:
            lines[-1] = lines[-1][:-1]
        lines[-1] = lines[-1].rstrip() + "…"
    return lines, face, leading


def label_of(prompt: str, number: int) -> tuple[str, str]:
    """What stands on the product.

    That is what the prompt says the label reads, else the words it quotes, else its Chinese,
    else a number.

    Returns:
        The label, and a smaller second line, which may be empty.
    """
    quoted = [first or second for first, second in _QUOTED.findall(prompt)]
    read = _READS.search(prompt)
    chinese = [text for text in quoted if _CHINESE.search(text)] or _CHINESE.findall(prompt)
    other = [text for text in quoted if not _CHINESE.search(text)]
    labels = list(dict.fromkeys([*([read[1]] if read else []), *chinese[:1], *other]))
    if not labels:
        return f"No. {number % 89 + 10}", ""
    second = next((text for text in labels[1:] if not _CHINESE.search(text)), "")
    return labels[0], second


def _widest(text: str, face: Font) -> float:
    """Pixels that the longest unbreakable piece takes."""
    pieces = set(_PIECES.findall(_one_line(text)))
    return max((face.getlength(piece) for piece in pieces), default=0.0)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _pieces(text: str, face: Font, width: float) -> Iterator[str]:
    """Unbreakable pieces; punctuation clings to what it opens or closes, endless words are cut."""
    held = ""
    for piece in _PIECES.findall(_one_line(text)):
        if held and (piece[0] in _NEVER_FIRST or held[-1] in _NEVER_LAST):
            held += piece
            continue
        if held:
            yield from _cut(held, face, width)
        held = piece
    if held:
        yield from _cut(held, face, width)


def _cut(piece: str, face: Font, width: float) -> Iterator[str]:
    while len(piece) > 1 and face.getlength(piece) > width:
        end = len(piece) - 1
        while end > 1 and face.getlength(piece[:end]) > width:
            end -= 1
        yield piece[:end]
        piece = piece[end:]
    yield piece

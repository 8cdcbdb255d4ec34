"""Writes ICC profiles for the colours that a PNG states in its own words.

A matrix profile needs nothing but the primaries, the white point and one curve (ICC.1:2022), so
that one engine, littleCMS, converts all colours.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Chromaticities:
    """The corners of an RGB space, as CIE x and y.

    Args:
        white: x and y of the white point.
        primaries: x and y of red, green and blue, six numbers.
    """

    white: tuple[float, float]
    primaries: tuple[float, ...]


_D65: Final = (0.3127, 0.3290)
_D50: Final = (0.9642, 1.0, 0.8249)
"""The white of every ICC profile's connection space, as XYZ."""

_BRADFORD: Final = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
"""From XYZ to the cones' responses by which a white point is adapted (ICC.1:2022, annex E)."""

_SRGB: Final = Chromaticities(_D65, (0.64, 0.33, 0.30, 0.60, 0.15, 0.06))

_PRIMARIES: Final = {
    1: _SRGB,
    9: Chromaticities(_D65, (0.708, 0.292, 0.170, 0.797, 0.131, 0.046)),
    12: Chromaticities(_D65, (0.680, 0.320, 0.265, 0.690, 0.150, 0.060)),
}
"""Colour primaries by their code point in ITU-T H.273: BT.709, BT.2020, Display P3."""

_CURVES: Final[dict[int, Callable[[float], float]]] = {
    **dict.fromkeys(
        (1, 6, 14, 15), lambda v: v / 4.5 if v < 0.081 else ((v + 0.099) / 1.099) ** (1 / 0.45)
    ),
    4: lambda v: v**2.2,
    5: lambda v: v**2.8,
    8: lambda v: v,
    13: lambda v: v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4,
}
"""From a stored value to light, both 0 to 1, by the code point of ITU-T H.273."""

_SAMPLES: Final = 1024
_LIKE_SRGB: Final = 0.05
"""Share by which an encoding gamma may differ from sRGB's 1/2.2 and still mean it, as in libpng."""


def from_code_points(primaries: int, transfer: int, matrix: int, full_range: int) -> bytes | None:
    """The profile that a PNG's cICP chunk asks for.

    Args:
        primaries: Code point of ITU-T H.273, as the next two.
        transfer: Of the curve.
        matrix: 0 in every PNG.
        full_range: 1 where black is 0 and white is all bits.

    Returns:
        Empty for sRGB. ``None`` for what cannot be followed, such as the curves of HDR.
    """
    if (matrix, full_range) != (0, 1) or primaries not in _PRIMARIES or transfer not in _CURVES:
        return None
    if (primaries, transfer) == (1, 13):
        return b""
    return _profile(_PRIMARIES[primaries], _CURVES[transfer])


def from_gamma(gamma: float, corners: Chromaticities | None) -> bytes | None:
    """The profile that a PNG's gAMA and cHRM chunks ask for.

    Args:
        gamma: Exponent from light to stored value, 1/2.2 in most files.
        corners: By default sRGB's.

    Returns:
        ``None`` for sRGB, and for numbers that describe no colours.
    """
    if not 0.05 <= gamma <= 5:
        return None
    plain = abs(gamma * 2.2 - 1) <= _LIKE_SRGB
    if plain and (corners is None or _are_close(corners, _SRGB)):
        return None
    curve = _CURVES[13] if plain else lambda value: value ** (1 / gamma)
    try:
        return _profile(corners or _SRGB, curve)
    except (ZeroDivisionError, OverflowError, struct.error):
        return None


def _are_close(one: Chromaticities, other: Chromaticities) -> bool:
    pairs = zip((*one.white, *one.primaries), (*other.white, *other.primaries), strict=True)
    return all(abs(a - b) < 0.002 for a, b in pairs)


def _profile(corners: Chromaticities, curve: Callable[[float], float]) -> bytes:
    columns = list(zip(*_to_d50(corners), strict=True))
    samples = [round(65535 * curve(i / (_SAMPLES - 1))) for i in range(_SAMPLES)]
    trc = b"curv" + struct.pack(f">II{_SAMPLES}H", 0, _SAMPLES, *samples)
    tags = [(name, _xyz(column)) for name, column in zip(("r", "g", "b"), columns, strict=True)]
    parts = [
        (b"desc", b"desc" + struct.pack(">II", 0, 4) + b"PNG\0" + bytes(78)),
        (b"cprt", b"text" + bytes(4) + b"none\0"),
        (b"wtpt", _xyz(_D50)),
        *((f"{name}XYZ".encode(), body) for name, body in tags),
        *((f"{name}TRC".encode(), trc) for name, _ in tags),
    ]
    return _file(parts)


def _file(parts: Sequence[tuple[bytes, bytes]]) -> bytes:
    """An ICC profile of version 2.4 for displays."""
    offset = 128 + 4 + 12 * len(parts)
    table, body = struct.pack(">I", len(parts)), b""
    for name, part in parts:
        table += struct.pack(">4sII", name, offset + len(body), len(part))
        body += part + bytes(-len(part) % 4)
    header = struct.pack(
        ">I4sI4s4s4s", offset + len(body), bytes(4), 0x02400000, b"mntr", b"RGB ", b"XYZ "
    )
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    header += _xyz(_D50)[8:]
    return header.ljust(128, b"\0") + table + body


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ " + struct.pack(">I3i", 0, *(round(value * 65536) for value in values))


def _to_d50(corners: Chromaticities) -> list[list[float]]:
    """The matrix from linear RGB to XYZ under D50, by Bradford's adaptation."""
    white = _from_xy(*corners.white)
    x = corners.primaries
    mixed = _transposed([_from_xy(x[i], x[i + 1]) for i in (0, 2, 4)])
    shares = _times(_inverse(mixed), white)
    to_xyz = [[value * share for value, share in zip(row, shares, strict=True)] for row in mixed]
    here, there = _times(_BRADFORD, white), _times(_BRADFORD, _D50)
    scaled = [[v * b / a for v in row] for row, a, b in zip(_BRADFORD, here, there, strict=True)]
    return _product(_inverse(_BRADFORD), _product(scaled, to_xyz))


def _from_xy(x: float, y: float) -> list[float]:
    return [x / y, 1.0, (1 - x - y) / y]


def _transposed(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _times(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _product(one: Sequence[Sequence[float]], other: Sequence[Sequence[float]]) -> list[list[float]]:
    return _transposed([_times(one, column) for column in _transposed(other)])


def _inverse(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    rows = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return [[value / whole for value in row] for row in rows]

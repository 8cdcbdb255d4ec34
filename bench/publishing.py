"""What publishing a picture takes above libwebp itself."""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from PIL import Image

from bench.report import ROOT, Line, Result, ratio_line
from rowshot.finishing import convert
from rowshot.finishing.colour import to_srgb
from rowshot.finishing.encoding import METHOD, QUALITY, encode
from rowshot.finishing.reading import read
from rowshot_simulators.hiapi.pictures import Drawing, draw

PICTURES = 6
ROUNDS = 3
WIDTHS = (960, 480)
_PEAK = """
import sys
from bench.machine import peak_mb
from bench.publishing import {name} as work
data = sys.stdin.buffer.read()
before = peak_mb()
work(data)
print(peak_mb() - before)
"""


def bare(data: bytes) -> None:
    """Decodes and encodes, nothing else."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image.save(io.BytesIO(), "WEBP", quality=QUALITY, method=METHOD)


def bare_widths(data: bytes) -> None:
    """The same for three widths, each from the file, as a script would."""
    bare(data)
    for width in WIDTHS:
        image = Image.open(io.BytesIO(data)).convert("RGB")
        image.thumbnail((width, width * 10), Image.Resampling.LANCZOS)
        image.save(io.BytesIO(), "WEBP", quality=QUALITY, method=METHOD)


def full_size(data: bytes) -> None:
    """What Publish does for the full size: checks, decodes, makes it sRGB, encodes."""
    encode(to_srgb(read(data)))


def all_widths(data: bytes) -> None:
    """What Publish does for all three."""
    convert(data)


def run() -> Result:
    pictures = [_picture(number) for number in range(PICTURES)]
    ours, peer = _beside(full_size, bare, pictures)
    ours3, peer3 = _beside(all_widths, bare_widths, pictures)
    lines = [
        ratio_line("full size, ms", 1000 * ours, 1000 * peer, most=1.15, digits=0),
        ratio_line("three widths, ms", 1000 * ours3, 1000 * peer3, digits=0),
        _memory(pictures[0]),
    ]
    return Result(
        "publishing",
        "Publishing a 2K picture",
        lines,
        notes=[
            f"Processor milliseconds, median over {PICTURES} drawn PNGs of 2048 × 2048, {ROUNDS} "
            "rounds, Rowshot and the peer in turn on each picture.",
            f"The peer decodes with Pillow and encodes with libwebp at quality {QUALITY}, method "
            f"{METHOD}; for three widths it does so from the file each time.",
        ],
    )


def _picture(number: int) -> bytes:
    drawing = Drawing(f"A tea caddy of the series {number}", 2048, 2048, "PNG")
    return draw(drawing, "")[0]


def _beside(
    ours: Callable[[bytes], None], peer: Callable[[bytes], None], pictures: list[bytes]
) -> tuple[float, float]:
    """Median processor seconds of both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for data in pictures:
            for work, taken in zip((ours, peer), times, strict=True):
                began = time.process_time()
                work(data)
                taken.append(time.process_time() - began)
    return statistics.median(times[0]), statistics.median(times[1])


def _memory(data: bytes) -> Line:
    ours, peer = (_peak(name, data) for name in ("all_widths", "bare_widths"))
    return ratio_line("memory above the modules' own, three widths, MB", ours, peer, digits=0)


def _peak(name: str, data: bytes) -> float:
    program = _PEAK.format(name=name)
    done = subprocess.run(
        [sys.executable, "-c", program], input=data, cwd=ROOT, capture_output=True, check=True
    )
    return float(done.stdout)

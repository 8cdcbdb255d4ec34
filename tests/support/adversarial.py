"""Tries patterns and readers on long texts that are made to mislead them.

Run as ``python -m support.adversarial patterns`` or ``readers``; it says nothing but how much it
tried. Whoever runs it decides how long that may take.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator

import rowshot.reading
import rowshot.specs
import rowshot.specs.recipes
from rowshot.errors import UnreadableSheet
from rowshot.models import Catalogue
from rowshot.reading import read_sheet
from rowshot.specs import read_specs

LENGTH = 100_000
SEEDS = [
    *"a1 \n?\"',.{}<([_#/:-=é茶“\\\x00\u0301",
    *(
        '""',
        '="',
        "1,",
        ",1",
        "a ",
        " a",
        "a?",
        "{a",
        "{{",
        "((",
        "(a",
        "a-",
        "http://",
        "https://a",
    ),
    *("<?xml ", "E+", "1.", "#N/A", "Ã©", "a1", "A1", "x,", "sep=", "input", "px", "&a;", "%7C"),
]
CELLS = [
    *"\"“'\\ ,\n\r\t{?é茶1\x0b\u2028",
    *('""', '"a', '"a,', '"a "b,', "“a,", "“a”", '" ', '"\\"', '"\\', '"a\nb,', '"\n', '"a"b\n'),
    *('k,"a\nk,b"\n', '"1"x,', '="', "{a", "{{", "Ã©", "a?", "\x00a", "a,", "1:", "16:09:"),
]
HIGH = [b"\xe9", b"\xe9a", b"\xb0\xa1", b"\x81", b"\xc3\xa9\xe9", b"\xe9 ", bytes(range(128, 256))]


def patterns() -> Iterator[re.Pattern[str] | re.Pattern[bytes]]:
    """Every pattern that a module of these packages keeps, alone or in a table."""
    for package in (rowshot.specs.recipes, rowshot.reading, rowshot.specs):
        for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for value in vars(importlib.import_module(each.name)).values():
                yield from _patterns_in(value)


def _patterns_in(value: object) -> Iterator[re.Pattern[str] | re.Pattern[bytes]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _patterns_in(part)


def long(seed: str) -> str:
    """A seed again and again."""
    return seed * (LENGTH // len(seed))


def try_patterns() -> int:
    """Search for every pattern in every text; how many patterns there are."""
    found = list(dict.fromkeys(patterns()))
    for pattern in found:
        for text in (text for seed in SEEDS for text in (long(seed), f"1{long(seed)}\x01")):
            data = text.encode() if isinstance(pattern.pattern, bytes) else text
            pattern.search(data)
            pattern.fullmatch(data)
    return len(found)


def try_readers() -> int:
    """Read every text as a sheet; how many there are."""
    files = []
    for cell in map(long, CELLS):
        for rows in (cell, f"a,{cell}", f'a,"{cell}",1:1'):
            files.append(f"sku,prompt,size\n{rows}".encode())
    files += [b"sku,prompt\na," + each * (10 * LENGTH // len(each)) for each in HIGH]
    files.append(b"sku,prompt\na,\xe9 " + b"a" * 10 * LENGTH)  # one long word of ASCII among others
    catalogue = Catalogue.from_package()
    for data in files:
        with contextlib.suppress(UnreadableSheet):
            read_specs(read_sheet(data, name="a.csv"), catalogue)
    return len(files)


if __name__ == "__main__":
    print(try_patterns() if sys.argv[1] == "patterns" else try_readers())

"""Sheets for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping


def sheet(rows: int = 30, *, start: int = 1, word: str = "jar") -> bytes:
    """A sheet of so many different rows."""
    return table(
        {"slug": f"{word}-{number}", "prompt": f"A {word} of cream, number {number}"}
        for number in range(start, start + rows)
    )


def table(rows: Iterable[Mapping[str, str]]) -> bytes:
    """A CSV file of rows that are given by column."""
    listed = list(rows)
    names = list(dict.fromkeys(name for row in listed for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue().encode()


def keys(data: bytes) -> set[str]:
    """The row keys of a CSV file."""
    return {row["slug"] for row in csv.DictReader(io.StringIO(data.decode()))}

"""What the simulated hiapi remembers over a restart: an append-only file of JSON lines.

The real hiapi does not forget when Rowshot crashes, so neither may this one when both are killed
together. A line is written for every task, top-up and release; a last line that was cut off by a
kill is ignored, because its request was never answered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """The file, or nothing when no path is given."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._whole = 0
        self._torn = False

    def read(self) -> Iterator[dict[str, Any]]:
        """Every whole line, oldest first."""
        if self._path is None or not self._path.exists():
            return
        for line in self._path.read_bytes().splitlines(keepends=True):
            try:
                entry = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                entry = None
            if not isinstance(entry, dict):
                self._torn = True
                return
            self._whole += len(line)
            yield entry

    def write(self, entry: dict[str, Any]) -> None:
        """Appends a line; it survives the process, not the machine."""
        if self._path is None:
            return
        self._mend()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _mend(self) -> None:
        """Cuts off what a kill left behind the last whole line."""
        if self._torn and self._path is not None:
            with self._path.open("r+b") as file:
                file.truncate(self._whole)
            self._torn = False

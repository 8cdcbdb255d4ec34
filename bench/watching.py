"""Sees when a picture's URL appears in a simulated worksheet, without a request of its own."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from rowshot_local.worksheets import Worksheets
from rowshot_simulators.sheets import SheetsSimulator

_EVERY = 0.25


class Watch:
    """Looks at every worksheet again and again while it is used as a context manager.

    Args:
        worksheets: The Sheets server of the runs.

    Attributes:
        shown: By slug the Unix second at which its URL was first seen.
    """

    def __init__(self, worksheets: Worksheets) -> None:
        if worksheets.simulator is None:
            raise RuntimeError("benchmarks never write to a real sheet")
        self._simulator: SheetsSimulator = worksheets.simulator
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self.shown: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_EVERY):
            for document in list(self._simulator.store.documents.values()):
                for worksheet in list(document.sheets):
                    self._note(worksheet.shown_rows())

    def _note(self, rows: list[list[str]]) -> None:
        if not rows or "image_url" not in rows[0]:
            return
        slug, url = rows[0].index("slug"), rows[0].index("image_url")
        for row in rows[1:]:
            if len(row) > url and row[url]:
                self.shown.setdefault(row[slug], time.time())

"""Keeps workers of busy functions ready, so that no picture waits for Python to start.

The engine starts a worker when a call finds none free, and the call waits for it: a second for the
function that imports most, while a picture is finished. AWS spends the same moment, but there it is
one in thousands of calls; a laptop's run is short and meets it again and again.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence
from typing import Any

# Workers of one function, each about 50 MB; more of them than that do not work at a time anyway.
MOST = 12

logger = logging.getLogger("rowshot.engine")


class ReadyWorkers:
    """Has one free worker for the next call of each of some functions, once the first was called.

    Args:
        lambda_service: The module ``ministack.services.lambda_svc``.
        functions: Parts of the functions' names: the logical ids of the template.
    """

    def __init__(self, lambda_service: Any, functions: Sequence[str]) -> None:
        self._service = lambda_service
        self._functions = tuple(functions)
        self._lease = lambda_service.acquire_worker
        self._wanted: queue.SimpleQueue[tuple[str, Any, bytes, str]] = queue.SimpleQueue()
        self._begun = False

    def install(self) -> None:
        """Sees every call from now on."""
        self._service.acquire_worker = self._acquire
        threading.Thread(target=self._serve, daemon=True).start()

    def _acquire(
        self, name: str, config: Any, code: bytes, qualifier: str = "$LATEST", **more: Any
    ) -> Any:
        leased = self._lease(name, config, code, qualifier=qualifier, **more)
        if self._is_one(name):
            if not self._begun:
                self._begun = True
                self._want_all(besides=name)
            self._wanted.put((name, config, code, qualifier))
        return leased

    def _is_one(self, name: str) -> bool:
        return any(f"-{part}-" in f"-{name}-" for part in self._functions)

    def _want_all(self, besides: str) -> None:
        for name, record in list(self._service._functions.items()):
            if name != besides and self._is_one(name) and record.get("code_zip"):
                config = record["config"]
                version = config.get("Version", "$LATEST")
                self._wanted.put((name, config, record["code_zip"], version))

    def _serve(self) -> None:
        while True:
            name, config, code, qualifier = self._wanted.get()
            try:
                worker, _ = self._lease(
                    name, config, code, qualifier=qualifier, max_concurrency=MOST
                )
                if worker is not None:
                    try:
                        self._service.ensure_spawned(worker)
                    finally:
                        self._service.release_worker(worker)
            except Exception:
                logger.exception("No worker could be made ready for %s", name)

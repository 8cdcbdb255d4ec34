"""Takes snapshots of a running MiniStack without holding it up, by a forked copy of the process.

MiniStack itself saves its memory only when it is stopped in order. A fork has the memory of one
moment and writes it while the engine goes on. It is made on the engine's event loop, between two
requests, so every change that came by a request is in it whole or not at all.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from rowshot_local.engine import snapshots

# A snapshot that takes longer hangs on a lock that another thread held during the fork.
LONGEST_SECONDS = 60.0
# Share of the time that may go into snapshots, whatever the size of the state.
SHARE = 0.2

KEPT_LOG_EVENTS = 200
_KEYS_OF_OTHERS = ("hiapi", "google")
_UNFINISHED = 2
_CHANGING = re.compile(rb'"StackStatus": "[A-Z_]+_IN_PROGRESS"')

logger = logging.getLogger("rowshot.engine")


class UnfinishedDeployment(Exception):
    """A stack is being changed; its state of this moment is no state to start from."""


class Snapshotter:
    """Takes a snapshot every few seconds in which something may have changed.

    Args:
        engine: The module ``ministack.app``, loaded with ``PERSIST_STATE=1``.
        root: The folder of all snapshots.
        port: Where the engine listens.
        every: Seconds between two snapshots, at least.
    """

    def __init__(self, engine: Any, root: Path, port: int, every: float) -> None:
        self.changed = False
        self._engine = engine
        self._root = root
        self._port = port
        self._every = every
        self._closed = False
        self._lock = asyncio.Lock()

    async def run(self) -> None:
        """Takes snapshots until cancelled."""
        pause = self._every
        while True:
            await asyncio.sleep(pause)
            if self._closed:
                return
            if not self.changed:
                continue
            started = time.monotonic()
            await self.take(final=False)
            pause = max(self._every, (time.monotonic() - started) / SHARE)

    async def take(self, *, final: bool) -> bool:
        """Takes one snapshot, after the one under way; tells whether it was kept."""
        self._closed = self._closed or final
        async with self._lock:
            self.changed = False
            child = self._fork(final=final)
            code = await asyncio.to_thread(_wait, child)
            if code != 0:
                self.changed = True
                level = logging.DEBUG if code == _UNFINISHED else logging.WARNING
                logger.log(level, "no snapshot this time (%s)", code)
            return code == 0

    def _fork(self, *, final: bool) -> int:
        with warnings.catch_warnings():
            # Only this thread lives on in the copy, which takes no lock of the others' but ends.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child:
            return child
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            # Whoever finds an engine that is stopping, and stops it again, must not lose its state.
            signal.signal(signal.SIGTERM, signal.SIG_IGN if final else signal.SIG_DFL)
            os.nice(5)
            # Another thread may hold a log stream's lock, which here nobody would ever release.
            logging.disable(logging.CRITICAL)
            self._write(final=final)
            code = 0
        except UnfinishedDeployment:
            code = _UNFINISHED
        except BaseException as error:
            os.write(2, f"snapshot: {error!r}\n".encode())
        finally:
            os._exit(code)

    def _write(self, *, final: bool) -> None:
        from ministack.core import persistence

        _trim()
        with snapshots.writing(self._root, port=self._port, final=final) as folder:
            persistence.STATE_DIR = str(folder)
            for name, get_state in self._engine._build_persistence_save_dict().items():
                state = get_state()
                if state is None:
                    continue
                persistence.save_state(name, state)
                saved = folder / f"{name}.json"
                if not saved.is_file():
                    raise RuntimeError(f"{name} could not be saved")
                if name == "cloudformation" and _CHANGING.search(saved.read_bytes()):
                    raise UnfinishedDeployment


def _trim() -> None:
    """Forgets, in the forked copy only, what is not to be kept.

    The keys of hiapi and of Google are given anew at each start, and are nobody else's business.

    Map children cannot go on after a restart, and their outcome is in the ledger. Of the logs the
    last lines are kept. Code that no function has now is kept: an older snapshot may name it.
    """
    loaded = sys.modules
    if secrets := loaded.get("ministack.services.secretsmanager"):
        for secret in secrets._secrets._data.values():
            if any(owner in secret["Name"] for owner in _KEYS_OF_OTHERS):
                for version in secret["Versions"].values():
                    version["SecretString"] = ""
    if functions := loaded.get("ministack.services.lambda_svc"):
        functions._prune_orphan_code_blobs = lambda referenced: None  # type: ignore[attr-defined]
    if machines := loaded.get("ministack.services.stepfunctions"):
        executions = machines._executions._data
        for key in [key for key, one in executions.items() if one.get("mapRunArn")]:
            del executions[key]
    if logs := loaded.get("ministack.services.cloudwatch_logs"):
        for group in logs._log_groups._data.values():
            for stream in group["streams"].values():
                del stream["events"][:-KEPT_LOG_EVENTS]


def _wait(child: int) -> int:
    """The exit code of a snapshot's process, stopped when it takes too long."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGKILL

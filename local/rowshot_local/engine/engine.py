"""The engine's life: start, recovery, stop."""

from __future__ import annotations

import contextlib
import fcntl
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from rowshot_local.engine import ports, process, snapshots
from rowshot_local.engine.connection import Connection
from rowshot_local.engine.environment import engine_environment
from rowshot_local.engine.errors import EngineBusy, EngineError
from rowshot_local.engine.folder import EngineFolder
from rowshot_local.engine.snapshots import Outcome, Recovery

START_SECONDS = 60.0
# Another process may take the port between our choice and the engine's start.
ATTEMPTS = 3
# A command that was just killed may take a moment to be gone.
LOCK_SECONDS = 1.5


class Engine(Connection):
    """A local AWS of one state folder, for as long as a ``with`` block lasts.

    It is stopped when the block ends, and stops by itself when this process ends in any other way.

    Args:
        state: The state folder; what the engine keeps lies in ``engine`` below it.
        wait_scale: Wall seconds a nominal second of the state machines' waits takes.
        functions_env: Variables that every function sees, unless the template sets its own.
        region: The region it plays.
        snapshot_seconds: Seconds between two snapshots, at least.
        stop_seconds: How long it may take to stop in order, before it is ended by force.
        ready: Logical ids of functions that never wait for a worker to start.

    Attributes:
        recovery: What the last engine of this folder left, known once started.
        port_changed: Whether the port of the last time was taken, so that addresses of pictures
            printed then do not open any more.
    """

    def __init__(
        self,
        state: Path,
        *,
        wait_scale: float = 1.0,
        functions_env: Mapping[str, str] | None = None,
        region: str = "us-east-1",
        snapshot_seconds: float = 2.0,
        stop_seconds: float = process.STOP_SECONDS,
        ready: Sequence[str] = (),
    ) -> None:
        super().__init__(0, region)
        self.folder = EngineFolder.below(state)
        self.recovery = Recovery(Outcome.NEW)
        self.port_changed = False
        self._wait_scale = wait_scale
        self._functions_env = dict(functions_env or {})
        self._snapshot_seconds = snapshot_seconds
        self._stop_seconds = stop_seconds
        self._ready = tuple(ready)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None

    @property
    def pid(self) -> int:
        """The engine's process id.

        Raises:
            EngineError: It is not running.
        """
        if self._process is None:
            raise EngineError("The local engine is not running.")
        return self._process.pid

    def start(self) -> Self:
        """Starts the engine on what was kept and waits until it answers.

        Raises:
            EngineBusy: Another process runs an engine in this state folder.
            EngineError: It does not start; the message has its last words.
        """
        self._lock = _lock(self.folder)
        try:
            process.stop(process.leftovers(self.folder))
            self.recovery = snapshots.restore(
                self.folder.snapshots, self.folder.live, used=self.folder.holds_objects()
            )
            _drop_unused_code(self.folder)
            if self.folder.log.exists():
                self.folder.log.replace(self.folder.log.with_suffix(".before.log"))
            self._launch()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Saves the state and ends the engine and its workers; harmless when it is not running."""
        if self._lock is None:
            return
        self.close()
        child = self._process
        if child is not None:
            process.stop([child.pid], self._stop_seconds, lambda: child.poll() is not None)
            if child.stdin:
                child.stdin.close()
            self._process = None
        process.stop(process.leftovers(self.folder))
        shutil.rmtree(self.folder.temporary, ignore_errors=True)
        if self.port:
            self.folder.write_record(port=self.port)
        self._lock.close()
        self._lock = None

    def running(self) -> bool:
        """Whether the engine's process is there."""
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _launch(self) -> None:
        kept = self.folder.read_record().get("port")
        for attempt in range(1, ATTEMPTS + 1):
            self.port = ports.choose(kept)
            if self.recovery.port not in (0, self.port):
                snapshots.move(self.folder.live, self.recovery.port, self.port)
                self.recovery = replace(self.recovery, port=self.port)
            self.key = f"ROWSHOT{secrets.token_hex(16).upper()}"
            self._process = self._spawn()
            self.folder.write_record(port=self.port, pid=self._process.pid, key=self.key)
            self._await_health(self._process)
            if self.running():
                break
            if ports.is_free(self.port) or attempt == ATTEMPTS:
                raise EngineError(
                    f"The local engine stopped while it was starting: {_last_words(self.folder)}"
                    f" (all of it is in {self.folder.log})."
                )
        self.port_changed = kept is not None and kept != self.port

    def _spawn(self) -> subprocess.Popen[bytes]:
        shutil.rmtree(self.folder.temporary, ignore_errors=True)
        (self.folder.temporary / "home").mkdir(parents=True)
        command = [
            sys.executable,
            *process.launcher_arguments(self.folder),
            *("--port", str(self.port)),
            *("--snapshot-seconds", str(self._snapshot_seconds)),
            *("--ready", ",".join(self._ready)),
        ]
        environment = engine_environment(
            self.folder,
            self.port,
            key=self.key,
            region=self.region,
            wait_scale=self._wait_scale,
            extra=self._functions_env,
        )
        with self.folder.log.open("wb") as log:
            # A session of its own: Ctrl-C in the terminal is for us, who then stop it in order.
            return subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder.root,
                env=environment,
                start_new_session=True,
            )

    def _await_health(self, child: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while child.poll() is None and not self.healthy():
            if time.monotonic() > deadline:
                raise EngineError(
                    f"The local engine did not answer within {START_SECONDS:.0f} seconds;"
                    f" what it said is in {self.folder.log}."
                )
            time.sleep(0.02)


def attach(state: Path, *, region: str = "us-east-1") -> Connection | None:
    """The engine that another process runs in a state folder, None when there is none.

    Args:
        state: The state folder.
        region: The region of the clients.
    """
    folder = EngineFolder.below(state)
    record = folder.read_record()
    if record.get("pid") not in process.leftovers(folder):
        return None
    found = Connection(record.get("port", 0), region, record.get("key", ""))
    return found if found.healthy() else None


def _lock(folder: EngineFolder) -> IO[bytes]:
    """Takes the folder for this process; the system gives it back however the process ends."""
    file = folder.lock.open("ab")
    if process.until(lambda: _locked(file), LOCK_SECONDS):
        return file
    file.close()
    raise EngineBusy(
        f"Another rowshot command is using the state folder {folder.root.parent};"
        " wait for it to end, or give this one another folder with --state."
    )


def _locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _drop_unused_code(folder: EngineFolder) -> None:
    """Removes function code that no kept snapshot mentions."""
    needed = snapshots.referenced(folder.snapshots)
    for path in (folder.live / "lambda-blobs").glob("*.zip"):
        if path.stem not in needed:
            with contextlib.suppress(OSError):
                path.unlink()


def _last_words(folder: EngineFolder) -> str:
    """The last line of the engine's log."""
    lines = folder.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"

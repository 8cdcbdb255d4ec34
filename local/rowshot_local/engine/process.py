"""Finds and stops processes of an engine, and only those, also after everything was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from rowshot_local.engine.folder import EngineFolder

LAUNCHER = "rowshot_local.engine.launcher"
# An idle engine stops in a tenth of a second; saving the state of a large run takes this long.
STOP_SECONDS = 10.0


def launcher_arguments(folder: EngineFolder) -> list[str]:
    """The arguments that make an engine's process recognisable as this folder's."""
    return ["-m", LAUNCHER, "--root", str(folder.root)]


def leftovers(folder: EngineFolder) -> list[int]:
    """Process ids of this folder's engine and of its function workers, whoever started them.

    A recorded id alone may belong to somebody else by now; a command line that names both our
    launcher, or a worker in our temporary folder, and this very state folder does not.
    """
    engine = " ".join(launcher_arguments(folder)) + " "
    worker = f" {folder.temporary}{os.sep}ministack-lambda-"
    return [
        pid
        for pid, command in _commands()
        if pid != os.getpid() and (engine in command or worker in command)
    ]


def stop(
    pids: Iterable[int],
    seconds: float = STOP_SECONDS,
    gone: Callable[[], bool] | None = None,
) -> None:
    """Ends processes: politely, again, then by force.

    Args:
        pids: Processes that are known to be ours.
        seconds: How long they may take to end in order.
        gone: Tells that all have ended; by default the ids are looked at.
    """
    targets = list(pids)
    ended = gone or (lambda: not any(alive(pid) for pid in targets))
    for sign, wait in ((signal.SIGTERM, seconds), (signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0)):
        if ended():
            return
        for pid in targets:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, sign)
        until(ended, wait)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Waits until a condition holds, at most so many seconds; tells whether it does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not collected yet does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return not Path("/proc/self").exists()
    return state != "Z"


def _commands() -> list[tuple[int, str]]:
    """Every process that we may look at: its id and its arguments, each followed by a space."""
    if not Path("/proc/self/cmdline").exists():
        return _commands_by_ps()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_text(errors="replace").replace("\0", " ")
            found.append((int(entry.name), command))
    return found


def _commands_by_ps() -> list[tuple[int, str]]:
    """The same where there is no /proc (macOS)."""
    listing = subprocess.run(
        ["/bin/ps", "-A", "-ww", "-o", "pid=,command="],
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )
    pairs = (line.strip().partition(" ") for line in listing.stdout.splitlines())
    return [(int(pid), f"{command} ") for pid, _, command in pairs if pid]

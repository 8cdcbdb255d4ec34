"""The ``rowshot`` program as its users start it: a process with a clean environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("rowshot")
PATIENCE = 300.0  # wall seconds that any command may take on a busy machine
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Ended:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line on stderr that an error is."""
        assert "Traceback" not in self.err + self.out
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


@dataclass
class Shell:
    """A folder to work in.

    Args:
        folder: Where commands start; the state folder is below it.
        environment: What commands find in their environment, besides the bare minimum.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """The state folder that every command here is given."""
        return self.folder / "state"

    def sheet(self, name: str, data: bytes) -> Path:
        """Writes a sheet."""
        path = self.folder / name
        path.write_bytes(data)
        return path

    def start(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        """Starts ``rowshot`` in a process group of its own, without waiting for it."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        kept["PATH"] = f"{PROGRAM.parent}:{kept['PATH']}"  # as in an activated environment
        return subprocess.Popen(
            [str(PROGRAM), *map(str, arguments)],
            cwd=self.folder,
            env={
                **kept,
                "PATH": f"{PROGRAM.parent}:{kept['PATH']}",
                "COLUMNS": "100",
                **self.environment,
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __call__(self, *arguments: str | Path, **environment: str) -> Ended:
        """Runs ``rowshot`` to its end."""
        return ended(self.start(*arguments, **environment))

    def report(self, out: str = "out") -> dict[str, Any]:
        """The report in an output folder."""
        loaded: dict[str, Any] = json.loads((self.folder / out / "report.json").read_text("utf-8"))
        return loaded

    def processes(self) -> list[str]:
        """Command lines of processes that have to do with this folder."""
        return [command for _, command in running(str(self.folder))]


def ended(process: subprocess.Popen[str]) -> Ended:
    """Waits for a command."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Ended(process.returncode, out, err)


def running(words: str) -> Iterator[tuple[int, str]]:
    """Processes whose command line or working folder names something."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words_of = (entry / "cmdline").read_bytes().split(b"\0")
            command = b" ".join(words_of).decode("utf-8", "replace")
            place = str((entry / "cwd").readlink())
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        mine = int(entry.name) == os.getpid()
        if not mine and state != "Z" and (words in command or words in place):
            yield int(entry.name), command


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Waits for something to be so.

    Raises:
        TimeoutError: It did not come.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


@contextmanager
def simulator_process(shell: Shell, **options: float) -> Iterator[dict[str, str]]:
    """``rowshot sim hiapi`` as a process of its own; gives its address and token."""
    arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    process = shell.start("sim", "hiapi", "--port", "0", *(a.replace("_", "-") for a in arguments))
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=10)

"""A built function under AWS's Lambda Runtime Interface Emulator (RIE), with awslambdaric.

The emulator ships inside the aws-sam-cli wheel. Where bubblewrap works, the function sees Lambda's
own folders (/var/task, /opt, /var/runtime, read only), an unprivileged user and a /tmp of 512 MB;
elsewhere the same folders are on PYTHONPATH, and nothing else is.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from support.artifacts.built import ROOT, BuiltFunction

_INVOKE = "/2015-03-31/functions/function/invocations"
_UID, _GID = 993, 990  # as in Lambda's own sandbox
_TMP_BYTES = 512 * 1024 * 1024
_START_SECONDS = 10.0


class FunctionError(AssertionError):
    """The function raised; the emulator answers 200 even so."""


@dataclass(frozen=True)
class Answer:
    """What an invocation gave.

    Args:
        payload: The decoded answer.
        seconds: Wall seconds that it took; the first of a function includes its start.
    """

    payload: Any
    seconds: float


@dataclass(frozen=True)
class Runtime:
    """What stands around the code in Lambda.

    Args:
        python: The interpreter of the declared version.
        packages: awslambdaric and boto3.
        opt: The layers, merged as Lambda merges them.
        scratch: A folder for the sandbox's own files.
    """

    python: Path
    packages: Path
    opt: Path
    scratch: Path


def emulator_program() -> Path | None:
    """The emulator for this processor, from sam's own environment."""
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    found = ROOT.glob(f".venv-sam/lib/python*/site-packages/samcli/local/rapid/*-rie-{machine}")
    return next(found, None)


def merge_layers(layers: tuple[Path, ...], into: Path) -> list[str]:
    """Lays layers over one another by hard links.

    Returns:
        Files that two layers both bring; there the later layer's counts.
    """
    twice = []
    for layer in layers:
        for path in layer.rglob("*"):
            if not path.is_file() or "__pycache__" in path.parts:
                continue
            target = into / path.relative_to(layer)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                twice.append(str(path.relative_to(layer)))
                target.unlink()
            try:
                os.link(path, target)
            except OSError:  # another file system
                shutil.copy2(path, target)
    return twice


def sandbox_works() -> bool:
    """Whether bubblewrap may make namespaces here."""
    program = shutil.which("bwrap")
    if program is None:
        return False
    probe = [program, "--unshare-user", "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    return subprocess.run(probe, capture_output=True, check=False, timeout=20).returncode == 0


def _sandbox(function: BuiltFunction, runtime: Runtime) -> list[str]:
    home = runtime.python.resolve().parents[1]
    users = runtime.scratch / "passwd"
    # gspread asks for the home directory when it is imported.
    users.write_text(f"sbx_user1051:x:{_UID}:{_GID}::/home/sbx_user1051:/sbin/nologin\n")
    command = ["bwrap", "--die-with-parent", "--unshare-user", "--unshare-pid", "--unshare-ipc"]
    command += ["--uid", str(_UID), "--gid", str(_GID), "--proc", "/proc", "--dev", "/dev"]
    for folder in ("/usr", "/lib", "/lib64", "/bin", "/etc/ssl", "/etc/hosts", "/etc/resolv.conf"):
        command += ["--ro-bind-try", folder, folder]
    command += ["--size", str(_TMP_BYTES), "--tmpfs", "/tmp"]  # noqa: S108 - inside the sandbox
    command += ["--ro-bind", str(users), "/etc/passwd", "--ro-bind", str(home), str(home)]
    command += ["--ro-bind", str(function.folder), "/var/task"]
    command += ["--ro-bind", str(runtime.opt), "/opt"]
    command += ["--ro-bind", str(runtime.packages), "/var/runtime"]
    return [*command, "--chdir", "/var/task"]


def _environment(
    function: BuiltFunction, runtime: Runtime, folders: list[str], settings: Mapping[str, str]
) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "HOME": str(runtime.scratch),
        "LD_LIBRARY_PATH": str(runtime.python.resolve().parents[1] / "lib"),
        "PYTHONPATH": ":".join(folders),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LAMBDA_TASK_ROOT": folders[0],
        "LAMBDA_RUNTIME_DIR": folders[-1],
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        **settings,
    }


def _free_ports(number: int) -> list[int]:
    """Ports that were free a moment ago; the emulator cannot choose its own."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class EmulatedFunction:
    """A running function. The emulator takes one invocation at a time."""

    def __init__(self, function: BuiltFunction, port: int, log: Path) -> None:
        self.function = function
        self._url = f"http://127.0.0.1:{port}{_INVOKE}"
        self._log = log

    def invoke(self, event: Any) -> Answer:
        """Sends an event.

        Raises:
            FunctionError: The function raised, timed out or could not start.
        """
        started = time.monotonic()
        # The start of the first invocation counts towards the function's time here.
        answer = httpx.post(self._url, json=event, timeout=self.function.timeout + 30)
        seconds = time.monotonic() - started
        try:
            payload = answer.json() if answer.content else None
        except json.JSONDecodeError:
            raise FunctionError(f"{self.function.name}: {answer.text}\n{self.log()}") from None
        if answer.status_code != 200 or (isinstance(payload, dict) and "errorType" in payload):
            raise FunctionError(f"{self.function.name}: {payload}\n{self.log()}")
        return Answer(payload, seconds)

    def log(self) -> str:
        """What emulator and function wrote so far."""
        return self._log.read_text(errors="replace")


@contextmanager
def emulate(
    function: BuiltFunction, runtime: Runtime, settings: Mapping[str, str], *, sandboxed: bool
) -> Iterator[EmulatedFunction]:
    """Starts a function and stops it, with all that it started, however the block ends."""
    if sandboxed:
        around = _sandbox(function, runtime)
        folders = ["/var/task", "/opt/python", "/var/runtime"]
    else:
        around = []
        folders = [str(function.folder), str(runtime.opt / "python"), str(runtime.packages)]
    program = emulator_program()
    assert program is not None
    port, api_port = _free_ports(2)
    command = [
        str(program),
        "--log-level",
        "error",
        "--runtime-interface-emulator-address",
        f"127.0.0.1:{port}",
        "--runtime-api-address",
        f"127.0.0.1:{api_port}",
        *around,
        # -S: nothing of the interpreter's own site-packages, as in Lambda.
        *(str(runtime.python.resolve()), "-S", "-m", "awslambdaric", function.handler),
    ]
    log = runtime.scratch / f"{function.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=function.folder,
            env=_environment(function, runtime, folders, settings),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _await_port(process, port, log)
            yield EmulatedFunction(function, port, log)
        finally:
            _stop(process)


def _await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise FunctionError(f"the emulator did not start:\n{log.read_text(errors='replace')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """The emulator puts the runtime into a group of its own, so that goes first."""
    for child in _descendants(process.pid):
        _kill(child)
    _kill(process.pid)
    process.wait(timeout=10)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _descendants(pid: int) -> list[int]:
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    parents = {
        int(child): int(parent) for child, parent in map(str.split, listing.stdout.splitlines())
    }
    found, frontier = [], {pid}
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier}
        found += sorted(frontier)
    return found

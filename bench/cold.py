"""Starts a handler in a fresh interpreter that finds just what its Lambda function would.

The path holds the function's folder, the core, the packages of ``layers/deps`` with what they need,
and the runtime's own boto3; nothing else of the environment, so that no package imports more here
than it would there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from bench.report import ROOT

RUNTIME = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")
BARE = """
import boto3
_dynamodb = boto3.client("dynamodb")
def handler(event, context):
    key = {"pk": {"S": "nothing"}, "sk": {"S": "nothing"}}
    return "Item" in _dynamodb.get_item(TableName=event["table"], Key=key)
"""
EMPTY = "def handler(event, context):\n    return None\n"
_PROGRAM = """
import sys, time
began, cpu = time.perf_counter(), time.process_time()
import importlib, json
sys.path[:0] = json.loads(sys.argv[1])
class Context:
    function_name = "bench"; memory_limit_in_mb = 256; aws_request_id = "bench"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"
    get_remaining_time_in_millis = staticmethod(lambda: 30_000)
def peak():
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024
module = importlib.import_module(sys.argv[2])
loaded, loaded_cpu = time.perf_counter(), time.process_time()
answer = module.handler(json.loads(sys.argv[3]), Context())
ended = dict(init=loaded - began, init_cpu=loaded_cpu - cpu, total=time.perf_counter() - began,
             total_cpu=time.process_time() - cpu, modules=len(sys.modules), answer=answer,
             peak_mb=peak())
print(json.dumps(ended))
"""


@dataclass(frozen=True)
class Start:
    """One cold start. Seconds; ``cpu`` is the processor's time alone, whoever else is at work.

    Args:
        init: From the interpreter's first line to the handler's module being there.
        total: The same with its first call.
        init_cpu: Like ``init``.
        total_cpu: Like ``total``.
        modules: Modules in memory at the end.
        answer: What the handler returned.
        peak_mb: The most memory that the process had.
    """

    init: float
    total: float
    init_cpu: float
    total_cpu: float
    modules: int
    answer: Any
    peak_mb: float


def start(
    folders: Iterable[Path], module: str, event: Any, environment: Mapping[str, str]
) -> Start:
    """Imports a handler's module and calls it once.

    Raises:
        RuntimeError: It failed.
    """
    path = json.dumps([str(folder) for folder in folders])
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM, path, module, json.dumps(event)]
    done = subprocess.run(
        command, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed to start: {done.stderr.strip()}")
    return Start(**json.loads(done.stdout.splitlines()[-1]))


def lay_out(folder: Path) -> tuple[Path, Path]:
    """Links the packages of the layer and of the runtime into two folders."""
    pinned = (ROOT / "layers/deps/requirements.txt").read_text(encoding="utf-8")
    layer = re.findall(r"^([A-Za-z0-9_.-]+)==", pinned, re.MULTILINE)
    return _link(folder / "layer", layer), _link(folder / "runtime", RUNTIME)


def _link(folder: Path, names: Iterable[str]) -> Path:
    folder.mkdir()
    for name in names:
        found = distribution(name)
        for top in {Path(str(file)).parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            link = folder / top
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(top))))
    return folder

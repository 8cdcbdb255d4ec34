"""A function in a process of its own, so that what it holds can be told from what its cloud holds.

The process is a copy of ours that calls the function. Table and Google Sheet stay here and are
asked over a pipe, objects lie on disk; what real clients of AWS take is there before.
"""

from __future__ import annotations

import ctypes
import io
import multiprocessing
import os
import resource
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.exceptions import ClientError

from support import virtual
from support.aws import S3
from support.deployed import DeployedWorld
from support.machine import Execution
from support.options import Options

_CALL, _TRANSACTION = 0.01, 0.04  # virtual seconds that DynamoDB takes
_SERVICES = ("dynamodb", "s3", "sqs", "sns", "stepfunctions", "secretsmanager")


@dataclass(frozen=True)
class Held:
    """What came of a call.

    Args:
        peak: The most bytes that its process held, its modules and clients included.
        answer: What it answered.
        objects: Bucket and key of every object that stands then, with the file it lies in.
    """

    peak: int
    answer: Any
    objects: dict[tuple[str, str], Path]


class OnDisk(S3):
    """Buckets whose objects take no memory, and come as boto3's do: a copy at each reading."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def put_object(self, *, Body: bytes, **request: Any) -> dict[str, Any]:
        """PutObject."""
        path = self._folder / f"{len(list(self._folder.iterdir()))}"
        path.write_bytes(Body)
        return self.stand(path, **request)

    def stand(self, path: Path, **request: Any) -> dict[str, Any]:
        """PutObject of what lies in a file already."""
        return super().put_object(Body=str(path).encode(), **request)

    def get_object(self, *, Range: str = "", **request: Any) -> dict[str, Any]:
        """GetObject, whole or one range of bytes."""
        answer = super().get_object(**request)
        first, _, last = Range.removeprefix("bytes=").partition("-")
        with Path(answer["Body"].read().decode()).open("rb") as file:
            file.seek(int(first or 0))
            body = file.read(int(last) - int(first) + 1 if Range else -1)
        return {**answer, "Body": io.BytesIO(body)}

    def files(self) -> dict[tuple[str, str], Path]:
        """Where the newest version of each object lies."""
        return {key: Path(each[-1].body.decode()) for key, each in self.objects.items()}


class Apart(DeployedWorld):
    """A world in which one function is called, and everything else stands still.

    Args:
        options: How the world is set up.
        folder: Where objects lie.
    """

    def __init__(self, options: Options, folder: Path) -> None:
        self._clients = [boto3.client(each, region_name="eu-west-1") for each in _SERVICES]
        self._imported = resident()
        super().__init__(options)
        self.disk = OnDisk(folder)
        bucket: Any = self.disk
        self.s3 = self.inbox._client = self.media._client = bucket
        self._services["s3"] = bucket

    def measure(self, function: str, payload: Any) -> Held:
        """Calls a function in a process of its own; what it writes to the ledger stands here."""
        ctypes.CDLL(None).malloc_trim(0)  # what was freed must not hide what is taken
        held = resident()
        ours, theirs = multiprocessing.Pipe()
        child = os.fork()
        if not child:
            ours.close()
            self._be_the_function(theirs, function, payload)
        theirs.close()
        try:
            serve = partial(self._serve, ours)
            most, answer, objects = self.loop.run_until_complete(virtual.in_fiber(serve))
        except EOFError:
            raise RuntimeError(f"{function} did not come to its end") from None
        finally:
            os.waitpid(child, 0)
        return Held(self._imported + most - held, answer, objects)

    # ------------------------------------------------------------------ there

    def _be_the_function(self, pipe: Connection, function: str, payload: Any) -> None:
        try:
            self._services["dynamodb"] = _FarTable(self, pipe)
            far: Any = _FarGoogle(pipe)
            self._google_wire = far
            answer = self.call(function, payload)
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            pipe.send(("end", (most, answer, self.disk.files())))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    # ------------------------------------------------------------------ here

    def _serve(self, pipe: Connection) -> Any:
        """Answers what the function asks, until it has come to its end; runs in a fiber."""
        answers: dict[str, Callable[..., Any]] = {
            "dynamodb": self._answer_of_table,
            "google": self._answer_of_google,
        }
        while True:
            whom, asked = pipe.recv()
            if whom == "end":
                return asked
            pipe.send(answers[whom](*asked))

    def _answer_of_table(self, call: str, request: dict[str, Any]) -> Any:
        try:
            return getattr(self.dynamodb, call)(**request), None
        except ClientError as error:  # of a class that was made at run time: none goes over a pipe
            return error.response, error.operation_name

    def _answer_of_google(self, method: str, url: str, headers: Any, body: bytes) -> Any:
        asked = httpx.Request(method, url, headers=headers, content=body)
        answer = self._google_wire.handle_request(asked)
        return answer.status_code, answer.read()

    def _begin(self, execution: Execution) -> None:
        """An execution takes no memory of the function that starts it."""

    def _deliver(self, message: dict[str, Any], delay: float) -> None:
        """Nobody takes messages."""

    def _deliver_to_dispatch(self, message: dict[str, Any], delay: float) -> None:
        """Nobody takes messages."""


class _FarTable:
    """The table of another process; each call takes its time."""

    def __init__(self, world: DeployedWorld, pipe: Connection) -> None:
        self.exceptions = world.dynamodb.exceptions
        self._world, self._pipe = world, pipe

    def __getattr__(self, call: str) -> Callable[..., Any]:
        return lambda **request: self._ask(call, request)

    def _ask(self, call: str, request: dict[str, Any]) -> Any:
        self._pipe.send(("dynamodb", (call, request)))
        self._world.loop._virtual.passed += _TRANSACTION if "transact" in call else _CALL
        answer, failed = self._pipe.recv()
        if failed:
            kind = getattr(self.exceptions, answer["Error"]["Code"], ClientError)
            raise kind(answer, failed)
        return answer


class _FarGoogle:
    """The Google Sheets of another process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carries a request there, and its answer back."""
        headers = list(request.headers.multi_items())
        self._pipe.send(("google", (request.method, str(request.url), headers, request.read())))
        status, body = self._pipe.recv()
        return httpx.Response(status, content=body)


def resident() -> int:
    """The bytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()

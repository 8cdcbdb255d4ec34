"""The whole pipeline in one process on virtual time, as the handlers put it together."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import random
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from rowshot.inbound.plan_run import Dropped, run_id_of
from rowshot.reading.origin import PREFIX
from rowshot.recovery.control import Control
from rowshot.telemetry.logs import logger
from rowshot_simulators.hiapi.books import state as books
from support import template, virtual
from support.functions import Functions
from support.kills import Killed, Life, Place
from support.machine import Execution, Failed, TimedOut
from support.options import EPOCH, INBOX, MEDIA, MEDIA_URL, TOKEN, Options

__all__ = ["INBOX", "MEDIA", "MEDIA_URL", "TOKEN", "Options", "World"]

_LOOK_EVERY = 10.0
_SQS = 0.1  # virtual seconds from a message to the function
_VISIBILITY = 360.0  # virtual seconds until a message whose function died comes again
_RECEIVED = 3  # times that a message comes before the dead letters have it
_DISPATCHES = 2  # of Dispatch at once
# In an unsteady world:
_MESSAGES_LOST = 0.1
_MESSAGES_TWICE = 0.3
_LAMBDA_RETRIES = (60.0, 120.0)  # of asynchronous calls, as Lambda waits

_life: ContextVar[Life | None] = ContextVar("life", default=None)


class World(Functions):
    """Everything there is.

    Args:
        options: How it is set up; the defaults are the template's.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.loop = virtual.VirtualLoop()
        self.log = io.StringIO()
        self.errors: list[str] = []
        self.places: list[Place] = []
        self.calls: Counter[str] = Counter()
        self.judges: list[Callable[[Place], None]] = []
        self.dead_letters: list[Any] = []
        self.redriven = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._busy: Counter[str] = Counter()
        self._dispatch_places = asyncio.Semaphore(_DISPATCHES)
        super().__init__(options or Options())
        random.seed(self.options.seed)  # the core's jitter

    # ------------------------------------------------------------------ what a test does

    def drop(self, data: bytes, name: str = "catalog.csv", **metadata: str) -> str:
        """Drops a sheet; its S3 event comes as soon as the world goes on. Returns the run's id."""
        dropped = self.upload(data, name, **metadata)
        self.s3_event(dropped)
        return run_id_of(INBOX, dropped)

    def upload(self, data: bytes, name: str, **metadata: str) -> Dropped:
        """Puts a sheet into the inbox without any event."""
        key = f"{PREFIX}{name}"
        encoded = {title.replace("_", "-"): quote(value) for title, value in metadata.items()}
        answer = self.s3.put_object(Bucket=INBOX, Key=key, Body=data, Metadata=encoded)
        return Dropped(key, answer["VersionId"])

    @staticmethod
    def run_id(dropped: Dropped) -> str:
        """The id of the run that a drop starts."""
        return run_id_of(INBOX, dropped)

    def s3_event(self, dropped: Dropped, delay: float = 0.0) -> None:
        """Sends an S3 event to Plan."""
        self.start(self._asynchronously("plan", dropped, delay))

    def run(self, *run_ids: str, limit: float = 2 * 86_400, until: float | None = None) -> None:
        """Lets the world go on until all is at rest, or for some seconds.

        Args:
            run_ids: Runs that must be there and have ended.
            limit: Virtual seconds after which it has taken too long.
            until: Go on for exactly so many virtual seconds instead.
        """
        with self._logging():
            if until is not None:
                self.loop.run_until_complete(self._for(until))
            else:
                self.loop.run_until_complete(self._until_rest(run_ids, limit))

    def redrive(self) -> None:
        """Sends all dead letters again, as the runbook asks of an engineer."""
        letters, self.dead_letters = self.dead_letters, []
        self.redriven += len(letters)
        for function, payload in letters:
            self._send_again(function, payload)

    def _send_again(self, function: str, payload: Any) -> None:
        self.start(self._asynchronously(function, payload))

    def call(self, function: str, payload: Any = None) -> Any:
        """Calls a function once, now, and returns its answer."""
        with self._logging():
            return self.loop.run_until_complete(self.invoke(function, payload))

    def now(self) -> float:
        """Virtual time in Unix seconds."""
        return EPOCH + self.loop.time()

    def kill_executions(self) -> None:
        """Ends every execution, and every function that is at work."""
        for execution in self.stepfunctions.executions.values():
            if execution.status == "RUNNING" and execution.task:
                execution.task.cancel()

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Does something at a moment from now."""
        self.loop.call_later(seconds, act)

    def start(self, work: Any) -> asyncio.Task[Any]:
        """Lets something go on beside everything else."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def books(self) -> dict[str, Any]:
        """The simulated hiapi's own count of what happened."""
        return books(self.hiapi)

    def executions(self) -> list[Execution]:
        """Every execution that was started."""
        return list(self.stepfunctions.executions.values())

    def report(self, run_id: str) -> dict[str, Any]:
        """A run's report as it lies in the bucket."""
        text = self.s3.read(INBOX, f"runs/{run_id}/report.json")
        loaded: dict[str, Any] = json.loads(text)
        return loaded

    @property
    def control(self) -> Control:
        """What a person may do to runs."""
        return Control(self.ledger, self.inbox, self.dispatch_queue)

    def close(self) -> None:
        """Ends everything that still goes on."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            self.loop.run_until_complete(asyncio.wait(list(self._tasks)))
        self.loop.close()

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------ how it is made

    # ------------------------------------------------------------------ how functions are called

    async def invoke(self, function: str, payload: Any) -> Any:
        """Calls a function as Lambda would.

        Raises:
            Failed: It died, took too long, or raised.
        """
        self.calls[function] += 1
        life = Life(function, self.calls[function], self._judge)
        self._busy[function] += 1
        try:
            return await asyncio.wait_for(
                virtual.in_fiber(lambda: self._alive(life, payload)), template.timeout_of(function)
            )
        except Killed:
            raise Failed("Lambda.Unknown", f"{function} died") from None
        except TimeoutError:
            self.errors.append(f"{function}: too slow")
            raise Failed("Sandbox.Timedout", function) from None
        except Exception as error:
            text = "".join(traceback.format_exception(error))
            self.errors.append(f"{function}: {text}")
            self.log.write(text)
            raise Failed(type(error).__name__, str(error)) from error
        finally:
            self._busy[function] -= 1

    def _alive(self, life: Life, payload: Any) -> Any:
        _life.set(life)
        answer = self._handle(life.function, payload)
        life.reach("return")
        return answer

    async def _asynchronously(self, function: str, payload: Any, delay: float = 0.0) -> None:
        """An asynchronous call with Lambda's own two retries; then the dead letters have it."""
        await asyncio.sleep(delay)
        for wait in (*_LAMBDA_RETRIES, None):
            try:
                await self.invoke(function, payload)
            except Failed:
                if wait is None:
                    self.dead_letters.append((function, payload))
                else:
                    await asyncio.sleep(wait)
            else:
                return

    def _deliver_to_dispatch(self, message: dict[str, Any], delay: float) -> None:
        self.start(self._receive_at_dispatch(message, delay))

    async def _receive_at_dispatch(self, message: dict[str, Any], delay: float) -> None:
        """A message until somebody has taken it, or the dead letters have; some come twice."""
        await asyncio.sleep(delay + _SQS)
        if self.strikes("AWS: a message to Dispatch is lost", _MESSAGES_LOST):
            return
        twice = self.strikes("AWS: a message to Dispatch comes twice", _MESSAGES_TWICE)
        for _ in range(1 + twice):
            for _ in range(_RECEIVED):
                async with self._dispatch_places:
                    try:
                        await self.invoke("dispatch", [message])
                        break
                    except Failed:
                        pass
                await asyncio.sleep(_VISIBILITY)

    def _begin(self, execution: Execution) -> None:
        execution.task = self.start(self._execute(execution))

    async def _execute(self, execution: Execution) -> None:
        try:
            machine = "finish" if "job" not in execution.input else "render"
            await self.interpreters[machine].run(execution.input, execution)
            execution.status = "SUCCEEDED"
        except Failed as failure:
            execution.status = "TIMED_OUT" if isinstance(failure, TimedOut) else "FAILED"
            self.log.write(f"{execution.name}: {failure}\n")
        except asyncio.CancelledError:
            execution.status = "ABORTED"

    def _deliver(self, message: dict[str, Any], delay: float) -> None:
        """Nobody takes the write-back's messages yet."""

    # ------------------------------------------------------------------ moments

    def _reach(self, name: str) -> None:
        """Somebody is about to change something outside."""
        life = _life.get() if virtual.in_a_fiber() else None
        if life is not None:
            life.reach(name)

    def _judge(self, place: Place) -> None:
        self.places.append(place)
        for judge in self.judges:
            judge(place)
        if self.options.unsteady and self.chance.random() < 0.3:
            virtual.wait(asyncio.sleep(self.chance.uniform(0, 1)))

    # ------------------------------------------------------------------ rest

    async def _for(self, seconds: float) -> None:
        sweeping = self.start(self._sweeping())
        await asyncio.sleep(seconds)
        sweeping.cancel()

    async def _until_rest(self, run_ids: tuple[str, ...], limit: float) -> None:
        sweeping = self.start(self._sweeping())
        try:
            end = self.loop.time() + limit
            while not self._at_rest(run_ids):
                if self.loop.time() > end:
                    raise AssertionError(f"not at rest after {limit} s: {self._unrest()}")
                await asyncio.sleep(_LOOK_EVERY)
        finally:
            sweeping.cancel()

    async def _sweeping(self) -> None:
        while True:
            await asyncio.sleep(self.options.sweep_every)
            self.start(self._sweep_once())

    async def _sweep_once(self) -> None:
        try:
            await self.invoke("sweep", None)
        except Failed:
            return

    def _at_rest(self, run_ids: tuple[str, ...]) -> bool:
        known = {key[0] for key in self.dynamodb.items}
        return all(f"RUN#{run_id}" in known for run_id in run_ids) and not self._unrest()

    def _unrest(self) -> list[str]:
        open_items = [" ".join(key) for key, item in self.dynamodb.items.items() if "open" in item]
        busy = [name for name, number in self._busy.items() if number]
        running = [
            name
            for name, execution in self.stepfunctions.executions.items()
            if execution.status == "RUNNING"
        ]
        return [*open_items, *busy, *running]

    @contextmanager
    def _logging(self) -> Any:
        """Everything that would come into the functions' logs: from INFO on, as in Lambda."""
        handler = logging.StreamHandler(self.log)
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        ours = logger.registered_handler
        stream = ours.setStream(self.log)  # type: ignore[attr-defined]
        try:
            yield
        finally:
            ours.setStream(stream)  # type: ignore[attr-defined]
            root.removeHandler(handler)
            root.setLevel(level)

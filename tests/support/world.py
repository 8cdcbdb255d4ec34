"""The whole pipeline in one process on virtual time, as the handlers put it together."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import logging
import random
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
from PIL import Image

from rowshot.clock import Clock
from rowshot.download import download_client
from rowshot.hiapi import HiapiClient
from rowshot.jobs import Job
from rowshot.ledger import Ledger
from rowshot.ledger.renders import Limits
from rowshot.logs import log_step, logger
from rowshot.machine import Machine
from rowshot.marks import Marks
from rowshot.notices import Notices
from rowshot.source import PREFIX
from rowshot.steps.control import Control
from rowshot.steps.finish import Finish
from rowshot.steps.following import Follower
from rowshot.steps.plan import Dropped, PlanRun, run_id_of
from rowshot.steps.poll import Poll
from rowshot.steps.publish import Publish
from rowshot.steps.submit import Submit
from rowshot.steps.sweep import Sweep
from rowshot.storage import Inbox, Media
from rowshot_local.simulators.hiapi import Fault, SimulatorOptions
from rowshot_local.simulators.hiapi.app import Api
from rowshot_local.simulators.hiapi.books import state as books
from rowshot_local.simulators.hiapi.outputs import Outputs, Picture
from rowshot_local.simulators.hiapi.pictures.flaws import spoiled
from rowshot_local.simulators.hiapi.service import Hiapi
from rowshot_local.simulators.hiapi.tasks import Task
from support import template, virtual
from support.aws import S3, DynamoDB, Queue, StepFunctions, Topic
from support.kills import Killed, Life, Place
from support.machine import Execution, Failed, Interpreter
from support.network import Wire

EPOCH = 1_760_000_000.0  # where virtual time starts, in Unix seconds: an October morning
INBOX, MEDIA = "inbox", "media"
MEDIA_URL = "https://cdn.example"
API, OUTPUTS = "http://localhost:1", "http://localhost:2"
TOKEN = "sk-hiapi-simulator"
_LOOK_EVERY = 10.0
_LAMBDA_RETRIES = (60.0, 120.0)  # of asynchronous calls, as Lambda waits
_MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:rowshot-render"

_life: ContextVar[Life | None] = ContextVar("life", default=None)


def colour_of(prompt: str) -> tuple[int, int, int]:
    """The colour that a prompt's picture has all over, so that pictures can be told apart."""
    digest = hashlib.sha256(prompt.encode()).digest()
    return digest[0], digest[1], digest[2]


class _QuickOutputs(Outputs):
    """Draws at once (a thread of its own would be no part of virtual time), in one colour."""

    async def _picture(self, task: Task) -> Picture:
        picture = self._kept.get(task.id)
        if picture is None:
            picture = self._kept[task.id] = self._drawn(task)
        return picture

    def _drawn(self, task: Task) -> Picture:
        def compose() -> Image.Image:
            return Image.new("RGB", (16, 16), colour_of(task.prompt))

        if task.fate.flaw:
            return Picture(*spoiled(task.fate.flaw, compose))
        file = io.BytesIO()
        compose().save(file, "PNG")
        return Picture(file.getvalue(), "image/png")


@dataclass
class Options:
    """How a world is set up. Durations are virtual seconds.

    Args:
        seed: What every chance in it comes from.
        in_flight: Slots of the account.
        concurrency: Children of one Map at a time.
        run_usd: Limit of a run.
        day_usd: Limit of a day.
        soft_deadline: After which tasks are looked at less often.
        hard_deadline: After which rows stop waiting.
        hiapi: Further options of the simulator.
        faults: Rules of the simulator.
        sweep_every: Between two passes of Sweep.
        unsteady: True to let functions overlap at every moment, and indexes lag.
    """

    seed: int = 1
    in_flight: int = 8
    concurrency: int = 12
    run_usd: Decimal = Decimal(25)
    day_usd: Decimal = Decimal(100)
    soft_deadline: float = 240.0
    hard_deadline: float = 1800.0
    hiapi: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    sweep_every: float = 60.0
    unsteady: bool = False


class World:
    """Everything there is.

    Args:
        options: How it is set up; the defaults are the template's.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.loop = virtual.VirtualLoop()
        self.chance = random.Random(self.options.seed)  # noqa: S311 - chance, no secret
        random.seed(self.options.seed)  # the core's jitter
        self.log = io.StringIO()
        self.errors: list[str] = []
        self.places: list[Place] = []
        self.calls: Counter[str] = Counter()
        self.judges: list[Callable[[Place], None]] = []
        self.dead_letters: list[Any] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._busy: Counter[str] = Counter()
        self._make_cloud()
        self._make_hiapi()

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
        return Control(self.ledger, self.inbox, self.machine)

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

    def _make_cloud(self) -> None:
        lag = (lambda: self.chance.uniform(0, 3)) if self.options.unsteady else (lambda: 0.0)
        table = template.properties("LedgerTable")
        self.dynamodb = DynamoDB.of(table, now=self.now, lag=lag, before=self._reach)
        self.s3 = S3(before=self._reach)
        self.topic = Topic(before=self._reach)
        self.queue = Queue(self._deliver, before=self._reach)
        self.stepfunctions = StepFunctions(self._begin, before=self._reach)
        self.clock = Clock(1.0, self.now)
        client: Any = self.dynamodb
        self.ledger = Ledger(client, "ledger", self.clock)
        self.ledger.table._pause = self._pause
        self.inbox = Inbox(self._any(self.s3), INBOX)
        self.media = Media(self._any(self.s3), MEDIA, MEDIA_URL)
        self.machine = Machine(self._any(self.stepfunctions), _MACHINE)
        self.marks = Marks(self.ledger, self._any(self.queue), "queue", 4)
        self.interpreter = Interpreter(
            template.machine(self.options.concurrency),
            self.invoke,
            lambda bucket, key: self.s3.read(bucket, key),
            random.Random(self.options.seed),  # noqa: S311 - chance, no secret
        )

    @staticmethod
    def _any(fake: Any) -> Any:
        return fake

    def _make_hiapi(self) -> None:
        simulator = SimulatorOptions(
            **{
                "now": self.now,
                "seed": self.options.seed,
                "max_edge": 16,
                "faults": self.options.faults,
                **self.options.hiapi,
            }
        )
        self.hiapi = Hiapi(simulator)
        apps = {
            "localhost:1": Api(self.hiapi, lambda: OUTPUTS).application(),
            "localhost:2": _QuickOutputs(self.hiapi).application(),
        }
        self.wire = Wire(apps, self._travel_time)
        self.client = HiapiClient(API, lambda: TOKEN, transport=self.wire, now=self.now)
        real = download_client(allow_loopback=True)  # it also silences httpx's lines of links
        self.downloads = httpx.Client(
            transport=self.wire, headers=real.headers, timeout=real.timeout
        )

    def _follower(self, point: Callable[[str], None]) -> Follower:
        return Follower(self.ledger, self.client, self.marks, point)

    def _limits(self) -> Limits:
        return Limits(self.options.in_flight, self.options.run_usd, self.options.day_usd)

    def _submit(self, point: Callable[[str], None]) -> Submit:
        return Submit(self._follower(point), self._limits(), self.options.hard_deadline)

    def _poll(self, point: Callable[[str], None]) -> Poll:
        options = self.options
        return Poll(self._follower(point), options.soft_deadline, options.hard_deadline)

    def _publish(self, point: Callable[[str], None]) -> Publish:
        return Publish(self._follower(point), self.media, self.downloads, allow_loopback=True)

    def _plan(self, point: Callable[[str], None]) -> PlanRun:
        return PlanRun(
            self.ledger,
            self.inbox,
            self.machine,
            self.marks,
            "qwen-image-2.0",
            self.options.run_usd,
            point,
        )

    def _finish(self, point: Callable[[str], None]) -> Finish:
        notices = Notices(self._any(self.topic), "topic")
        return Finish(self.ledger, self.inbox, self.media, notices, _secret_path, point)

    def _sweep(self, point: Callable[[str], None]) -> Sweep:
        return Sweep(
            ledger=self.ledger,
            inbox=self.inbox,
            machine=self.machine,
            submit=self._submit(point),
            poll=self._poll(point),
            publish=self._publish_later,
            time_left=lambda: 100.0,
        )

    def _publish_later(self, job: Job) -> None:
        self._reach("lambda Invoke")
        self.start(self._asynchronously("publish", {"job": json.loads(job.line())}))

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
        answer = self._handle(life.function, payload, life.reach)
        life.reach("return")
        return answer

    def _handle(self, function: str, payload: Any, point: Callable[[str], None]) -> Any:
        """What the handler of a function does."""
        match function:
            case "plan":
                return self._plan(point)(payload).id
            case "sweep":
                swept = self._sweep(point)()
                return {"renders": swept.renders, "runs": swept.runs}
            case "finish":
                return self._finish(point)(payload["run_id"]).state()
        step = {"submit": self._submit, "poll": self._poll, "publish": self._publish}[function]
        job = Job.from_state(payload["job"])
        outcome = step(point)(job)  # type: ignore[operator]
        log_step(function, job, outcome)
        return outcome.state()

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

    def _begin(self, execution: Execution) -> None:
        execution.task = self.start(self._execute(execution))

    async def _execute(self, execution: Execution) -> None:
        try:
            await self.interpreter.run(execution.input, execution)
            execution.status = "SUCCEEDED"
        except Failed as failure:
            execution.status = "FAILED"
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

    def _travel_time(self) -> float:
        return self.chance.uniform(0.02, 1.5) if self.options.unsteady else 0.05

    def _pause(self, seconds: float) -> None:
        virtual.wait(asyncio.sleep(seconds))

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


def _secret_path(run_id: str) -> str:
    return f"secret-of-{run_id}"


def with_options(**changes: Any) -> Options:
    """The default options with some changes."""
    return replace(Options(), **changes)

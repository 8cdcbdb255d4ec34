"""The functions of a world, put together as the handlers do, on a cloud in memory."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import httpx

from rowshot.clock import Clock
from rowshot.download import download_client
from rowshot.hiapi import HiapiClient
from rowshot.jobs import Job
from rowshot.ledger import Ledger
from rowshot.ledger.claims import Limits
from rowshot.logs import log_step
from rowshot.machine import Machine
from rowshot.marks import Marks
from rowshot.notices import Notices
from rowshot.steps.finish import Finish
from rowshot.steps.following import Follower
from rowshot.steps.plan import PlanRun
from rowshot.steps.poll import Poll
from rowshot.steps.publish import Publish
from rowshot.steps.submit import Submit
from rowshot.steps.sweep import Sweep
from rowshot.storage import Inbox, Media
from rowshot_local.simulators.hiapi import SimulatorOptions
from rowshot_local.simulators.hiapi.app import Api
from rowshot_local.simulators.hiapi.service import Hiapi
from support import template, virtual
from support.aws import S3, DynamoDB, Queue, StepFunctions, Topic
from support.colours import QuickOutputs
from support.machine import Execution, Interpreter
from support.network import Wire
from support.options import API, INBOX, MACHINE, MEDIA, MEDIA_URL, OUTPUTS, TOKEN, Options

# In an unsteady world:
_CONFLICTS = 0.03  # part of all writes that meet another one
_THROTTLED = 0.03  # part of all calls for which Lambda has no room


class Functions:
    """Cloud, simulator and functions; a world brings them to life.

    Args:
        options: How the world is set up.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.chance = random.Random(options.seed)  # noqa: S311 - chance, no secret
        self.throttled = 0
        self._make_cloud()
        self._make_hiapi()

    def _make_cloud(self) -> None:
        unsteady = self.options.unsteady
        self.dynamodb = DynamoDB.of(
            template.properties("LedgerTable"),
            now=self.now,
            lag=lambda: self.chance.uniform(0, 3) if unsteady else 0.0,
            before=self._reach,
            conflicts=self._meets_another,
        )
        self.s3 = S3(before=self._reach, conflicts=self._meets_another)
        self.topic = Topic(before=self._reach)
        self.queue = Queue(self._deliver, before=self._reach)
        self.stepfunctions = StepFunctions(self._begin, before=self._reach)
        self.clock = Clock(1.0, self.now)
        client: Any = self.dynamodb
        self.ledger = Ledger(client, "ledger", self.clock)
        self.ledger.table._pause = self._pause
        self.inbox = Inbox(self._any(self.s3), INBOX, self._pause)
        self.media = Media(self._any(self.s3), MEDIA, MEDIA_URL, self._pause)
        self.machine = Machine(self._any(self.stepfunctions), MACHINE)
        self.marks = Marks(self.ledger, self._any(self.queue), "queue", 4)
        self.interpreter = Interpreter(
            template.machine(self.options.concurrency),
            self.invoke,
            lambda bucket, key: self.s3.read(bucket, key),
            random.Random(self.options.seed),  # noqa: S311 - chance, no secret
            self._has_no_room,
        )

    def _meets_another(self) -> bool:
        return self.options.unsteady and self.chance.random() < _CONFLICTS

    def _has_no_room(self) -> bool:
        full = self.options.unsteady and self.chance.random() < _THROTTLED
        self.throttled += full
        return full

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
            "localhost:2": QuickOutputs(self.hiapi).application(),
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
            Notices(self._any(self.topic), "topic"),
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

    def _handle(self, function: str, payload: Any, point: Callable[[str], None]) -> Any:
        """What the handler of a function does."""
        match function:
            case "plan":
                planned = self._plan(point)(payload)
                return planned and planned.id
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

    def now(self) -> float:
        """Virtual time in Unix seconds."""
        raise NotImplementedError

    async def invoke(self, function: str, payload: Any) -> Any:
        """Calls a function as Lambda would."""
        raise NotImplementedError

    def _reach(self, name: str) -> None:
        raise NotImplementedError

    def _deliver(self, message: dict[str, Any], delay: float) -> None:
        raise NotImplementedError

    def _begin(self, execution: Execution) -> None:
        raise NotImplementedError

    def _publish_later(self, job: Job) -> None:
        raise NotImplementedError

    def _travel_time(self) -> float:
        return self.chance.uniform(0.02, 1.5) if self.options.unsteady else 0.05

    def _pause(self, seconds: float) -> None:
        if virtual.in_a_fiber():
            virtual.wait(asyncio.sleep(seconds))


def _secret_path(run_id: str) -> str:
    return f"secret-of-{run_id}"

"""The functions of a world, put together as the handlers do, on a cloud in memory."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import httpx

from rowshot.clock import Clock
from rowshot.deciding.facts import Rules
from rowshot.inbound.plan_run import PlanRun
from rowshot.ledger import Ledger
from rowshot.ledger.jobs import DONE, Job, Next
from rowshot.ordering.dispatch import Dispatch, Message
from rowshot.ordering.executions import Executions
from rowshot.ordering.executor import Connections
from rowshot.ordering.hiapi import HiapiClient
from rowshot.ordering.notify import DispatchQueue
from rowshot.ordering.poll import poll
from rowshot.ordering.submit import submit
from rowshot.publishing.download import download_client
from rowshot.publishing.publish import Publish
from rowshot.recovery.sweep import Sweep
from rowshot.reporting.finish import Finish
from rowshot.reporting.notifications import Notices
from rowshot.sheet_sync.queue import SyncQueue
from rowshot.storage import Inbox, Media
from rowshot.telemetry.logs import log_step
from rowshot.transport.addresses import pictures_here
from rowshot_simulators.hiapi import SimulatorOptions
from rowshot_simulators.hiapi.app import Api
from rowshot_simulators.hiapi.service import Hiapi
from support import template, virtual
from support.aws import S3, DynamoDB, Queue, StepFunctions, Topic
from support.colours import QuickOutputs
from support.machine import Execution, Interpreter
from support.network import Wire
from support.options import (
    API,
    FINISH_MACHINE,
    INBOX,
    MACHINE,
    MEDIA,
    MEDIA_URL,
    OUTPUTS,
    TOKEN,
    Options,
)
from support.tally import Tally

# In an unsteady world:
_CONFLICTS = 0.03  # part of all writes that meet another one; of rare ones more
_OF_RARE = {"PutItem": 0.5, "DeleteItem": 0.08}
_UNREAD = 0.05  # part of all BatchGetItems that leave keys unread
_THROTTLED = 0.03  # part of all calls for which Lambda has no room


class Functions:
    """Cloud, simulator and functions; a world brings them to life.

    Args:
        options: How the world is set up.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.chance = random.Random(options.seed)  # noqa: S311 - chance, no secret
        self.tally = Tally()
        self._make_cloud()
        self._make_hiapi()

    def _make_cloud(self) -> None:
        unsteady = self.options.unsteady
        self.dynamodb = DynamoDB.of(
            template.properties("LedgerTable"),
            now=self.now,
            lag=lambda: self.chance.uniform(0, 3) if unsteady else 0.0,
            before=self._reach,
            conflicts=lambda operation: self._conflicts(operation),
            told=lambda behind: self.tally.count("AWS: an index that is behind", behind) and None,
            leaves=lambda keys: self._leaves(keys),
        )
        self.s3 = S3(
            before=self._reach,
            conflicts=lambda: self.strikes("AWS: PutObject in conflict (409)", _CONFLICTS),
        )
        self.topic = Topic(before=self._reach)
        self.queue = Queue(self._deliver, before=self._reach)
        self.stepfunctions = StepFunctions(self._begin, before=self._reach)
        self.clock = Clock(1.0, self.now)
        client: Any = self.dynamodb
        self.ledger = Ledger(client, "ledger", self.clock)
        self.ledger.table._pause = self._pause
        self.inbox = Inbox(self._any(self.s3), INBOX, self._pause)
        self.media = Media(self._any(self.s3), MEDIA, MEDIA_URL, self._pause)
        self.rows_machine = Executions(self._any(self.stepfunctions), MACHINE)
        self.finish_machine = Executions(self._any(self.stepfunctions), FINISH_MACHINE)
        self.sync_queue = SyncQueue(self.ledger, self._any(self.queue), "queue", 4)
        self.dispatch_messages = Queue(self._deliver_to_dispatch, before=self._reach)
        self.dispatch_queue = DispatchQueue(
            self._any(self.dispatch_messages), "dispatch", self.clock
        )
        self.interpreters = {
            name: Interpreter(
                template.machine(name),
                self.invoke,
                random.Random(self.options.seed),  # noqa: S311 - chance, no secret
                self._has_no_room,
            )
            for name in ("render", "finish")
        }

    def strikes(self, mishap: str, part: float) -> bool:
        """Whether a mishap strikes this time; never in a steady world. Counts it.

        Args:
            mishap: Its name.
            part: The part of all times at which it does.
        """
        if not self.options.unsteady:
            return False
        return self.tally.count(mishap, self.chance.random() < part)

    def _conflicts(self, operation: str) -> bool:
        part = _OF_RARE.get(operation, _CONFLICTS)
        return self.strikes(f"AWS: {operation} in conflict", part)

    def _leaves(self, keys: int) -> int:
        """How many keys a busy DynamoDB leaves unread; it reads at least one."""
        if keys < 2 or not self.strikes("AWS: BatchGetItem leaves keys unread", _UNREAD):
            return 0
        return self.chance.randint(1, keys - 1)

    def _has_no_room(self) -> bool:
        return self.strikes("AWS: Lambda has no room", _THROTTLED)

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
        self.wire = Wire(apps, self._travel_time, self._reach, "hiapi")
        self.client = HiapiClient(API, lambda: TOKEN, transport=self.wire, now=self.now)
        real = download_client(None)  # it also silences httpx's lines of links
        self.downloads = httpx.Client(
            transport=self.wire, headers=real.headers, timeout=real.timeout
        )

    def _connections(self) -> Connections:
        options = self.options
        rules = Rules(
            options.in_flight,
            options.run_usd,
            options.day_usd,
            options.soft_deadline,
            options.hard_deadline,
        )
        return Connections(self.ledger, self.sync_queue, self.dispatch_queue, rules)

    def _publish(self) -> Publish:
        return Publish(
            self._connections(),
            self.client,
            self.media,
            self.downloads,
            pictures_here(API, OUTPUTS),
        )

    def _plan(self) -> PlanRun:
        return PlanRun(
            self.ledger,
            self.inbox,
            self.dispatch_queue,
            self.sync_queue,
            Notices(self._any(self.topic), "topic"),
            "qwen-image-2.0",
            self.options.run_usd,
        )

    def _finish(self) -> Finish:
        notices = Notices(self._any(self.topic), "topic")
        return Finish(self.ledger, self.inbox, self.media, notices, _secret_path)

    def _dispatch(self) -> Dispatch:
        return Dispatch(self._connections(), self.inbox, self.rows_machine, self.finish_machine)

    def _sweep(self) -> Sweep:
        notices = Notices(self._any(self.topic), "topic")
        return Sweep(self._dispatch(), self._time_left("sweep"), notices)

    def _time_left(self, function: str) -> Callable[[], float]:
        end = self.now() + template.timeout_of(function)
        return lambda: end - self.now()

    def _handle(self, function: str, payload: Any) -> Any:
        """What the handler of a function does."""
        match function:
            case "plan":
                planned = self._plan()(payload)
                return planned and planned.id
            case "sweep":
                swept = self._sweep()()
                return {"runs": swept.runs, "rows": swept.rows}
            case "dispatch":
                messages = [Message.of(each) for each in payload]
                return {"begun": self._dispatch()(messages, self._time_left(function))}
            case "finish":
                return self._finish()(payload["run_id"]).state()
        outcome = self._row_step(function, payload)
        log_step(function, Job.from_state(payload["job"]), outcome)
        return outcome.state()

    def _row_step(self, function: str, payload: Any) -> Next:
        job, execution = Job.from_state(payload["job"]), payload.get("execution", "")
        if not execution:
            return DONE
        match function:
            case "submit":
                return submit(self._connections(), self.client)(job, execution)
            case "poll":
                return poll(self._connections(), self.client)(job, execution)
        step = self._publish()
        outcome = step(job, execution)
        if outcome != DONE:
            step.put_off(job, outcome.wait)
        return outcome

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

    def _deliver_to_dispatch(self, message: dict[str, Any], delay: float) -> None:
        raise NotImplementedError

    def _travel_time(self) -> float:
        return self.chance.uniform(0.02, 1.5) if self.options.unsteady else 0.05

    def _pause(self, seconds: float) -> None:
        if virtual.in_a_fiber():
            virtual.wait(asyncio.sleep(seconds))


def _secret_path(run_id: str) -> str:
    return f"secret-of-{run_id}"

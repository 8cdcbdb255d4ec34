"""The real steps on virtual time: what no processor and no other program of this machine can blur.

The world is the one that the tests break on purpose; here nothing breaks, functions take as long as
they do on AWS, and Poll waits in place as its handler does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bench.metered import Meter, Metered
from bench.observed import Observed
from rowshot.ledger.jobs import Job
from rowshot.ordering.poll import poll
from rowshot.ordering.wait_in_place import WaitInPlace
from support import virtual
from support.world import Options as Options
from support.world import World

DURATIONS = {"dispatch": 0.1, "submit": 0.15, "poll": 0.12, "publish": 2.0}
"""Seconds of a warm call without its waiting, at the template's memory sizes."""

_TIMEOUT = 60.0
OnPublished = Callable[["BenchWorld", int], None]


def _ignore(world: BenchWorld, number: int) -> None:
    """Nobody wants to know."""


class BenchWorld(World):
    """A world that measures.

    Args:
        options: How it is set up.
        durations: Seconds that a call of each function takes without its waiting.
        on_published: Called with this world and the number of published rows after each.
        patient: False to leave every wait to the state machine.

    Attributes:
        meter: What the ledger took.
        seconds: Virtual seconds in each function, waiting included.
    """

    def __init__(
        self,
        options: Options,
        durations: Mapping[str, float],
        on_published: OnPublished = _ignore,
        patient: bool = True,
    ) -> None:
        self._patient = patient
        self.meter = Meter()
        self.seconds: dict[str, float] = defaultdict(float)
        self._durations = durations
        self._on_published = on_published
        self._published = 0
        super().__init__(options)

    def _make_cloud(self) -> None:
        super()._make_cloud()
        client: Any = Metered(self.dynamodb, self.meter)
        self.ledger.table._client = client

    def _at_rest(self, run_ids: tuple[str, ...]) -> bool:
        """Looks through the whole table only when nothing runs any more."""
        running = any(
            execution.status == "RUNNING" for execution in self.stepfunctions.executions.values()
        )
        return not running and super()._at_rest(run_ids)

    def _handle(self, function: str, payload: Any) -> Any:
        began = self.now()
        if function in self._durations:
            virtual.wait(asyncio.sleep(self._durations[function]))
        answer = self._answer(function, payload)
        self.seconds[function] += self.now() - began
        if function == "publish" and answer["next"] == "done":
            self._published += 1
            self._on_published(self, self._published)
        return answer

    def _answer(self, function: str, payload: Any) -> Any:
        if function != "poll" or not self._patient:
            return super()._handle(function, payload)
        job, execution = Job.from_state(payload["job"]), payload["execution"]
        step = poll(self._connections(), self.client)
        look = WaitInPlace(lambda: step(job, execution), "poll", self.clock, self._pause, self.now)
        return look(_TIMEOUT).state()


def through_virtual_time(
    sheets: Sequence[bytes],
    options: Options,
    durations: Mapping[str, float] = DURATIONS,
    on_published: OnPublished = _ignore,
    *,
    patient: bool = True,
) -> tuple[list[Observed], BenchWorld]:
    """Drops sheets together and lets the world go on until all is at rest."""
    logging.disable(logging.CRITICAL)
    try:
        world = BenchWorld(options, durations, on_published, patient)
        with world:
            runs = [world.drop(data, f"{number}.csv") for number, data in enumerate(sheets)]
            world.run(*runs)
            tasks = world.books()["tasks"]
            return [_observed(world, tasks, run_id) for run_id in runs], world
    finally:
        logging.disable(logging.NOTSET)


def _observed(world: BenchWorld, tasks: list[dict[str, Any]], run_id: str) -> Observed:
    rows = list(world.ledger.table.query(f"RUN#{run_id}", prefix="ROW#"))
    unpublished = [row["row_key"] for row in rows if row["status"] != "published"]
    if unpublished:
        raise RuntimeError(f"rows without a picture: {unpublished}")
    stored = {row["task_id"]: float(row["updated_at"]) for row in rows}
    return Observed([task for task in tasks if task["task_id"] in stored], stored)

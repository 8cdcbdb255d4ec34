"""Each function dies once at each moment; the end must be the same as if it had not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from rowshot_simulators.hiapi import Fault
from support import promises, virtual
from support.kills import Killed, Place
from support.sheets import keys, sheet, table
from support.world import Options, World

Moment = tuple[str, int, int]


@dataclass(frozen=True)
class Story:
    """What happens in a world.

    Args:
        play: Drops sheets and lets the world go on; returns the runs' ids with their row keys.
        options: How the world is set up.
    """

    play: Callable[[World], dict[str, set[str]]]
    options: Options = field(default_factory=Options)


def _one(data: bytes, **metadata: str) -> Callable[[World], dict[str, set[str]]]:
    def play(world: World) -> dict[str, set[str]]:
        run_id = world.drop(data, **metadata)
        world.run(run_id)
        return {run_id: keys(data)}

    return play


def _again(first: bytes, second: bytes) -> Callable[[World], dict[str, set[str]]]:
    def play(world: World) -> dict[str, set[str]]:
        return {**_one(first)(world), **_one(second)(world)}

    return play


def _killed_at(second: float, data: bytes) -> Callable[[World], dict[str, set[str]]]:
    """The execution dies, so that Sweep has to look after everything that is in flight."""

    def play(world: World) -> dict[str, set[str]]:
        run_id = world.drop(data)
        world.at(second, world.kill_executions)
        world.run(run_id)
        return {run_id: keys(data)}

    return play


def _late(world: World) -> dict[str, set[str]]:
    """A task comes after its run has ended."""
    data = sheet(2)
    run_id = world.drop(data)
    world.at(500, lambda: world.hiapi.release(None) and None)
    world.run(run_id)
    return {run_id: keys(data)}


SHARED = table(
    [
        {"slug": "one", "prompt": "The same jar"},
        {"slug": "two", "prompt": "The same jar"},
        {"slug": "", "prompt": "No name"},
    ]
)
REDO = table([{"slug": "jar-1", "prompt": "A jar of cream, number 1", "redo": "more light"}])
FAILING = (
    Fault("task", "fail", code="TASK_TIMEOUT", prompt="number 1", times=1),
    Fault("task", "fail", code="TASK_FAILED", message="content policy", prompt="number 2"),
)
ROUGH = (
    Fault("create", "reset", when="after", nth=(1,)),
    Fault("create", "status", status=429, retry_after_s=7, nth=(2,)),
    Fault("detail", "status", status=502, nth=(1,)),
    Fault("output", "status", status=404, nth=(1,)),
)
STORIES = {
    "plain": Story(_one(sheet(2))),
    "line": Story(_one(sheet(3)), Options(in_flight=1)),
    "shared": Story(_one(SHARED)),
    "redo": Story(_again(sheet(1), REDO)),
    "first": Story(_one(sheet(3), first="1")),
    "failing": Story(_one(sheet(2)), Options(faults=FAILING)),
    "rough": Story(_one(sheet(2)), Options(faults=ROUGH)),
    "unreadable": Story(_one(b"")),
    "orphaned": Story(_killed_at(20, sheet(2))),
    "late": Story(
        _late, Options(faults=(Fault("task", "stuck", prompt="number 1"),), hard_deadline=120)
    ),
}
SWEPT = ("orphaned", "late")


def _expected(name: str) -> tuple[list[dict[str, Any]], list[Place]]:
    story = STORIES[name]
    with World(replace(story.options)) as world:
        runs = story.play(world)
        broken = promises.check(world, runs) if name != "unreadable" else ""
        assert not broken, str(broken)
        assert world.errors == []
        return [promises.fingerprint(world, run_id) for run_id in runs], list(world.places)


def _killing(moment: Moment) -> Callable[[Place], None]:
    def judge(place: Place) -> None:
        if (place.function, place.call, place.step) == moment:
            raise Killed

    return judge


FUNCTIONS = ("plan", "dispatch", "submit", "poll", "publish", "finish")
CASES = [(name, function) for name in STORIES if name not in SWEPT for function in FUNCTIONS]
CASES += [
    (name, function) for name in SWEPT for function in ("sweep", "dispatch", "publish", "finish")
]


@pytest.mark.parametrize(("name", "function"), CASES)
def test_a_crash_at_any_moment_ends_the_same(name: str, function: str) -> None:
    expected, places = _expected(name)
    moments = [each for each in places if each.function == function]
    wrong = []
    for place in moments:
        story = STORIES[name]
        with World(replace(story.options)) as world:
            world.judges.append(_killing((place.function, place.call, place.step)))
            runs = story.play(world)
            found = [promises.fingerprint(world, run_id) for run_id in runs]
            broken = str(promises.check(world, runs)) if name != "unreadable" else ""
            differs = _differences(expected, found)
            if differs or broken or world.errors:
                wrong.append((place, differs, broken, world.errors))
    assert not wrong, "\n".join(map(str, wrong[:5])) + f"\n{len(wrong)} of {len(moments)}"


class _Counted:
    """Counts the calls of a client."""

    def __init__(self, service: str, client: Any, calls: Counter[str]) -> None:
        self._service, self._client, self._calls = service, client, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found) or name in _READS:
            return found

        def call(*given: Any, **more: Any) -> Any:
            self._calls[self._service] += virtual.in_a_fiber()
            return found(*given, **more)

        return call


_READS = ("get_item", "batch_get_item", "query", "get_object", "head_object", "get_paginator")
_READS += ("describe_execution", "exceptions")


def test_no_call_that_changes_something_is_left_out() -> None:
    calls: Counter[str] = Counter()
    with World(Options(faults=ROUGH)) as world:
        world.ledger.table._client = _Counted("dynamodb", world.dynamodb, calls)
        world.inbox._client = _Counted("s3", world.s3, calls)
        world.media._client = _Counted("s3", world.s3, calls)
        world.sync_queue._client = _Counted("sqs", world.queue, calls)
        world.dispatch_queue._client = _Counted("sqs", world.dispatch_messages, calls)
        for machine in (world.rows_machine, world.finish_machine):
            machine._client = _Counted("states", world.stepfunctions, calls)
        _one(sheet(3))(world)
        places = Counter(place.name.split()[0] for place in world.places)
        requests = sum(world.hiapi.counters.values()) if hasattr(world.hiapi, "counters") else 0
        assert places["hiapi"] >= requests
        assert {name: places[name] for name in calls} == dict(calls)
        assert set(calls) == {"dynamodb", "s3", "sqs", "states"}


def _differences(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[Any]:
    return [
        (name, one[name], other[name])
        for one, other in zip(expected, found, strict=True)
        for name in one
        if one[name] != other[name]
    ]

"""Whatever the ledger asks of DynamoDB, another DynamoDB than our own takes as well."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any, TypeAlias

import pytest
from botocore.exceptions import ClientError

from rowshot.recovery.control import NotPossible
from rowshot_simulators.hiapi import Fault
from support.dynalite import dynalite, why_not
from support.live_world import LiveWorld
from support.options import Options
from support.world import World

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

Request: TypeAlias = tuple[str, dict[str, Any]]

KEY = {"pk": {"S": "P"}, "sk": {"S": "S"}}
OPERATIONS = ("get_item", "batch_get_item", "put_item", "update_item", "delete_item", "query")
# dynalite has no transactions; their operations obey the same grammar one by one.
ALONE = {
    "Put": "put_item",
    "Update": "update_item",
    "Delete": "delete_item",
    "ConditionCheck": "delete_item",
}
SHEET = b"slug,prompt\n" + b"".join(b"mug-%d,A mug no. %d\n" % (each, each) for each in range(12))
REDONE = b"slug,prompt,redo\n" + b"".join(
    b"mug-%d,A mug no. %d,%s\n" % (each, each, b"yes" if each < 3 else b"") for each in range(12)
)
REFUSED: dict[str, dict[str, Any]] = {
    "an attribute compared with itself": {
        "UpdateExpression": "SET #n = :n",
        "ConditionExpression": "#s < #s",
        "ExpressionAttributeNames": {"#n": "n", "#s": "s"},
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    },
    "an empty REMOVE": {"UpdateExpression": "REMOVE "},
    "an empty expression": {"UpdateExpression": ""},
    "a name that nothing uses": {
        "UpdateExpression": "SET #n = :n",
        "ExpressionAttributeNames": {"#n": "n", "#unused": "unused"},
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    },
    "a value that nothing uses": {
        "UpdateExpression": "SET #n = :n",
        "ExpressionAttributeNames": {"#n": "n"},
        "ExpressionAttributeValues": {":n": {"N": "1"}, ":unused": {"N": "1"}},
    },
    "one path set twice": {
        "UpdateExpression": "SET #n = :n, #n = :n",
        "ExpressionAttributeNames": {"#n": "n"},
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    },
}


@pytest.fixture(scope="module")
def other() -> Iterator[Any]:
    with dynalite() as client:
        yield client


def shape(value: Any) -> Any:
    """A request without its data: names, expressions and the types of its values."""
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in {*"SNBML", "SS", "NS", "BS", "BOOL", "NULL"}:
            return next(iter(value))
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return value


class Recorder:
    """Every distinct request that worlds make of their table."""

    def __init__(self) -> None:
        self.requests: dict[str, tuple[str, dict[str, Any]]] = {}

    def listen(self, world: World) -> None:
        """Notes from now on what a world asks its table."""
        table = world.dynamodb
        for name in OPERATIONS:
            self._wrap(table, name, lambda request, name=name: [(name, request)])
        self._wrap(table, "transact_write_items", _operations)

    def _wrap(self, table: Any, name: str, parts: Callable[[Any], list[Request]]) -> None:
        call = getattr(table, name)

        def noted(**request: Any) -> Any:
            for operation, each in parts(request):
                key = json.dumps([operation, shape(each)], sort_keys=True)
                self.requests.setdefault(key, (operation, each))
            return call(**request)

        setattr(table, name, noted)


def _operations(request: Any) -> list[Request]:
    parts = [next(iter(each.items())) for each in request["TransactItems"]]
    return [_alone(verb, each) for verb, each in parts]


def _alone(verb: str, request: dict[str, Any]) -> Request:
    """An operation of a transaction by itself; a check as a deletion under its condition."""
    return ALONE.get(verb, "delete_item"), request


def recorded() -> list[Request]:
    """What the ledger asks in runs that fail, are cancelled, resumed, repeated and redone."""
    recorder = Recorder()
    faults = (Fault("task", "fail", every=3), Fault("task", "stuck", every=5))
    for options in (
        Options(in_flight=2),
        Options(faults=faults, hard_deadline=120.0),
        Options(day_usd=Decimal("0.1")),
    ):
        with World(options) as world:
            recorder.listen(world)
            run_id = world.drop(SHEET)
            world.run(until=40)
            world.control.cancel(run_id)
            world.run(run_id)
            with suppress(NotPossible):
                world.control.resume(run_id)
            world.run(run_id)
            again = world.drop(REDONE, "again.csv")
            world.run(again)
            with suppress(NotPossible):  # where nothing has failed
                world.control.retry(again)
            world.run(again)
    with LiveWorld() as live:
        recorder.listen(live)
        run_id = live.drop_live(live.create([["slug", "prompt"], ["mug", "A mug"]]))
        live.run(run_id)
    return list(recorder.requests.values())


def why_refused(client: Any, operation: str, request: dict[str, Any]) -> str:
    """What dynalite says against a request; that its condition does not hold is nothing."""
    try:
        getattr(client, operation)(**request)
    except client.exceptions.ConditionalCheckFailedException:
        return ""
    except ClientError as error:
        return f"{operation} {shape(request)}: {error}"
    return ""


def test_every_request_that_the_ledger_makes_is_taken(other: Any) -> None:
    requests = recorded()
    assert {operation for operation, _ in requests} == {*OPERATIONS}
    assert len(requests) > 50
    refused = [why_refused(other, *each) for each in requests]
    assert not list(filter(None, refused))


@pytest.mark.parametrize("fault", REFUSED)
def test_what_dynamodb_refuses_is_refused(fault: str, other: Any) -> None:
    request = {"TableName": "ledger", "Key": KEY, **REFUSED[fault]}
    assert "ValidationException" in why_refused(other, "update_item", request)

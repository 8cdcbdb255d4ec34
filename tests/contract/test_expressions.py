"""Whatever the ledger asks of DynamoDB, another DynamoDB than our own takes as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support import template
from support.aws import DynamoDB
from support.aws.expressions import plain
from support.aws.refusals import BOUNDS
from support.aws.sizes import size_of
from support.dynalite import TABLE, dynalite, why_not
from support.recorder import OPERATIONS, Recorder, shape, sites
from support.releases import releases, restore
from support.scenes import scenes

dynalite_only = pytest.mark.skipif(bool(why_not()), reason=why_not())

KEY = {"pk": {"S": "P"}, "sk": {"S": "S"}}
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


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorder:
    """What is asked in all scenes, and while runs are ended that older releases began."""
    with Recorder() as recorder:
        for _ in scenes(recorder.listen):
            pass
        for release, kept in releases():
            with restore(kept, tmp_path_factory.mktemp(release)) as world:
                recorder.listen(world)
                world.run()
    return recorder


def why_refused(client: Any, operation: str, request: dict[str, Any]) -> str:
    """What dynalite says against a request; that its condition does not hold is nothing."""
    try:
        getattr(client, operation)(**request)
    except client.exceptions.ConditionalCheckFailedException:
        return ""
    except ClientError as error:
        return f"{operation} {shape(request)}: {error}"
    return ""


@dynalite_only
def test_every_request_that_the_ledger_makes_is_taken(recorded: Recorder, other: Any) -> None:
    assert {operation for operation, _ in recorded.requests} == {*OPERATIONS}
    refused = [why_refused(other, *each) for each in recorded.requests]
    assert not list(filter(None, refused))


def test_every_place_that_asks_the_table_has_been_visited(recorded: Recorder) -> None:
    """What no scene leads to is tried on no other DynamoDB: add one to support/scenes.py."""
    assert [site for site in sites() if site not in recorded.sites] == []


@dynalite_only
@pytest.mark.parametrize("fault", REFUSED)
def test_what_dynamodb_refuses_is_refused(fault: str, other: Any) -> None:
    request = {"TableName": TABLE, "Key": KEY, **REFUSED[fault]}
    assert "ValidationException" in why_refused(other, "update_item", request)


def at_the_bound(kind: str) -> Iterator[dict[str, Any]]:
    """The largest item that DynamoDB takes, and one byte more; dynalite counts no wide text."""
    value = VALUES[kind]
    rest = BOUNDS["an item"].most - len("pkPskS") - len("rest") - len(kind)
    for over in (0, 1):
        padding = rest - size_of(plain({kind: value})) + len(kind) + over
        yield {**KEY, kind: value, "rest": {"S": "." * padding}}


VALUES: dict[str, dict[str, Any]] = {
    "text": {"S": "a jar"},
    "bytes": {"B": b"\x00\xff" * 7},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "zero": {"N": "0"},
    "whole": {"N": "1760000000"},
    "decimal": {"N": "1760000000.123"},
    "small": {"N": "0.0025"},
    "tenth": {"N": "0.1"},
    "tens": {"N": "12.5"},
    "round": {"N": "1200"},
    "minus": {"N": "-0.025"},
    "long": {"N": "12345678901234567890.123456789012345678"},
    "texts": {"SS": ["a", "jar"]},
    "numbers": {"NS": ["1", "-22", "333"]},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}]},
    "map": {
        "M": {"deep": {"M": {"er": {"L": [{"BOOL": False}, {"NULL": True}]}}}, "n": {"N": "7"}}
    },
}


@dynalite_only
@pytest.mark.parametrize("kind", VALUES)
def test_items_are_as_large_as_another_dynamodb_finds_them(kind: str, other: Any) -> None:
    ours = DynamoDB.of(template.properties("LedgerTable"))
    largest, larger = at_the_bound(kind)
    for table in (ours, other):
        table.put_item(TableName=TABLE, Item=largest)
        with pytest.raises(ClientError, match="ValidationException"):
            table.put_item(TableName=TABLE, Item=larger)


@dynalite_only
@pytest.mark.parametrize(
    "keys",
    [
        [("P", "A"), ("P", "B"), ("P", "A")],
        [("P", "")],
        [("", "A")],
        [("P", "a" * 1025)],
        [("P", str(number)) for number in range(101)],
    ],
    ids=["one twice", "no sort key", "no partition", "too long", "too many"],
)
def test_keys_that_dynamodb_refuses_are_refused(keys: list[tuple[str, str]], other: Any) -> None:
    ours = DynamoDB.of(template.properties("LedgerTable"))
    asked = {"Keys": [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]}
    for table in (ours, other):
        with pytest.raises(ClientError, match="ValidationException"):
            table.batch_get_item(RequestItems={TABLE: asked})

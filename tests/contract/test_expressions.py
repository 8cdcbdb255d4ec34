"""Whatever the ledger asks of DynamoDB, another DynamoDB than our own takes as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

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

"""The table in memory refuses what DynamoDB refuses."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from support import template
from support.aws import DynamoDB

KEY = {"pk": {"S": "P"}, "sk": {"S": "A"}}
N = {"#n": "n"}
ONE = {":one": {"N": "1"}}


@pytest.fixture
def dynamodb() -> DynamoDB:
    return DynamoDB.of(template.properties("LedgerTable"))


def update(expression: str, names: Any = None, values: Any = None, when: str = "") -> Any:
    request: dict[str, Any] = {"Key": KEY, "UpdateExpression": expression}
    more = {
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ConditionExpression": when or None,
    }
    return request | {name: each for name, each in more.items() if each is not None}


REFUSED = {
    "an update without any clause": update(""),
    "an empty clause": update("REMOVE "),
    "an empty action": update("SET #n = :one, ", N, ONE),
    "a clause twice": update("SET #n = :one SET #m = :one", {**N, "#m": "m"}, ONE),
    "a path twice": update("SET #n = :one REMOVE #n", N, ONE),
    "a key": update("SET #n = :one", {"#n": "sk"}, ONE),
    "an unused name": update("SET #n = :one", {**N, "#m": "m"}, ONE),
    "an unused value": update("SET #n = :one", N, {**ONE, ":two": {"N": "2"}}),
    "an undefined name": update("SET #n = :one, #m = :one", N, ONE),
    "an undefined value": update("SET #n = :two", N, ONE),
    "no names at all": update("REMOVE n", {}),
    "no values at all": update("REMOVE #n", N, {}),
    "an operand with itself": update("SET #n = :one", N, ONE, "#n < #n"),
    "a size with itself": update("SET #n = :one", N, ONE, "size(#n) = size(#n)"),
    "one name twice": update("SET #n = :one", {**N, "#m": "n"}, ONE, "#n = #m"),
    "itself among others": update("SET #n = :one", N, ONE, "#n IN (:one, #n)"),
    "a text to be added": update("ADD #n :one", N, {":one": {"S": "1"}}),
    "a number to be taken out": update("DELETE #n :one", N, ONE),
    "an empty set": update("ADD #n :one", N, {":one": {"SS": []}}),
}


@pytest.mark.parametrize("why", REFUSED)
def test_an_update_is_refused_alone_and_in_a_transaction(why: str, dynamodb: DynamoDB) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.update_item(**REFUSED[why])
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.transact_write_items(TransactItems=[{"Update": REFUSED[why]}])
    assert not dynamodb.items


def test_an_empty_condition_is_refused(dynamodb: DynamoDB) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.put_item(Item=KEY, ConditionExpression="")


def test_a_query_with_a_name_that_it_does_not_use_is_refused(dynamodb: DynamoDB) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.query(
            KeyConditionExpression="#pk = :pk",
            ExpressionAttributeNames={"#pk": "pk", "#n": "n"},
            ExpressionAttributeValues={":pk": {"S": "P"}},
        )


def test_an_empty_text_cannot_be_an_indexs_key(dynamodb: DynamoDB) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.put_item(Item={**KEY, "open": {"S": ""}})

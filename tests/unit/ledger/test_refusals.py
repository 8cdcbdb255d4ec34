"""The table in memory refuses what DynamoDB refuses."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from support import template
from support.aws import DynamoDB
from support.aws.refusals import BOUNDS

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
    "an expression of more than 4 KiB": update("SET #n = :one" + " " * 4084, N, ONE),
    "an empty key": {**update("REMOVE #n", N), "Key": {**KEY, "sk": {"S": ""}}},
    "a long sort key": {**update("REMOVE #n", N), "Key": {**KEY, "sk": {"S": "ü" * 513}}},
    "a long partition": {**update("REMOVE #n", N), "Key": {**KEY, "pk": {"S": "瓶" * 683}}},
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


def words(character: str, size: int) -> dict[str, Any]:
    """An item of exactly so many bytes."""
    most = size - len("pkP" + "skA" + "words")
    length, rest = divmod(most, len(character.encode()))
    return {**KEY, "words": {"S": character * length + "." * rest}}


@pytest.mark.parametrize("character", ["a", "ü", "瓶", "🫙"])
def test_an_item_is_counted_in_bytes(character: str, dynamodb: DynamoDB) -> None:
    most = BOUNDS["an item"].most
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.put_item(Item=words(character, most + 1))
    assert not dynamodb.items
    dynamodb.put_item(Item=words(character, most))
    assert dynamodb.items


def test_the_names_of_attributes_count_as_well(dynamodb: DynamoDB) -> None:
    values = {f"ü{number:06}": {"BOOL": True} for number in range(40_000)}
    dynamodb.put_item(Item={**KEY, **values})
    values = {f"üü{number:06}": {"BOOL": True} for number in range(40_000)}
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.put_item(Item={**KEY, **values})


def put(number: int, size: int) -> dict[str, Any]:
    item = words("ü", size)
    return {"Put": {"Item": {**item, "sk": {"S": chr(ord("A") + number)}}}}


def test_a_transaction_takes_4_mib_and_nothing_of_a_larger_one(dynamodb: DynamoDB) -> None:
    sizes = [400_000] * 10
    over = BOUNDS["a transaction"].most - sum(sizes) + 1
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.transact_write_items(
            TransactItems=[put(number, size) for number, size in enumerate([*sizes, over])]
        )
    assert not dynamodb.items
    dynamodb.transact_write_items(
        TransactItems=[put(number, size) for number, size in enumerate([*sizes, over - 1])]
    )
    assert len(dynamodb.items) == 11


def test_nothing_is_written_of_a_transaction_with_an_item_that_is_too_large(
    dynamodb: DynamoDB,
) -> None:
    with pytest.raises(ClientError) as refused:
        dynamodb.transact_write_items(TransactItems=[put(0, 100), put(1, 500_000)])
    reasons = refused.value.response["CancellationReasons"]  # type: ignore[typeddict-item]
    assert [each["Code"] for each in reasons] == ["None", "ValidationError"]
    assert not dynamodb.items


def asked(*sorts: str) -> Any:
    keys = [{"pk": {"S": "P"}, "sk": {"S": sort}} for sort in sorts]
    return {"ledger": {"Keys": keys, "ConsistentRead": True}}


def test_keys_that_are_there_twice_are_refused(dynamodb: DynamoDB) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.batch_get_item(RequestItems=asked("A", "B", "A"))


def test_keys_that_were_left_unread_are_named_with_how_they_were_asked_for() -> None:
    dynamodb = DynamoDB.of(template.properties("LedgerTable"), leaves=lambda keys: keys - 1)
    for sort in "ABC":
        dynamodb.put_item(Item={**KEY, "sk": {"S": sort}})
    answer = dynamodb.batch_get_item(RequestItems=asked("A", "B", "C"))
    assert [each["sk"]["S"] for each in answer["Responses"]["ledger"]] == ["A"]
    assert answer["UnprocessedKeys"] == asked("B", "C")

"""The AWS in memory against moto: the same calls, the same answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from rowshot.ledger.table import Conflict, Delete, Put, Table, Update
from support import template
from support.aws import S3, DynamoDB

KEYS = [("P", "A"), ("P", "B"), ("Q", "A")]
VALUES = st.integers(-3, 3)
CONDITIONS = [
    "",
    "attribute_not_exists(#pk)",
    "attribute_exists(#pk) AND #n IN (:one, :two)",
    "attribute_not_exists(#n) OR #n <= :one",
    "#n = :one",
    "#n <> :one",
    "#n > :one AND #n < :two",
    "(attribute_not_exists(#s) OR size(#s) < :two) AND attribute_not_exists(#x)",
    "begins_with(#sk, :text)",
]


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Any, Any]]:
    with mock_aws():
        real = boto3.client(
            "dynamodb",
            region_name="eu-west-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",
        )
        table = template.properties("LedgerTable")
        real.create_table(
            TableName="ledger",
            **{name: table[name] for name in ("AttributeDefinitions", "KeySchema", "BillingMode")},
            GlobalSecondaryIndexes=table["GlobalSecondaryIndexes"],
        )
        yield real, table


@st.composite
def operations(draw: Any) -> Any:
    key = draw(st.sampled_from(KEYS))
    when = draw(st.sampled_from(CONDITIONS))
    given_values = {
        name: value
        for name, value in {"one": 1, "two": 2, "text": "A"}.items()
        if f":{name}" in when
    }
    match draw(st.sampled_from(["put", "delete", "change", "change"])):
        case "put":
            item = {"n": draw(VALUES), "render_id": draw(st.sampled_from("ab"))}
            return Put(key, item, when=draw(st.sampled_from(["", "attribute_not_exists(#pk)"])))
        case "delete":
            return Delete(key)
    changes: dict[str, Any] = draw(
        st.sampled_from(
            [
                {"set": {"n": 2, "open": "run", "due_at": 5.5}},
                {"set": {"n": 1}, "append": {"l": [1]}},
                {"add": {"s": {"a"}}, "remove": ("open", "due_at")},
                {"add": {"s": {"b"}}, "set": {"open": "run", "due_at": 7}},
                {"discard": {"s": {"a"}}},
                {"discard": {"s": {"a", "b"}}, "remove": ("x",)},
                {"set": {"x": True, "m": {"deep": [1, None, "t"]}}},
            ]
        )
    )
    return Update(key, when=when, given=given_values, **changes)


def act(table: Table, step: list[Any], single: bool) -> Any:
    return table.write(step[0]) if single else table.transact(step)


def outcome(act: Any) -> Any:
    try:
        return act()
    except Conflict as conflict:
        return ("conflict", conflict.failed)
    except ClientError as error:
        return ("error", error.response["Error"]["Code"])


def look(table: Table) -> Any:
    return [
        table.get_many(KEYS),
        list(table.query("P")),
        list(table.query("P", prefix="A", limit=1)),
        [(each["pk"], each["sk"]) for each in table.query("run", index="open")],
        [(each["pk"], each["sk"]) for each in table.query("run", index="open", until=6.0)],
    ]


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(operations(), min_size=1, max_size=3), max_size=8))
def test_dynamodb(both: tuple[Any, Any], script: list[list[Any]]) -> None:
    real, definition = both
    fake: Any = DynamoDB.of(definition)
    tables = [Table(real, "ledger"), Table(fake, "ledger")]
    for key in KEYS:
        tables[0].write(Delete(key))
    for step in script:
        if len({each.key for each in step}) < len(step):
            continue  # DynamoDB refuses two operations on one item
        single = len(step) == 1
        answers = [outcome(partial(act, table, step, single)) for table in tables]
        assert answers[0] == answers[1]
        assert look(tables[0]) == look(tables[1])


def test_s3() -> None:
    with mock_aws():
        real = boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
        )
        real.create_bucket(Bucket="box")
        real.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
        fake = S3()
        answers = [json.dumps(list(_walk(client)), default=str) for client in (real, fake)]
    assert answers[0] == answers[1]


def _walk(client: Any) -> Iterator[Any]:
    first = client.put_object(Bucket="box", Key="k/1", Body=b"one", Metadata={"a": "1"})
    client.put_object(Bucket="box", Key="k/1", Body=b"two")
    yield client.get_object(Bucket="box", Key="k/1")["Body"].read(2)
    old = client.get_object(Bucket="box", Key="k/1", VersionId=first["VersionId"])
    yield old["Body"].read(), old["Metadata"]
    yield outcome(lambda: client.put_object(Bucket="box", Key="k/1", Body=b"3", IfNoneMatch="*"))
    yield outcome(lambda: client.get_object(Bucket="box", Key="none"))
    yield outcome(lambda: client.head_object(Bucket="box", Key="none"))
    for number in range(4):
        client.put_object(Bucket="box", Key=f"k/{number}", Body=b"n", Metadata={"w": str(number)})
    client.copy_object(Bucket="box", Key="copy", CopySource={"Bucket": "box", "Key": "k/3"})
    head = client.head_object(Bucket="box", Key="copy")
    yield head["ContentLength"], head["Metadata"]
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="box", Prefix="k/")
    yield [each["Key"] for page in pages for each in page.get("Contents", [])]
    empty = client.get_paginator("list_objects_v2").paginate(Bucket="box", Prefix="x/")
    yield [each["Key"] for page in empty for each in page.get("Contents", [])]
    listed = client.list_objects_v2(Bucket="box", Prefix="k/1", MaxKeys=1)
    yield [each["Key"] for each in listed.get("Contents", [])]
    client.delete_object(Bucket="box", Key="k/1")
    old = client.get_object(Bucket="box", Key="k/1", VersionId=first["VersionId"])
    yield (
        old["Body"].read(),
        "Contents" in client.list_objects_v2(Bucket="box", Prefix="k/1", MaxKeys=1),
    )
    yield outcome(lambda: client.head_object(Bucket="box", Key="k/1"))
    yield outcome(lambda: client.get_object(Bucket="box", Key="k/1"))
    client.put_object(Bucket="box", Key="k/1", Body=b"4", IfNoneMatch="*")
    yield client.get_object(Bucket="box", Key="k/1")["Body"].read()

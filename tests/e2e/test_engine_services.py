"""What Rowshot relies on and the engine must go on doing: a change of version shows here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from rowshot_local.engine import Engine, deploy, process


@dataclass(frozen=True)
class Deployed:
    """A running engine with the test stack on it."""

    engine: Engine
    outputs: dict[str, str]

    def items(self, partition: str) -> list[dict[str, Any]]:
        found = self.engine.client("dynamodb").query(
            TableName=self.outputs["Table"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            ConsistentRead=True,
        )
        return list(found["Items"])

    def probe(self, **event: object) -> dict[str, Any]:
        answer = self.engine.client("lambda").invoke(
            FunctionName=self.outputs["Probe"], Payload=json.dumps(event).encode()
        )
        found: dict[str, Any] = json.loads(answer["Payload"].read())
        return found


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, engine_template: Path) -> Iterator[Deployed]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HIAPI_TOKEN", "a real token")
        environment.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
        state = tmp_path_factory.mktemp("state")
        with Engine(state, wait_scale=0.1, functions_env={"FROM_RUN": "1"}) as engine:
            yield Deployed(engine, deploy(engine, engine_template, "demo", {}))


def test_a_function_sees_its_role_its_layers_and_nothing_of_the_users(deployed: Deployed) -> None:
    seen = deployed.probe()
    environment = seen["environment"]
    assert environment["AWS_ENDPOINT_URL"] == deployed.engine.endpoint_url
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_SESSION_TOKEN"]
    assert environment["GREETING"] == "hello"
    assert environment["FROM_RUN"] == "1"
    assert environment["LAMBDA_TASK_ROOT"] == seen["cwd"]
    assert environment["TMPDIR"] == str(deployed.engine.folder.temporary)
    assert "HIAPI_TOKEN" not in environment
    assert "AKIAREAL" not in environment.values()
    assert seen["label"] == "from the shared layer"


def test_roles_are_enforced(deployed: Deployed) -> None:
    secrets = deployed.engine.client("secretsmanager")
    secrets.put_secret_value(SecretId=deployed.outputs["TokenArn"], SecretString="s3cret")
    seen = deployed.probe(secret=True, publish=True, forbidden=True)
    assert seen["secret"] == "s3cret"
    assert seen["message_id"]
    assert "not authorized to perform: dynamodb:PutItem" in seen["refused"]


def test_a_dropped_sheet_calls_its_function_once(deployed: Deployed) -> None:
    s3 = deployed.engine.client("s3")
    put = s3.put_object(Bucket=deployed.outputs["Inbox"], Key="sheets/新 品+a.csv", Body=b"slug\n")
    s3.put_object(Bucket=deployed.outputs["Inbox"], Key="runs/x/sheets/a.csv", Body=b"slug\n")
    assert process.until(lambda: bool(deployed.items("drop")), 10)
    (item,) = deployed.items("drop")
    record = json.loads(item["record"]["S"])["s3"]["object"]
    assert record["key"] == "sheets/%E6%96%B0+%E5%93%81%2Ba.csv"
    assert record["versionId"] == put["VersionId"]


def test_a_conditional_put_has_one_winner(deployed: Deployed) -> None:
    s3 = deployed.engine.client("s3")

    def put(number: int) -> str:
        try:
            s3.put_object(
                Bucket=deployed.outputs["Media"], Key="race", Body=b"x" * number, IfNoneMatch="*"
            )
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "won"

    with ThreadPoolExecutor(12) as pool:
        assert Counter(pool.map(put, range(12))) == {"won": 1, "PreconditionFailed": 11}


def test_claims_in_one_transaction_hold_their_limit(deployed: Deployed) -> None:
    table = deployed.outputs["Table"]
    dynamodb = deployed.engine.client("dynamodb")
    slots = {"pk": {"S": "slots"}, "sk": {"S": "slots"}}
    dynamodb.put_item(TableName=table, Item={**slots, "spent": {"N": "0"}})

    def claim(number: int) -> tuple[str, ...]:
        take = {
            "TableName": table,
            "Key": slots,
            "UpdateExpression": "ADD held :me, spent :price",
            "ConditionExpression": "(attribute_not_exists(held) OR size(held) < :limit)"
            " AND spent <= :room",
            "ExpressionAttributeValues": {
                ":me": {"SS": [f"r{number}"]},
                ":price": {"N": "0.025"},
                ":limit": {"N": "8"},
                ":room": {"N": "99.975"},
            },
        }
        note = {
            "TableName": table,
            "Item": {"pk": {"S": "render"}, "sk": {"S": f"r{number}"}},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        try:
            dynamodb.transact_write_items(TransactItems=[{"Update": take}, {"Put": note}])
        except dynamodb.exceptions.TransactionCanceledException as error:
            return tuple(reason["Code"] for reason in error.response["CancellationReasons"])
        return ()

    with ThreadPoolExecutor(12) as pool:
        claims = Counter(pool.map(claim, range(40)))
    assert claims == {(): 8, ("ConditionalCheckFailed", "None"): 32}
    (item,) = deployed.items("slots")
    assert len(item["held"]["SS"]) == 8
    assert float(item["spent"]["N"]) == 0.2
    assert len(deployed.items("render")) == 8


def test_an_index_holds_only_what_has_its_key(deployed: Deployed) -> None:
    dynamodb = deployed.engine.client("dynamodb")
    table = deployed.outputs["Table"]
    for number in range(5):
        key = {"pk": {"S": "due"}, "sk": {"S": str(number)}}
        due = {"due": {"S": "poll"}, "at": {"N": str(number)}} if number else {}
        dynamodb.put_item(TableName=table, Item={**key, **due, "other": {"S": "x"}})

    def waiting(until: int) -> list[str]:
        found = dynamodb.query(
            TableName=table,
            IndexName="due",
            KeyConditionExpression="due = :due AND #at <= :at",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":due": {"S": "poll"}, ":at": {"N": str(until)}},
        )
        assert all("other" not in item for item in found["Items"])
        return [item["sk"]["S"] for item in found["Items"]]

    assert waiting(3) == ["1", "2", "3"]
    dynamodb.update_item(
        TableName=table,
        Key={"pk": {"S": "due"}, "sk": {"S": "2"}},
        UpdateExpression="REMOVE due",
    )
    assert waiting(9) == ["1", "3", "4"]


def test_a_map_runs_every_line_of_a_manifest(deployed: Deployed) -> None:
    lines = "".join(json.dumps({"row": row, "text": "中文"}) + "\n" for row in range(20))
    deployed.engine.client("s3").put_object(
        Bucket=deployed.outputs["Inbox"], Key="runs/1/manifest.jsonl", Body=lines.encode()
    )
    machines = deployed.engine.client("stepfunctions")
    start = {
        "stateMachineArn": deployed.outputs["Machine"],
        "name": "abc-1",
        "input": json.dumps({"manifest": "runs/1/manifest.jsonl", "run": "1"}),
    }
    execution = machines.start_execution(**start)["executionArn"]

    def status() -> str:
        return str(machines.describe_execution(executionArn=execution)["status"])

    assert process.until(lambda: status() != "RUNNING", 60)
    assert status() == "SUCCEEDED"
    assert {item["sk"]["S"] for item in deployed.items("run#1")} == {str(row) for row in range(20)}
    with pytest.raises(machines.exceptions.ExecutionAlreadyExists):
        machines.start_execution(**start)


def test_messages_are_delayed_and_failed_ones_come_back_alone(deployed: Deployed) -> None:
    sqs = deployed.engine.client("sqs")
    queue = deployed.outputs["Marks"]
    sqs.send_message(QueueUrl=queue, MessageBody="later", DelaySeconds=3)
    sqs.send_message(QueueUrl=queue, MessageBody="now")

    def seen() -> set[str]:
        return {item["sk"]["S"] for item in deployed.items("mark")}

    assert process.until(lambda: "now" in seen(), 10)
    assert "later" not in seen()
    assert process.until(lambda: "later" in seen(), 10)


def test_the_cdn_shows_pictures_and_nothing_else(deployed: Deployed) -> None:
    engine, outputs = deployed.engine, deployed.outputs
    for key in ("images/新 品.webp", "private/x"):
        engine.client("s3").put_object(
            Bucket=outputs["Media"],
            Key=key,
            Body=b"picture",
            ContentType="image/webp",
            CacheControl="public, max-age=31536000, immutable",
        )
    base = engine.cdn_url(outputs["CdnDomain"])
    picture = engine.cdn_get(f"{base}/images/%E6%96%B0%20%E5%93%81.webp")
    assert (picture.status, picture.body) == (200, b"picture")
    assert picture.headers["content-type"] == "image/webp"
    assert picture.headers["cache-control"] == "public, max-age=31536000, immutable"
    part = engine.cdn_get(f"{base}/images/%E6%96%B0%20%E5%93%81.webp", {"Range": "bytes=0-2"})
    assert (part.status, part.body) == (206, b"pic")
    assert engine.cdn_get(f"{base}/private/x").status == 403
    assert engine.cdn_get(f"{base}/images/missing.webp").status == 403


def test_a_function_url_is_reached_from_this_machine(deployed: Deployed) -> None:
    url = deployed.engine.function_url(deployed.outputs["ProbeUrl"]) + "price?first=5"
    answer = httpx.post(url, json={"a": 1}, headers={"X-Signature": "abc"}, timeout=20)
    event = answer.json()["event"]
    assert event["rawPath"] == "/price"
    assert event["rawQueryString"] == "first=5"
    assert event["headers"]["x-signature"] == "abc"
    assert json.loads(event["body"]) == {"a": 1}


def test_waits_follow_the_time_scale(deployed: Deployed) -> None:
    deployed.engine.set_wait_scale(0.0)
    deployed.engine.set_wait_scale(0.1)

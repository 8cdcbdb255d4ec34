"""What a kill leaves behind is continued, or set aside and begun anew over the S3 objects."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from rowshot_local.engine import Engine, Outcome, deploy, process
from rowshot_local.engine.deploy import FINGERPRINT


def filled(state: Path, template: Path) -> dict[str, str]:
    """A folder with a deployed stack, an item and objects, after an orderly stop."""
    with Engine(state, snapshot_seconds=0.2) as engine:
        outputs = deploy(engine, template, "demo", {})
        s3 = engine.client("s3")
        s3.put_object(
            Bucket=outputs["Media"],
            Key="images/新 品.webp",
            Body=b"picture",
            ContentType="image/webp",
            CacheControl="public, max-age=31536000, immutable",
        )
        s3.put_object(Bucket=outputs["Inbox"], Key="runs/1/mark", Body=b"one")
        s3.put_object(Bucket=outputs["Inbox"], Key="runs/1/mark", Body=b"two")
        engine.client("dynamodb").put_item(
            TableName=outputs["Table"], Item={"pk": {"S": "kept"}, "sk": {"S": "1"}}
        )
    return outputs


def damage(state: Path, count: int) -> None:
    """Cuts the newest snapshots' tables in half."""
    snapshots = sorted((state / "engine" / "snapshots").glob("0*"))
    for snapshot in snapshots[-count:]:
        tables = snapshot / "dynamodb.json"
        tables.write_bytes(tables.read_bytes()[: tables.stat().st_size // 2])


def newest_stacks(state: Path) -> bytes:
    """The stacks in the newest snapshot."""
    for snapshot in sorted((state / "engine" / "snapshots").glob("0?????"), reverse=True):
        stacks = snapshot / "cloudformation.json"
        return stacks.read_bytes() if stacks.exists() else b""
    return b""


def test_a_damaged_snapshot_gives_way_to_the_one_before(
    tmp_path: Path, engine_template: Path
) -> None:
    outputs = filled(tmp_path, engine_template)
    with Engine(tmp_path) as engine:
        engine.client("dynamodb").put_item(
            TableName=outputs["Table"], Item={"pk": {"S": "later"}, "sk": {"S": "1"}}
        )
    damage(tmp_path, 1)
    with Engine(tmp_path) as engine:
        assert engine.recovery.outcome is Outcome.RECOVERED
        assert len(engine.recovery.set_aside) == 1
        assert deploy(engine, engine_template, "demo", {}) == outputs
        tables = engine.client("dynamodb")
        for key, there in (("kept", True), ("later", False)):
            found = tables.get_item(
                TableName=outputs["Table"], Key={"pk": {"S": key}, "sk": {"S": "1"}}
            )
            assert ("Item" in found) is there


def test_a_lost_state_is_begun_anew_over_the_objects(tmp_path: Path, engine_template: Path) -> None:
    before = filled(tmp_path, engine_template)
    damage(tmp_path, 2)
    with Engine(tmp_path) as engine:
        assert engine.recovery.outcome is Outcome.LOST
        after = deploy(engine, engine_template, "demo", {})
        assert (after["Media"], after["Inbox"]) == (before["Media"], before["Inbox"])
        picture = engine.client("s3").get_object(Bucket=after["Media"], Key="images/新 品.webp")
        assert picture["Body"].read() == b"picture"
        assert picture["ContentType"] == "image/webp"
        assert picture["CacheControl"] == "public, max-age=31536000, immutable"
        mark = engine.client("s3").get_object(Bucket=after["Inbox"], Key="runs/1/mark")
        assert mark["Body"].read() == b"two"
        url = engine.cdn_url(after["CdnDomain"]) + "/images/%E6%96%B0%20%E5%93%81.webp"
        assert engine.cdn_get(url).body == b"picture"
        s3 = engine.client("s3")
        assert s3.get_bucket_versioning(Bucket=after["Inbox"])["Status"] == "Enabled"
        assert "LambdaFunctionConfigurations" in s3.get_bucket_notification_configuration(
            Bucket=after["Inbox"]
        )
    with Engine(tmp_path) as engine:
        assert engine.recovery.outcome is Outcome.CLEAN


def test_objects_put_after_the_last_snapshot_survive_a_kill_with_their_versions(
    tmp_path: Path, engine_template: Path
) -> None:
    outputs = filled(tmp_path, engine_template)
    inbox = outputs["Inbox"]
    with Engine(tmp_path, snapshot_seconds=3600) as engine:
        s3 = engine.client("s3")
        put = [
            s3.put_object(Bucket=inbox, Key="runs/2/a", Body=body, Metadata={"first": "3"})
            for body in (b"one", b"two")
        ]
        os.kill(engine.pid, signal.SIGKILL)
    with Engine(tmp_path) as engine:
        s3 = engine.client("s3")
        for answer, body in zip(put, (b"one", b"two"), strict=True):
            found = s3.get_object(Bucket=inbox, Key="runs/2/a", VersionId=answer["VersionId"])
            assert (found["Body"].read(), found["Metadata"]) == (body, {"first": "3"})
        assert s3.get_object(Bucket=inbox, Key="runs/2/a")["VersionId"] == put[1]["VersionId"]


def test_a_stack_goes_on_under_another_port_and_in_another_region(
    tmp_path: Path, engine_template: Path
) -> None:
    with Engine(tmp_path, region="eu-central-1") as engine:
        outputs = deploy(engine, engine_template, "demo", {})
        assert ":eu-central-1:" in outputs["Machine"]
    engine.folder.write_record(port=1)
    with Engine(tmp_path, region="eu-central-1") as engine:
        assert engine.port_changed
        moved = deploy(engine, engine_template, "demo", {})
        marks = moved.pop("Marks")
        assert f":{engine.port}/" in marks
        assert outputs.pop("Marks") != marks
        assert moved == outputs
        engine.client("sqs").send_message(QueueUrl=marks, MessageBody="moved")

        def seen() -> int:
            return engine.client("dynamodb").scan(TableName=outputs["Table"])["Count"]

        assert process.until(lambda: seen() == 1, 10)


def test_a_deployment_that_was_killed_is_no_state_to_start_from(
    tmp_path: Path, engine_template: Path
) -> None:
    """Every kept snapshot holds finished stacks, however often it is taken while they change."""
    with Engine(tmp_path, snapshot_seconds=0.05) as engine:
        deploy(engine, engine_template, "demo", {})
        assert process.until(lambda: b"CREATE_COMPLETE" in newest_stacks(tmp_path), 5)
        engine.client("cloudformation").create_change_set(
            StackName="half",
            ChangeSetName="one",
            ChangeSetType="CREATE",
            TemplateBody='{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}',
        )
        os.kill(engine.pid, signal.SIGKILL)
    with Engine(tmp_path) as engine:
        assert engine.recovery.outcome is Outcome.RECOVERED
        found = engine.client("cloudformation").describe_stacks()["Stacks"]
        assert {one["StackName"]: one["StackStatus"] for one in found} == {
            "demo": "CREATE_COMPLETE"
        }


def test_a_kill_at_any_moment_loses_no_object(tmp_path: Path, engine_template: Path) -> None:
    """Two kills while it deploys, two while objects are stored; every start goes on."""
    stored: set[str] = set()
    for turn, (deploying, moment) in enumerate(
        ((True, 0.1), (False, 0.4), (True, 0.5), (False, 0.1))
    ):
        with Engine(tmp_path, snapshot_seconds=0.1) as engine:
            killer = threading.Timer(moment, os.kill, (engine.pid, signal.SIGKILL))
            if deploying:
                killer.start()
            with contextlib.suppress(BotoCoreError, ClientError):
                outputs = deploy(engine, engine_template, "demo", {"Greeting": f"turn {turn}"})
                if not deploying:
                    killer.start()
                for number in range(1000):
                    key = f"images/{turn}-{number}"
                    engine.client("s3").put_object(Bucket=outputs["Media"], Key=key, Body=b"x")
                    stored.add(key)
            killer.join()
    assert stored
    with Engine(tmp_path) as engine:
        outputs = deploy(engine, engine_template, "demo", {})
        pages = engine.client("s3").get_paginator("list_objects_v2")
        kept = {
            one["Key"]
            for page in pages.paginate(Bucket=outputs["Media"])
            for one in page.get("Contents", [])
        }
        assert stored <= kept


def test_running_executions_come_back_as_failed(tmp_path: Path, engine_template: Path) -> None:
    with Engine(tmp_path, wait_scale=30, snapshot_seconds=0.1) as engine:
        outputs = deploy(engine, engine_template, "demo", {})
        engine.client("s3").put_object(
            Bucket=outputs["Inbox"], Key="runs/1/manifest.jsonl", Body=b'{"row": 2}\n'
        )
        machines = engine.client("stepfunctions")
        running = machines.start_execution(
            stateMachineArn=outputs["Machine"],
            name="abc-1",
            input='{"manifest": "runs/1/manifest.jsonl", "run": "1"}',
        )["executionArn"]
        assert machines.describe_execution(executionArn=running)["status"] == "RUNNING"
    with Engine(tmp_path) as engine:
        found = engine.client("stepfunctions").describe_execution(executionArn=running)
        assert (found["status"], found["error"]) == ("FAILED", "States.ServiceRestart")
        stacks = engine.client("cloudformation").describe_stacks(StackName="demo")["Stacks"]
        assert FINGERPRINT in {tag["Key"] for tag in stacks[0]["Tags"]}

"""Handlers that show what a function sees and may do."""

import json
import os
import sys
import time
from pathlib import Path

import boto3
from shelf import LABEL


def _table():
    return boto3.resource("dynamodb").Table(os.environ["TABLE"])


def dropped(event, context):
    """Keeps every S3 event in the table."""
    print("dropped")
    for record in event["Records"]:
        key = record["s3"]["object"]["key"]
        _table().put_item(Item={"pk": "drop", "sk": key, "record": json.dumps(record)})


def probe(event, context):
    """Tells about its environment; tries what it is asked to try."""
    print("probe")
    if isinstance(event, dict) and event.get("sleep"):
        time.sleep(event["sleep"])
    answer = {
        "environment": dict(os.environ),
        "path": sys.path,
        "cwd": str(Path.cwd()),
        "label": LABEL,
        "event": event,
    }
    if isinstance(event, dict) and event.get("secret"):
        secrets = boto3.client("secretsmanager")
        answer["secret"] = secrets.get_secret_value(SecretId=os.environ["TOKEN"])["SecretString"]
    if isinstance(event, dict) and event.get("publish"):
        topic = boto3.client("sns")
        sent = topic.publish(TopicArn=os.environ["TOPIC"], Subject="done", Message="all rows")
        answer["message_id"] = sent["MessageId"]
    if isinstance(event, dict) and event.get("forbidden"):
        try:
            _table().put_item(Item={"pk": "x", "sk": "x"})
        except Exception as error:
            answer["refused"] = str(error)
    return answer


def row(event, context):
    """Asks for one wait, then notes the row."""
    print("row")
    if "submit" not in event:
        return {"outcome": "wait", "wait": 1}
    _table().put_item(Item={"pk": f"run#{event['run']}", "sk": str(event["row"]["row"])})
    return {"outcome": "done", "wait": 0}


def tick(event, context):
    """Counts how often the schedule fired."""
    print("tick")
    _table().update_item(
        Key={"pk": "tick", "sk": "tick"},
        UpdateExpression="ADD fired :one SET #e = :event",
        ExpressionAttributeNames={"#e": "event"},
        ExpressionAttributeValues={":one": 1, ":event": json.dumps(event)},
    )


def marked(event, context):
    """Notes every message of the queue; a message that says so fails."""
    print("marked")
    failed = []
    for record in event["Records"]:
        if record["body"] == "fail":
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        _table().put_item(Item={"pk": "mark", "sk": record["body"]})
    return {"batchItemFailures": failed}

"""The sample events and variables of ``events/``, made by the code that they are for.

``make events`` writes them anew; a test says when that is due. The drop's run, job and manifest are
what Plan really makes of the sample sheet; the rest is as AWS documents and sends it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from rowshot.inbound.plan_run import Dropped, run_id_of
from rowshot.inbound.signing import SIGNATURE, TIMESTAMP, sign
from rowshot.ledger.jobs import Job
from rowshot.ordering.executions import execution_name
from rowshot.planning.plan_file import read_job
from rowshot.reading.origin import PREFIX
from rowshot_local.engine.template import load, resources
from support.world import World

ROOT = Path(__file__).resolve().parents[2]
EVENTS = ROOT / "events"
SHEET = ROOT / "tests" / "artifacts" / "sheet.csv"

_NAME = "春季 launch.csv"
_REGION, _ACCOUNT = "eu-central-1", "123456789012"
_BUCKET = f"rowshot-inbox-{_ACCOUNT}-{_REGION}"
_VERSION = "PHtexbGUjw3Po.Nn9D9Lkz9ZQh5.4o8I"
_RUN_ID = run_id_of(_BUCKET, Dropped(f"{PREFIX}{_NAME}", _VERSION))

# The local engine's account and region, reached from a container.
_LOCAL = {"AWS::AccountId": "000000000000", "AWS::Region": "us-east-1", "AWS::Partition": "aws"}
_ENGINE = "http://172.17.0.1:4566"
_SUFFIX = "1A2B3C4D5E6F7"
_CHOSEN = {"HiapiBaseUrl": "http://172.17.0.1:8701", "TimeScale": "0.1", "LocalEngine": "true"}


def sample_events() -> dict[str, Any]:
    """Every event by the name of its handler's module."""
    job = _job()
    row = {"job": job, "execution": execution_name(Job.from_state(job), 1)}
    mark = {"run_id": _RUN_ID, "sheet_id": job["sheet_id"], "since": 1_772_442_755.1}
    return {
        "plan": {"Records": [_s3_record()]},
        "dispatch": {"Records": [_sqs_record(json.dumps({"run_id": _RUN_ID}), "DispatchQueue")]},
        "submit": row,
        "poll": {**row, "step": {"next": "poll", "wait": 24}},
        "publish": {**row, "step": {"next": "publish", "wait": 0}},
        "finish": {"run_id": _RUN_ID},
        "write_back": {"Records": [_sqs_record(json.dumps(mark))]},
        "sweep": _schedule(),
        "drop": _request(),
    }


def sample_environment() -> dict[str, dict[str, str]]:
    """For each function the variables that the template declares, as ``sam local`` takes them."""
    template = load(ROOT / "template.yaml")
    common = template["Globals"]["Function"]["Environment"]["Variables"]
    found = {}
    for name, function in resources(template, "AWS::Serverless::Function"):
        own = function["Properties"].get("Environment", {}).get("Variables", {})
        values = {key: _value(template, value) for key, value in {**common, **own}.items()}
        found[name] = {"AWS_ENDPOINT_URL": _ENGINE, **values}
    return found


def files() -> dict[str, str]:
    """What belongs into ``events/``: name and text of every file."""
    values = {**sample_events(), "env": sample_environment()}
    return {
        f"{name}.json": json.dumps(value, ensure_ascii=False, indent=2) + "\n"
        for name, value in values.items()
    }


def _job() -> dict[str, Any]:
    with World() as world:
        run_id = world.call("plan", world.upload(SHEET.read_bytes(), _NAME))
        (row,) = world.ledger.rows.of_run(run_id)
        found = read_job(world.inbox, row)
    job: dict[str, Any] = json.loads(found.line()) if found else {}
    return {**job, "run_id": _RUN_ID}


def _s3_record() -> dict[str, Any]:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": _REGION,
        "eventTime": "2026-03-02T09:12:31.417Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AIDAEXAMPLEEXAMPLE"},
        "requestParameters": {"sourceIPAddress": "203.0.113.7"},
        "responseElements": {
            "x-amz-request-id": "C3D13FE58DE4C810",
            "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD",
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "Sheet",
            "bucket": {
                "name": _BUCKET,
                "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                "arn": f"arn:aws:s3:::{_BUCKET}",
            },
            "object": {
                "key": quote_plus(f"{PREFIX}{_NAME}", safe="/"),
                "size": SHEET.stat().st_size,
                "eTag": "9b2cf535f27731c974343645a3985328",
                "versionId": _VERSION,
                "sequencer": "0062E99A88DC407460",
            },
        },
    }


def _sqs_record(body: str, queue: str = "WriteBackQueue") -> dict[str, Any]:
    # https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    return {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1772442755120",
            "SenderId": "AROAEXAMPLEEXAMPLE:rowshot-SubmitFunction",
            "ApproximateFirstReceiveTimestamp": "1772442759123",
        },
        "messageAttributes": {},
        "md5OfBody": "5e0c2c2d1f1b9a6a7a4c1b9b0b5b7f63",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{_REGION}:{_ACCOUNT}:rowshot-{queue}-{_SUFFIX}",
        "awsRegion": _REGION,
    }


def _schedule() -> dict[str, Any]:
    # https://docs.aws.amazon.com/eventbridge/latest/ref/event-delivery-schedule.html
    rule = f"rule/rowshot-SweepFunctionEveryMinute-{_SUFFIX}"
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": _ACCOUNT,
        "time": "2026-03-02T09:13:00Z",
        "region": _REGION,
        "resources": [f"arn:aws:events:{_REGION}:{_ACCOUNT}:{rule}"],
        "detail": {},
    }


def _request() -> dict[str, Any]:
    # https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
    body = {"spreadsheet_id": "1" * 44, "worksheet": "春季", "mode": "price", "first": None}
    text = json.dumps(body, ensure_ascii=False)
    host = f"{'a' * 32}.lambda-url.{_REGION}.on.aws"
    signed_at = "1772442755"
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {
            "host": host,
            "content-type": "application/json",
            "user-agent": "Mozilla/5.0 (compatible; Google-Apps-Script)",
            "x-forwarded-proto": "https",
            TIMESTAMP: signed_at,
            SIGNATURE: sign("the stack's drop secret", signed_at, text.encode()),
        },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "a" * 32,
            "domainName": host,
            "domainPrefix": "a" * 32,
            "http": {
                "method": "POST",
                "path": "/",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "Mozilla/5.0 (compatible; Google-Apps-Script)",
            },
            "requestId": "6f6e5a1c-8d39-4c0f-9df1-1d1f6a0f7e44",
            "routeKey": "$default",
            "stage": "$default",
            "time": "02/Mar/2026:09:12:35 +0000",
            "timeEpoch": 1_772_442_755_120,
        },
        "body": text,
        "isBase64Encoded": False,
    }


def _value(template: dict[str, Any], value: Any) -> str:
    """What a value of the template becomes on the local engine, as far as a sample needs it."""
    match value:
        case {"Ref": name}:
            return _reference(template, name)
        case {"Fn::Sub": text}:
            return re.sub(r"\${([^}.]+)}", lambda found: _reference(template, found[1]), text)
        case {"Fn::GetAtt": [name, "Id"]}:
            title = _value(template, template["Resources"][name]["Properties"]["Name"])
            return _arn("secretsmanager", f"secret:{title}-AbCdEf")
        case {"Fn::GetAtt": [name, _]}:
            return _reference(template, name)
        case {"Fn::If": ["HasMediaBaseUrl", *_]}:
            return "http://d111111abcdef8.cloudfront.localhost:4566"
        case {"Fn::If": [_, _, otherwise]}:
            return _value(template, otherwise)
    return str(value)


def _reference(template: dict[str, Any], name: str) -> str:
    if name == "AWS::StackName":
        return "rowshot"
    if name in _LOCAL:
        return _LOCAL[name]
    if name in template["Parameters"]:
        return _CHOSEN.get(name, str(template["Parameters"][name].get("Default", "")))
    resource = template["Resources"][name]
    given = f"rowshot-{name}-{_SUFFIX}"
    match resource["Type"]:
        case "AWS::S3::Bucket":
            return _value(template, resource["Properties"]["BucketName"])
        case "AWS::SQS::Queue":
            return f"{_ENGINE}/{_LOCAL['AWS::AccountId']}/{given}"
        case "AWS::SNS::Topic":
            return _arn("sns", given)
    return given


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{_LOCAL['AWS::Region']}:{_LOCAL['AWS::AccountId']}:{rest}"


def main() -> None:
    """Writes ``events/``."""
    for name, text in files().items():
        (EVENTS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

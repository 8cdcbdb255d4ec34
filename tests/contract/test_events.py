"""The sample events say what AWS and the state machine really send."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import pytest

from rowshot.inbound.plan_run import Dropped, run_id_of
from rowshot.ledger.jobs import Job
from rowshot_local.engine.template import load, resources
from support.samples import files

ROOT = Path(__file__).resolve().parents[2]
EVENTS = ROOT / "events"
TEMPLATE = load(ROOT / "template.yaml")
FUNCTIONS = dict(resources(TEMPLATE, "AWS::Serverless::Function"))


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return found


def sheet_object() -> tuple[str, dict[str, Any]]:
    entry = event("plan")["Records"][0]["s3"]
    return entry["bucket"]["name"], entry["object"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_an_event(name: str) -> None:
    module = FUNCTIONS[name]["Properties"]["Handler"].partition(".")[0]
    assert event(module)


def test_nothing_in_the_folder_is_out_of_date() -> None:
    """After a change of a job or of the template's variables: make events."""
    kept = {path.name: path.read_text("utf-8") for path in EVENTS.glob("*.json")}
    assert kept == files()


def test_the_environment_file_names_what_the_template_declares() -> None:
    """sam drops a misspelt function and an undeclared variable without a word."""
    assert set(event("env")) == set(FUNCTIONS)
    assert all(values["AWS_ENDPOINT_URL"] for values in event("env").values())


def test_the_sheets_key_is_encoded_as_s3_does_it() -> None:
    """`sam local generate-event` writes %20 for a space; S3 itself sends a plus sign."""
    _, entry = sheet_object()
    key = unquote_plus(entry["key"])
    assert " " in key
    assert re.search(r"[^\x00-\x7f]", key)
    assert entry["key"] == quote_plus(key, safe="/")
    assert entry["versionId"]
    assert entry["sequencer"]


def test_the_run_follows_from_the_sheets_event() -> None:
    bucket, entry = sheet_object()
    run_id = run_id_of(bucket, Dropped(unquote_plus(entry["key"]), entry["versionId"]))
    assert event("finish")["run_id"] == event("submit")["job"]["run_id"] == run_id


@pytest.mark.parametrize("name", ["submit", "poll", "publish"])
def test_a_rows_event_is_a_job(name: str) -> None:
    job = Job.from_state(event(name)["job"])
    assert json.loads(job.body)["model"] == job.model
    assert event(name)["job"] == event("submit")["job"]
    assert event(name).get("step", {}).keys() in ({"next", "wait"}, set())


def test_write_back_gets_a_batch_of_marks() -> None:
    for record in event("write_back")["Records"]:
        assert record["eventSource"] == "aws:sqs"
        assert set(json.loads(record["body"])) == {"run_id", "sheet_id", "since"}
        assert record["messageId"]

"""Deployment does what ``sam deploy`` does, and says plainly what it cannot do."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rowshot_local.engine import DeployFailed, Engine, delete_stack, deploy, outputs


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(tmp_path_factory.mktemp("state")) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, engine_template: Path) -> Path:
    """A copy of the template's folder, to be changed."""
    return shutil.copytree(engine_template.parent, tmp_path / "project")


def probe(engine: Engine, deployed: dict[str, str]) -> dict[str, object]:
    answer = engine.client("lambda").invoke(FunctionName=deployed["Probe"], Payload=b"{}")
    found: dict[str, object] = json.loads(answer["Payload"].read())
    return found


def write(path: Path, template: str) -> Path:
    path.write_text(template)
    return path


def test_a_second_time_does_nothing_and_a_change_is_taken(engine: Engine, project: Path) -> None:
    template = project / "template.yaml"
    first = deploy(engine, template, "changes", {"Greeting": "one"})
    assert probe(engine, first)["label"] == "from the shared layer"
    machines = engine.client("cloudformation")

    def changed() -> object:
        found = machines.describe_stacks(StackName="changes")["Stacks"][0]
        return found.get("LastUpdatedTime")

    before = changed()
    started = time.monotonic()
    assert deploy(engine, template, "changes", {"Greeting": "one"}) == first
    assert time.monotonic() - started < 2
    assert changed() == before

    assert deploy(engine, template, "changes", {"Greeting": "two"})["Greeting"] == "two"
    assert probe(engine, first)["environment"]["GREETING"] == "two"  # type: ignore[index]

    (project / "layers" / "shared" / "shelf" / "__init__.py").write_text('LABEL = "changed"\n')
    deploy(engine, template, "changes", {"Greeting": "two"})
    assert probe(engine, first)["label"] == "changed"
    assert outputs(engine, "changes") == {**first, "Greeting": "two"}


def test_two_stacks_beside_each_other_and_one_deleted(
    engine: Engine, engine_template: Path
) -> None:
    one = deploy(engine, engine_template, "one", {})
    two = deploy(engine, engine_template, "two", {})
    assert not set(one.values()) & (set(two.values()) - {"hello"})
    delete_stack(engine, "two")
    assert outputs(engine, "two") is None
    assert outputs(engine, "one") == one
    delete_stack(engine, "two")


def test_a_stack_that_was_deleted_is_made_anew(engine: Engine, engine_template: Path) -> None:
    deploy(engine, engine_template, "again", {})
    delete_stack(engine, "again")
    assert deploy(engine, engine_template, "again", {})["Inbox"].startswith("again-inbox")


def test_an_unknown_parameter_is_named(engine: Engine, engine_template: Path) -> None:
    with pytest.raises(DeployFailed, match="no parameter Greetings"):
        deploy(engine, engine_template, "bad", {"Greetings": "x"})


def test_a_failing_resource_is_named_with_its_reason_and_can_be_put_right(
    engine: Engine, tmp_path: Path
) -> None:
    """A bucket of another stack is never taken over."""
    text = """
Parameters: {Name: {Type: String}}
Resources:
  Mine: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}
"""
    template = write(tmp_path / "template.yaml", text)
    deploy(engine, template, "first", {"Name": "taken"})
    with pytest.raises(DeployFailed, match=r"taken already exists in stack .*first"):
        deploy(engine, template, "second", {"Name": "taken"})
    assert deploy(engine, template, "second", {"Name": "free"}) == {}
    delete_stack(engine, "first")
    delete_stack(engine, "second")


def test_a_reason_comes_from_the_resource_that_failed_first(engine: Engine, tmp_path: Path) -> None:
    text = """
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Marks:
    Type: AWS::SQS::Queue
    DependsOn: Topic
    Properties: {VisibilityTimeout: 99999999}
"""
    with pytest.raises(DeployFailed, match=r"Marks \(AWS::SQS::Queue\): .*VisibilityTimeout"):
        deploy(engine, write(tmp_path / "template.yaml", text), "failing", {})


def test_an_unsupported_type_is_named(engine: Engine, tmp_path: Path) -> None:
    template = write(tmp_path / "template.yaml", "Resources: {Thing: {Type: AWS::Nothing::Here}}\n")
    with pytest.raises(DeployFailed, match=r"AWS::Nothing::Here"):
        deploy(engine, template, "unsupported", {})


def test_a_forgotten_substitution_is_named(engine: Engine, project: Path) -> None:
    machine = project / "statemachine" / "rows.asl.json"
    machine.write_text(machine.read_text().replace("${Bucket}", "${Buckett}"))
    with pytest.raises(DeployFailed, match=r"substitution for \$\{Buckett\}"):
        deploy(engine, project / "template.yaml", "open", {})


def test_a_state_that_is_not_there_is_named(engine: Engine, project: Path) -> None:
    machine = project / "statemachine" / "rows.asl.json"
    machine.write_text(machine.read_text().replace('"Next": "Wait"', '"Next": "Weight"'))
    with pytest.raises(DeployFailed, match=r"unknown states: Weight"):
        deploy(engine, project / "template.yaml", "astray", {})


def test_an_unknown_layer_is_named(engine: Engine, project: Path) -> None:
    template = project / "template.yaml"
    gone = "- arn:aws:lambda:us-east-1:000000000000:layer:gone:1"
    template.write_text(template.read_text().replace("- !Ref DepsLayer", gone))
    with pytest.raises(DeployFailed, match=r"layer:gone:1|not there"):
        deploy(engine, template, "unlayered", {})


def test_missing_code_is_named_before_anything_is_deployed(engine: Engine, project: Path) -> None:
    shutil.rmtree(project / "functions")
    with pytest.raises(DeployFailed, match=r"Dropped\.CodeUri .*probe"):
        deploy(engine, project / "template.yaml", "uncoded", {})
    assert outputs(engine, "uncoded") is None

"""Templates are read with their short forms, and packed the same way twice."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from rowshot_local.engine import template as templates
from rowshot_local.engine.errors import DeployFailed
from rowshot_local.engine.packaging import package, zip_folder

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {CodeUri: code/}
Resources:
  One: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}
  Two: {Type: AWS::Serverless::Function, Properties: {Handler: a.c}}
  Inline: {Type: AWS::Serverless::Function, Properties: {InlineCode: "x = 1"}}
  Remote: {Type: AWS::Serverless::Function, Properties: {CodeUri: "s3://bucket/key"}}
  Built:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: python3.13}
    Properties: {ContentUri: code}
  Plain:
    Type: AWS::Lambda::LayerVersion
    Properties: {Content: code}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: machine.asl.json}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    code = tmp_path / "code"
    (code / "package" / "__pycache__").mkdir(parents=True)
    (code / "app.py").write_text("x = 1\n")
    (code / "package" / "__init__.py").write_text("")
    (code / "package" / "__pycache__" / "app.pyc").write_text("compiled")
    (tmp_path / "machine.asl.json").write_text("{}")
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    return tmp_path


def names(body: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(body)).namelist()


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref Table", {"Ref": "Table"}),
        ("!GetAtt Table.Stream.Arn", {"Fn::GetAtt": ["Table", "Stream.Arn"]}),
        ("!GetAtt [Table, Arn]", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("!Sub '${A}-b'", {"Fn::Sub": "${A}-b"}),
        ("!If [Big, !Ref A, 2]", {"Fn::If": ["Big", {"Ref": "A"}, 2]}),
        ("!Condition Big", {"Condition": "Big"}),
        ("!FindInMap {a: !Ref B}", {"Fn::FindInMap": {"a": {"Ref": "B"}}}),
        ("2012-10-17", "2012-10-17"),
        ("!Sub '8'", {"Fn::Sub": "8"}),
    ],
)
def test_short_forms(tmp_path: Path, short: str, long: object) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(f"Resources:\n  Thing:\n    Value: {short}\n")
    assert templates.load(path)["Resources"]["Thing"]["Value"] == long


@pytest.mark.parametrize("text", ["a: [", "- 1", "Parameters: {}"])
def test_what_is_no_template_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(text)
    with pytest.raises(DeployFailed, match=r"template\.yaml"):
        templates.load(path)


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeployFailed, match=r"nowhere\.yaml"):
        templates.load(tmp_path / "nowhere.yaml")


def test_local_code_becomes_objects(project: Path) -> None:
    template = templates.load(project / "template.yaml")
    artifacts = package(template, project, "bucket")
    properties = {name: one["Properties"] for name, one in template["Resources"].items()}
    assert properties["One"]["CodeUri"] == properties["Two"]["CodeUri"]
    assert "CodeUri" not in properties["Inline"]
    assert properties["Remote"]["CodeUri"] == "s3://bucket/key"
    code = artifacts.objects[properties["One"]["CodeUri"]["Key"]]
    assert names(code) == ["app.py", "package/__init__.py"]
    built = artifacts.objects[properties["Built"]["ContentUri"]["Key"]]
    assert names(built) == ["python/app.py", "python/package/__init__.py"]
    assert properties["Plain"]["Content"]["S3Bucket"] == "bucket"
    assert artifacts.objects[properties["Plain"]["Content"]["S3Key"]] == code
    machine = properties["Machine"]["DefinitionUri"]
    assert machine["Bucket"] == "bucket"
    assert machine["Key"].endswith(".json")
    assert artifacts.objects[machine["Key"]] == b"{}"


def test_the_same_content_is_the_same_zip(project: Path) -> None:
    first = zip_folder(project / "code", "", "One.CodeUri")
    os.utime(project / "code" / "app.py", (0, 0))
    assert zip_folder(project / "code", "", "One.CodeUri") == first
    (project / "code" / "app.py").write_text("x = 2\n")
    assert zip_folder(project / "code", "", "One.CodeUri") != first


def test_missing_code_is_named_with_who_wants_it(project: Path) -> None:
    (project / "machine.asl.json").unlink()
    with pytest.raises(DeployFailed, match=r"Machine\.DefinitionUri .*machine\.asl\.json"):
        package(templates.load(project / "template.yaml"), project, "bucket")
    (project / "code").rename(project / "gone")
    with pytest.raises(DeployFailed, match=r"One\.CodeUri .*code"):
        package(templates.load(project / "template.yaml"), project, "bucket")

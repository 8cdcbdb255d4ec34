"""CloudFormation sees the template after SAM's transform; cfn-lint has to take that one as well."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from samtranslator.translator.transform import transform

from rowshot_local.engine.template import load
from support.template import ROOT


def transformed() -> dict[str, Any]:
    """The template as CloudFormation's transform leaves it, packages named as after a build."""
    source = load(ROOT / "template.yaml")
    for resource in source["Resources"].values():
        for name in ("CodeUri", "ContentUri", "DefinitionUri"):
            if isinstance(resource.get("Properties", {}).get(name), str):
                resource["Properties"][name] = f"s3://packages/{name}"
    loader = mock.Mock()
    loader.load.return_value = {}
    with mock.patch.dict("os.environ", {"AWS_DEFAULT_REGION": "eu-west-1"}):
        result: dict[str, Any] = transform(source, {}, loader)
    return result


def lint(template: dict[str, Any], folder: Path) -> str:
    """What cfn-lint says against a template."""
    path = folder / "transformed.json"
    path.write_text(json.dumps(template))
    program = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([program, path], capture_output=True, text=True, cwd=folder, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return transformed()


def test_the_transformed_template_is_good(template: dict[str, Any], tmp_path: Path) -> None:
    kinds = {each["Type"] for each in template["Resources"].values()}
    assert "AWS::Lambda::Function" in kinds
    assert not [kind for kind in kinds if kind.startswith("AWS::Serverless::")]
    assert not lint(template, tmp_path)


def test_a_property_that_the_transform_would_pass_on_wrongly_is_seen(
    template: dict[str, Any], tmp_path: Path
) -> None:
    broken = json.loads(json.dumps(template))
    broken["Resources"]["PlanFunction"]["Properties"]["Timeout"] = 901
    assert "901 is greater" in lint(broken, tmp_path)

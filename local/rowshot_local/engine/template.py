"""Reads a CloudFormation or SAM template, short forms included, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from rowshot_local.engine.errors import DeployFailed

Template = dict[str, Any]

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
_WITHOUT_PREFIX = {"Ref", "Condition"}


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it: ``!Ref x`` is ``{"Ref": "x"}``, dates stay text."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.MappingNode):
        value: Any = loader.construct_mapping(node, deep=True)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = node.value
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in _WITHOUT_PREFIX else f"Fn::{suffix}": value}


def _text(loader: _Loader, node: yaml.Node) -> Any:
    return node.value


_Loader.add_multi_constructor("!", _short_form)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)


def load(path: Path) -> Template:
    """A template from its file, intrinsic functions in their long form.

    Raises:
        DeployFailed: There is no such file, or it is no template.
    """
    try:
        # A subclass of SafeLoader: constructs plain data only.
        template = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    except OSError as error:
        raise DeployFailed(f"The template {path} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise DeployFailed(f"The template {path} is not valid YAML: {error}.") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise DeployFailed(f"The template {path} has no Resources.")
    return template


def resources(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Logical id and resource of every resource of a type."""
    for name, resource in template["Resources"].items():
        if isinstance(resource, dict) and resource.get("Type") == kind:
            yield name, resource

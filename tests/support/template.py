"""What the deployed template says: tables, settings, the state machine."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as what stands behind them."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {suffix: value}


_Loader.add_multi_constructor("!", _short_form)


@cache
def template() -> dict[str, Any]:
    """The template as plain values."""
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    return loaded


def properties(resource: str) -> dict[str, Any]:
    """A resource's properties."""
    found: dict[str, Any] = template()["Resources"][resource]["Properties"]
    return found


def default(parameter: str) -> Any:
    """A parameter's default."""
    return template()["Parameters"][parameter]["Default"]


def timeout_of(function: str) -> float:
    """Seconds after which Lambda kills a function, by its module's name (``write_back``)."""
    name = "".join(part.capitalize() for part in function.split("_"))
    globally = template()["Globals"]["Function"]["Timeout"]
    return float(properties(f"{name}Function").get("Timeout", globally))


def machine(name: str = "render") -> dict[str, Any]:
    """A state machine by its short name; each function's ARN is its short name."""
    text = (ROOT / "statemachine" / f"{name}.asl.json").read_text(encoding="utf-8")
    names = {f"{each.capitalize()}Arn": each for each in ("submit", "poll", "publish", "finish")}
    values = {"Partition": "aws", **names}
    filled = re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], text)
    loaded: dict[str, Any] = json.loads(filled)
    return loaded

"""The template as CloudFormation would resolve it: names, ARNs, variables and policies as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rowshot_local.engine.template import load, resources
from support.template import ROOT

_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "123456789012",
    "AWS::StackName": "rowshot",
    "AWS::URLSuffix": "amazonaws.com",
}
_NOTHING = {"Ref": "AWS::NoValue"}
_ARN = "arn:aws:{service}:eu-west-1:123456789012:{name}"
# What stands before a resource's name in its ARN, by its type.
_ARNS = {
    "AWS::DynamoDB::Table": ("dynamodb", "table/"),
    "AWS::SQS::Queue": ("sqs", ""),
    "AWS::SNS::Topic": ("sns", ""),
    "AWS::SecretsManager::Secret": ("secretsmanager", "secret:"),
    "AWS::Serverless::Function": ("lambda", "function:"),
    "AWS::Serverless::StateMachine": ("states", "stateMachine:"),
}
# Types whose reference is their ARN; that of the others is their name.
_BY_ARN = {
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
    "AWS::Serverless::StateMachine",
}


class Deployment:
    """The template with its parameters chosen.

    Args:
        parameters: Values of parameters; the others have their defaults.
    """

    def __init__(self, **parameters: str) -> None:
        self.template = load(ROOT / "template.yaml")
        defaults = {name: each.get("Default") for name, each in self._section("Parameters").items()}
        self._parameters: dict[str, Any] = {**defaults, **parameters}

    def functions(self) -> dict[str, str]:
        """The logical name of every function that is deployed, by its handler's module."""
        return {
            function["Properties"]["Handler"].split(".")[0]: name
            for name, function in resources(self.template, "AWS::Serverless::Function")
            if self._holds(function.get("Condition"))
        }

    def function(self, name: str) -> dict[str, Any]:
        """A function's properties, resolved."""
        found: dict[str, Any] = self.value(self._resource(name)["Properties"])
        return found

    def environment(self, name: str) -> dict[str, str]:
        """A function's variables."""
        shared = self.value(self.template["Globals"]["Function"]["Environment"]["Variables"])
        own = self.function(name)["Environment"]["Variables"]
        return {key: str(value) for key, value in {**shared, **own}.items()}

    def memory(self, name: str) -> int:
        """A function's memory in MiB."""
        globally = self.template["Globals"]["Function"]["MemorySize"]
        return int(self.function(name).get("MemorySize", globally))

    def statements(self, role: str) -> Iterator[dict[str, Any]]:
        """Every statement that is granted to a role, in its inline policies and in others."""
        documents = [
            policy["PolicyDocument"] for policy in self._resource(role)["Properties"]["Policies"]
        ]
        for _, policy in resources(self.template, "AWS::IAM::Policy"):
            if {"Ref": role} in policy["Properties"]["Roles"]:
                documents.append(policy["Properties"]["PolicyDocument"])
        for document in documents:
            yield from self.value(document)["Statement"]

    def reference(self, name: str) -> str:
        """What ``Ref`` gives for a resource."""
        kind = self._resource(name)["Type"]
        if kind in _BY_ARN:
            return self.attribute(name, "Arn")
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.eu-west-1.amazonaws.com/123456789012/{self._name(name)}"
        return self._name(name)

    def attribute(self, name: str, attribute: str) -> str:
        """What ``Fn::GetAtt`` gives for a resource."""
        kind = self._resource(name)["Type"]
        if attribute in ("Arn", "Id") and kind in _ARNS:
            service, before = _ARNS[kind]
            return _ARN.format(service=service, name=f"{before}{self._name(name)}")
        if attribute == "Arn" and kind == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{self._name(name)}"
        return f"{name}.{attribute}"

    def value(self, node: Any) -> Any:
        """A part of the template without intrinsic functions."""
        if isinstance(node, list):
            return [self.value(each) for each in node if self._chosen(each) != _NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((key, inner),) = node.items()
            if key == "Ref":
                return self._ref(inner)
            if key == "Fn::GetAtt":
                return self.attribute(*inner)
            if key == "Fn::Sub":
                return self._sub(inner)
            if key == "Fn::If":
                return self.value(self._chosen(node))
        return {
            key: self.value(each) for key, each in node.items() if self._chosen(each) != _NOTHING
        }

    def _chosen(self, node: Any) -> Any:
        while isinstance(node, dict) and set(node) == {"Fn::If"}:
            condition, then, otherwise = node["Fn::If"]
            node = then if self._holds(condition) else otherwise
        return node

    def _holds(self, condition: Any) -> bool:
        if condition is None:
            return True
        if isinstance(condition, str):
            return self._holds(self.template["Conditions"][condition])
        ((key, inner),) = condition.items()
        match key:
            case "Condition":
                return self._holds(inner)
            case "Fn::Equals":
                one, other = map(self.value, inner)
                return str(one) == str(other)
            case "Fn::Not":
                return not self._holds(inner[0])
            case "Fn::And":
                return all(map(self._holds, inner))
            case "Fn::Or":
                return any(map(self._holds, inner))
        raise ValueError(f"{key} is no condition that is known here")

    def _ref(self, name: str) -> Any:
        if name in _PSEUDO:
            return _PSEUDO[name]
        return self._parameters[name] if name in self._parameters else self.reference(name)

    def _sub(self, inner: Any) -> str:
        text, more = (inner, {}) if isinstance(inner, str) else inner
        known = {name: self.value(each) for name, each in more.items()}

        def filled(found: re.Match[str]) -> str:
            name, _, attribute = found[1].partition(".")
            if name in known:
                return str(known[name])
            return self.attribute(name, attribute) if attribute else str(self._ref(name))

        return re.sub(r"\$\{([^!}]+)\}", filled, text)

    def _name(self, name: str) -> str:
        properties: Mapping[str, Any] = self._resource(name).get("Properties", {})
        given = next((properties[key] for key in ("BucketName", "Name") if key in properties), None)
        return str(self.value(given)) if given else f"rowshot-{name}"

    def _resource(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.template["Resources"][name]
        return found

    def _section(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.template[name]
        return found

"""Calls of AWS's services as IAM judges them, and what policies grant of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from botocore.exceptions import ClientError

from support.aws.failing import client_error
from support.deployment import Deployment

SERVICES = ("dynamodb", "s3", "states", "sqs", "sns", "lambda", "secretsmanager")
"""Those whose calls are recorded. Logs and traces are written by Lambda itself."""

_IAM = {"stepfunctions": "states"}
_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_MISSING = ("404", "NoSuchKey", "NotFound", "NoSuchVersion")


@dataclass(frozen=True)
class Call:
    """One thing that IAM is asked about.

    Args:
        action: Such as ``s3:GetObject``.
        resource: An ARN.
        context: Condition keys with their values.
    """

    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Grant:
    """One action on one resource, allowed by one statement."""

    role: str
    sid: str
    action: str
    resource: str
    condition: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)

    def allows(self, call: Call) -> bool:
        """Whether a call falls under it."""
        return (
            self.action.lower() == call.action.lower()
            and _like(self.resource, call.resource)
            and _met(self.condition, dict(call.context))
        )

    def __str__(self) -> str:
        condition = f" if {dict(self.condition)}" if self.condition else ""
        return f"{self.role} {self.sid}: {self.action} on {self.resource}{condition}"


def grants(deployment: Deployment, function: str) -> Iterator[Grant]:
    """What a function's role allows of the recorded services."""
    role = _role(deployment, function)
    for statement in deployment.statements(role):
        if statement["Effect"] != "Allow":
            raise ValueError(f"{role} has a statement that allows nothing: {statement}")
        for action in _listed(statement["Action"]):
            if action.split(":")[0] in SERVICES:
                for resource in _listed(statement["Resource"]):
                    for condition in _alternatives(statement.get("Condition", {})):
                        yield Grant(role, statement["Sid"], action, resource, condition)


def made_by_lambda(deployment: Deployment, function: str) -> Iterator[Call]:
    """The calls that Lambda makes with a function's role, because of how it is set up."""
    properties = deployment.function(function)
    for event in properties.get("Events", {}).values():
        if event["Type"] == "SQS":
            for name in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
                yield Call(f"sqs:{name}", event["Properties"]["Queue"])
    destinations = properties.get("EventInvokeConfig", {}).get("DestinationConfig", {})
    for destination in destinations.values():
        if destination["Type"] == "SQS":
            yield Call("sqs:SendMessage", destination["Destination"])


class Recorded:
    """A client whose calls are noted as IAM sees them.

    Args:
        service: The client's name in boto3.
        client: Who answers.
        note: Told of each call.
        buckets: The deployed names of buckets that have others here.
        granted: What the caller's role may do.
    """

    def __init__(
        self,
        service: str,
        client: Any,
        note: Callable[[Call], None],
        buckets: Mapping[str, str],
        granted: Collection[Grant],
    ) -> None:
        self._service, self._client, self._note = service, client, note
        self._buckets, self._granted = buckets, granted

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name == "exceptions":
            return found
        if name == "get_paginator":
            return lambda operation: self
        if name == "paginate":
            name = "list_objects_v2"

        def call(**request: Any) -> Any:
            for each in self._asked(name, request):
                self._note(each)
            try:
                return found(**request)
            except ClientError as error:
                if self._service == "s3" and error.response["Error"]["Code"] in _MISSING:
                    self._tell_of_missing(request, name)
                raise

        return call

    def _tell_of_missing(self, request: Mapping[str, Any], name: str) -> None:
        """Only who may list a bucket is told that a key is missing; others get a 403.

        S3 may take the key for the prefix then (Ceph says so and does it, AWS is silent). Here a
        request that names no prefix has none, which asks more of the code.
        """
        asked = Call("s3:ListBucket", self._bucket(request["Bucket"]))
        if not any(each.allows(asked) for each in self._granted):
            raise client_error("403" if name == "head_object" else "AccessDenied", name)
        self._note(asked)

    def _asked(self, name: str, request: Mapping[str, Any]) -> Iterator[Call]:
        match self._service, name:
            case "dynamodb", "transact_write_items":
                for each in request["TransactItems"]:
                    ((verb, part),) = each.items()
                    yield Call(f"dynamodb:{_TRANSACTION[verb]}", _table(part))
            case "dynamodb", "batch_get_item":
                for table in request["RequestItems"]:
                    yield Call("dynamodb:BatchGetItem", _table({"TableName": table}))
            case "s3", "list_objects_v2":
                context = (("s3:prefix", request["Prefix"]),)
                yield Call("s3:ListBucket", self._bucket(request["Bucket"]), context)
            case "s3", "copy_object":
                yield Call("s3:GetObject", self._object(request["CopySource"]))
                yield Call("s3:PutObject", self._object(request))
            case "s3", "head_object" | "get_object":
                version = "Version" if request.get("VersionId") else ""
                yield Call(f"s3:GetObject{version}", self._object(request))
            case "lambda", "invoke":
                yield Call("lambda:InvokeFunction", _arn("lambda", "function", request))
            case _:
                service = _IAM.get(self._service, self._service)
                action = "".join(part.capitalize() for part in name.split("_"))
                yield Call(f"{service}:{action}", self._resource(name, request))

    def _resource(self, name: str, request: Mapping[str, Any]) -> str:
        match self._service:
            case "dynamodb":
                return _table(request)
            case "s3":
                return self._object(request)
            case "sqs":
                *_, account, queue = request["QueueUrl"].split("/")
                return f"arn:aws:sqs:eu-west-1:{account}:{queue}"
            case "sns":
                return str(request["TopicArn"])
            case "secretsmanager":
                return str(request["SecretId"])
            case "stepfunctions":
                arns = [value for key, value in request.items() if key.lower().endswith("arn")]
                return str(arns[0])
        raise ValueError(f"{self._service} {name} has no resource that is known here")

    def _bucket(self, name: str) -> str:
        return f"arn:aws:s3:::{self._buckets.get(name, name)}"

    def _object(self, request: Mapping[str, Any]) -> str:
        return f"{self._bucket(request['Bucket'])}/{request['Key']}"


def _alternatives(condition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A condition for each way of meeting it: a key's values are alternatives."""
    tests = [(operator, *each) for operator, keys in condition.items() for each in keys.items()]
    for values in product(*(_listed(wanted) for *_, wanted in tests)):
        chosen: dict[str, dict[str, Any]] = {}
        for (operator, key, _), value in zip(tests, values, strict=True):
            chosen.setdefault(operator, {})[key] = value
        yield chosen


def _role(deployment: Deployment, function: str) -> str:
    role: str = deployment.function(function)["Role"]
    return role.removesuffix(".Arn")


def _table(request: Mapping[str, Any]) -> str:
    index = f"/index/{request['IndexName']}" if "IndexName" in request else ""
    return f"arn:aws:dynamodb:eu-west-1:123456789012:table/{request['TableName']}{index}"


def _arn(service: str, kind: str, request: Mapping[str, Any]) -> str:
    return f"arn:aws:{service}:eu-west-1:123456789012:{kind}:{request['FunctionName']}"


def _met(condition: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    return all(
        _one_met(operator, _listed(wanted), context.get(key))
        for operator, tests in condition.items()
        for key, wanted in tests.items()
    )


def _one_met(operator: str, wanted: Iterable[str], value: str | None) -> bool:
    if operator.removesuffix("IfExists") not in ("StringLike", "StringEquals"):
        raise ValueError(f"{operator} is no operator that is known here")
    if value is None:
        return operator.endswith("IfExists")
    if operator.startswith("StringLike"):
        return any(_like(each, value) for each in wanted)
    return value in wanted


def _like(pattern: str, text: str) -> bool:
    parts = (".*" if each == "*" else "." if each == "?" else re.escape(each) for each in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

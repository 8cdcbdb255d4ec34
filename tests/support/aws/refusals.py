"""What AWS refuses, as far as the pipeline could do it: expressions, sizes, keys and names.

moto and the local engine take most of it. Written from the Developer Guide's pages about
expressions: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from support.aws.failing import client_error
from support.aws.sizes import size_of, text_bytes


@dataclass(frozen=True)
class Bound:
    """The most bytes of something that AWS takes.

    Args:
        most: Bytes; of text, in UTF-8.
        code: The error of anything larger.
        source: Where AWS says so.
    """

    most: int
    code: str
    source: str


_DOCS = "https://docs.aws.amazon.com"
_DYNAMODB = f"{_DOCS}/amazondynamodb/latest/developerguide/Constraints.html"
_LAMBDA = f"{_DOCS}/lambda/latest/dg/gettingstarted-limits.html"
BOUNDS = {
    "an item": Bound(400 * 1024, "ValidationException", _DYNAMODB),
    "a transaction": Bound(4 * 1024**2, "ValidationException", _DYNAMODB),
    "an expression": Bound(4 * 1024, "ValidationException", _DYNAMODB),
    "a partition key": Bound(2048, "ValidationException", _DYNAMODB),
    "a sort key": Bound(1024, "ValidationException", _DYNAMODB),
    "an execution's input": Bound(
        256 * 1024,
        "ValidationException",
        f"{_DOCS}/step-functions/latest/dg/service-quotas.html",
    ),
    # A topic may be set to take more; ours is not.
    "a message to a topic": Bound(
        256 * 1024, "InvalidParameter", f"{_DOCS}/sns/latest/api/API_Publish.html"
    ),
    "a message to a queue": Bound(
        1024**2,
        "InvalidParameterValue",
        f"{_DOCS}/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html",
    ),
    "a function's variables": Bound(4 * 1024, "InvalidParameterValueException", _LAMBDA),
    "a function's answer": Bound(6 * 1024**2, "Function.ResponseSizeTooLarge", _LAMBDA),
}
# Step Functions takes a few characters more, and then its logs name the execution wrongly.
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
_EXECUTION_NAME = re.compile(r"[0-9A-Za-z_-]{1,80}")

_KINDS = (
    "ConditionExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
_PLACEHOLDER = re.compile(r"[#:]\w+")
_CLAUSE = re.compile(r"\b(SET|ADD|DELETE|REMOVE)\b")
_OPERAND = r"(size\s*\(\s*[#:]?\w+\s*\)|[#:]?\w+)"
_COMPARISON = re.compile(_OPERAND + r"\s*(<>|<=|>=|=|<|>)\s*" + _OPERAND)
_CHOICE = re.compile(_OPERAND + r"\s+IN\s*\(([^)]*)\)")
_PREFIX = re.compile(r"begins_with\s*\(\s*([#:]?\w+)\s*,\s*([#:]?\w+)\s*\)")
_ADDED = {"N", "SS", "NS", "BS"}  # types that ADD takes; DELETE takes sets only
_KEY = {"pk", "sk"}


def refuse_larger(what: str, size: int, operation: str) -> None:
    """Raises what AWS raises when something is larger than it takes.

    Args:
        what: One of ``BOUNDS``.
        size: Its bytes.
        operation: The call.

    Raises:
        ClientError: It is.
    """
    bound = BOUNDS[what]
    if size > bound.most:
        why = f"{what} of {size:,} bytes: {bound.source} allows {bound.most:,}"
        raise client_error(bound.code, operation, why=why)


def refuse_name(name: str) -> None:
    """Raises what Step Functions raises for an execution's name.

    Raises:
        ClientError: It has other characters than the logs can show, none, or too many.
    """
    if not _EXECUTION_NAME.fullmatch(name):
        raise client_error("InvalidName", "StartExecution", why=name)


def refuse_key(key: tuple[str, str], operation: str) -> None:
    """Raises what DynamoDB raises for a primary key.

    Raises:
        ClientError: A part of it is empty or too long.
    """
    for what, text in zip(("a partition key", "a sort key"), key, strict=True):
        if not text:
            raise client_error("ValidationException", operation, why=f"{what} is empty")
        refuse_larger(what, text_bytes(text), operation)


def refuse_keys(keys: list[tuple[str, str]], operation: str, most: int) -> None:
    """Raises what DynamoDB raises for the keys of one request.

    Raises:
        ClientError: There are none or too many of them, or one is there twice.
    """
    if not 1 <= len(keys) <= most or len(set(keys)) < len(keys):
        raise client_error(
            "ValidationException", operation, why="too many keys, none, or one twice"
        )


def faults_of(item: Mapping[str, Any], indexed: Iterable[str]) -> Iterator[str]:
    """Why DynamoDB does not take an item.

    Args:
        item: The item, as Python values.
        indexed: The attributes by which an index finds items.
    """
    if any(item.get(name) == "" for name in indexed):
        yield "an index's key is empty"
    size = size_of(item)
    if size > BOUNDS["an item"].most:
        yield f"an item of {size:,} bytes"


def refuse(request: Mapping[str, Any], operation: str) -> None:
    """Raises what DynamoDB raises for the expressions of a request.

    Raises:
        ClientError: A ``ValidationException`` that says why.
    """
    for reason in _reasons(request):
        raise client_error("ValidationException", operation, why=reason)


def _reasons(request: Mapping[str, Any]) -> Iterator[str]:
    given = {kind: request[kind] for kind in _KINDS if kind in request}
    for kind, text in given.items():
        if not text.strip():
            yield f"{kind}: the expression can not be empty"
        if text_bytes(text) > BOUNDS["an expression"].most:
            yield f"{kind}: the expression is too long"
    yield from _placeholders(request, " ".join(given.values()))
    names = request.get("ExpressionAttributeNames", {})
    for kind in ("ConditionExpression", "KeyConditionExpression"):
        yield from _same_operands(given.get(kind, ""), names)
    if "UpdateExpression" in given:
        yield from _update(request, names)


def _placeholders(request: Mapping[str, Any], text: str) -> Iterator[str]:
    used = set(_PLACEHOLDER.findall(text))
    for kind, sign in (("ExpressionAttributeNames", "#"), ("ExpressionAttributeValues", ":")):
        defined = set(request.get(kind, {}))
        if kind in request and not defined:
            yield f"{kind} must not be empty"
        wanted = {each for each in used if each[0] == sign}
        if defined != wanted:
            yield f"{kind}: unused or undefined {sorted(defined ^ wanted)}"
    for name, value in request.get("ExpressionAttributeValues", {}).items():
        if any(kind in ("SS", "NS", "BS") and not each for kind, each in value.items()):
            yield f"{name}: a set may not be empty"


def _same_operands(text: str, names: Mapping[str, str]) -> Iterator[str]:
    def path(token: str) -> str:
        return names.get(token, token)

    pairs = [(found[1], found[3]) for found in _COMPARISON.finditer(text)]
    pairs += [found.group(1, 2) for found in _PREFIX.finditer(text)]
    for found in _CHOICE.finditer(text):
        pairs += [(found[1], each.strip()) for each in found[2].split(",")]
    for left, right in pairs:
        if path(left) == path(right):
            yield f"the first operand must be distinct from the others: {left}"


def _update(request: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    before, *parts = _CLAUSE.split(request["UpdateExpression"])
    verbs, texts = parts[::2], parts[1::2]
    if before.strip() or len(set(verbs)) < len(verbs):
        yield "an update has each clause once, and nothing before the first"
    targets: list[str] = []
    for verb, text in zip(verbs, texts, strict=True):
        actions = [each.strip() for each in re.split(r",(?![^(]*\))", text)]
        if not all(actions):
            yield f"{verb}: an empty clause"
            return
        for action in actions:
            target = re.split(r"[\s=]", action)[0]
            targets.append(names.get(target, target))
            if verb in ("ADD", "DELETE"):
                yield from _operand_type(verb, action.split()[-1], request)
    if len(set(targets)) < len(targets):
        yield "two document paths overlap"
    if _KEY & set(targets):
        yield "an update may not change a key"


def _operand_type(verb: str, token: str, request: Mapping[str, Any]) -> Iterator[str]:
    (kind,) = request.get("ExpressionAttributeValues", {}).get(token, {"": None})
    if kind not in _ADDED or (verb == "DELETE" and kind == "N"):
        yield f"{verb}: an operand of type {kind}"

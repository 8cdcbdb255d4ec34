"""What DynamoDB refuses before it looks at any item, as far as the ledger could do it.

moto and the local engine take most of it. Written from the Developer Guide's pages about
expressions: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from support.aws.failing import client_error

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

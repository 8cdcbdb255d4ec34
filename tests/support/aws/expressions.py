"""DynamoDB's condition and update expressions, as far as the ledger writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

Item = dict[str, Any]
_TOKEN = re.compile(r"\s*(<>|<=|>=|[#:]?\w+|[(),=<>])")
_CLAUSE = re.compile(r"\b(SET|ADD|DELETE|REMOVE)\b")
_READ = TypeDeserializer().deserialize
_WRITE = TypeSerializer().serialize
MISSING = object()


def plain(raw: Mapping[str, Any]) -> Item:
    """An item as Python values."""
    return {name: _READ(value) for name, value in raw.items()}


def wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as it travels."""
    return {name: _WRITE(value) for name, value in item.items()}


class Expressions:
    """The names and values of one request.

    Args:
        request: The arguments of the call.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._names: Mapping[str, str] = request.get("ExpressionAttributeNames", {})
        self._values = plain(request.get("ExpressionAttributeValues", {}))

    def name(self, token: str) -> str:
        """The attribute that a token names."""
        return self._names[token] if token.startswith("#") else token

    def holds(self, expression: str, item: Item | None) -> bool:
        """Whether a condition holds of an item; None where none stands."""
        return not expression or _Condition(self, expression, item or {}).read()

    def operand(self, token: str, item: Item) -> Any:
        """The value of a token, or ``MISSING``."""
        if token.startswith(":"):
            return self._values[token]
        return item.get(self.name(token), MISSING)

    def update(self, expression: str, item: Item) -> Item:
        """The item after an update."""
        parts = _CLAUSE.split(expression)[1:]
        before, after = dict(item), dict(item)
        for verb, text in zip(parts[::2], parts[1::2], strict=True):
            for each in _split(text):
                self._apply(verb, each, before, after)
        return after

    def _apply(self, verb: str, text: str, before: Item, after: Item) -> None:
        if verb == "REMOVE":
            after.pop(self.name(text), None)
            return
        if verb == "SET":
            target, _, right = (part.strip() for part in text.partition("="))
            after[self.name(target)] = self._right(right, before)
            return
        target, token = text.split()
        name, value = self.name(target), self._values[token]
        old = before.get(name)
        if verb == "ADD":
            joined = (
                value if old is None else (old | value if isinstance(value, set) else old + value)
            )
            after[name] = joined
        elif old is not None:
            left = old - value
            if left:
                after[name] = left
            else:  # DynamoDB knows no empty sets
                after.pop(name, None)

    def _right(self, text: str, before: Item) -> Any:
        if text.startswith("list_append"):
            found = re.fullmatch(r"list_append\(if_not_exists\((\S+), (:\w+)\), (:\w+)\)", text)
            if found is None:
                raise ValueError(f"an unknown way to append: {text}")
            old = self.operand(found[1], before)
            start = self._values[found[2]] if old is MISSING else old
            return [*start, *self._values[found[3]]]
        return self.operand(text, before)


class _Condition:
    """Reads one condition by recursive descent: OR binds weaker than AND."""

    def __init__(self, request: Expressions, text: str, item: Item) -> None:
        self._request, self._item = request, item
        self._tokens = _TOKEN.findall(text)
        if "".join(self._tokens) != re.sub(r"\s", "", text):
            raise ValueError(f"an expression that cannot be read: {text}")

    def read(self) -> bool:
        outcome = self._either()
        if self._tokens:
            raise ValueError(f"left over: {self._tokens}")
        return outcome

    def _either(self) -> bool:
        outcome = self._both()
        while self._tokens and self._tokens[0] == "OR":
            self._tokens.pop(0)
            outcome = self._both() or outcome
        return outcome

    def _both(self) -> bool:
        outcome = self._single()
        while self._tokens and self._tokens[0] == "AND":
            self._tokens.pop(0)
            outcome = self._single() and outcome
        return outcome

    def _single(self) -> bool:
        token = self._tokens.pop(0)
        if token == "(":
            outcome = self._either()
            self._expect(")")
            return outcome
        if token in ("attribute_exists", "attribute_not_exists", "begins_with"):
            return self._function(token)
        left = self._operand(token)
        verb = self._tokens.pop(0)
        if verb == "IN":
            self._expect("(")
            values = [self._operand(self._tokens.pop(0))]
            while self._tokens.pop(0) == ",":
                values.append(self._operand(self._tokens.pop(0)))
            return left in values
        return _compare(verb, left, self._operand(self._tokens.pop(0)))

    def _function(self, name: str) -> bool:
        self._expect("(")
        value = self._operand(self._tokens.pop(0))
        if name == "begins_with":
            self._expect(",")
            prefix = self._operand(self._tokens.pop(0))
            self._expect(")")
            return value is not MISSING and str(value).startswith(prefix)
        self._expect(")")
        return (value is not MISSING) == (name == "attribute_exists")

    def _operand(self, token: str) -> Any:
        if token == "size":
            self._expect("(")
            value = self._operand(self._tokens.pop(0))
            self._expect(")")
            return MISSING if value is MISSING else len(value)
        return self._request.operand(token, self._item)

    def _expect(self, token: str) -> None:
        if self._tokens.pop(0) != token:
            raise ValueError(f"expected {token}")


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _compare(verb: str, left: Any, right: Any) -> bool:
    """A comparison with an attribute that is missing is false, but ``<>``, as at AWS."""
    if verb == "<>":
        return bool(left is MISSING or right is MISSING or left != right)
    if left is MISSING or right is MISSING or type(left) is not type(right):
        numbers = not isinstance(left, str) and not isinstance(right, str)
        if left is MISSING or right is MISSING or not numbers:
            return False
    return _COMPARISONS[verb](left, right)


def _split(text: str) -> list[str]:
    """Splits at commas outside parentheses."""
    parts, depth = [""], 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]

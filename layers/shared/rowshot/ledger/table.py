"""The DynamoDB table behind the ledger: plain Python values in and out, conditional changes.

Nothing here knows what a run or a render is. Attribute names in conditions are written ``#name``
and values ``:name``; both are resolved here, so that no reserved word can bite.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.exceptions import ClientError

from rowshot.errors import LedgerBusy
from rowshot.ledger.attribute_values import from_wire, to_wire
from rowshot.ledger.contention import TRIES, back_off

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, str]

_NAME = re.compile(r"#(\w+)")
_TRANSACTION_LIMIT = 100  # items in one TransactWriteItems (AWS quota)
_BATCH_GET_LIMIT = 100  # items in one BatchGetItem (AWS quota)
_BUSY = "AWS is too busy to read the state of all rows: try again in a minute."


class Conflict(Exception):
    """A condition did not hold, so nothing was written.

    Attributes:
        failed: For each change of the transaction, whether its own condition failed.
    """

    def __init__(self, failed: Sequence[bool]) -> None:
        super().__init__("a condition of the ledger did not hold")
        self.failed = tuple(failed)


@dataclass(frozen=True)
class Update:
    """One update of one item, with its condition.

    Args:
        key: Partition and sort key.
        set: Attributes to set.
        add: Numbers to add, or sets to add elements to.
        discard: Sets to take elements from.
        append: Lists to append elements to.
        remove: Attributes to remove.
        when: Condition expression, empty for none.
        given: Values that the condition names.
    """

    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, Any] = field(default_factory=dict)
    discard: Mapping[str, Any] = field(default_factory=dict)
    append: Mapping[str, Any] = field(default_factory=dict)
    remove: Sequence[str] = ()
    when: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    def parameters(self) -> dict[str, Any]:
        """The arguments of UpdateItem, but for the table's name."""
        clauses = {
            "SET": [f"#{name} = :set_{name}" for name in self.set]
            + [
                f"#{name} = list_append(if_not_exists(#{name}, :nothing), :append_{name})"
                for name in self.append
            ],
            "ADD": [f"#{name} :add_{name}" for name in self.add],
            "DELETE": [f"#{name} :discard_{name}" for name in self.discard],
            "REMOVE": [f"#{name}" for name in self.remove],
        }
        expression = " ".join(f"{verb} {', '.join(each)}" for verb, each in clauses.items() if each)
        values = {f":{name}": value for name, value in self.given.items()}
        for kind in ("set", "add", "discard", "append"):
            values |= {f":{kind}_{name}": value for name, value in getattr(self, kind).items()}
        if self.append:
            values[":nothing"] = []
        parameters: dict[str, Any] = {"Key": _key(self.key), "UpdateExpression": expression}
        return parameters | _expression(self.when, values, expression)


@dataclass(frozen=True)
class Put:
    """One new item; by default only where none stands yet."""

    key: Key
    item: Mapping[str, Any]
    when: str = "attribute_not_exists(#pk)"

    def parameters(self) -> dict[str, Any]:
        """The arguments of PutItem, but for the table's name."""
        item = {"pk": self.key[0], "sk": self.key[1], **self.item}
        return {"Item": to_wire(item)} | _expression(self.when, {}, "")


@dataclass(frozen=True)
class Delete:
    """One item to delete; without a condition, whether it stands or not."""

    key: Key
    when: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    def parameters(self) -> dict[str, Any]:
        """The arguments of DeleteItem, but for the table's name."""
        values = {f":{name}": value for name, value in self.given.items()}
        return {"Key": _key(self.key)} | _expression(self.when, values, "")


@dataclass(frozen=True)
class Check:
    """A condition on an item that a transaction does not change."""

    key: Key
    when: str
    given: Mapping[str, Any] = field(default_factory=dict)

    def parameters(self) -> dict[str, Any]:
        """The arguments of ConditionCheck, but for the table's name."""
        values = {f":{name}": value for name, value in self.given.items()}
        return {"Key": _key(self.key)} | _expression(self.when, values, "")


Operation: TypeAlias = Update | Put | Delete | Check
_VERBS: dict[type, str] = {
    Update: "Update",
    Put: "Put",
    Delete: "Delete",
    Check: "ConditionCheck",
}


def merged(operations: Iterable[Operation]) -> list[Operation]:
    """The same operations with those on one item made one: a transaction names each item once.

    Updates of one item are joined, and a check joins the update of its item. The order is that of
    each item's first operation.

    Raises:
        ValueError: Two operations on one item contradict each other.
    """
    by_key: dict[Key, Operation] = {}
    for each in operations:
        standing = by_key.get(each.key)
        by_key[each.key] = each if standing is None else _joined(standing, each)
    return list(by_key.values())


def _joined(one: Operation, other: Operation) -> Operation:
    if isinstance(one, Check) and isinstance(other, Update):
        one, other = other, one
    if not isinstance(one, Update) or not isinstance(other, Update | Check):
        raise ValueError(f"two operations on {one.key} that cannot be one")
    when = " AND ".join(f"({each})" for each in (one.when, other.when) if each)
    given = {**one.given, **other.given}
    if any(given[name] != value for name, value in one.given.items()):
        raise ValueError(f"two conditions on {one.key} use one name for different values")
    if isinstance(other, Check):
        return replace(one, when=when, given=given)
    if set(one.set) & set(other.set):
        raise ValueError(f"two updates of {one.key} set the same attribute")
    return Update(
        one.key,
        set={**one.set, **other.set},
        add=_sums(one.add, other.add),
        discard=_sums(one.discard, other.discard),
        append={**one.append, **other.append},
        remove=tuple(dict.fromkeys((*one.remove, *other.remove))),
        when=when,
        given=given,
    )


def _sums(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(one)
    for name, value in other.items():
        if name not in joined:
            joined[name] = value
        elif isinstance(value, Set):
            joined[name] = joined[name] | value
        else:
            joined[name] = joined[name] + value
    return joined


class Table:
    """One DynamoDB table with string keys ``pk`` and ``sk``.

    Args:
        client: A boto3 DynamoDB client.
        name: The table's name.
        pause: Waits wall seconds between tries of a contended write.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        name: str,
        pause: Callable[[float], None] = time.sleep,  # noqa: TID251 - milliseconds of back-off
    ) -> None:
        self._client = client
        self.name = name
        self._pause = pause

    def get(self, key: Key) -> Item | None:
        """The item as it stands now (a consistent read), or None."""
        answer = self._client.get_item(TableName=self.name, Key=_key(key), ConsistentRead=True)
        return from_wire(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The items that stand under these keys, in as few requests as AWS allows.

        Raises:
            LedgerBusy: Some of them were left unread, in every try.
        """
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), _BATCH_GET_LIMIT):
            found |= self._get_batch(wanted[start : start + _BATCH_GET_LIMIT])
        return found

    def _get_batch(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """AWS leaves keys unread when it is busy, or when the answer would get too large."""
        found: dict[Key, Item] = {}
        pending: Any = [_key(key) for key in keys]
        for attempt in range(TRIES):
            if attempt:
                self._pause(back_off(attempt - 1))
            answer = self._client.batch_get_item(
                RequestItems={self.name: {"Keys": pending, "ConsistentRead": True}}
            )
            for raw in answer["Responses"].get(self.name, []):
                item = from_wire(raw)
                found[item["pk"], item["sk"]] = item
            rest: Any = answer.get("UnprocessedKeys", {})
            pending = rest.get(self.name, {}).get("Keys", [])
            if not pending:
                return found
        raise LedgerBusy(_BUSY)

    def query(
        self,
        pk: str,
        *,
        prefix: str = "",
        index: str | None = None,
        until: float | None = None,
        limit: int | None = None,
        only: Sequence[str] = (),
    ) -> Iterator[Item]:
        """Items of one partition in the order of their sort keys, page by page.

        Args:
            pk: The partition; of the index, when one is named.
            prefix: What the sort key begins with.
            index: ``open`` (partition ``open``, sorted by ``due_at``).
            until: With the index ``open``: only what is due up to this instant.
            limit: At most so many items.
            only: Attributes to read, all when empty.
        """
        partition = "open" if index == "open" else "pk"
        condition, values = f"#{partition} = :pk", {":pk": pk}
        if prefix:
            condition, values = (
                condition + " AND begins_with(#sk, :prefix)",
                values | {":prefix": prefix},
            )
        parameters: dict[str, Any] = {"TableName": self.name, "ConsistentRead": index is None}
        if index:
            parameters["IndexName"] = index
        if until is not None:
            condition += " AND #due_at <= :until"
            values |= {":until": until}  # type: ignore[dict-item]
        projection = ", ".join(f"#{name}" for name in only)
        if only:
            parameters["ProjectionExpression"] = projection
        parameters |= {
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": _names(condition + projection),
            "ExpressionAttributeValues": to_wire(values),
        }
        yielded = 0
        while True:
            if limit is not None:
                parameters["Limit"] = limit - yielded
            answer = self._client.query(**parameters)
            for raw in answer["Items"]:
                yield from_wire(raw)
            yielded += len(answer["Items"])
            if "LastEvaluatedKey" not in answer or (limit is not None and yielded >= limit):
                return
            parameters["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def write(self, operation: Operation) -> Item:
        """Carries out one operation and returns the item as it then stands (updates only).

        While a transaction holds the item, AWS refuses; botocore does not try that again.

        Raises:
            Conflict: Its condition did not hold.
        """
        parameters: Any = {"TableName": self.name, **operation.parameters()}
        attempt = 0
        while True:
            try:
                return self._write_once(operation, parameters)
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise Conflict([True]) from error
            except ClientError as error:
                held = error.response["Error"]["Code"] == "TransactionConflictException"
                if not held or attempt == TRIES - 1:
                    raise
            self._pause(back_off(attempt))
            attempt += 1

    def _write_once(self, operation: Operation, parameters: Any) -> Item:
        if isinstance(operation, Update):
            answer = self._client.update_item(ReturnValues="ALL_NEW", **parameters)
            return from_wire(answer["Attributes"])
        if isinstance(operation, Put):
            self._client.put_item(**parameters)
        else:
            self._client.delete_item(**parameters)
        return {}

    def transact(self, operations: Sequence[Operation]) -> None:
        """Carries out all operations or none.

        Two transactions on one item at once make AWS cancel one of them; that is waited out here.

        Raises:
            Conflict: A condition did not hold; ``failed`` says whose.
            ClientError: AWS takes no such item, or was busy in every try.
        """
        if len(operations) > _TRANSACTION_LIMIT:
            raise ValueError(f"a transaction takes at most {_TRANSACTION_LIMIT} operations")
        request: Any = [
            {_VERBS[type(each)]: {"TableName": self.name, **each.parameters()}}
            for each in operations
        ]
        for attempt in range(TRIES):
            try:
                self._client.transact_write_items(TransactItems=request)
                return
            except ClientError as error:
                codes = _cancellation_codes(error)
                if "ConditionalCheckFailed" in codes:
                    failed = [code == "ConditionalCheckFailed" for code in codes]
                    raise Conflict(failed) from error
                if not codes or "ValidationError" in codes or attempt == TRIES - 1:
                    raise
            self._pause(back_off(attempt))


def _cancellation_codes(error: ClientError) -> list[str]:
    """Why each operation of a cancelled transaction did not go through; empty if not cancelled."""
    code = error.response["Error"]["Code"]
    if code == "TransactionCanceledException":
        reasons: Any = error.response.get("CancellationReasons", [])
        return [reason.get("Code", "None") for reason in reasons] or ["TransactionConflict"]
    return ["TransactionConflict"] if code == "TransactionInProgressException" else []


def _key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _names(*expressions: str) -> dict[str, str]:
    return {f"#{name}": name for text in expressions for name in _NAME.findall(text)}


def _expression(when: str, values: Mapping[str, Any], update: str) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    if when:
        parameters["ConditionExpression"] = when
    if names := _names(when, update):
        parameters["ExpressionAttributeNames"] = names
    if values:
        parameters["ExpressionAttributeValues"] = to_wire(values)
    return parameters

"""DynamoDB in memory: one table with its indexes, conditions and transactions."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from support.aws.expressions import Expressions, Item, plain, wire
from support.aws.failing import Exceptions, client_error
from support.aws.refusals import faults_of, refuse, refuse_key, refuse_keys, refuse_larger
from support.aws.sizes import size_of

Key = tuple[str, str]
_PAGE = 120  # items a page, so that paging is really used
_BATCH = 100
_TRANSACTION = 100


class DynamoDB:
    """What the ledger uses of a boto3 DynamoDB client.

    Args:
        indexes: Partition and sort attribute of each index, by its name.
        now: Virtual time.
        lag: Virtual seconds by which an index may be behind; drawn at each query.
        before: Told of each write before it happens.
        conflicts: Whether a write (``TransactWriteItems``, or a single one) meets a transaction on
            the same item; drawn at each.
        told: Told whether an index was behind, at each query that could have seen so.
        leaves: How many of so many keys a BatchGetItem leaves unread; drawn at each.
    """

    def __init__(
        self,
        indexes: Mapping[str, tuple[str, str | None]],
        now: Callable[[], float] = lambda: 0.0,
        lag: Callable[[], float] = lambda: 0.0,
        before: Callable[[str], None] = lambda name: None,
        conflicts: Callable[[str], bool] = lambda operation: False,
        told: Callable[[bool], None] = lambda behind: None,
        leaves: Callable[[int], int] = lambda keys: 0,
    ) -> None:
        self.exceptions = Exceptions("ConditionalCheckFailedException")
        self.items: dict[Key, Item] = {}
        self.calls: dict[str, int] = defaultdict(int)
        self.conflicts = {"transactions": 0, "single writes": 0}  # how often each met another
        self._partitions: dict[str, dict[str, Item]] = defaultdict(dict)
        self._indexes = indexes
        self._by_index: dict[str, dict[str, set[Key]]] = {
            name: defaultdict(set) for name in indexes
        }
        self._now, self._lag, self._before = now, lag, before
        self._conflicts, self._told, self._leaves = conflicts, told, leaves
        self._indexed = {name for names in indexes.values() for name in names if name}
        self._changed: dict[Key, tuple[float, Item | None]] = {}

    @classmethod
    def of(cls, table: Mapping[str, Any], **more: Any) -> DynamoDB:
        """A table as a template defines it."""
        indexes = {}
        for index in table.get("GlobalSecondaryIndexes", []):
            names = [each["AttributeName"] for each in index["KeySchema"]]
            indexes[index["IndexName"]] = (names[0], names[1] if len(names) > 1 else None)
        return cls(indexes, **more)

    def get_item(self, **request: Any) -> dict[str, Any]:
        """GetItem."""
        self.calls["get_item"] += 1
        item = self.items.get(_key(request["Key"], "GetItem"))
        return {"Item": wire(item)} if item is not None else {}

    def batch_get_item(self, RequestItems: Any) -> dict[str, Any]:
        """BatchGetItem."""
        self.calls["batch_get_item"] += 1
        ((table, request),) = RequestItems.items()
        keys = [_key(key, "BatchGetItem") for key in request["Keys"]]
        refuse_keys(keys, "BatchGetItem", _BATCH)
        # AWS keeps no order; this one does not depend on the caller's, which may be a set's.
        asked = sorted(keys)
        read = asked[: len(keys) - self._leaves(len(keys))]
        found = [wire(self.items[key]) for key in read if key in self.items]
        answer: dict[str, Any] = {"Responses": {table: found}, "UnprocessedKeys": {}}
        if left := asked[len(read) :]:
            unread = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in left]
            answer["UnprocessedKeys"] = {table: {**request, "Keys": unread}}
        return answer

    def put_item(self, **request: Any) -> dict[str, Any]:
        """PutItem."""
        self._one("Put", request, "PutItem")
        return {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        """UpdateItem."""
        key = self._one("Update", request, "UpdateItem")
        return {"Attributes": wire(self.items[key])}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """DeleteItem."""
        self._one("Delete", request, "DeleteItem")
        return {}

    def transact_write_items(self, TransactItems: Any) -> dict[str, Any]:
        """TransactWriteItems: all or nothing."""
        self._before("dynamodb TransactWriteItems")
        self.calls["transact_write_items"] += 1
        operations = [next(iter(each.items())) for each in TransactItems]
        keys = [_key_of(*each, "TransactWriteItems") for each in operations]
        for _, request in operations:
            refuse(request, "TransactWriteItems")
        if self._conflicts("TransactWriteItems"):
            self.conflicts["transactions"] += 1
            raise _cancelled(["TransactionConflict", *["None"] * len(keys[1:])])
        refuse_keys(keys, "TransactWriteItems", _TRANSACTION)
        pairs = list(zip(operations, keys, strict=True))
        failed = [not self._allowed(request, key) for (_, request), key in pairs]
        if any(failed):
            raise _cancelled(["ConditionalCheckFailed" if each else "None" for each in failed])
        after = [self._after(*operation, key) for operation, key in pairs]
        faulty = [bool(self._faults_of(each)) for each in after]
        if any(faulty):
            raise _cancelled(["ValidationError" if each else "None" for each in faulty])
        total = sum(size_of(each) for each in after if each)
        refuse_larger("a transaction", total, "TransactWriteItems")
        for ((verb, _), key), item in zip(pairs, after, strict=True):
            if verb != "ConditionCheck":
                self._stand(key, item)
        return {}

    def query(self, **request: Any) -> dict[str, Any]:
        """Query of the table or of an index, in pages."""
        self.calls["query"] += 1
        refuse(request, "Query")
        expressions = Expressions(request)
        index = request.get("IndexName")
        candidates = self._candidates(request, expressions, index)
        condition = request["KeyConditionExpression"]
        size = min(_PAGE, request.get("Limit", _PAGE))
        matching = (each for each in candidates if expressions.holds(condition, each))
        page = list(islice(matching, size))
        answer: dict[str, Any] = {
            "Items": [wire(self._shown(each, request, expressions)) for each in page]
        }
        if next(matching, None) is not None:
            answer["LastEvaluatedKey"] = wire({"pk": page[-1]["pk"], "sk": page[-1]["sk"]})
        return answer

    def _candidates(
        self, request: Mapping[str, Any], expressions: Expressions, index: str | None
    ) -> Iterable[Item]:
        """What may be on the page, in its order, from behind the last page on."""
        partition = expressions.operand(":pk", {})
        start = request.get("ExclusiveStartKey")
        after = _key(start, "Query") if start else ("", "")
        if index is None:
            standing = self._partitions.get(partition, {})
            names = sorted(standing)
            return (standing[each] for each in islice(names, bisect_right(names, after[1]), None))
        sort = self._indexes[index][1]
        keys = set(self._by_index[index][partition])
        items = [self.items[key] for key in keys]
        lag = self._lag()
        if lag:
            seen = self._behind(items, index, partition, self._now() - lag)
            self._told(_keys(seen) != _keys(items))
            items = seen
        items.sort(key=lambda item: (item[sort] if sort else 0, item["pk"], item["sk"]))
        position = [(each["pk"], each["sk"]) for each in items].index(after) + 1 if start else 0
        return items[position:]

    def _behind(self, items: list[Item], index: str, partition: str, then: float) -> list[Item]:
        """The index as it may still be: the last change of an item has not arrived yet."""
        hash_name, sort = self._indexes[index]
        standing = {(item["pk"], item["sk"]): item for item in items}
        for key, (at, before) in self._changed.items():
            if at <= then:
                continue
            standing.pop(key, None)
            if before and before.get(hash_name) == partition and (not sort or sort in before):
                standing[key] = before
        return list(standing.values())

    def _shown(self, item: Item, request: Mapping[str, Any], expressions: Expressions) -> Item:
        if request.get("IndexName"):  # both indexes hold keys only
            names = {"pk", "sk", *filter(None, self._indexes[request["IndexName"]])}
            return {name: item[name] for name in names}
        if "ProjectionExpression" in request:
            wanted = [
                expressions.name(each.strip())
                for each in request["ProjectionExpression"].split(",")
            ]
            return {name: item[name] for name in wanted if name in item}
        return item

    def _one(self, verb: str, request: Mapping[str, Any], operation: str) -> Key:
        self._before(f"dynamodb {operation}")
        self.calls[operation] += 1
        refuse(request, operation)
        key = _key_of(verb, request, operation)
        if self._conflicts(operation):
            self.conflicts["single writes"] += 1
            raise client_error("TransactionConflictException", operation)
        if not self._allowed(request, key):
            raise self.exceptions.error("ConditionalCheckFailedException", operation)
        item = self._after(verb, request, key)
        for why in self._faults_of(item):
            raise client_error("ValidationException", operation, why=why)
        self._stand(key, item)
        return key

    def _allowed(self, request: Mapping[str, Any], key: Key) -> bool:
        condition = request.get("ConditionExpression", "")
        return Expressions(request).holds(condition, self.items.get(key))

    def _after(self, verb: str, request: Mapping[str, Any], key: Key) -> Item | None:
        """The item as an operation leaves it."""
        match verb:
            case "Put":
                return plain(request["Item"])
            case "Delete":
                return None
            case "Update":
                item = self.items.get(key, {"pk": key[0], "sk": key[1]})
                return Expressions(request).update(request["UpdateExpression"], item)
        return self.items.get(key)

    def _faults_of(self, item: Item | None) -> list[str]:
        return list(faults_of(item, self._indexed)) if item else []

    def _stand(self, key: Key, item: Item | None) -> None:
        before = self.items.get(key)
        self._changed[key] = (self._now(), before)
        for name, (hash_name, sort) in self._indexes.items():
            if before and hash_name in before:
                self._by_index[name][before[hash_name]].discard(key)
            if item and hash_name in item and (sort is None or sort in item):
                self._by_index[name][item[hash_name]].add(key)
        if item is None:
            self.items.pop(key, None)
            self._partitions[key[0]].pop(key[1], None)
            return
        self.items[key] = item
        self._partitions[key[0]][key[1]] = item


def _key(raw: Mapping[str, Any], operation: str) -> Key:
    key = raw["pk"]["S"], raw["sk"]["S"]
    refuse_key(key, operation)
    return key


def _keys(items: Iterable[Item]) -> set[Key]:
    return {(item["pk"], item["sk"]) for item in items}


def _key_of(verb: str, request: Mapping[str, Any], operation: str) -> Key:
    return _key(request["Item"] if verb == "Put" else request["Key"], operation)


def _cancelled(codes: list[str]) -> ClientError:
    """A transaction of which nothing was done, with a code for each of its operations."""
    reasons = [{"Code": code} for code in codes]
    return client_error(
        "TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons
    )

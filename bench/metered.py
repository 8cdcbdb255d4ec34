"""Counts what DynamoDB would charge for, in front of the test kit's table in memory.

Rules (Amazon DynamoDB developer guide, "read/write capacity"): a write takes a unit for each KB of
the item, twice that in a transaction; a consistent read takes a unit for each 4 KB; an index takes
writes of its own whenever what it shows of an item changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

from support.aws.dynamodb import DynamoDB, Key

_WRITES = {"put_item": "Item", "update_item": "Key", "delete_item": "Key"}


@dataclass
class Meter:
    """Requests and capacity units so far."""

    requests: int = 0
    write_units: float = 0.0
    read_units: float = 0.0


class Metered:
    """A table's client that counts.

    Args:
        table: The table.
        meter: What is counted; shared with whoever reads it.
    """

    def __init__(self, table: DynamoDB, meter: Meter) -> None:
        self._table = table
        self.meter = meter
        self.exceptions = table.exceptions

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self.meter.requests += 1
            keys = self._written(name, request)
            before = {key: self._table.items.get(key) for key in keys}
            answer = getattr(self._table, name)(**request)
            factor = 2 if name == "transact_write_items" else 1
            for key in keys:
                self.meter.write_units += self._units(key, before[key], factor)
            if not keys:
                self._read(name, answer)
            return answer

        return call

    def _written(self, name: str, request: dict[str, Any]) -> list[Key]:
        if name == "transact_write_items":
            each = [next(iter(operation.values())) for operation in request["TransactItems"]]
            return [_key(one.get("Key") or one["Item"]) for one in each]
        return [_key(request[_WRITES[name]])] if name in _WRITES else []

    def _units(self, key: Key, before: Any, factor: int) -> float:
        after = self._table.items.get(key)
        size = max(_size(before or {}), _size(after or {}))
        units = factor * max(1, ceil(size / 1000))
        for partition, sort in (("open", "due_at"), ("render_id", None)):
            old, new = ((item or {}).get(partition) for item in (before, after))
            moved = sort and (before or {}).get(sort) != (after or {}).get(sort)
            if old and new and (moved or old != new):
                units += 2  # out of its old place, into its new one
            elif bool(old) != bool(new):
                units += 1
        return units

    def _read(self, name: str, answer: dict[str, Any]) -> None:
        if name == "query":
            self.meter.read_units += max(1, ceil(sum(map(_size, answer["Items"])) / 4000))
            return
        if name == "batch_get_item":
            items = [item for each in answer["Responses"].values() for item in each]
        else:
            items = [answer.get("Item", {})]
        self.meter.read_units += sum(max(1, ceil(_size(item) / 4000)) for item in items)


def _key(raw: dict[str, Any]) -> Key:
    return raw["pk"]["S"], raw["sk"]["S"]


def _size(item: Any) -> int:
    return len(str(item))  # a little more than DynamoDB counts

"""A ledger in memory whose items a test puts down and compares one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from boto3.dynamodb.types import Binary

from rowshot.ledger import Ledger, keys
from rowshot.ledger.records import Render, Row
from rowshot.ledger.table import Key, Put
from support import template
from support.aws import DynamoDB
from support.situations import CLOCK, NOW

Items = dict[Key, dict[str, Any]]
GONE = "gone"


class Books:
    """A ledger of nothing but the items that were put down."""

    def __init__(self, items: Mapping[Key, Mapping[str, Any]]) -> None:
        self.client = DynamoDB.of(template.properties("LedgerTable"), now=lambda: NOW)
        client: Any = self.client
        self.ledger = Ledger(client, "ledger", CLOCK)
        for key, item in items.items():
            self.put(key, item)

    def put(self, key: Key, item: Mapping[str, Any]) -> None:
        """Puts an item down, whatever stood there."""
        self.ledger.table.write(Put(key, item, when=""))

    def items(self) -> Items:
        """Everything that stands, without its keys."""
        return {
            key: {name: _plain(value) for name, value in raw.items() if name not in ("pk", "sk")}
            for key, raw in self.client.items.items()
        }

    def changed(self, before: Items) -> dict[Key, dict[str, Any] | str]:
        """What is other than before: an item's new attributes, ``gone`` for what is removed."""
        after = self.items()
        found: dict[Key, dict[str, Any] | str] = {key: GONE for key in before if key not in after}
        for key, item in after.items():
            old = before.get(key, {})
            new = {name: value for name, value in item.items() if old.get(name) != value}
            new |= {name: GONE for name in old if name not in item}
            if new:
                found[key] = new
        return found


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Binary) else value


def render_item(render: Render) -> dict[str, Any]:
    """A render as the table has it."""
    known = {each.name: getattr(render, each.name) for each in fields(render)}
    buyer, reason = known.pop("buyer"), known.pop("reason")
    del known["id"]
    item = {name: value for name, value in known.items() if value not in ("", 0, False)}
    item |= {"state": str(render.state), "buyer_run": buyer.run_id, "buyer_row": buyer.number}
    return item | ({"failure_code": reason} if reason else {})


def row_item(row: Row) -> dict[str, Any]:
    """A row as the table has it."""
    item: dict[str, Any] = {"row_key": row.row_key, "status": str(row.status)}
    item |= {"attempts": row.attempts, "cost": row.cost, "starts": row.starts}
    item |= {"place": list(row.place)} if row.place[0] else {}
    item |= {"execution": row.execution} if row.execution else {}
    item |= {"open": "row", "due_at": NOW} if row.awaited else {}
    return item | ({"error": row.error} if row.error else {})


def place_of(row: Row) -> Key:
    """Where a row's turn is in the line."""
    return keys.line(row.lane), row.turn.sort_key()

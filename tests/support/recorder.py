"""What the ledger asks of its table while worlds are played, and from which places of the code."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from types import CodeType
from typing import Any, TypeAlias
from unittest.mock import patch

from rowshot.ledger.table import Check, Delete, Put, Table, Update
from support.dynalite import TABLE
from support.template import ROOT
from support.world import World

Request: TypeAlias = tuple[str, dict[str, Any]]
Site: TypeAlias = str  # <path>:<line>:<column>, as editors open it

CORE = ROOT / "layers" / "shared" / "rowshot"
OPERATIONS = ("get_item", "batch_get_item", "put_item", "update_item", "delete_item", "query")
_MADE = {each.__name__: each for each in (Update, Put, Delete, Check)}
# dynalite has no transactions; their operations obey the same grammar one by one, and a check that
# of a deletion under its condition.
_ALONE = {
    "Put": "put_item",
    "Update": "update_item",
    "Delete": "delete_item",
    "ConditionCheck": "delete_item",
}


class Recorder:
    """Every distinct request, and every place that made an operation or a query, while entered."""

    def __init__(self) -> None:
        self._requests: dict[str, Request] = {}
        self._calls: set[tuple[CodeType, int]] = set()
        self._patches = ExitStack()

    @property
    def requests(self) -> list[Request]:
        """One request of each shape."""
        return list(self._requests.values())

    @property
    def sites(self) -> set[Site]:
        """Where operations and queries were made."""
        return {_site_of(*call) for call in self._calls}

    def listen(self, world: World) -> None:
        """Notes from now on what a world asks its table."""
        table = world.dynamodb
        for name in OPERATIONS:
            self._wrap(table, name, lambda request, name=name: [(name, request)])
        self._wrap(table, "transact_write_items", _operations)

    def _wrap(self, table: Any, name: str, parts: Callable[[Any], list[Request]]) -> None:
        call = getattr(table, name)

        def noted(**request: Any) -> Any:
            for operation, each in parts(request):
                named = _of_ledger(operation, each)
                key = json.dumps([operation, shape(named)], sort_keys=True)
                self._requests.setdefault(key, (operation, named))
            return call(**request)

        setattr(table, name, noted)

    def __enter__(self) -> Recorder:
        for target, name in (*((each, "__init__") for each in _MADE.values()), (Table, "query")):
            self._patches.enter_context(patch.object(target, name, self._noting(target, name)))
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()

    def _noting(self, target: type, name: str) -> Callable[..., Any]:
        call = getattr(target, name)

        def noted(*arguments: Any, **more: Any) -> Any:
            caller = sys._getframe(1)
            self._calls.add((caller.f_code, caller.f_lasti))
            return call(*arguments, **more)

        return noted


def sites() -> Iterator[Site]:
    """Every place of the core that makes an operation or a query."""
    for path in sorted(CORE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _is_site(node.func):
                yield _site(path, node.lineno, node.col_offset)


def _is_site(called: ast.expr) -> bool:
    match called:
        case ast.Name(id=name):
            return name in _MADE
        case ast.Attribute(value=ast.Attribute(attr="_table" | "table"), attr="query"):
            return True
    return False


def _site_of(code: CodeType, instruction: int) -> Site:
    line, _, column, _ = next(islice(code.co_positions(), instruction // 2, None))
    return _site(Path(code.co_filename), line or 0, column or 0)


def _site(path: Path, line: int, column: int) -> Site:
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return f"{shown}:{line}:{column + 1}"


def shape(value: Any) -> Any:
    """A request without its data: names, expressions and the types of its values."""
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in {*"SNBML", "SS", "NS", "BS", "BOOL", "NULL"}:
            return next(iter(value))
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return value


def _of_ledger(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """A request with dynalite's name for the table, which each world calls as it likes."""
    if operation == "batch_get_item":
        (asked,) = request["RequestItems"].values()
        return {"RequestItems": {TABLE: asked}}
    return {**request, "TableName": TABLE}


def _operations(request: Any) -> list[Request]:
    parts = [next(iter(each.items())) for each in request["TransactItems"]]
    return [(_ALONE[verb], each) for verb, each in parts]

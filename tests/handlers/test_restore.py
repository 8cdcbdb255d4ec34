"""The runbook's way back: a ledger loses items in the middle of a run, and is restored."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from support import template
from support.aws.expressions import plain, wire
from support.promises import check
from support.sheets import keys, sheet
from support.world import Options, World

ROOT = Path(__file__).resolve().parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "restore_ledger.py"))
ROWS = 24
SHEET = sheet(ROWS)
LEDGER, RESTORED = "ledger", "ledger-restored"
_LOST_AT, _UNNOTICED = 45.0, 300.0  # virtual seconds

Key = tuple[str, str]
Items = dict[Key, dict[str, Any]]


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
    ):
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("dynamodb")
        table = template.properties("LedgerTable")
        given = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
        for name in (LEDGER, RESTORED):
            client.create_table(TableName=name, **{each: table[each] for each in given})
        yield client


def put(client: Any, table: str, items: Items) -> None:
    for item in items.values():
        client.put_item(TableName=table, Item=wire(item))


def read(client: Any, table: str) -> Items:
    pages = client.get_paginator("scan").paginate(TableName=table)
    items = (plain(item) for page in pages for item in page["Items"])
    return {(item["pk"], item["sk"]): item for item in items}


def run_tool(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["restore_ledger.py", *arguments])
    status: int = TOOL["main"]()
    return status


def restored(monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    return run_tool(monkeypatch, "--from", RESTORED, "--to", LEDGER, *more)


LOSSES: dict[str, Callable[[Key], bool]] = {
    "everything": lambda key: True,
    "the run": lambda key: key[0].startswith("RUN#") and key[1] == "RUN",
    "the rows": lambda key: key[1].startswith("ROW#"),
    "the orders": lambda key: key[0].startswith("RENDER#"),
    "the line": lambda key: key[0].startswith(("LINE", "WAIT")),
    "slots and budgets": lambda key: key[0].startswith(("ACCOUNT", "DAY#")),
    "every third item": lambda key: sum(map(ord, "".join(key))) % 3 == 0,
}
# What others write anew, or decide without it, until it is restored.
DECIDED_WITHOUT = ["the orders", "slots and budgets"]


class Rehearsal:
    """A run in the middle of which the table loses items.

    Args:
        dynamodb: moto's, in which the tool works.
        lost: Which of ``LOSSES``.
        unnoticed: Virtual seconds for which executions go on without them. Sweep rests.
    """

    def __init__(self, dynamodb: Any, lost: str, unnoticed: float) -> None:
        self.world = World(Options())
        self.run_id = self.world.drop(SHEET)
        self.world.run(until=_LOST_AT)
        put(dynamodb, RESTORED, self.world.dynamodb.items)
        gone = [key for key in self.world.dynamodb.items if LOSSES[lost](key)]
        assert gone
        for key in gone:
            self.world.dynamodb._stand(key, None)
        usual, self.world.options.sweep_every = self.world.options.sweep_every, 1e9
        self.world.run(until=unnoticed)
        self.world.options.sweep_every = usual
        put(dynamodb, LEDGER, self.world.dynamodb.items)
        self._dynamodb = dynamodb

    def go_on(self) -> None:
        """With the table as the tool has left it."""
        for key, item in read(self._dynamodb, LEDGER).items():
            self.world.dynamodb._stand(key, item)
        self.world.errors.clear()

    def ends_well(self) -> None:
        """Every picture is there, and was bought once."""
        world = self.world
        world.run(self.run_id, limit=7200)
        broken = check(world, {self.run_id: keys(SHEET)})
        assert not broken, broken
        assert not world.errors, world.errors
        assert world.report(self.run_id)["counts"]["published"] == ROWS
        assert world.books()["tasks_created"] == ROWS


@pytest.mark.parametrize("unnoticed", [0.0, _UNNOTICED])
@pytest.mark.parametrize("lost", LOSSES)
def test_a_run_whose_items_were_lost_is_ended_and_nothing_is_bought_twice(
    lost: str, unnoticed: float, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ["--overwrite"] if unnoticed and lost in DECIDED_WITHOUT else []
    rehearsal = Rehearsal(dynamodb, lost, unnoticed)
    with rehearsal.world:
        assert restored(monkeypatch, *more) == 0
        rehearsal.go_on()
        rehearsal.ends_well()


@pytest.mark.parametrize("lost", DECIDED_WITHOUT)
def test_what_was_decided_without_the_lost_items_needs_to_be_overwritten(
    lost: str, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or slots stay taken, or the line is closed; the runbook says what that looks like."""
    rehearsal = Rehearsal(dynamodb, lost, _UNNOTICED)
    with rehearsal.world:
        assert restored(monkeypatch) == 0
        rehearsal.go_on()
        with pytest.raises(AssertionError, match="not at rest"):
            rehearsal.ends_well()
        assert restored(monkeypatch, "--overwrite") == 0
        rehearsal.go_on()
        rehearsal.ends_well()


def item(number: int, word: str) -> dict[str, Any]:
    return {"pk": f"RENDER#{number}", "sk": "RENDER", "word": word, "bytes": b"\x00\xff"}


def items(count: range, word: str) -> Items:
    return {(f"RENDER#{each}", "RENDER"): item(each, word) for each in count}


@pytest.fixture
def large(dynamodb: Any) -> Any:
    """More than one page: 350 items, 120 of which the ledger has, with later words."""
    put(dynamodb, RESTORED, items(range(350), "then"))
    put(dynamodb, LEDGER, items(range(120), "now"))
    return dynamodb


def test_a_dry_run_counts_and_writes_nothing(
    large: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restored(monkeypatch, "--dry-run") == 0
    assert capsys.readouterr().out == (
        "230 lost items would be copied into ledger; 120 that it has would be left as they are.\n"
    )
    assert restored(monkeypatch, "--dry-run", "--overwrite") == 0
    assert read(large, LEDGER) == items(range(120), "now")


def test_what_is_lost_is_copied_and_nothing_else(
    large: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restored(monkeypatch) == 0
    assert capsys.readouterr().out == (
        "230 lost items were copied into ledger; 120 that it has were left as they are.\n"
    )
    both = items(range(120), "now") | items(range(120, 350), "then")
    assert read(large, LEDGER) == both
    assert restored(monkeypatch) == 0
    assert capsys.readouterr().out.startswith("0 lost items were copied into ledger; 350 that")


def test_an_item_that_comes_back_meanwhile_is_left_alone(
    large: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the write; a condition of the write itself guards it."""
    monkeypatch.setitem(TOOL["restore"].__globals__, "_standing", lambda *_: set())
    assert restored(monkeypatch) == 0
    assert read(large, LEDGER)["RENDER#7", "RENDER"]["word"] == "now"


def test_everything_is_as_it_was_where_that_is_asked_for(
    large: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restored(monkeypatch, "--overwrite") == 0
    assert capsys.readouterr().out.endswith("; 120 that it has were overwritten.\n")
    assert read(large, LEDGER) == items(range(350), "then")


def test_a_table_that_is_not_there_is_named(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_tool(monkeypatch, "--from", "nowhere", "--to", LEDGER) == 1
    assert "Run the command again" in capsys.readouterr().err


def test_one_table_is_not_copied_into_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit):
        run_tool(monkeypatch, "--from", LEDGER, "--to", LEDGER)


def test_the_runbook_has_the_command() -> None:
    page = (ROOT / "docs/runbook.md").read_text("utf-8")
    assert "tools/restore_ledger.py --from OLD-restored --to OLD" in page

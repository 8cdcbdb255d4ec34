"""Keys that AWS leaves unread are read later, not at once and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rowshot.errors import LedgerBusy
from rowshot.ledger.contention import TRIES
from rowshot.ledger.table import Put, Table
from support import template
from support.aws import DynamoDB

KEYS = [("P", f"{number:03}") for number in range(250)]


def table_that(leaves: Callable[[int], int]) -> tuple[Table, DynamoDB, list[float]]:
    fake: Any = DynamoDB.of(template.properties("LedgerTable"), leaves=leaves)
    pauses: list[float] = []
    table = Table(fake, "ledger", pause=pauses.append)
    for key in KEYS:
        table.write(Put(key, {"n": 1}))
    return table, fake, pauses


def test_an_idle_table_is_read_without_a_pause() -> None:
    table, fake, pauses = table_that(lambda keys: 0)
    assert list(table.get_many(KEYS)) == KEYS
    assert fake.calls["batch_get_item"] == 3
    assert pauses == []


def test_a_busy_table_is_read_to_the_end_with_growing_pauses() -> None:
    table, fake, pauses = table_that(lambda keys: keys // 2)
    assert list(table.get_many([*KEYS, *KEYS])) == KEYS
    assert len(pauses) == fake.calls["batch_get_item"] - 3
    first, *_, last = pauses[: fake.calls["batch_get_item"] // 3 - 1]
    assert 0.01 <= first <= 0.05 < last


@pytest.mark.parametrize("left", [lambda keys: keys, lambda keys: max(1, keys - 1)])
def test_a_table_that_stays_busy_is_an_error_that_says_so(left: Callable[[int], int]) -> None:
    table, fake, pauses = table_that(left)
    with pytest.raises(LedgerBusy, match="try again in a minute"):
        table.get_many(KEYS)
    assert fake.calls["batch_get_item"] == TRIES
    assert len(pauses) == TRIES - 1

"""The runs that were started last."""

from __future__ import annotations

from typing import Any

from rowshot.clock import Clock
from rowshot.ledger import Ledger
from rowshot.ledger.records import Run, RunStatus
from support import template
from support.aws import DynamoDB


def test_the_latest_runs_come_first_and_each_once() -> None:
    client: Any = DynamoDB.of(template.properties("LedgerTable"))
    runs = Ledger(client, "ledger", Clock(source=lambda: 1_760_000_000.0)).runs
    assert runs.latest(5) == []
    started = [1_760_000_000.0, 1_760_000_000.001, 999_999_999.0, 1_800_000_000.5]
    for number, instant in enumerate(started):
        run = Run(
            f"{number:016x}", RunStatus.PLANNING, "inbox", "sheets/a.csv", "a.csv", "s", instant
        )
        runs.open(run)
        runs.open(run)  # the same event, twice
    assert [run.started_at for run in runs.latest(10)] == sorted(started, reverse=True)
    assert [run.id[-1] for run in runs.latest(2)] == ["3", "1"]

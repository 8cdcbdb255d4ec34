"""Runs: which were started last, and how long they were worked on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from rowshot.clock import Clock
from rowshot.ledger import Ledger
from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.statuses import RowStatus
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


class Times:
    """A run and the time that passes for it."""

    def __init__(self) -> None:
        client: Any = DynamoDB.of(template.properties("LedgerTable"))
        self.now = 1_000_000.0
        self.runs = Ledger(client, "ledger", Clock(source=lambda: self.now)).runs
        self.runs.open(
            Run("r", RunStatus.PLANNING, "inbox", "sheets/a.csv", "a.csv", "s", self.now)
        )
        self.runs.begin("r", rows=1, queued=0, estimate=Decimal(0), base_round=0)
        self.runs.planned("r")

    def end(self, status: RunStatus) -> None:
        assert self.runs.ended(self.runs.get("r"), status)

    def worked(self) -> float:
        return self.runs.get("r").worked(self.now)


def test_a_run_that_was_cancelled_and_resumed_was_not_worked_on_in_between() -> None:
    times = Times()
    times.now += 40
    times.end(RunStatus.CANCELLED)
    times.now += 9_000
    assert times.worked() == 40
    times.runs.reopen(times.runs.get("r"), 0)
    times.now += 20
    assert times.worked() == 60
    times.end(RunStatus.FINISHED)
    times.now += 500
    assert times.worked() == 60


def test_nor_was_one_that_was_interrupted() -> None:
    times = Times()
    times.now += 9_000
    times.runs.went_on(times.runs.get("r"), [])
    times.now += 20
    assert times.worked() <= 140, "its last sign of life is known to two minutes"


def test_the_last_change_of_a_row_was_a_sign_of_life() -> None:
    times = Times()
    changed = Row("r", 2, "a", RowStatus.RENDERING, updated_at=times.now + 30)
    times.now += 90
    times.runs.went_on(times.runs.get("r"), [changed])
    times.now += 20
    assert times.worked() == 50


def test_results_that_are_written_anew_change_nothing_of_it() -> None:
    times = Times()
    times.now += 40
    times.end(RunStatus.FINISHED)
    times.now += 9_000
    times.end(RunStatus.FINISHED)
    assert times.worked() == 40


@pytest.mark.parametrize("status", [RunStatus.FINISHED, RunStatus.CANCELLED, RunStatus.STOPPED])
def test_an_end_that_is_told_is_not_the_one_of_a_run_that_was_resumed_meanwhile(
    status: RunStatus,
) -> None:
    times = Times()
    times.end(status)
    times.runs.reopen(times.runs.get("r"), 0)
    times.runs.told("r", status)
    assert not times.runs.get("r").told
    times.end(RunStatus.FINISHED)
    times.runs.told("r", RunStatus.FINISHED)
    assert times.runs.get("r").told


def test_a_run_that_was_given_up_is_looked_after_until_people_were_told() -> None:
    times = Times()
    read = times.runs.get("r")
    assert times.runs.given_up(read, "It went wrong.")
    times.now += 1_000
    (found,) = times.runs.overdue()
    assert (found.status, found.reason, found.is_due) == (
        RunStatus.STOPPED,
        "It went wrong.",
        False,
    )
    assert list(times.runs.all_open()) == [], "for people it is at its end"
    times.runs.let_go(found)
    assert list(times.runs.overdue()) == []
    assert times.runs.get("r").told


@pytest.mark.parametrize("moment", ["before the end", "before it is told"])
def test_a_run_that_goes_on_is_neither_given_up_nor_let_go(moment: str) -> None:
    times = Times()
    read = times.runs.get("r")
    if moment == "before it is told":
        assert times.runs.given_up(read, "It went wrong.")
    times.runs.reopen(times.runs.get("r"), 0)
    assert not times.runs.given_up(read, "It went wrong.")
    times.runs.let_go(read)
    run = times.runs.get("r")
    assert (run.status, run.reason, run.told) == (RunStatus.RUNNING, "", False)
    assert [each.id for each in times.runs.all_open()] == ["r"]


def test_an_end_that_works_takes_back_the_reason_of_one_that_did_not() -> None:
    times = Times()
    assert times.runs.given_up(times.runs.get("r"), "It went wrong.")
    times.runs.reopen(times.runs.get("r"), 0)
    times.runs.halt("r", RunStatus.CANCELLED, "Somebody cancelled it.")
    times.end(RunStatus.CANCELLED)
    assert times.runs.get("r").reason == "Somebody cancelled it."

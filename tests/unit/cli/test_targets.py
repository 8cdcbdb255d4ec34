"""Which run a command means that is given no run's id."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from rowshot.ledger.records import Row, Run, RunStatus
from rowshot.statuses import RowStatus
from rowshot_local.cli.targets import NoSuchRun, failed_run, running_run, unfinished_run


def run(name: str, status: RunStatus, sheet: str = "") -> Run:
    return Run(name, status, "b", "k", f"{name}.csv", sheet or name, 0.0)


def stack(*runs: Run, failed: str = "") -> Any:
    """A stack of these runs, the latest first; one of them may have a failed row."""
    listed = SimpleNamespace(
        latest=lambda limit: list(runs[:limit]),
        all_open=lambda: iter([each for each in runs if each.status.is_open]),
    )

    def rows(run_id: str) -> Iterator[Row]:
        yield Row(run_id, 2, "a", RowStatus.FAILED if run_id == failed else RowStatus.PUBLISHED)

    return SimpleNamespace(ledger=SimpleNamespace(runs=listed, rows=SimpleNamespace(of_run=rows)))


def test_the_one_that_goes_on() -> None:
    open_run = run("b", RunStatus.RUNNING)
    assert running_run(stack(run("a", RunStatus.FINISHED), open_run)) is open_run


def test_none_or_several_are_said_in_one_sentence() -> None:
    with pytest.raises(NoSuchRun, match=r"No run is in progress"):
        running_run(stack(run("a", RunStatus.FINISHED)))
    with pytest.raises(NoSuchRun, match=r"Say which you mean: a \(a.csv\) and b \(b.csv\)\."):
        running_run(stack(run("a", RunStatus.RUNNING), run("b", RunStatus.PAUSED)))


@pytest.mark.parametrize("status", [RunStatus.CANCELLED, RunStatus.STOPPED, RunStatus.RUNNING])
def test_the_latest_that_is_unfinished(status: RunStatus) -> None:
    wanted = run("b", status)
    older = run("c", RunStatus.CANCELLED)
    assert unfinished_run(stack(run("a", RunStatus.FINISHED), wanted, older)) is wanted


def test_a_run_that_a_later_one_of_its_sheet_replaced_is_not_meant() -> None:
    runs = [run("new", RunStatus.FINISHED, "tea"), run("old", RunStatus.CANCELLED, "tea")]
    with pytest.raises(NoSuchRun, match=r"No run is left unfinished"):
        unfinished_run(stack(*runs))


def test_the_latest_with_failed_rows() -> None:
    good, bad = run("a", RunStatus.FINISHED), run("b", RunStatus.FINISHED)
    assert failed_run(stack(good, bad, failed="b")) is bad
    with pytest.raises(NoSuchRun, match=r"No run has failed rows"):
        failed_run(stack(good, bad))
    old = run("old", RunStatus.FINISHED, "a")
    with pytest.raises(NoSuchRun):
        failed_run(stack(good, old, failed="old"))

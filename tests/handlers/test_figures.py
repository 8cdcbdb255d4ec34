"""What the steps measure on the way, and what Sweep's watch sees."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rowshot.errors import SheetsUnavailable
from rowshot.sheet_sync.google import LiveSheet
from rowshot.sheet_sync.write_back import WriteBack
from rowshot_simulators.hiapi import Fault
from support.measured import Measured
from support.sheets import sheet
from support.world import Options


def test_a_quiet_run_in_figures():
    with Measured() as world:
        world.run(world.drop(sheet(6)))
        noted = world.noted
        assert noted.total("OrdersPlaced") == noted.total("PicturesPublished") == 6
        assert noted.total("ReservedUsd") == noted.total("SpentUsd") == Decimal("0.15")
        assert noted.total("Failures") == 0
        assert noted.total("RunsEnded") == noted.total("RunsEnded finished") == 1
        assert len(noted.values["RenderSeconds"]) == 6
        assert all(20 < seconds < 60 for seconds in noted.values["RenderSeconds"])
        assert noted.total("PollsPerPicture") == world.calls["poll"]


def test_the_watch_sees_what_is_on_its_way_and_what_the_day_has_cost():
    with Measured() as world:
        assert set(world.watch().values()) == {0}
        run_id = world.drop(sheet(12))
        world.run(until=20)
        seen = world.watch()
        assert seen["TasksInFlight"] == 8
        assert 10 < seen["OldestRowSeconds"] <= 20
        assert seen["DayReservedUsd"] == Decimal("0.2")
        assert seen["AccountPaused"] == 0
        world.run(run_id)
        seen = world.watch()
        assert (seen["TasksInFlight"], seen["OldestRowSeconds"]) == (0, 0)
        assert seen["DayReservedUsd"] == Decimal("0.3")


def test_a_lost_answer_is_one_order():
    with Measured(Options(faults=(Fault("create", "reset", when="after", nth=(1, 2)),))) as world:
        world.run(world.drop(sheet(4)))
        assert world.noted.total("OrdersPlaced") == world.books()["tasks_created"] == 4


def test_an_empty_balance_shows_and_gives_the_money_back():
    fault = Fault("create", "status", status=402, times=1)
    with Measured(Options(faults=(fault,))) as world:
        run_id = world.drop(sheet(1))
        world.run(until=30)
        seen = world.watch()
        assert (seen["AccountPaused"], seen["DayReservedUsd"]) == (1, 0)
        assert world.noted.total("ReservedUsd") == 0
        world.run(run_id)
        assert world.watch()["AccountPaused"] == 0
        assert world.noted.total("PicturesPublished") == 1


def test_a_parked_task_is_counted_and_does_not_age():
    options = Options(hard_deadline=300, faults=(Fault("task", "stuck"),))
    with Measured(options) as world:
        world.drop(sheet(1))
        world.run(until=3600)
        seen = world.watch()
        assert (seen["TasksParked"], seen["TasksInFlight"]) == (1, 0)
        assert seen["OldestRowSeconds"] == 0
        assert world.noted.total("Failures too slow") == 1


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("order refused", Fault("create", "status", status=400, message="bad size")),
        ("key denied", Fault("create", "status", status=401)),
        ("content rules", Fault("task", "fail", code="TASK_FAILED", message="content policy")),
        ("task failed", Fault("task", "fail", code="TASK_TIMEOUT")),
        ("picture lost", Fault("task", "no_output")),
    ],
)
def test_a_failed_row_is_counted_under_its_kind(kind: str, fault: Fault) -> None:
    with Measured(Options(faults=(fault,))) as world:
        world.run(world.drop(sheet(1)))
        assert world.noted.total(f"Failures {kind}") == world.noted.total("Failures") == 1
        assert world.noted.total("KeyDenied") == (kind == "key denied")


def test_a_change_waits_from_its_beginning_however_often_its_pass_is_put_off() -> None:
    def silent(spreadsheet_id: str, worksheet: str) -> LiveSheet:
        raise SheetsUnavailable("Google does not answer.")

    with Measured() as world:
        run_id = world.drop(sheet(1))
        world.run(run_id)
        sheets, sheet_id = world.ledger.sheets, world.ledger.runs.get(run_id).sheet_id
        shown = {"started_at": world.now(), "spreadsheet_id": "any", "worksheet": "Launch"}
        sheets.show(sheet_id, run_id=run_id, header=["slug"], **shown)
        sheets.mark(sheet_id, 30)
        changed_at = world.now() - 100
        step = WriteBack(world.ledger, world.sync_queue, silent, [], meter=world.noted)
        step(run_id, sheet_id, changed_at)
        world.run(until=20)
        again = world.queue.sent[-1]
        step(run_id, sheet_id, again["since"])
        assert world.noted.values["WriteBackLagSeconds"] == pytest.approx([100, 120])

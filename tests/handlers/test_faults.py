"""hiapi's faults, one by one: what the row says, what was bought, what is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rowshot.deciding.reasons import shown_reason
from rowshot.ledger.records import RunStatus
from rowshot.models.delivered import other_shape
from rowshot.statuses import RowStatus
from rowshot_simulators.hiapi import Fault
from support import promises
from support.faults import FINAL, PASSING
from support.kills import Place
from support.sheets import keys, sheet, table
from support.world import Options, World

HOUR, DAY = 3600.0, 86_400.0


def kept(world: World, runs: dict[str, set[str]]) -> None:
    broken = promises.check(world, runs)
    assert not broken, str(broken)
    assert world.errors == []


def one_run(world: World, data: bytes, **metadata: str) -> dict[str, Any]:
    run_id = world.drop(data, **metadata)
    world.run(run_id)
    kept(world, {run_id: keys(data)})
    return world.report(run_id)


def with_faults(*faults: Fault, **options: Any) -> Options:
    return replace(Options(), faults=faults, **options)


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_fault_costs_nothing_but_time(name: str) -> None:
    with World(with_faults(PASSING[name])) as world:
        report = one_run(world, sheet(4))
        assert report["counts"]["published"] == 4
        assert Decimal(report["spent_usd"]) == Decimal("0.1")


def test_a_task_that_hiapi_does_not_know_for_a_moment_is_not_given_up():
    """However long ago it was ordered: an order may have waited, and one look says nothing."""
    late = Fault("task", "latency", seconds=300, prompt="number 1")
    unknown = Fault("detail", "status", status=404, shape="plain", nth=(30, 31), prompt="number 1")
    with World(with_faults(late, unknown)) as world:
        report = one_run(world, sheet(2))
        assert report["counts"]["published"] == 2
        assert [rule["fired"] for rule in world.books()["faults"]] == [1, 2]


def test_a_task_that_publish_finds_unknown_for_a_moment_is_published():
    with World() as world:
        found: list[Place] = []

        def judge(place: Place) -> None:
            if place.function == "publish" and place.name == "dynamodb UpdateItem" and not found:
                found.append(place)
                world.hiapi.faults.add([Fault("detail", "status", status=404, times=1)])

        world.judges.append(judge)
        report = one_run(world, sheet(2))
        assert found
        assert report["counts"]["published"] == 2


@pytest.mark.parametrize("name", FINAL)
def test_a_final_fault_is_told_and_never_bought_again(name: str) -> None:
    fault, words = FINAL[name]
    with World(with_faults(replace(fault, prompt="number 2"))) as world:
        world.hiapi.faults.clear()
        world.hiapi.faults.add([replace(fault, prompt="number 2")])
        data = sheet(3)
        for _ in range(2):  # dropped again, it fails at once
            run_id = world.drop(data)
            world.run(run_id)
            row = world.report(run_id)["rows"][1]
            assert row["status"] == "failed"
            assert words.casefold() in row["error"].casefold()
        assert world.books()["tasks_created"] == 3
        assert world.errors == []


def test_repeatable_failures_are_bought_three_times_with_a_key_each():
    fault = Fault("task", "fail", code="TASK_TIMEOUT", prompt="number 1")
    with World(with_faults(fault)) as world:
        report = one_run(world, sheet(1))
        assert report["rows"][0]["attempts"] == 3
        assert report["possibly_billed_usd"] == "0.075"
        assert world.books()["tasks_created"] == world.books()["unique_keys"] == 3


def test_a_refused_order_costs_nothing_and_teaches_the_values():
    fault = Fault(
        "create",
        "status",
        status=400,
        shape="coded",
        message="invalid input: size: value must be one of '1024*1024', '2048*2048'",
        prompt="number 1",
        times=1,
    )
    with World(with_faults(fault)) as world:
        report = one_run(world, sheet(2))
        assert report["counts"]["failed"] == report["counts"]["published"] == 1
        assert "1024*1024" in report["rows"][0]["error"]
        assert report["rows"][0]["attempts"] == 0
        assert report["spent_usd"] == "0.025"
        learned = world.ledger.models.overrides()["qwen-image-2.0"]
        assert learned["fields"]["size"]["enum"] == ["1024*1024", "2048*2048"]


def test_a_denied_key_stops_the_run_and_resume_goes_on():
    with World(with_faults(Fault("create", "status", status=401, shape="plain"))) as world:
        data = sheet(20)
        report = one_run(world, data)
        assert report["status"] == "stopped"
        assert report["counts"]["failed"] == 20
        assert len({row["error"] for row in report["rows"]}) == 1
        assert world.books()["tasks_created"] == 0
        world.hiapi.faults.clear()
        resumed = world.control.resume(report["run_id"])
        assert len(resumed.rows) == 20
        world.run(report["run_id"])
        kept(world, {report["run_id"]: keys(data)})
        assert world.report(report["run_id"])["counts"]["published"] == 20


def test_an_empty_account_pauses_all_runs_and_they_go_on_by_themselves():
    options = replace(Options(), hiapi={"balance_usd": Decimal("0.25")})
    with World(options) as world:
        sheets = {"a.csv": sheet(12, word="jar"), "b.csv": sheet(12, word="cup")}
        runs = {world.drop(data, name): keys(data) for name, data in sheets.items()}
        world.run(until=HOUR)
        assert world.books()["tasks_created"] == 10
        assert world.ledger.limiter.view().paused_at
        statuses = {world.ledger.runs.get(run_id).status for run_id in runs}
        assert statuses == {RunStatus.PAUSED}
        waiting = [
            shown_reason(world.ledger.runs.get(run), row)
            for run in runs
            for row in world.ledger.rows.of_run(run)
            if row.status is RowStatus.QUEUED
        ]
        assert len(waiting) == 14
        assert all("top it up" in reason for reason in waiting)
        asked = world.books()["creates"]
        assert asked - 10 < 3600 / 240 + 10  # a probe every few minutes, not a storm
        world.hiapi.top_up(world.hiapi.options.tokens[0], Decimal(1))
        world.run(*runs)
        kept(world, runs)
        assert all(world.report(run)["counts"]["published"] == 12 for run in runs)


def test_resume_ends_a_pause_at_once():
    options = replace(Options(), hiapi={"balance_usd": Decimal(0)})
    with World(options) as world:
        run_id = world.drop(sheet(3))
        world.run(until=100)
        world.hiapi.top_up(world.hiapi.options.tokens[0], Decimal(1))
        assert world.control.resume(run_id).rows == ()
        assert not world.ledger.limiter.view().paused_at
        world.run(run_id)
        assert world.report(run_id)["counts"]["published"] == 3


def test_after_a_day_without_money_the_rows_end_and_a_later_sheet_is_not_hurried():
    options = replace(Options(), sweep_every=900, hiapi={"balance_usd": Decimal(0)})
    with World(options) as world:
        first = world.drop(sheet(3))
        world.run(first)
        assert {row["status"] for row in world.report(first)["rows"]} == {"failed"}
        assert "top it up" in world.report(first)["rows"][0]["error"]
        world.run(until=DAY)
        world.hiapi.top_up(world.hiapi.options.tokens[0], Decimal(1))
        data = sheet(6, word="cup")
        second = world.drop(data, "b.csv")
        world.run(second)
        assert world.report(second)["counts"]["published"] == 6
        assert len(world.control.resume(first).rows) == 3
        world.run(first)
        kept(world, {first: keys(sheet(3)), second: keys(data)})
        assert world.report(first)["counts"]["published"] == 3


def test_a_task_past_the_hard_deadline_arrives_later_and_corrects_its_row():
    with World(with_faults(Fault("task", "stuck", prompt="number 2"))) as world:
        data = sheet(10)
        run_id = world.drop(data)
        world.run(until=2 * HOUR)
        row = world.report(run_id)["rows"][1]
        assert row["status"] == "failed"
        assert "still rendering at hiapi (task tk-hiapi-" in row["error"]
        assert world.ledger.runs.get(run_id).status is RunStatus.FINISHED
        assert not world.ledger.limiter.view().held
        assert len(world.ledger.limiter.view().parked) == 1
        polls = world.books()["polls"]
        world.run(until=HOUR)
        assert world.books()["polls"] - polls <= 3600 / 120 + 1
        world.hiapi.release(None)
        world.run(run_id)
        kept(world, {run_id: keys(data)})
        assert world.report(run_id)["counts"]["published"] == 10
        assert len(world.topic.published) == 1


def test_a_task_that_never_ends_is_given_up_after_a_day():
    fault = Fault("task", "stuck", prompt="number 2")
    with World(with_faults(fault, sweep_every=900)) as world:
        data = sheet(3)
        run_id = world.drop(data)
        world.run(run_id)
        kept(world, {run_id: keys(data)})
        row = world.report(run_id)["rows"][1]
        assert "after a day" in row["error"]
        assert world.loop.time() < 1.1 * DAY
        again = world.drop(data)
        world.run(again)
        assert world.report(again)["counts"]["failed"] == 1
        assert world.books()["tasks_created"] == 3


def test_a_drop_meanwhile_joins_a_parked_task():
    with World(with_faults(Fault("task", "stuck", prompt="number 2"))) as world:
        data = sheet(3)
        first = world.drop(data)
        world.run(until=HOUR)
        second = world.drop(data)
        world.run(until=HOUR)
        assert "still rendering" in world.report(second)["rows"][1]["error"]
        world.hiapi.release(None)
        world.run(first, second)
        kept(world, {first: keys(data), second: keys(data)})
        assert world.report(first)["counts"]["published"] == 3
        assert world.report(second)["counts"]["published"] == 1
        assert world.report(second)["rows"][1]["versions"] == 1
        assert world.books()["tasks_created"] == 3


@pytest.mark.parametrize("status", [401, 429, 500])
def test_polls_that_never_work_free_the_slot_and_end_after_a_day(status: int) -> None:
    fault = Fault("detail", "status", status=status, shape="plain", prompt="number 2")
    with World(with_faults(fault, in_flight=1, sweep_every=900)) as world:
        data = sheet(3)
        run_id = world.drop(data)
        world.run(run_id)
        assert world.report(run_id)["counts"]["published"] == 2
        assert world.report(run_id)["rows"][1]["status"] == "failed"
        assert not world.ledger.limiter.view().held
        assert not world.ledger.limiter.view().parked
        [rule] = world.books()["faults"]
        assert rule["fired"] < 400, "it is looked at ever less often, whatever the answer"


def test_an_order_that_stays_unclear_is_settled_by_its_key_and_corrects_its_row():
    # every answer is lost, for two hours
    fault = Fault("create", "reset", when="after", prompt="number 2")
    with World(with_faults(fault)) as world:
        data = sheet(3)
        run_id = world.drop(data)
        world.run(until=2 * HOUR)
        row = world.report(run_id)["rows"][1]
        assert row["status"] == "failed"
        assert "buys nothing twice" in row["error"]
        world.hiapi.faults.clear()
        world.run(run_id)
        kept(world, {run_id: keys(data)})
        assert world.report(run_id)["counts"]["published"] == 3
        assert world.books()["tasks_created"] == 3


def test_an_order_that_is_never_settled_is_for_a_person_to_decide():
    fault = Fault("create", "reset", prompt="number 2")
    with World(with_faults(fault, sweep_every=900)) as world:
        data = sheet(3)
        run_id = world.drop(data)
        world.run(run_id)
        kept(world, {run_id: keys(data)})
        row = world.report(run_id)["rows"][1]
        assert "rowshot retry" in row["error"]
        assert row["attempts"] == 1
        assert 20 * HOUR < world.loop.time() < 21.5 * HOUR
        # dropped again, it is not bought by itself
        second = world.drop(data)
        world.run(second)
        assert world.report(second)["rows"][1]["status"] == "failed"
        world.hiapi.faults.clear()
        assert world.control.retry(run_id, [3]).rows == (3,)
        world.run(run_id)
        assert world.report(run_id)["counts"]["published"] == 3
        assert world.books()["unique_keys"] == 3


@pytest.mark.parametrize("status", [500, 404])
def test_a_row_whose_picture_cannot_be_fetched_says_so_within_two_minutes(status: int):
    """And no longer once its picture is there."""
    fault = Fault("output", "status", status=status, prompt="number 1", times=12)
    with World(with_faults(fault)) as world:
        run_id = world.drop(sheet(1))
        said: list[float] = []
        while not said and world.loop.time() < 400:
            world.run(until=5)
            rows = list(world.ledger.rows.of_run(run_id))
            renders = [world.ledger.renders.get(row.render_id) for row in rows if row.render_id]
            if rows and rows[0].error:
                assert rows[0].status is RowStatus.PUBLISHING
                assert "cannot be fetched from hiapi yet" in rows[0].error
                assert str(status) in rows[0].error or "expired" in rows[0].error
                assert renders[0] is not None
                said.append(world.now() - renders[0].succeeded_at)
        assert said, "nothing was said"
        assert said[0] <= 120
        world.run(run_id)
        (row,) = world.report(run_id)["rows"]
        # The pictures of virtual time are small, and nothing else is said of it.
        assert row["status"] == "published"
        assert row["error"] == other_shape("2048*2048", 16, 16)


def test_a_link_that_fails_for_long_does_not_keep_the_run():
    fault = Fault("output", "status", status=503, prompt="number 2")
    with World(with_faults(fault)) as world:
        data = sheet(3)
        run_id = world.drop(data)
        world.run(until=HOUR)
        assert world.ledger.runs.get(run_id).status is RunStatus.FINISHED
        assert "keeps trying" in world.report(run_id)["rows"][1]["error"]
        world.hiapi.faults.clear()
        world.run(run_id)
        kept(world, {run_id: keys(data)})
        assert world.report(run_id)["counts"]["published"] == 3


def test_a_link_that_fails_for_long_is_looked_after_ever_less_often():
    fault = Fault("output", "status", status=503)
    with World(with_faults(fault)) as world:
        world.drop(sheet(1))
        world.run(until=HOUR)
        first = Counter(world.calls)
        world.run(until=HOUR)
        calls = {name: world.calls[name] - first[name] for name in ("submit", "poll", "publish")}
        assert 1 <= calls["publish"] <= 20
        assert sum(calls.values()) <= 60, calls


@pytest.mark.parametrize("flaw", ["empty", "truncated", "wrong_type"])
def test_a_file_that_stays_no_picture_is_given_up_within_minutes(flaw: str) -> None:
    """The link lives for a day, but the file behind it is what it is."""
    with World(with_faults(Fault("task", "picture", flaw=flaw))) as world:
        run_id = world.drop(sheet(1))
        world.run(until=600)
        (row,) = world.report(run_id)["rows"]
        assert "tick redo" in row["error"].casefold()
        calls = world.calls["publish"]
        assert 5 <= calls <= 15
        world.run(until=HOUR)
        assert world.calls["publish"] == calls


def test_a_model_that_is_out_holds_no_slot_and_ends_after_a_while():
    fault = Fault(
        "create", "status", status=400, code="MODEL_UNAVAILABLE", shape="coded", prompt="jar"
    )
    with World(with_faults(fault, in_flight=2)) as world:
        other = "flux-1.1-pro"
        out = sheet(6, word="jar")
        fine = table(
            [{"slug": f"cup-{n}", "prompt": f"A cup, {n}", "model": other} for n in range(6)]
        )
        first, second = world.drop(out), world.drop(fine, "b.csv")
        world.run(until=400)
        assert world.report(second)["counts"]["published"] == 6
        world.run(first, second)
        kept(world, {first: keys(out), second: keys(fine)})
        assert "switched this model off" in world.report(first)["rows"][0]["error"]
        assert world.report(first)["possibly_billed_usd"] == "0"

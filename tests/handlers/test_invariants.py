"""The invariants of the design, each tried to be broken by its own story."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rowshot.deciding.reasons import NOT_FINISHED, NOT_PLANNED
from rowshot.ledger.records import RunStatus
from rowshot.statuses import RowStatus
from rowshot_simulators.hiapi import Fault
from support import promises
from support.kills import Killed, Place
from support.sheets import keys, sheet, table
from support.world import INBOX, MEDIA, TOKEN, Options, World

HOUR = 3600.0


def kept(world: World, runs: dict[str, set[str]]) -> None:
    broken = promises.check(world, runs)
    assert not broken, str(broken)
    assert world.errors == []


def finish(world: World, run_id: str, data: bytes) -> dict[str, Any]:
    world.run(run_id)
    kept(world, {run_id: keys(data)})
    return world.report(run_id)


# ---------------------------------------------------------------- 1: no row is lost


def test_invariant_1_no_row_is_lost_when_the_execution_dies() -> None:
    with World() as world:
        data = sheet(30)
        run_id = world.drop(data)
        for second in (20, 60, 100):
            world.at(second, world.kill_executions)
        report = finish(world, run_id, data)
        assert report["counts"]["published"] == 30
        assert world.books()["tasks_created"] == 30


def test_invariant_1_no_row_is_lost_when_executions_always_die() -> None:
    with World() as world:
        data = sheet(6)
        run_id = world.drop(data)
        for second in range(0, 7200, 5):
            world.at(second, lambda: _kill_rows(world))
        report = finish(world, run_id, data)
        assert {row["status"] for row in report["rows"]} <= {"published", "failed"}
        assert all(row["error"] or row["status"] == "published" for row in report["rows"])


def _kill_rows(world: World) -> None:
    for execution in world.executions():
        if execution.status == "RUNNING" and "job" in execution.input and execution.task:
            execution.task.cancel()


@pytest.mark.parametrize("function", ["submit", "poll", "publish"])
def test_invariant_1_no_row_is_lost_when_a_function_never_works(function: str) -> None:
    def judge(place: Place) -> None:
        if place.function == function:
            raise Killed

    with World() as world:
        data = sheet(3)
        run_id = world.drop(data)
        world.judges.append(judge)
        world.run(until=2 * HOUR)
        rows = list(world.ledger.rows.of_run(run_id))
        assert {row.status for row in rows} == {RowStatus.FAILED}
        assert all(row.error for row in rows)
        world.judges.clear()
        world.run(run_id)  # what was bought is collected after all
        expected = 0 if function == "submit" else 3
        assert world.books()["tasks_created"] == expected
        assert world.report(run_id)["counts"]["published"] == expected
        kept(world, {run_id: keys(data)})


def test_invariant_1_a_run_whose_end_never_works_is_given_up() -> None:
    def judge(place: Place) -> None:
        if place.function == "finish" and place.name == "s3 PutObject":
            raise Killed

    with World() as world:
        data = sheet(3)
        run_id = world.drop(data)
        world.judges.append(judge)
        world.run(until=12 * HOUR)
        run = world.ledger.runs.get(run_id)
        assert (run.status, run.reason) == (RunStatus.STOPPED, NOT_FINISHED)
        assert world.report(run_id)["problem"] == NOT_FINISHED
        (told,) = world.topic.published
        assert "the run was stopped" in told["subject"]
        assert NOT_FINISHED in told["message"]
        executions = len(world.executions())
        world.run(until=12 * HOUR)
        assert len(world.executions()) == executions
        assert {row.status for row in world.ledger.rows.of_run(run_id)} == {RowStatus.PUBLISHED}
        world.judges.clear()
        again = world.drop(data)
        world.run(again)
        report = world.report(again)
        assert (report["counts"]["unchanged"], report["spent_usd"]) == (3, "0")


def test_invariant_1_a_sheet_that_cannot_be_planned_is_told() -> None:
    def judge(place: Place) -> None:
        if place.function == "plan" and place.name == "s3 PutObject":
            raise Killed

    with World(replace(Options(), sweep_every=600)) as world:
        run_id = world.drop(sheet(3))
        world.judges.append(judge)
        world.run(run_id)
        assert world.ledger.runs.get(run_id).status is RunStatus.STOPPED
        assert "run the sheet again" in world.report(run_id)["problem"]
        assert len(world.dead_letters) == 1


def test_invariant_1_a_plan_that_died_half_way_is_written_to_its_end() -> None:
    def judge(place: Place) -> None:
        if place.function == "plan" and place.name == "dynamodb TransactWriteItems":
            moments.append(place)
            if sum(each.call == place.call for each in moments) == 3:
                raise Killed  # after the run and the first 49 rows

    moments: list[Place] = []
    with World(replace(Options(), sweep_every=600)) as world:
        data = sheet(120)
        run_id = world.drop(data)
        world.judges.append(judge)
        world.run(until=700)
        begun = {row.row_key for row in world.ledger.rows.of_run(run_id)}
        assert 0 < len(begun) < 120
        assert world.books()["tasks_created"] > 0  # those that stand are worked on meanwhile
        assert world.ledger.runs.get(run_id).status.is_open
        report = finish(world, run_id, data)
        assert report["counts"]["published"] == 120
        assert max(place.call for place in moments) == 3


def spoil_plan(world: World) -> tuple[str, str, Callable[[], None]]:
    """Two runs, cut off, one with an unreadable plan: it, the other, and what mends it."""
    runs = [world.drop(sheet(3, word=word), f"{word}.csv") for word in ("jar", "cup")]
    world.run(until=10)
    world.kill_executions()
    broken, other = runs
    place = (INBOX, f"runs/{broken}/plan.jsonl")
    good = world.s3.objects[place]
    world.s3.objects[place] = [replace(good[0], body=b"?" * len(good[0].body))]
    return broken, other, lambda: world.s3.objects.__setitem__(place, good)


def test_invariant_1_a_sheet_that_is_never_planned_is_given_up_and_told_once() -> None:
    def judge(place: Place) -> None:
        if place.function == "plan" and place.name.startswith("s3"):
            raise Killed

    with World() as world:
        world.judges.append(judge)
        run_id = world.drop(sheet(2), "autumn.csv")
        world.run(until=3 * HOUR)
        run = world.ledger.runs.get(run_id)
        assert (run.status, run.reason) == (RunStatus.STOPPED, NOT_PLANNED)
        assert world.report(run_id)["problem"] == NOT_PLANNED
        (told,) = world.topic.published
        assert told["subject"] == "Rowshot: autumn.csv: the run was stopped"
        assert told["message"].endswith(NOT_PLANNED)


def test_invariant_1_one_bad_item_does_not_keep_sweep_from_the_others() -> None:
    with World() as world:
        broken, other, mend = spoil_plan(world)
        world.run(until=400)
        assert world.report(other)["counts"]["published"] == 3
        mend()
        world.run(broken, other)
        assert world.report(broken)["counts"]["published"] == 3


def test_invariant_1_a_bad_item_that_nobody_mends_ends_its_run_with_a_reason() -> None:
    with World() as world:
        broken, other, _ = spoil_plan(world)
        world.run(until=HOUR)
        assert world.report(other)["counts"]["published"] == 3
        run = world.ledger.runs.get(broken)
        assert (run.status, run.reason) == (RunStatus.STOPPED, NOT_FINISHED)


# ---------------------------------------------------------------- 2: no double spend


@pytest.mark.parametrize("seed", range(4))
def test_invariant_2_no_double_spend_of_two_sheets_at_the_same_moment(seed: int) -> None:
    with World(replace(Options(), seed=seed, unsteady=True)) as world:
        data = sheet(30)
        mixed = table(
            [
                *(
                    {"slug": f"other-{n}", "prompt": f"A jar of cream, number {n}"}
                    for n in range(1, 21)
                ),
                *({"slug": f"own-{n}", "prompt": f"An own picture, number {n}"} for n in range(5)),
            ]
        )
        runs = {world.drop(data, "a.csv"): keys(data), world.drop(mixed, "b.csv"): keys(mixed)}
        world.run(*runs)
        kept(world, runs)
        assert world.books()["tasks_created"] == world.books()["unique_bodies"] == 35
        assert [world.report(run)["counts"]["published"] for run in runs] == [30, 25]


def test_invariant_2_no_double_spend_of_duplicate_events() -> None:
    with World(replace(Options(), unsteady=True)) as world:
        data = sheet(10)
        dropped = world.upload(data, "a.csv")
        for delay in (0, 0, 0.3, 5, 70, 4000):
            world.s3_event(dropped, delay)
        run_id = world.run_id(dropped)
        world.run(until=5000)
        report = finish(world, run_id, data)
        assert report["counts"]["published"] == 10
        assert len(world.executions()) == 11  # one a row, and one for the end
        assert world.books()["tasks_created"] == 10
        assert len(world.topic.published) == 1


def test_invariant_2_no_double_spend_of_a_sheet_dropped_again_while_it_runs() -> None:
    with World(replace(Options(), unsteady=True)) as world:
        data = sheet(20)
        runs = {}
        for second in (0, 1, 30, 90):
            world.run(until=second)
            runs[world.drop(data)] = keys(data)
        world.run(*runs)
        kept(world, runs)
        assert world.books()["tasks_created"] == 20
        for run_id in runs:
            counts = world.report(run_id)["counts"]
            assert counts["published"] + counts["unchanged"] == 20
            assert {row["versions"] for row in world.report(run_id)["rows"]} == {1}


def test_invariant_2_an_order_that_a_death_left_open_is_sent_with_the_same_bytes() -> None:
    """The order was sent, and its answer was not written down."""
    seen: list[Place] = []

    def judge(place: Place) -> None:
        if place.function == "submit" and place.name == "hiapi POST" and not seen:
            seen.append(place)
        elif len(seen) == 1 and (place.function, place.call) == ("submit", seen[0].call):
            seen.append(place)
            raise Killed

    with World() as world:
        data = sheet(2)
        run_id = world.drop(data)
        world.judges.append(judge)
        finish(world, run_id, data)
        assert len(seen) == 2
        assert world.books()["tasks_created"] == 2
        assert world.books()["replays"] == 1


def test_invariant_2_a_redo_survives_the_loss_of_the_ledger() -> None:
    with World() as world:
        data = table([{"slug": "jar", "prompt": "A jar", "redo": "yes"}])
        plain = table([{"slug": "jar", "prompt": "A jar"}])
        finish(world, world.drop(plain), plain)
        world.run(world.drop(data))
        assert world.books()["tasks_created"] == 2
        for key in [key for key in world.dynamodb.items if key[1].startswith("KEY#")]:
            world.dynamodb.delete_item(Key={"pk": {"S": key[0]}, "sk": {"S": key[1]}})
        again = world.drop(data)
        world.run(again)
        assert world.report(again)["rows"][0]["version"] == 2
        assert world.books()["tasks_created"] == 2


# ---------------------------------------------------------------- 3: what was paid for is collected


def test_invariant_3_a_paid_task_is_collected_after_its_run_was_cancelled() -> None:
    with World() as world:
        data = sheet(30)
        run_id = world.drop(data)
        world.run(until=40)
        bought, flying = world.books()["tasks_created"], world.books()["in_flight"]
        cancelled = world.control.cancel(run_id)
        assert flying <= cancelled.billed <= 8  # some may be done, but not looked at yet
        assert cancelled.dropped == 30 - bought
        report = finish(world, run_id, data)
        assert report["status"] == "cancelled"
        assert report["counts"]["published"] == bought == world.books()["tasks_created"]
        assert report["counts"]["cancelled"] == 30 - bought
        assert len(world.control.resume(run_id).rows) == 30 - bought
        report = finish(world, run_id, data)
        assert report["status"] == "finished"
        assert report["counts"]["published"] == 30


def test_invariant_3_a_cancelled_run_whose_execution_dies_buys_nothing_more() -> None:
    with World() as world:
        data = sheet(30)
        run_id = world.drop(data)
        world.run(until=40)
        bought = world.books()["tasks_created"]
        world.control.cancel(run_id)
        world.kill_executions()
        report = finish(world, run_id, data)
        assert report["status"] == "cancelled"
        assert world.books()["tasks_created"] == bought


def test_invariant_3_a_joined_picture_survives_the_cancelling_of_its_buyers_run() -> None:
    with World() as world:
        data = sheet(12)
        first = world.drop(data, "a.csv")
        world.run(until=5)
        second = world.drop(data, "b.csv")
        world.run(until=10)
        world.control.cancel(first)
        world.run(first, second)
        kept(world, {first: keys(data), second: keys(data)})
        assert world.report(second)["counts"]["published"] == 12
        assert world.books()["tasks_created"] == 12


def test_invariant_3_a_joined_picture_that_fails_is_bought_by_who_still_wants_it() -> None:
    fault = Fault("task", "fail", code="TASK_TIMEOUT", prompt="number 1", times=1)
    with World(replace(Options(), faults=(fault,))) as world:
        data = sheet(1)
        first = world.drop(data, "a.csv")
        world.run(until=5)
        second = world.drop(data, "b.csv")
        world.run(until=5)
        world.control.cancel(first)
        world.run(first, second)
        kept(world, {first: keys(data), second: keys(data)})
        assert world.report(second)["counts"]["published"] == 1
        assert Decimal(world.report(second)["spent_usd"]) == Decimal("0.025")


# ---------------------------------------------------------------- 4: in flight


@pytest.mark.parametrize("limit", [1, 2, 8])
def test_invariant_4_never_more_in_flight_than_allowed(limit: int) -> None:
    options = replace(Options(), unsteady=True, in_flight=limit)
    with World(options) as world:
        runs = {
            world.drop(sheet(10, word=word), f"{word}.csv"): {f"{word}-{n}" for n in range(1, 11)}
            for word in ("jar", "cup", "pot")
        }
        world.at(30, world.kill_executions)
        world.run(*runs)
        kept(world, runs)
        assert world.books()["max_in_flight"] <= limit


@pytest.mark.parametrize("lost", [6, 7])
def test_invariant_4_an_order_that_waits_for_its_answer_is_sent_again_under_a_slot(
    lost: int,
) -> None:
    """It was parked, another row took its slot, and hiapi makes its task only now."""
    faults = (
        Fault("create", "reset", prompt="number 1", times=lost),
        Fault("task", "latency", seconds=110, prompt="number 2"),
        Fault("task", "latency", seconds=110, prompt="number 3"),
        Fault("task", "latency", seconds=110, prompt="number 4"),
    )
    options = replace(Options(), faults=faults, in_flight=1, hard_deadline=120, sweep_every=5)
    with World(options) as world:
        data = sheet(4)
        run_id = world.drop(data)
        report = finish(world, run_id, data)
        assert report["counts"]["published"] == 4
        assert world.books()["tasks_created"] == 4


def test_invariant_4_a_slot_is_used_while_its_neighbour_is_stuck() -> None:
    faults = (Fault("task", "stuck", prompt="number 1", times=1),)
    with World(replace(Options(), faults=faults, in_flight=2)) as world:
        data = sheet(9)
        run_id = world.drop(data)
        world.run(until=HOUR)
        assert world.report(run_id)["counts"]["published"] == 8
        assert world.books()["max_in_flight_without_stuck"] <= 2


def test_invariant_4_equal_sheets_share_the_slots_fairly() -> None:
    with World(Options()) as world:
        names = ("jar", "cup", "pot")
        runs = [world.drop(sheet(40, word=word), f"{word}.csv") for word in names]
        shares = []
        for _ in range(12):
            world.run(until=40)
            done = [
                sum(row.status is RowStatus.PUBLISHED for row in world.ledger.rows.of_run(run))
                for run in runs
            ]
            shares.append(done)
        world.run(*runs)
        middle = [done for done in shares if 30 <= sum(done) <= 100]
        assert middle
        for done in middle:
            assert max(done) - min(done) <= max(2, 0.1 * sum(done)), shares


def test_invariant_4_a_small_sheet_does_not_wait_for_a_large_one() -> None:
    with World() as world:
        world.drop(sheet(60, word="jar"), "large.csv")
        world.run(until=60)
        small = world.drop(sheet(6, word="cup"), "small.csv")
        world.run(until=150)
        assert world.ledger.runs.get(small).status is RunStatus.FINISHED


# ---------------------------------------------------------------- 5: money


def test_invariant_5_a_plan_dearer_than_the_limit_does_not_start() -> None:
    with World(replace(Options(), run_usd=Decimal("0.70"))) as world:
        data = sheet(30)
        report = finish(world, world.drop(data), data)
        assert report["status"] == "over budget"
        assert report["counts"]["over budget"] == 30
        assert "$0.75" in report["rows"][0]["error"]
        assert "$0.70" in report["rows"][0]["error"]
        assert world.books()["tasks_created"] == 0


def test_invariant_5_attempts_that_fail_count_against_the_run() -> None:
    fault = Fault("task", "fail", code="TASK_TIMEOUT", probability=0.5)
    options = replace(Options(), faults=(fault,), run_usd=Decimal("0.50"), unsteady=True)
    with World(options) as world:
        data = sheet(20)
        report = finish(world, world.drop(data), data)
        assert Decimal(world.books()["charged_usd"]) <= Decimal("0.50")
        assert report["counts"]["over budget"] > 0
        over = [row["error"] for row in report["rows"] if row["status"] == "over budget"]
        assert all("the run's limit of $0.50" in error for error in over)


def test_invariant_5_the_day_has_a_ceiling_over_all_runs() -> None:
    options = replace(Options(), day_usd=Decimal("0.50"), unsteady=True)
    with World(options) as world:
        runs = {
            world.drop(sheet(15, word=word), f"{word}.csv"): {f"{word}-{n}" for n in range(1, 16)}
            for word in ("jar", "cup")
        }
        world.run(*runs)
        kept(world, runs)
        assert world.books()["charged_usd"] == "0.500"
        over = sum(world.report(run)["counts"]["over budget"] for run in runs)
        assert over == 10
        world.run(until=86_400)
        later = {run: world.control.resume(run).rows for run in runs}
        assert sum(map(len, later.values())) == 10
        world.run(*runs)
        kept(world, runs)
        assert world.books()["charged_usd"] == "0.750"


# ---------------------------------------------------------------- 6: only what changed


def test_invariant_6_only_changed_rows_are_rendered_again() -> None:
    with World() as world:
        rows = [{"slug": f"jar-{n}", "prompt": f"A jar, {n}"} for n in range(5)]
        finish(world, world.drop(table(rows)), table(rows))
        rows[2]["prompt"] = "A jar of another kind"
        rows.reverse()
        report = _again(world, table(rows))
        statuses = {row["slug"]: row["status"] for row in report["rows"]}
        assert statuses.pop("jar-2") == "published"
        assert set(statuses.values()) == {"unchanged"}
        assert world.books()["tasks_created"] == 6


def _again(world: World, data: bytes, **metadata: str) -> dict[str, Any]:
    run_id = world.drop(data, **metadata)
    world.run(run_id)
    assert world.errors == []
    return world.report(run_id)


def _row(**more: str) -> bytes:
    return table([{"slug": "jar", "prompt": "A jar", **more}])


def test_invariant_6_a_redo_is_taken_once_until_the_cell_was_empty() -> None:
    with World() as world:
        assert _again(world, _row())["counts"]["published"] == 1
        for cell in ("FALSE", "0", "no", "否", ""):
            assert _again(world, _row(redo=cell))["counts"]["unchanged"] == 1
        redone = _again(world, _row(redo="TRUE"))
        assert redone["rows"][0]["version"] == redone["rows"][0]["versions"] == 2
        assert _again(world, _row(redo="TRUE"))["counts"]["unchanged"] == 1
        assert _again(world, _row(redo="x"))["counts"]["unchanged"] == 1  # still a mere tick
        note = _again(world, _row(redo="more light"))
        assert note["rows"][0]["version"] == 3
        assert _again(world, _row(redo="more light"))["counts"]["unchanged"] == 1
        kept_note = _again(world, _row())
        assert kept_note["counts"]["unchanged"] == 1
        assert kept_note["rows"][0]["image_url"] == note["rows"][0]["image_url"]
        again = _again(world, _row(redo="more light"))
        assert again["rows"][0]["version"] == 4
        assert world.books()["tasks_created"] == 4
        prompts = [task["input"]["prompt"] for task in world.books()["tasks"]]
        assert [prompt.endswith("more light") for prompt in prompts] == [False, False, True, True]


def test_invariant_6_an_approved_row_is_never_rendered_again_until_unticked() -> None:
    with World() as world:
        first = _again(world, _row(approved="yes"))
        assert first["counts"]["published"] == 1  # there is nothing to keep yet
        changed = _again(world, table([{"slug": "jar", "prompt": "Other", "approved": "1"}]))
        assert changed["counts"]["approved"] == 1
        assert "changed" in changed["rows"][0]["error"]
        assert changed["rows"][0]["image_url"] == first["rows"][0]["image_url"]
        assert _again(world, _row(approved="x", redo="yes"))["counts"]["approved"] == 1
        unticked = _again(world, table([{"slug": "jar", "prompt": "Other", "approved": "FALSE"}]))
        assert unticked["counts"]["published"] == 1
        assert world.books()["tasks_created"] == 2


def test_invariant_6_the_first_rows_are_a_trial() -> None:
    with World() as world:
        data = table(
            [
                {"slug": "bad", "prompt": "", "redo": ""},
                *({"slug": f"jar-{n}", "prompt": f"A jar, {n}", "redo": "yes"} for n in range(4)),
            ]
        )
        trial = _again(world, data, first="2")
        assert trial["counts"]["published"] == trial["counts"]["skipped"] == 2
        assert trial["counts"]["invalid"] == 1
        whole = _again(world, data)
        assert whole["counts"]["published"] == whole["counts"]["unchanged"] == 2
        assert {row["version"] for row in whole["rows"] if row["slug"] != "bad"} == {2}
        assert world.books()["tasks_created"] == 4


def test_invariant_6_a_redo_whose_run_was_over_budget_stays_for_another_drop() -> None:
    with World(replace(Options(), run_usd=Decimal("0.03"))) as world:
        rows = [{"slug": f"jar-{n}", "prompt": f"A jar, {n}", "redo": "yes"} for n in range(2)]
        assert _again(world, table(rows))["counts"]["over budget"] == 2
        one = _again(world, table(rows[:1]))
        assert one["rows"][0]["version"] == 2
        assert one["counts"]["published"] == 1


# ---------------------------------------------------------------- 9: a URL never breaks


def test_invariant_9_a_stored_url_never_changes_its_picture() -> None:
    with World() as world:
        for cell in ("", "yes", "more light", "yes"):
            _again(world, _row(redo=cell))
        stored = {
            key: versions
            for (bucket, key), versions in world.s3.objects.items()
            if bucket == MEDIA and key.startswith("images/")
        }
        assert len(stored) == 12
        assert all(len(versions) == 1 for versions in stored.values())
        for versions in stored.values():
            assert versions[0].cache_control == "public, max-age=31536000, immutable"
            assert versions[0].content_type == "image/webp"


@pytest.mark.parametrize("name", ["hiapi GET", "dynamodb TransactWriteItems", "s3 PutObject"])
def test_invariant_9_a_death_in_the_middle_of_the_upload_leaves_one_whole_picture(
    name: str,
) -> None:
    deaths = []

    def judge(place: Place) -> None:
        if (place.function, place.name) == ("publish", name) and len(deaths) < 3:
            deaths.append(place)
            raise Killed

    with World() as world:
        data = sheet(1)
        world.judges.append(judge)
        report = finish(world, world.drop(data), data)
        assert report["counts"]["published"] == 1
        assert len(deaths) == 3
        assert world.books()["tasks_created"] == 1


# ---------------------------------------------------------------- 10: secrets


def test_invariant_10_secrets_stay_secret_in_the_worst_of_messages() -> None:
    said = f"failed: https://temp.example/a.png?signature=abc123&token=t Bearer {TOKEN}"
    faults = (
        Fault("task", "fail", message=said, prompt="number 1"),
        Fault("create", "status", status=400, message=said, prompt="number 2"),
        Fault("output", "status", status=403, message=said, prompt="number 3"),
        Fault("output", "redirect", to=f"http://10.0.0.1/?token={TOKEN}", prompt="number 4"),
        Fault("detail", "status", status=500, message=said, nth=(1, 2, 3)),
    )
    with World(replace(Options(), faults=faults)) as world:
        data = sheet(5)
        run_id = world.drop(data)
        world.run(run_id)
        broken = promises.check(world, {run_id: keys(data)})
        assert not broken.found[promises.SECRETS], str(broken)
        everything = json.dumps(world.report(run_id)) + world.log.getvalue()
        assert "abc123" not in everything
        assert TOKEN not in everything

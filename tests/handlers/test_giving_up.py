"""Runs that Sweep gives up: what is told of them, and what can still be done with them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rowshot.deciding.reasons import NOT_FINISHED
from rowshot.ledger import keys
from rowshot.ledger.records import RunStatus
from rowshot.ledger.table import Update
from rowshot_local.cli.place import Place
from rowshot_local.cli.summary import finished
from rowshot_local.cli.terminal import PlainConsole
from rowshot_local.results import write_results
from support.kills import Killed
from support.kills import Place as Moment
from support.options import Options
from support.sheets import sheet
from support.world import INBOX, MEDIA, World

LONG = 4 * 3600.0
NARROW = Options(in_flight=2)


def no_finish(place: Moment) -> None:
    """Finish dies before it has written anything, each time."""
    if place.function == "finish" and place.name == "s3 PutObject":
        raise Killed


def once(function: str, name: str, act: Callable[[], None]) -> Callable[[Moment], None]:
    """Does something the first time that a function is about to do something."""
    done: list[Moment] = []

    def judge(place: Moment) -> None:
        if (place.function, place.name) == (function, name) and not done:
            done.append(place)
            act()

    return judge


def die() -> None:
    raise Killed


def given_up(world: World, rows: int = 3, **metadata: str) -> str:
    run_id = world.drop(sheet(rows), **metadata)
    world.judges.append(no_finish)
    world.run(until=LONG)
    assert world.ledger.runs.get(run_id).status is RunStatus.STOPPED
    return run_id


def spoil_plan(world: World, run_id: str) -> None:
    place = (INBOX, f"runs/{run_id}/plan.jsonl")
    (good,) = world.s3.objects[place]
    world.s3.objects[place] = [replace(good, body=b"?" * len(good.body))]


def fetched(world: World, run_id: str, out: Path) -> dict[str, Any]:
    """The results as a laptop's command fetches them."""
    stack: Any = SimpleNamespace(
        inbox=world.inbox, outputs={"MediaBucket": MEDIA}, client=lambda name: world.s3
    )
    return write_results(stack, run_id, out)


def said(report: dict[str, Any], out: Path) -> str:
    text = io.StringIO()
    finished(PlainConsole(file=text, width=200), report, Place(out=out))
    return text.getvalue()


def subjects(world: World) -> list[str]:
    return [
        each["subject"].removeprefix("Rowshot: catalog.csv: ") for each in world.topic.published
    ]


# ---------------------------------------------------------------- what is told


def test_what_was_spent_is_told_and_the_pictures_are_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with World() as world:
        run_id = given_up(world, 12)
        run = world.ledger.runs.get(run_id)
        report = fetched(world, run_id, tmp_path)
        assert (report["status"], report["counts"]["rows"]) == ("stopped", 12)
        assert report["counts"]["published"] == 12
        assert report["spent_usd"] == report["estimate_usd"] == f"{run.spent.normalize():f}"
        assert run.spent > 0
        assert len(list(tmp_path.glob("images/*.webp"))) == 12
        table = (tmp_path / "results.csv").read_text("utf-8-sig")
        assert all(row["image_url"] in table for row in report["rows"])
        text = said(report, tmp_path)
        assert "12 rows: 12 published." in text
        assert f"Spent ${run.spent.normalize():f}" in text
        assert "internal error" in capsys.readouterr().err
        (told,) = world.topic.published
        assert NOT_FINISHED in told["message"]
        assert f"Spent: ${run.spent.normalize():f}" in told["message"]


def test_a_simulated_run_that_is_given_up_has_spent_nothing(tmp_path: Path) -> None:
    with World() as world:
        run_id = given_up(world, 2, simulated="true")
        assert world.report(run_id)["simulated"]
        (told,) = world.topic.published
        assert "Would have cost (simulated): $" in told["message"]
        assert "Spent" not in told["message"] + said(fetched(world, run_id, tmp_path), tmp_path)


def test_the_money_is_told_where_the_rows_cannot_be(tmp_path: Path) -> None:
    with World() as world:
        run_id = world.drop(sheet(3))
        world.judges.append(no_finish)
        world.run(until=900)
        spoil_plan(world, run_id)
        world.run(until=LONG)
        run, report = world.ledger.runs.get(run_id), fetched(world, run_id, tmp_path)
        assert (run.status, run.reason) == (RunStatus.STOPPED, NOT_FINISHED)
        assert (report["rows"], report["counts"]["rows"]) == ([], 3)
        assert run.spent > 0
        assert report["spent_usd"] == f"{run.spent.normalize():f}"
        text = said(report, tmp_path)
        assert "3 rows.\nSpent $" in text
        assert str(tmp_path) not in text, "nothing was written there"
        assert "Spent: $" in world.topic.published[0]["message"]


def test_the_report_of_an_earlier_end_does_not_stay() -> None:
    with World(NARROW) as world:
        run_id = world.drop(sheet(8))
        world.at(20, lambda: world.control.cancel(run_id))
        world.run(run_id)
        earlier = world.report(run_id)
        assert earlier["status"] == "cancelled"
        world.judges.append(no_finish)
        world.control.resume(run_id)
        world.run(until=LONG)
        report = world.report(run_id)
        assert (report["status"], report["problem"]) == ("stopped", NOT_FINISHED)
        assert report["counts"]["published"] == 8 > earlier["counts"]["published"]
        assert f"{world.s3.read(INBOX, f'runs/{run_id}/results.csv')!r}".count(".webp") >= 8


def test_a_report_that_kills_sweep_is_tried_once() -> None:
    with World() as world:
        world.judges.append(once("sweep", "s3 PutObject", die))
        run_id = given_up(world)
        report = world.report(run_id)
        assert (report["rows"], report["counts"]["rows"]) == ([], 3)
        assert report["spent_usd"] != "0"
        assert len(world.topic.published) == 1


def test_a_table_that_cannot_be_written_leaves_the_report() -> None:
    def judge(place: Moment) -> None:
        if place.function == "sweep" and place.name == "s3 PutObject":
            moments.append(place)
            if len(moments) == 2:
                raise ValueError("no table")

    moments: list[Moment] = []
    with World() as world:
        world.judges.append(judge)
        run_id = given_up(world)
        assert world.report(run_id)["counts"]["published"] == 3
        assert len(moments) == 2


# ---------------------------------------------------------------- when it is told


def test_a_run_that_changes_at_the_last_moment_is_told_of_its_real_end() -> None:
    def change() -> None:
        world.ledger.table.write(Update(keys.run(run_id), add={"changes": 1}))
        world.judges.remove(no_finish)

    with World() as world:
        run_id = world.drop(sheet(3))
        world.judges += [no_finish, once("sweep", "s3 PutObject", change)]
        world.run(until=LONG)
        assert world.ledger.runs.get(run_id).status is RunStatus.FINISHED
        assert world.report(run_id)["status"] == "finished"
        assert subjects(world) == ["3 of 3 pictures ready"]


def test_people_are_told_although_sweep_dies_after_the_end() -> None:
    with World() as world:
        world.judges.append(once("sweep", "sns Publish", die))
        run_id = given_up(world)
        assert subjects(world) == ["the run was stopped"]
        assert world.report(run_id)["counts"]["published"] == 3
        assert list(world.ledger.runs.overdue()) == []


def test_a_run_that_is_resumed_before_people_were_told_goes_on() -> None:
    def resume() -> None:
        world.judges.remove(no_finish)
        world.control.resume(run_id)

    with World(NARROW) as world:
        run_id = world.drop(sheet(8))
        world.at(20, lambda: world.control.cancel(run_id))
        world.judges += [no_finish, once("sweep", "sns Publish", resume)]
        world.run(until=LONG)
        assert world.report(run_id)["counts"]["published"] == 8
        assert subjects(world) == ["the run was stopped", "8 of 8 pictures ready"]
        assert list(world.ledger.runs.all_open()) == []


# ---------------------------------------------------------------- what can be done then


def test_a_run_that_was_given_up_can_be_resumed_and_is_told_of_its_real_end() -> None:
    with World(NARROW) as world:
        world.at(20, lambda: world.control.cancel(run_id))
        run_id = world.drop(sheet(8))
        world.judges.append(no_finish)
        world.run(until=LONG)
        assert world.report(run_id)["status"] == "stopped"
        left = world.report(run_id)["counts"]["cancelled"]
        assert left
        world.judges.clear()
        assert len(world.control.resume(run_id).rows) == left
        world.run(run_id)
        report = world.report(run_id)
        assert (report["status"], report["problem"]) == ("finished", None)
        assert report["counts"]["published"] == 8
        assert subjects(world) == ["the run was stopped", "8 of 8 pictures ready"]


def test_an_end_that_works_later_says_nothing_of_the_one_that_did_not() -> None:
    with World() as world:
        run_id = given_up(world)
        world.judges.clear()
        world.ledger.table.write(Update(keys.run(run_id), add={"changes": 1}))  # a late picture
        world.dispatch_queue.send(run_id=run_id)
        world.run(until=60)
        report, run = world.report(run_id), world.ledger.runs.get(run_id)
        assert (report["status"], report["problem"]) == ("finished", None)
        assert (run.status, run.reason) == (RunStatus.FINISHED, "")

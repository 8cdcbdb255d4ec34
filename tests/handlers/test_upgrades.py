"""A run that one release planned and began is ended by another one."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import MISSING, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from rowshot.inbound.plan_run import Dropped
from rowshot.ledger.jobs import Job
from rowshot.models.delivered import other_shape
from support.promises import check
from support.releases import RELEASES, begun, releases, restore, snapshot

KEPT = dict(releases())
UNKNOWN = "of_a_later_release"
FIRST_FIELDS = {
    *("run_id", "number", "row_key", "folder", "render_id", "model", "version", "price", "body"),
    *("max_attempt", "sheet_id", "memory_sheet", "memory_key", "live"),
}


def rows_of(kept: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in kept["table"] if item["sk"]["S"].startswith("ROW#")]


def ends_well(kept: dict[str, Any], folder: Path) -> None:
    """The run is ended, every row published, and every picture bought once, by old or new code."""
    rows = rows_of(kept)
    run_id = rows[0]["pk"]["S"].removeprefix("RUN#")
    with restore(kept, folder) as world:
        world.run(run_id)
        broken = check(world, {run_id: {row["row_key"]["S"] for row in rows}})
        assert not broken, broken
        assert not world.errors, world.errors
        assert world.ledger.runs.get(run_id).status == "finished"
        assert {row["status"] for row in world.report(run_id)["rows"]} == {"published"}
        assert world.books()["tasks_created"] == len(rows)


def with_unknown(value: Any, added: Any) -> Any:
    """The value with an unknown field in every object."""
    if isinstance(value, dict):
        return {UNKNOWN: added} | {name: with_unknown(each, added) for name, each in value.items()}
    return [with_unknown(each, added) for each in value] if isinstance(value, list) else value


def with_unknown_attributes(item: dict[str, Any]) -> dict[str, Any]:
    """An item with an unknown attribute, also in the maps that it holds."""
    more = {name: _in_value(each) for name, each in item.items()}
    return more | {UNKNOWN: {"M": {"a": {"L": [{"N": "1"}]}}}}


def _in_value(value: dict[str, Any]) -> dict[str, Any]:
    if "M" in value:
        return {"M": with_unknown_attributes(value["M"])}
    return {"L": [_in_value(each) for each in value["L"]]} if "L" in value else value


def in_table(kept: dict[str, Any]) -> None:
    kept["table"] = [with_unknown_attributes(item) for item in kept["table"]]


def in_files(kept: dict[str, Any]) -> None:
    """Files that know more are longer: rows say where their lines stand in them."""
    moved: dict[tuple[int, int], tuple[int, int]] = {}
    for stored in kept["objects"]:
        if stored["key"].endswith((".json", ".jsonl")):
            before, after = 0, b""
            for line in b64decode(stored["body"]).splitlines(keepends=True):
                more = json.dumps(with_unknown(json.loads(line), {"a": [1]})).encode() + b"\n"
                moved[before, len(line)] = len(after), len(more)
                before, after = before + len(line), after + more
            stored["body"] = b64encode(after).decode()
    for row in rows_of(kept):
        if "planned_at" in row:
            offset, length = (int(each["N"]) for each in row["planned_at"]["L"])
            row["planned_at"] = {"L": [{"N": str(each)} for each in moved[offset, length]]}


def in_executions(kept: dict[str, Any]) -> None:
    kept["executions"] = with_unknown(kept["executions"], "x")


def without_executions(kept: dict[str, Any]) -> None:
    """The deployment ended what ran; Sweep begins it anew."""
    kept["executions"] = []


CHANGES = [in_table, in_files, in_executions, without_executions]


@pytest.mark.parametrize("release", KEPT)
class TestKeptRelease:
    def test_was_in_the_middle_of_its_run(self, release: str) -> None:
        states = {row["status"]["S"] for row in rows_of(KEPT[release])}
        assert states >= {"queued", "rendering", "published"}
        assert KEPT[release]["executions"]

    @pytest.mark.parametrize("free", [0, -2])
    def test_a_run_that_holds_all_slots_is_ended(
        self, release: str, free: int, tmp_path: Path
    ) -> None:
        """Its tasks give their slots back only when somebody looks at them."""
        kept = deepcopy(KEPT[release])
        without_executions(kept)
        (account,) = (item for item in kept["table"] if item["sk"]["S"] == "GATE")
        held = len(account["holders"]["SS"])
        run_id = rows_of(kept)[0]["pk"]["S"].removeprefix("RUN#")
        with restore(kept, tmp_path, in_flight=held + free) as world:
            world.run(run_id)
            assert {row["status"] for row in world.report(run_id)["rows"]} == {"published"}
            assert world.books()["tasks_created"] == len(rows_of(kept))

    def test_a_run_that_is_cancelled_right_after_the_upgrade_collects_what_is_paid(
        self, release: str, tmp_path: Path
    ) -> None:
        kept = deepcopy(KEPT[release])
        without_executions(kept)
        run_id = rows_of(kept)[0]["pk"]["S"].removeprefix("RUN#")
        with restore(kept, tmp_path) as world:
            ordered = world.books()["tasks_created"]
            world.control.cancel(run_id)
            world.run(run_id)
            statuses = Counter(row["status"] for row in world.report(run_id)["rows"])
            assert statuses == {"published": ordered, "cancelled": len(rows_of(kept)) - ordered}
            assert world.books()["tasks_created"] == ordered
            assert not world.ledger.limiter.view().held

    def test_its_run_is_ended_and_nothing_is_bought_twice(
        self, release: str, tmp_path: Path
    ) -> None:
        ends_well(deepcopy(KEPT[release]), tmp_path)

    @pytest.mark.parametrize("change", CHANGES)
    def test_so_it_is_after_a_rollback_from_a_release_that_knew_more(
        self, release: str, change: Callable[[dict[str, Any]], None], tmp_path: Path
    ) -> None:
        kept = deepcopy(KEPT[release])
        change(kept)
        ends_well(kept, tmp_path)


FIRST = "0.1.0"
BOUGHT = ("RENDER#", "SHEET#", "DAY#", "MODEL#", "ACCOUNT")


def item_of(kept: dict[str, Any], sort: str) -> dict[str, Any]:
    return next(item for item in kept["table"] if item["sk"]["S"] == sort)


def planning(kept: dict[str, Any], rows: int, files: int, *, figures: bool = False) -> None:
    """Plan has died half-way: nothing is begun, and so much of the run is written."""
    names = ["plan.json", "decided.json", "manifest-1.jsonl"][:files]
    kept["table"] = [each for each in kept["table"] if not each["pk"]["S"].startswith(BOUGHT)]
    standing = sorted(rows_of(kept), key=lambda row: row["sk"]["S"])
    for row in standing[rows:]:
        kept["table"].remove(row)
    for row in standing[:rows]:
        row.update(status={"S": "queued"}, attempts={"N": "0"}, cost={"N": "0"})
        for name in ("picture", "task_id"):
            row.pop(name, None)
    run = item_of(kept, "RUN")
    run.update(status={"S": "planning"}, spent={"N": "0"}, reserved={"N": "0"})
    for name in () if figures else ("rows", "to_render", "estimate"):
        run.pop(name, None)
    kept["objects"] = [
        each
        for each in kept["objects"]
        if each["key"].startswith("sheets/") or each["key"].endswith(tuple(names))
    ]
    kept["executions"], kept["tasks"] = [], []


def plan_comes_again(kept: dict[str, Any], folder: Path, failed: int = 0) -> None:
    """Lambda calls Plan again after the deployment; rows are published, each bought once."""
    (dropped,) = (each for each in kept["objects"] if each["key"].startswith("sheets/"))
    run_id = item_of(kept, "RUN")["pk"]["S"].removeprefix("RUN#")
    with restore(kept, folder) as world:
        world.s3_event(Dropped(dropped["key"], dropped["version"]))
        world.run(run_id)
        statuses = Counter(row["status"] for row in world.report(run_id)["rows"])
        assert statuses == Counter(published=24 - failed, failed=failed)
        broken = check(world, {run_id: {f"mug-{number}" for number in range(1, 25)}})
        assert not broken, broken
        assert not world.errors, world.errors
        assert world.ledger.runs.get(run_id).status == "finished"
        assert world.books()["tasks_created"] == 24 - failed


def test_the_first_release_left_its_line_and_its_rounds_in_the_account() -> None:
    tickets = [each for each in KEPT[FIRST]["table"] if each["sk"]["S"].startswith("LINE#")]
    assert tickets
    assert any(name.startswith("round_") for name in item_of(KEPT[FIRST], "GATE"))


@pytest.mark.parametrize(("rows", "files"), [(0, 0), (0, 2), (10, 2), (24, 3)])
def test_a_plan_of_the_first_release_that_died_half_way_comes_again(
    rows: int, files: int, tmp_path: Path
) -> None:
    kept = deepcopy(KEPT[FIRST])
    planning(kept, rows, files, figures=rows == 24)
    plan_comes_again(kept, tmp_path)


def test_a_plan_of_the_first_release_comes_again_though_its_rows_had_begun(tmp_path: Path) -> None:
    """It died between the start of its execution and the note of it."""
    kept = deepcopy(KEPT[FIRST])
    item_of(kept, "RUN").update(status={"S": "planning"})
    plan_comes_again(kept, tmp_path)


def test_a_plan_of_the_first_release_comes_again_though_a_row_had_failed(tmp_path: Path) -> None:
    kept = deepcopy(KEPT[FIRST])
    item_of(kept, "RUN").update(status={"S": "planning"})
    row = next(row for row in rows_of(kept) if row["status"]["S"] == "queued")
    row.update(status={"S": "failed"}, error={"S": "hiapi refused the order."})
    plan_comes_again(kept, tmp_path, failed=1)


def test_a_plan_of_the_first_release_that_never_comes_again_is_taken_over(tmp_path: Path) -> None:
    kept = deepcopy(KEPT[FIRST])
    item_of(kept, "RUN").update(status={"S": "planning"})
    ends_well(kept, tmp_path)


def ended_before(kept: dict[str, Any], *, parked: bool) -> set[int]:
    """The run was cancelled and has ended while pictures were on their way: they are awaited."""
    late = [row for row in rows_of(kept) if row["status"]["S"] == "rendering"]
    for row in rows_of(kept):
        if row["status"]["S"] != "published":
            row.update(status={"S": "cancelled"}, error={"S": "Cancelled."})
    for row in late:
        row.update(status={"S": "failed"}, error={"S": "Still rendering at hiapi."})
        row.update(open={"S": "row"}, due_at={"N": "1760000050"})
    run = item_of(kept, "RUN")
    run.update(status={"S": "cancelled"}, halted={"S": "cancelled"})
    run.update(finished_at={"N": "1760000044"})
    for name in ("open", "due_at"):
        run.pop(name)
    wanted = {row["render_id"]["S"] for row in late}
    if parked:
        for each in kept["table"]:
            if each["sk"]["S"] == "RENDER" and each["pk"]["S"].removeprefix("RENDER#") in wanted:
                each["parked"] = {"BOOL": True}
        gate = item_of(kept, "GATE")
        gate["parked"] = gate.pop("holders")
    kept["executions"] = []
    return {int(row["sk"]["S"].removeprefix("ROW#")) for row in late}


@pytest.mark.parametrize("parked", [False, True])
def test_rows_that_the_first_release_left_awaited_are_collected(
    parked: bool, tmp_path: Path
) -> None:
    kept = deepcopy(KEPT[FIRST])
    late = ended_before(kept, parked=parked)
    run_id = item_of(kept, "RUN")["pk"]["S"].removeprefix("RUN#")
    with restore(kept, tmp_path) as world:
        tasks = world.books()["tasks_created"]
        world.run(run_id)
        for row in world.ledger.rows.of_run(run_id):
            if row.number in late:
                # The pictures of virtual time are small, and nothing else is said of them.
                assert (row.status, row.error) == ("published", other_shape("2048*2048", 16, 16))
                assert not row.awaited
                assert row.picture
        account = world.ledger.limiter.view()
        assert not account.held | account.parked | account.working
        told = {each["row"]: each["status"] for each in world.report(run_id)["rows"]}
        assert {told[number] for number in late} == {"published"}
        assert world.books()["tasks_created"] == tasks
        assert not world.errors, world.errors


def test_this_release_is_kept() -> None:
    assert (RELEASES / f"{version('rowshot')}.json").exists(), "run python -m support.releases"


@pytest.fixture(scope="module")
def today() -> dict[str, Any]:
    """What would be kept if this code were released now."""
    with begun() as world:
        loaded: dict[str, Any] = json.loads(json.dumps(snapshot(world)))
    return loaded


def test_what_this_code_begins_it_can_take_up_from_a_snapshot(
    today: dict[str, Any], tmp_path: Path
) -> None:
    ends_well(deepcopy(today), tmp_path)


@pytest.mark.parametrize("change", CHANGES)
def test_what_this_code_begins_it_can_take_up_after_a_rollback(
    change: Callable[[dict[str, Any]], None], today: dict[str, Any], tmp_path: Path
) -> None:
    kept = deepcopy(today)
    change(kept)
    assert kept != today
    ends_well(kept, tmp_path)


def test_every_field_that_a_job_got_after_the_first_release_has_a_default() -> None:
    needed = {
        each.name
        for each in fields(Job)
        if each.default is MISSING and each.default_factory is MISSING
    }
    assert needed <= FIRST_FIELDS

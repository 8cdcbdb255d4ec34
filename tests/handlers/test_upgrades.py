"""A run that one release planned and began is ended by another one."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from copy import deepcopy
from dataclasses import MISSING, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from rowshot.jobs import Job
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
    for stored in kept["objects"]:
        if stored["key"].endswith((".json", ".jsonl")):
            lines = b64decode(stored["body"]).decode().splitlines()
            more = [json.dumps(with_unknown(json.loads(line), {"a": [1]})) for line in lines]
            stored["body"] = b64encode(("\n".join(more) + "\n").encode()).decode()


def in_executions(kept: dict[str, Any]) -> None:
    kept["executions"] = with_unknown(kept["executions"], "x")


def without_executions(kept: dict[str, Any]) -> None:
    """The deployment ended what ran; Sweep begins it anew."""
    kept["executions"] = []


@pytest.mark.parametrize("release", KEPT)
class TestKeptRelease:
    def test_was_in_the_middle_of_its_run(self, release: str) -> None:
        states = {row["status"]["S"] for row in rows_of(KEPT[release])}
        assert states >= {"queued", "rendering", "published"}
        assert KEPT[release]["executions"]

    def test_its_run_is_ended_and_nothing_is_bought_twice(
        self, release: str, tmp_path: Path
    ) -> None:
        ends_well(deepcopy(KEPT[release]), tmp_path)

    @pytest.mark.parametrize("change", [in_table, in_files, in_executions, without_executions])
    def test_so_it_is_after_a_rollback_from_a_release_that_knew_more(
        self, release: str, change: Callable[[dict[str, Any]], None], tmp_path: Path
    ) -> None:
        kept = deepcopy(KEPT[release])
        change(kept)
        ends_well(kept, tmp_path)


def test_this_release_is_kept() -> None:
    assert (RELEASES / f"{version('rowshot')}.json").exists(), "run python -m support.releases"


def test_what_this_code_begins_it_can_take_up_from_a_snapshot(tmp_path: Path) -> None:
    with begun() as world:
        kept = json.loads(json.dumps(snapshot(world)))
    ends_well(kept, tmp_path)


def test_every_field_that_a_job_got_after_the_first_release_has_a_default() -> None:
    needed = {
        each.name
        for each in fields(Job)
        if each.default is MISSING and each.default_factory is MISSING
    }
    assert needed <= FIRST_FIELDS

"""A dropped workbook comes back filled, and never keeps a run from its end."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from rowshot.reporting import workbook
from support.world import World

FIELD = Path(__file__).parents[1] / "data" / "field"


@pytest.mark.parametrize("name", ["strict", "backslash-names", "other-case"])
def test_a_workbook_of_any_writer_comes_back_filled(name: str) -> None:
    with World() as world:
        run_id = world.drop((FIELD / f"{name}.xlsx").read_bytes(), f"{name}.xlsx")
        world.run(run_id)
        report = world.report(run_id)
        assert report["counts"]["published"] == 2
        assert report["workbook"] == {"file": "results.xlsx", "problem": None}
        data = world.inbox.get(run_id, "results.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        assert [cell.value for cell in sheet["C"]] == ["status", "published", "published"]


def test_a_workbook_that_openpyxl_refuses_is_told_of() -> None:
    with World() as world:
        run_id = world.drop((FIELD / "empty-fill.xlsx").read_bytes(), "launch.xlsx")
        world.run(run_id)
        report = world.report(run_id)
        assert (report["status"], report["counts"]["published"]) == ("finished", 2)
        problem = "launch.xlsx cannot be filled in: its rows are in results.csv."
        assert report["workbook"] == {"file": None, "problem": problem}
        assert world.inbox.get(run_id, "results.csv")


def test_a_workbook_that_takes_all_memory_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(workbook, "respelled", exhausted)
    with World() as world:
        run_id = world.drop((FIELD / "strict.xlsx").read_bytes(), "launch.xlsx")
        world.run(run_id)
        report = world.report(run_id)
        assert report["counts"]["published"] == 2
        assert "cannot be filled in" in report["workbook"]["problem"]

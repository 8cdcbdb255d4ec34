"""The architecture page is drawn from the template and the state machine as they are."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def diagram() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_diagram", ROOT / "docs/make_diagram.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(diagram: ModuleType) -> None:
    text = diagram.PAGE.read_text("utf-8")
    assert diagram.page(text) == text, "run docs/make_diagram.py"


def test_everything_that_can_be_drawn_is_drawn_or_left_out_on_purpose(diagram: ModuleType) -> None:
    drawn = diagram.overview()
    for name, resource in diagram.RESOURCES.items():
        if resource["Type"] in diagram.SHAPES:
            assert (f"<b>{diagram.short(name)}</b>" in drawn) != (name in diagram.LEFT_OUT), name


def test_every_end_of_an_arrow_is_a_box(diagram: ModuleType) -> None:
    drawn = diagram.overview()
    boxes = set(re.findall(r"^ +(?:subgraph )?(\w+)[\[({>]", drawn, re.MULTILINE))
    for start, end, _ in diagram.edges():
        assert {start, end} <= boxes, (start, end)


def test_every_state_is_drawn(diagram: ModuleType) -> None:
    for machine in diagram.MACHINES:
        drawn = diagram.machine(machine)
        for name in diagram.definition(machine)["States"]:
            assert re.search(rf"\b{name}\b", drawn), name


def test_the_table_names_every_function(diagram: ModuleType) -> None:
    table = diagram.access()
    for name in diagram.FUNCTIONS:
        assert f"| {diagram.short(name)} |" in table

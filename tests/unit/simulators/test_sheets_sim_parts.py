"""The Sheets simulator's parts: notation, typed input, number formats, masks, quotas, faults."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot_simulators.sheets.a1 import (
    Area,
    column_letters,
    column_number,
    format_area,
    parse_area,
    split_title,
)
from rowshot_simulators.sheets.cells import Cell, Formula, effective, shown, user_input
from rowshot_simulators.sheets.errors import ApiError
from rowshot_simulators.sheets.masks import apply_mask, below, parse_mask
from rowshot_simulators.sheets.traffic import Request, SheetsFault, Traffic


@given(st.integers(0, 18_277))
def test_columns_have_letters(column: int) -> None:
    assert column_number(column_letters(column)) == column


def test_the_first_columns() -> None:
    assert [column_letters(c) for c in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@given(
    st.text(min_size=1),
    st.integers(0, 99),
    st.integers(1, 9),
    st.integers(0, 99),
    st.integers(1, 9),
)
def test_a_formatted_range_parses_back(
    title: str, row: int, rows: int, col: int, cols: int
) -> None:
    area = Area(row, row + rows, col, col + cols)
    named, cells = split_title(format_area(title, area))
    assert named == title and cells is not None
    assert parse_area(cells) == area


@pytest.mark.parametrize(
    ("typed", "value", "text"),
    [
        ("12", 12, "12"),
        ("-0.5", -0.5, "-0.5"),
        ("1,234.5", 1234.5, "1234.5"),
        ("0017", 17, "17"),
        ("'0017", "0017", "0017"),
        ("50%", 0.5, "50%"),
        ("$3", 3, "$3"),
        ("$1234.50", 1234.5, "$1,234.50"),
        ("2024-02-29", 45351, "2024-02-29"),
        ("2024-02-30", "2024-02-30", "2024-02-30"),
        ("true", True, "TRUE"),
        ("+1", 1, "1"),
        ("@x", "@x", "@x"),
        ("1 kg", "1 kg", "1 kg"),
        ("--1", "--1", "--1"),
        ("=", "=", "="),
        ("壶", "壶", "壶"),
    ],
)
def test_what_typing_makes_of_a_text(typed: str, value: Any, text: str) -> None:
    got, pattern = user_input(typed)
    assert got == value and type(got) is type(value)
    dress = {"numberFormat": {"pattern": pattern}} if pattern else None
    assert shown(Cell(got, dress)) == text


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=IMAGE("https://x.example/a.webp")', None),
        ('=HYPERLINK("https://x.example", "go")', "go"),
        ('="say ""hi"""', 'say "hi"'),
        ("=12.5", 12.5),
        ("=NOSUCH(1)", "#NAME?"),
    ],
)
def test_the_formulas_that_are_computed(formula: str, value: Any) -> None:
    assert effective(Formula(formula)) == value


def test_masks() -> None:
    mask = parse_mask("sheets(properties(sheetId),data.rowData/values(note)),spreadsheetId")
    whole = {
        "spreadsheetId": "x",
        "extra": 1,
        "sheets": [{"properties": {"sheetId": 0, "title": "t"}, "charts": []}],
    }
    assert apply_mask(mask, whole) == {
        "spreadsheetId": "x",
        "sheets": [{"properties": {"sheetId": 0}}],
    }
    assert below(mask, "sheets", "data", "rowData", "values") == {"note": {}}
    assert below(mask, "sheets", "merges") is None
    for bad in ("a(", "a)", "a..b", ",", "a b("):
        with pytest.raises(ApiError):
            parse_mask(bad)


class Wall:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_quotas_are_a_minute_long_and_by_user_and_kind() -> None:
    wall = Wall()
    traffic = Traffic(wall, 0.5, {"read": 2, "write": 1}, 3)
    for user in ("a", "a", "b"):
        traffic.admit("read", user)
    with pytest.raises(ApiError) as caught:
        traffic.admit("read", "b")
    assert caught.value.body()["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert "'Read requests per minute' of service" in caught.value.message
    traffic.admit("write", "a")
    with pytest.raises(ApiError, match="Write requests per minute per user"):
        traffic.admit("write", "a")
    wall.seconds = 29.9  # 59.8 nominal seconds
    with pytest.raises(ApiError):
        traffic.admit("write", "a")
    wall.seconds = 30.1
    traffic.admit("write", "a")
    traffic.admit("read", "b")


def test_at_time_scale_zero_there_is_no_quota() -> None:
    traffic = Traffic(Wall(), 0, {"read": 1}, 1)
    for _ in range(5):
        traffic.admit("read", "a")


def test_faults_strike_whom_and_how_often_they_say() -> None:
    traffic = Traffic(Wall())
    traffic.faults += [
        SheetsFault(match="write", times=1, skip=1),
        SheetsFault("slow", "any", None, seconds=1),
    ]
    kinds = ["read", "write", "write", "write"]
    struck = [fault.kind for kind in kinds if (fault := traffic.fault_for(kind, "x"))]
    assert struck == ["slow", "slow", "error", "slow"]


def test_a_fault_with_a_rate_is_repeatable() -> None:
    def play() -> list[bool]:
        traffic = Traffic(Wall(), seed=7, faults=[SheetsFault(times=None, rate=0.5)])
        return [traffic.fault_for("read", "") is not None for _ in range(50)]

    assert play() == play()
    assert 5 < sum(play()) < 45


def test_the_busiest_minute() -> None:
    traffic = Traffic(Wall())
    for at in (0, 30, 59, 61, 62, 200):
        traffic.record(Request(at, "read", "u", "GET", "/", 200, "doc"))
    assert traffic.busiest_minute("read") == 4
    assert traffic.busiest_minute("read", "other") == 0
    assert traffic.count("read", "doc", 200) == 6

"""Who may write to a worksheet, and when."""

from __future__ import annotations

from typing import Any

import pytest

from rowshot.clock import Clock
from rowshot.ledger import Ledger
from rowshot.ledger.worksheets import Lease, Refusal, Sheets, Watched
from support import template
from support.aws import DynamoDB

NOW = 1_760_000_000.0


class Meeting(DynamoDB):
    """A table in which somebody else acts between a refused write and the look at its reason."""

    meanwhile: Any = None

    def get_item(self, **request: Any) -> dict[str, Any]:
        act, self.meanwhile = self.meanwhile, None
        if act:
            act()
        return super().get_item(**request)


@pytest.fixture
def table() -> Meeting:
    return Meeting.of(template.properties("LedgerTable"))


@pytest.fixture
def sheets(table: Meeting) -> Sheets:
    client: Any = table
    made = Ledger(client, "ledger", Clock(source=lambda: NOW)).sheets
    made.show(
        "sheet", run_id="run", started_at=NOW, spreadsheet_id="x", worksheet="", header=["slug"]
    )
    return made


def taken(sheets: Sheets) -> Lease:
    lease = sheets.take("sheet", marked_only=False)
    assert isinstance(lease, Lease)
    return lease


def test_a_lease_is_given_to_one_at_a_time(sheets: Sheets) -> None:
    lease = taken(sheets)
    assert sheets.take("sheet", marked_only=False) is Refusal.HELD
    sheets.give_back(lease)
    assert isinstance(sheets.take("sheet", marked_only=False), Lease)


def test_a_clean_sheet_needs_no_pass(sheets: Sheets) -> None:
    assert sheets.take("sheet", marked_only=True) is Refusal.CLEAN
    assert sheets.take("another", marked_only=False) is Refusal.CLEAN
    sheets.mark("sheet", 30)
    assert isinstance(sheets.take("sheet", marked_only=True), Lease)


def test_a_lease_given_back_meanwhile_does_not_make_the_end_content(
    sheets: Sheets, table: Meeting
) -> None:
    """A run's last look must see the worksheet, not hear that there is nothing to do."""
    lease = taken(sheets)
    table.meanwhile = lambda: sheets.give_back(lease)
    assert sheets.take("sheet", marked_only=False) is Refusal.HELD


def test_a_mark_set_under_a_lease_is_kept_when_that_is_given_back_meanwhile(
    sheets: Sheets, table: Meeting
) -> None:
    lease = taken(sheets)
    sheets.mark("sheet", 30)
    table.meanwhile = lambda: sheets.give_back(lease)
    assert sheets.take("sheet", marked_only=True) is Refusal.HELD


class Days:
    """A ledger of sheets whose clock is turned by hand."""

    def __init__(self, table: Meeting) -> None:
        self.now = NOW
        client: Any = table
        self.sheets = Ledger(client, "ledger", Clock(source=lambda: self.now)).sheets
        self.sheets.show(
            "sheet", run_id="run", started_at=NOW, spreadsheet_id="x", worksheet="", header=["slug"]
        )
        self.sheets.mark("sheet", 30)
        self.sheets.watch("sheet")

    def after(self, seconds: float) -> list[Watched]:
        self.now += seconds
        return list(self.sheets.overdue())


def test_a_sheet_that_is_incomplete_is_looked_at_every_hour_of_a_day(table: Meeting) -> None:
    days = Days(table)
    assert days.after(3599) == []
    looks = 0
    for _ in range(30):
        for watched in days.after(3601):
            assert (watched.sheet_id, watched.run_id, watched.left) == ("sheet", "run", True)
            looks += days.sheets.look_later(watched)
            assert not days.sheets.look_later(watched), "one look for each hour"
    assert looks == 24


def test_whoever_still_tries_is_not_joined_by_another(table: Meeting) -> None:
    days = Days(table)
    days.after(3000)
    lease = taken(days.sheets)
    days.sheets.put_off(lease, failing=True)
    (watched,) = days.after(700)
    assert not watched.left


def test_a_sheet_that_was_brought_up_to_date_is_watched_no_longer(table: Meeting) -> None:
    days = Days(table)
    days.sheets.give_back(taken(days.sheets))
    assert days.after(90_000) == []

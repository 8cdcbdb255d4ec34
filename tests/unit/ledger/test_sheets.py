"""Who may write to a worksheet, and when."""

from __future__ import annotations

from typing import Any

import pytest

from rowshot.clock import Clock
from rowshot.ledger import Ledger
from rowshot.ledger.worksheets import Lease, Refusal, Sheets
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

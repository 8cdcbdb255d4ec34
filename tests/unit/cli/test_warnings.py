"""What ``rowshot run`` warns of before it starts."""

from __future__ import annotations

from rowshot_local.cli.running import warnings_of
from support.sheets import table


def test_columns_come_first_then_rows() -> None:
    rows = [{"slug": "a", "prompt": "The label reads 龙井", "model": "flux-schnell", "seeed": "7"}]
    column, row = warnings_of(table(rows), "a.csv", None)
    assert column == "Column 'seeed' is not used: did you mean 'seed'?"
    assert row.startswith("row 2 a: ")
    assert "Chinese" in row


def test_many_rows_with_a_warning_are_counted() -> None:
    rows = [{"slug": f"s{n}", "prompt": "龙井", "model": "flux-schnell"} for n in range(25)]
    said = warnings_of(table(rows), "a.csv", None)
    assert len(said) == 11
    assert said[-1] == "15 more, which 'rowshot plan' shows."


def test_a_sheet_that_cannot_be_read_has_none() -> None:
    assert warnings_of(b"", "a.csv", None) == ()

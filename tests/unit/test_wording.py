"""What to do next is said as it is done where the run is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rowshot import messages
from rowshot.deciding import reasons
from rowshot.ledger.records import Row
from rowshot.recovery import control
from rowshot.sheet_sync import write_back
from rowshot.sheet_sync.google import account
from rowshot.sheet_sync.projection import problems
from rowshot.statuses import RowStatus
from rowshot_local.wording import here, report_here, row_here

CORE = Path(messages.__file__).parent
SENTENCES = {
    f"{module.__name__}.{name}": text
    for module in (account, control, reasons, write_back)
    for name, text in vars(module).items()
    if name.isupper() and isinstance(text, str)
} | {name: message.text for name, message in messages.catalogue().items()}


@pytest.mark.parametrize("name", SENTENCES)
def test_nobody_is_told_to_drop_anything_again(name: str) -> None:
    """Nothing is dropped on a laptop, nor by the menu of a Google Sheet."""
    assert not re.search(r"\bdrop\b", SENTENCES[name])


def test_nor_by_a_worksheets_problems() -> None:
    said = problems.doubled("ink-mug", [2, 3]).message
    assert said == (
        "'ink-mug' is used in rows 3 and 4: give each row its own name and run the sheet again."
    )


def test_a_laptop_names_its_command() -> None:
    assert here(reasons.MODEL_OUT).endswith("for now: run the same command again later.")
    assert "run the same command again tomorrow" in here(reasons.DAY_FULL)
    for sentence in (reasons.STILL_RENDERING, reasons.UNCLEAR, reasons.PICTURE_LATE):
        said = here(sentence).casefold()
        assert "run the same command again" in said
        assert "appear" not in said, "nothing goes on once the command has ended"
        assert "keeps" not in said


def test_a_laptop_promises_nothing_for_a_sheet_after_its_command_has_ended() -> None:
    silent = {"complete": False, "problem": f"Google is silent. {write_back.KEEPS_FILLING}"}
    said = report_here({"rows": [], "problem": None, "live_sheet": silent})["live_sheet"]
    assert said["problem"] == "Google is silent. Run the same command again when it answers."
    assert not said["complete"]
    whole = {"complete": True, "problem": None}
    assert report_here({"rows": [], "live_sheet": whole})["live_sheet"] == whole


def test_a_row_that_is_under_way_has_its_command_still() -> None:
    late = Row("r", 2, "a", RowStatus.PUBLISHING, error=reasons.PICTURE_LATE)
    assert row_here(late) == late
    assert "run the same command" in row_here(replace(late, status=RowStatus.FAILED)).error.lower()


def test_a_report_is_worded_for_the_laptop_and_otherwise_left_alone() -> None:
    report = {
        "problem": reasons.NOT_FINISHED,
        "rows": [
            {"row": 2, "error": reasons.INTERNAL, "prompt": messages.RUN_AGAIN},
            {"row": 3, "error": None, "prompt": ""},
        ],
    }
    worded = report_here(report)
    assert "run the same command again" in worded["problem"]
    assert "run the same command again" in worded["rows"][0]["error"]
    assert worded["rows"][0]["prompt"] == messages.RUN_AGAIN, "a person's own words"
    assert worded["rows"][1] == report["rows"][1]
    assert report_here({"problem": None, "rows": []}) == {"problem": None, "rows": []}

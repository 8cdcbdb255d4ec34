"""What stands in the terminal when a run has ended."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from rowshot.statuses import RowStatus
from rowshot_local.cli.place import Place
from rowshot_local.cli.summary import finished, next_steps
from rowshot_local.cli.terminal import PlainConsole

RUN = "0123456789abcdef"


def report(*statuses: str, **changes: Any) -> dict[str, Any]:
    rows = [
        {"row": number, "slug": f"s{number}", "status": status, "error": "Because."}
        for number, status in enumerate(statuses, start=2)
    ]
    counts = {"rows": len(rows)} | {str(each): statuses.count(each) for each in RowStatus}
    return {
        "run_id": RUN,
        "status": "finished",
        "problem": None,
        "simulated": False,
        "counts": counts,
        "spent_usd": "0.28",
        "possibly_billed_usd": "0",
        "rows": rows,
        **changes,
    }


def said(report: dict[str, Any], place: Place | None = None) -> str:
    out = io.StringIO()
    finished(PlainConsole(file=out, width=200), report, place or Place())
    return out.getvalue()


def test_a_simulated_run_has_spent_nothing() -> None:
    text = said(report("published", simulated=True, possibly_billed_usd="0.05"))
    assert "Would have cost $0.28 (simulated)." in text
    assert "Failed tasks might have cost another $0.05 (simulated)." in text
    assert "spent" not in text.casefold()


def test_a_real_run_says_what_was_spent_and_what_may_be_billed() -> None:
    text = said(report("published", "failed", possibly_billed_usd="0.05"))
    assert "Spent $0.28." in text
    assert "Failed tasks may be billed as well: $0.05." in text
    assert "simulated" not in text


@pytest.mark.parametrize("simulated", [True, False])
def test_a_sheet_that_could_not_be_read_has_neither_rows_nor_a_price(
    simulated: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    unread = report(status="stopped", problem="notes.txt is a text.", simulated=simulated)
    assert said({**unread, "spent_usd": "0"}) == ""
    assert capsys.readouterr().err == "notes.txt is a text.\n"


def test_a_run_whose_rows_are_not_known_has_its_price_and_no_files() -> None:
    unknown = report(status="stopped", problem="It went wrong.")
    for number, words in ((1, "1 row."), (7, "7 rows.")):
        counted = {**unknown, "counts": {**unknown["counts"], "rows": number}}
        assert said(counted).splitlines() == [words, "Spent $0.28."]


@pytest.mark.parametrize(
    ("statuses", "status", "wanted"),
    [
        (["published"], "finished", ["redo"]),
        (["cancelled"], "cancelled", [f"rowshot resume {RUN}"]),
        (["failed"], "finished", [f"rowshot retry {RUN}"]),
        (["published", "failed", "cancelled"], "cancelled", ["resume", "retry", "redo"]),
        (["over budget"], "over budget", ["--max-usd"]),
        (["published", "over budget"], "finished", [f"rowshot resume {RUN}", "redo"]),
    ],
)
def test_the_last_lines_say_what_can_be_done_next(
    statuses: list[str], status: str, wanted: list[str]
) -> None:
    steps = list(next_steps(report(*statuses, status=status), Place()))
    assert len(steps) == len(wanted)
    for sentence, words in zip(steps, wanted, strict=True):
        assert words in sentence


@pytest.mark.parametrize(
    ("found", "wanted"), [(None, "shop/.venv/bin/rowshot"), ("/usr/bin/rowshot", "rowshot")]
)
def test_a_command_to_type_names_a_program_that_the_shell_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str | None, wanted: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [str(tmp_path / "shop" / ".venv" / "bin" / "rowshot")])
    monkeypatch.setattr("shutil.which", lambda name: found)
    assert Place().command("resume", RUN) == f"{wanted} resume {RUN}"


def test_a_command_to_type_finds_the_same_run_and_results() -> None:
    usual = Place()
    assert usual.command("cancel", RUN) == f"rowshot cancel {RUN}"
    elsewhere = Place(Path("my state"), None, Path("pictures"), live=True)
    assert elsewhere.command("cancel", RUN) == f"rowshot cancel {RUN} --state 'my state'"
    assert (
        elsewhere.command("resume", RUN, carries_out=True)
        == f"rowshot resume {RUN} --state 'my state' --live"
    )
    on_aws = Place(stack="rowshot")
    assert on_aws.command("watch", RUN, carries_out=True) == f"rowshot watch {RUN} --stack rowshot"

"""Which modules are spoiled, and which tests are to notice.

The tests of a module stand quickest first: the first that fails ends the trial of an edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_PROMISES = tuple(
    f"tests/handlers/test_invariants.py::test_invariant_{name}"
    for name in (
        "2_no_double_spend_of_two_sheets_at_the_same_moment[0]",
        "1_no_row_is_lost_when_the_execution_dies",
        "3_a_joined_picture_that_fails_is_bought_by_who_still_wants_it",
        "1_a_run_whose_end_never_works_is_given_up",
    )
)
_OWN = (
    "tests/unit/deciding",
    "tests/unit/ordering",
    "tests/unit/ledger/test_limiter.py",
    "tests/unit/ledger/test_line.py",
)
_TOGETHER = (
    "tests/handlers/test_pipeline.py",
    "tests/handlers/test_duplicates.py",
    "tests/handlers/test_cancel.py",
    "tests/handlers/test_faults.py::"
    "test_an_empty_account_pauses_all_runs_and_they_go_on_by_themselves",
    *_PROMISES,
    *(
        f"tests/handlers/test_chaos.py::test_a_random_schedule_keeps_every_promise[{n}]"
        for n in "01"
    ),
)


def _way(*own: str) -> tuple[str, ...]:
    """The tests of the way of a row, a module's own before the others."""
    return (*own, *(each for each in _OWN if each not in own), *_TOGETHER)


_PLAN = (
    "tests/unit/planning",
    "tests/unit/cli/test_plan_view.py",
    "tests/handlers/test_pipeline.py",
    "tests/handlers/test_personal.py",
)
_SHEET = ("tests/unit/sheet_sync", "tests/handlers/test_live_sheet.py")
_DOWNLOAD = (
    "tests/unit/transport",
    "tests/unit/publishing",
    "tests/unit/cli/test_proxies.py",
    "tests/contract/test_download_wire.py",
)

TESTS: Mapping[str, Sequence[str]] = {
    "deciding/next_action.py": _way("tests/unit/deciding"),
    "deciding/conclude.py": _way("tests/unit/deciding"),
    "deciding/pacing.py": _way("tests/unit/deciding/test_pacing.py"),
    "ordering/dispatch.py": _way("tests/unit/ordering"),
    "ordering/claims.py": _way("tests/unit/ordering"),
    "ordering/writing.py": _way("tests/unit/ordering"),
    "ledger/limiter.py": _way("tests/unit/ledger/test_limiter.py", "tests/unit/ordering"),
    "ledger/line.py": _way("tests/unit/ledger/test_line.py", "tests/unit/ordering"),
    "planning/plan.py": _PLAN,
    "sheet_sync/projection/reconcile.py": _SHEET,
    "sheet_sync/projection/columns.py": _SHEET,
    "sheet_sync/projection/ownership.py": _SHEET,
    "transport/addresses.py": _DOWNLOAD,
    "transport/safe_transport.py": _DOWNLOAD,
    "publishing/download.py": _DOWNLOAD,
}

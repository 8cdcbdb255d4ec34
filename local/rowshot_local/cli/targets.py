"""Which stack and which run a command means: on this machine, or on AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rowshot.errors import RowshotError
from rowshot.ledger.records import Run, RunStatus
from rowshot.messages import listed
from rowshot.statuses import RowStatus
from rowshot_local.local_stack import kept_stack
from rowshot_local.stack import Stack, aws_stack

_LOOKED_AT = 50  # of the latest runs
_UNFINISHED = (RunStatus.CANCELLED, RunStatus.STOPPED)


class NothingKept(RowshotError):
    """No sheet was ever run on this state folder."""


class NoSuchRun(RowshotError):
    """No run, or more than one, is what a command without a run's id means."""


@contextmanager
def known_stack(state: Path, name: str | None) -> Iterator[Stack | None]:
    """The stack of this name on AWS, otherwise that of a state folder; None where it has none.

    Raises:
        StackUnavailable: The stack on AWS cannot be used.
    """
    if name:
        yield aws_stack(name)
        return
    with kept_stack(state) as stack:
        yield stack


@contextmanager
def existing_stack(state: Path, name: str | None) -> Iterator[Stack]:
    """The same, where there has to be one.

    Raises:
        NothingKept: The state folder has none.
        StackUnavailable: The stack on AWS cannot be used.
    """
    with known_stack(state, name) as stack:
        if stack is None:
            raise NothingKept(
                f"There is nothing in {state} yet: run a sheet first, or name the right folder "
                "with --state."
            )
        yield stack


def running_run(stack: Stack) -> Run:
    """The one run in progress.

    Raises:
        NoSuchRun: There is none, or there are several.
    """
    found = list(stack.ledger.runs.all_open())
    if not found:
        raise NoSuchRun("No run is in progress: 'rowshot status' lists the last runs.")
    if len(found) > 1:
        named = listed((f"{run.id} ({run.sheet_name})" for run in found), last="and")
        raise NoSuchRun(f"Several runs are in progress. Say which you mean: {named}.")
    return found[0]


def unfinished_run(stack: Stack) -> Run:
    """The latest run that was cancelled, stopped or interrupted, and that no later one replaced.

    Raises:
        NoSuchRun: There is none.
    """
    for run in _newest_of_each_sheet(stack):
        if run.status.is_open or run.status in _UNFINISHED:
            return run
    raise NoSuchRun("No run is left unfinished: 'rowshot status' lists the last runs.")


def failed_run(stack: Stack) -> Run:
    """The latest run with failed rows that no later one replaced.

    Raises:
        NoSuchRun: There is none.
    """
    for run in _newest_of_each_sheet(stack):
        if any(row.status is RowStatus.FAILED for row in stack.ledger.rows.of_run(run.id)):
            return run
    raise NoSuchRun("No run has failed rows: 'rowshot status' lists the last runs.")


def _newest_of_each_sheet(stack: Stack) -> Iterator[Run]:
    seen: set[str] = set()
    for run in stack.ledger.runs.latest(_LOOKED_AT):
        if run.sheet_id not in seen:
            yield run
        seen.add(run.sheet_id)

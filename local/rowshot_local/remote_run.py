"""Follows a run that somebody else carries out: another command on this machine, or AWS."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError

from rowshot.errors import RowshotError
from rowshot_local.engine import EngineBusy
from rowshot_local.local_stack import attached_stack, kept_stack
from rowshot_local.run_progress import Looks, Progress, follow, progress_of
from rowshot_local.stack import Stack

_PAUSE = 2.0  # wall seconds between two looks at a ledger on AWS, which costs money
_STOPPING = 20.0  # wall seconds that an engine may take to stop


class NobodyWorks(RowshotError):
    """The run is open, but no command on this machine works on it."""


def watch_stack(stack: Stack, run_id: str) -> Iterator[Progress]:
    """Yields a run's progress on AWS until it has ended; its own Sweep looks after it.

    Raises:
        RunNotFound: There is none of this id.
    """
    look = Looks(stack, run_id)
    while True:
        progress = look()
        yield progress
        if not progress.run.status.is_open:
            return
        _wait(_PAUSE)


def watch_kept(state: Path, run_id: str, resume: str) -> Iterator[Progress]:
    """Yields a run's progress on this machine until it has ended.

    The engine of the command that carries the run out is looked at. When that command ends, the
    kept state tells how the run stands.

    Args:
        state: The state folder.
        run_id: The run.
        resume: The command that resumes it.

    Raises:
        RunNotFound: There is none of this id.
        NobodyWorks: The run is open and no command carries it out.
    """
    try:
        with attached_stack(state) as stack:
            if stack is not None:
                stack.ledger.runs.get(run_id)
                yield from follow(stack, run_id)
                return
    except (NoConnection, HTTPClientError):
        pass  # that command has ended, and its engine with it
    yield _at_rest(state, run_id, resume)


def _at_rest(state: Path, run_id: str, resume: str) -> Progress:
    deadline = time.monotonic() + _STOPPING
    while True:
        try:
            with kept_stack(state) as stack:
                if stack is None:
                    raise NobodyWorks(
                        f"There is nothing in {state} yet: no run has been started there."
                    )
                progress = progress_of(stack, run_id)
            break
        except EngineBusy:
            if time.monotonic() > deadline:
                raise
            _wait(0.5)
    if progress.run.status.is_open:
        raise NobodyWorks(
            f"Run {run_id} was interrupted ({progress.done} of {progress.total} rows are "
            f"finished): resume it with '{resume}'."
        )
    return progress


def _wait(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 - between two looks at a ledger that tells of no changes

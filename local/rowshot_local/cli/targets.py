"""Which stack a command looks at: the one kept on this machine, or one on AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rowshot.errors import RowshotError
from rowshot_local.local_stack import kept_stack
from rowshot_local.stack import Stack, aws_stack


class NothingKept(RowshotError):
    """No sheet was ever run on this state folder."""


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

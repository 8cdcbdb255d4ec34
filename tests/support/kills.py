"""Where functions are at each moment, and which of them die there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


class Killed(BaseException):
    """The function's process is gone: no handler of the code under test may run on it."""


@dataclass(frozen=True)
class Place:
    """A moment in one call of a function, just before something happens.

    Args:
        function: The function's short name.
        call: Which of its calls, from 1 on.
        step: Which moment of that call, from 1 on.
        name: What is about to happen.
    """

    function: str
    call: int
    step: int
    name: str


@dataclass
class Life:
    """Follows one call of a function from moment to moment.

    Args:
        function: The function's short name.
        call: Which of its calls, from 1 on.
        judge: Told of each moment; it may raise ``Killed``, or wait.
    """

    function: str
    call: int
    judge: Callable[[Place], None]
    _steps: int = field(default=0)

    def reach(self, name: str) -> None:
        """The call is about to do something."""
        self._steps += 1
        self.judge(Place(self.function, self.call, self._steps, name))

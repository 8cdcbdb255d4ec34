"""Virtual time: an asyncio loop that never waits, and functions that run on it as if alone.

Everything in a world happens on one event loop whose clock jumps to the next thing to happen, so an
hour takes no longer than its work. The steps are ordinary functions; they run in *fibers*
(greenlets), which may wait in the middle of a call and let others go on meanwhile.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar, cast

from greenlet import getcurrent, greenlet

T = TypeVar("T")


class Stuck(RuntimeError):
    """Everybody waits, and nothing will ever happen."""


class _Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Waits for nothing: the time that the loop wants to wait has passed at once."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Stuck("everybody waits for somebody else")
        self.passed += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock starts at 0 and jumps."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Virtual seconds since the loop began."""
        return self._virtual.passed


async def in_fiber(work: Callable[[], T]) -> T:
    """Runs a plain function that may call ``wait``; cancelling kills it where it waits."""
    fiber = greenlet(work)
    outcome = fiber.switch()
    while not fiber.dead:
        try:
            value = await outcome
        except BaseException as error:
            outcome = fiber.throw(error)
        else:
            outcome = fiber.switch(value)
    return cast(T, outcome)


def wait(awaitable: Awaitable[T]) -> T:
    """Waits inside a fiber, while the rest of the world goes on."""
    parent = getcurrent().parent
    if parent is None:
        raise RuntimeError("only a fiber can wait")
    return cast(T, parent.switch(awaitable))


def in_a_fiber() -> bool:
    """Whether the caller may ``wait``."""
    return getcurrent().parent is not None


def run(loop: VirtualLoop, main: Coroutine[Any, Any, T]) -> T:
    """Runs the world until something has come to its end."""
    return loop.run_until_complete(main)

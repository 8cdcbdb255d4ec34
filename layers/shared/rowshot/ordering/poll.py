"""What Poll can do: ask hiapi how a task stands."""

from __future__ import annotations

from dataclasses import dataclass

from rowshot.deciding.actions import Look
from rowshot.deciding.answers import Answer
from rowshot.deciding.facts import Facts
from rowshot.errors import HiapiError
from rowshot.ordering.executor import Connections, Executor
from rowshot.ordering.hiapi import HiapiClient


def poll(connections: Connections, hiapi: HiapiClient) -> Executor:
    """The step."""
    return Executor(connections, {Look: Looking(hiapi)})


@dataclass(frozen=True)
class Looking:
    """Looks at tasks.

    Args:
        hiapi: The client of the account.
    """

    hiapi: HiapiClient

    def __call__(self, look: Look, facts: Facts) -> Answer:
        """Asks for the task once."""
        if facts.render is None:
            raise ValueError("there is no task to look at")
        try:
            return self.hiapi.task(facts.render.task_id)
        except HiapiError as error:
            return error

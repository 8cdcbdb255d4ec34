"""What Submit can do: send a claimed order to hiapi. The one place that spends money."""

from __future__ import annotations

from dataclasses import dataclass

from rowshot.deciding.actions import Order
from rowshot.deciding.answers import Accepted, Answer, NoRoom, Outage
from rowshot.deciding.facts import Facts
from rowshot.errors import HiapiError, HiapiUnavailable, HiapiUnreachable
from rowshot.ordering.executor import Connections, Executor
from rowshot.ordering.hiapi import HiapiClient

_EVERYTHING = "hiapi"  # the name under which an outage of all models is remembered


def submit(connections: Connections, hiapi: HiapiClient) -> Executor:
    """The step."""
    return Executor(connections, {Order: Ordering(connections, hiapi)})


@dataclass(frozen=True)
class Ordering:
    """Sends orders.

    Args:
        connections: What Submit is connected to.
        hiapi: The client of the account.
    """

    connections: Connections
    hiapi: HiapiClient

    def __call__(self, order: Order, facts: Facts) -> Answer:
        """Posts a claimed order's stored bytes under its key."""
        renders, render = self.connections.ledger.renders, facts.render
        if render is None:
            raise ValueError("there is no order to send")
        if order.parked:
            unparked = renders.unpark(render, self.connections.rules.in_flight)
            if unparked is None:
                return None
            render = unparked
        held = renders.hold(render)
        if held is None:
            return NoRoom.TAKEN_BY_OTHERS
        models, clock = self.connections.ledger.models, self.connections.clock
        try:
            return Accepted(self.hiapi.create(held.body, held.key))
        except HiapiUnreachable as error:
            return Outage(error, models.out_for(_EVERYTHING, clock))
        except HiapiUnavailable as error:
            return Outage(error, models.out_for(facts.job.model, clock))
        except HiapiError as error:
            return error

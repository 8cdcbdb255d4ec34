"""Tells Dispatch that something may go on: one message for each event."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from rowshot.clock import Clock

_LONGEST_DELAY = 900  # seconds, SQS's limit of DelaySeconds


class DispatchQueue:
    """Sends Dispatch its messages. A lost one costs a minute: Sweep sends one too.

    Args:
        client: A boto3 SQS client.
        queue_url: Dispatch's queue.
        clock: Converts delays.
    """

    def __init__(self, client: SQSClient, queue_url: str, clock: Clock) -> None:
        self._client = client
        self._queue_url = queue_url
        self._clock = clock

    def send(
        self,
        *,
        run_id: str = "",
        render_id: str = "",
        row: int = 0,
        delay: float = 0.0,
        at_least: int = 0,
    ) -> None:
        """Asks Dispatch to look at the line.

        Args:
            run_id: A run that may be at its end, or the one of ``row``.
            render_id: A render that has settled, so that rows which waited with it go on.
            row: A row whose execution has ended though its work has not.
            delay: Nominal seconds from now.
            at_least: Wall seconds from now.
        """
        wall = self._clock.wall(delay)
        # SQS counts whole seconds: what a laptop's clock makes shorter than one is left out.
        seconds = math.ceil(wall) if wall >= 1 else round(wall)
        seconds = min(_LONGEST_DELAY, max(at_least, seconds))
        named: dict[str, Any] = {"run_id": run_id, "render_id": render_id, "row": row}
        body = json.dumps({name: value for name, value in named.items() if value})
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=body, DelaySeconds=seconds)

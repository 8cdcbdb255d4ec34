"""Tells the write-back that a sheet's rows have changed: a mark in the ledger, and one message."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from rowshot.ledger import Ledger

_STALE = 30.0  # nominal seconds after which a mark's message counts as lost
_LONGEST_DELAY = 900  # seconds, SQS's limit of DelaySeconds


class SyncQueue:
    """Marks sheets as changed.

    Args:
        ledger: The ledger.
        client: A boto3 SQS client.
        queue_url: The write-back's queue.
        seconds: Nominal seconds from a change to the pass that shows it.
    """

    def __init__(self, ledger: Ledger, client: SQSClient, queue_url: str, seconds: int) -> None:
        self._sheets = ledger.sheets
        self._clock = ledger.clock
        self._client = client
        self._queue_url = queue_url
        self.seconds = seconds

    def notify(self, run_id: str, sheet_id: str) -> None:
        """Marks a sheet; only the first mark since its last pass sends a message."""
        if self._sheets.mark(sheet_id, _STALE):
            self.send(run_id, sheet_id, self.seconds)

    def send(self, run_id: str, sheet_id: str, seconds: float, since: float | None = None) -> None:
        """Asks for a pass.

        Args:
            run_id: The run.
            sheet_id: The sheet.
            seconds: Nominal seconds after which the pass is to be made.
            since: The instant of the change that it is to show, None for the present one.
        """
        wall = self._clock.wall(seconds)
        # SQS counts whole seconds: what a laptop's clock makes shorter than one is left out.
        delay = min(_LONGEST_DELAY, math.ceil(wall)) if wall >= 1 else round(wall)
        changed_at = self._clock.now() if since is None else since
        body = json.dumps({"run_id": run_id, "sheet_id": sheet_id, "since": changed_at})
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=body, DelaySeconds=delay)

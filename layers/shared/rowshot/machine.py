"""The state machine that renders a run's rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Machine:
    """Starts executions and tells whether they live.

    Args:
        client: A boto3 Step Functions client.
        arn: The state machine's ARN.
    """

    def __init__(self, client: SFNClient, arn: str) -> None:
        self._client = client
        self._arn = arn

    def start(self, run_id: str, generation: int, *, rows: int, bucket: str, manifest: str) -> None:
        """Starts a generation of a run; one that was started before counts as started."""
        state = {"run_id": run_id, "rows": rows, "bucket": bucket, "manifest": manifest}
        try:
            self._client.start_execution(
                stateMachineArn=self._arn, name=f"{run_id}-{generation}", input=json.dumps(state)
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return  # the same event came twice

    def status(self, run_id: str, generation: int) -> str:
        """``RUNNING``, ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT``, ``ABORTED``, or ``MISSING``."""
        name = f"{run_id}-{generation}"
        arn = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            return self._client.describe_execution(executionArn=arn)["status"]
        except self._client.exceptions.ExecutionDoesNotExist:
            return "MISSING"

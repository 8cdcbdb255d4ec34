"""The executions of the state machines: named so that a person finds them and none comes twice."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from rowshot.ledger.jobs import Job

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_UNSAFE = re.compile(r"[^0-9A-Za-z_-]+")
_LONGEST_NAME = 80  # characters (Step Functions' quota)
_LONGEST_SLUG = 48


def execution_name(job: Job, start: int) -> str:
    """``<slug, cut>-<run, 8>-<row>-<start>``, in characters that Step Functions takes.

    Args:
        job: The row's job.
        start: Which of the row's executions, from 1 on; AWS keeps a name for 90 days.
    """
    slug = _UNSAFE.sub("-", job.row_key)[:_LONGEST_SLUG].strip("-") or "row"
    name = f"{slug}-{job.run_id[:8]}-{job.number}-{start}"
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"the name of an execution is too long: {name}")
    return name


class Executions:
    """Starts executions of one state machine and tells whether they live.

    Args:
        client: A boto3 Step Functions client.
        arn: The state machine's ARN.
    """

    def __init__(self, client: SFNClient, arn: str) -> None:
        self._client = client
        self._arn = arn

    def start(self, name: str, state: dict[str, Any]) -> None:
        """Starts an execution; one of this name that was started before counts as started.

        Args:
            name: Its name.
            state: Its input.
        """
        try:
            self._client.start_execution(
                stateMachineArn=self._arn,
                name=name,
                # AWS counts the bytes, and an escaped emoji has three times its own.
                input=json.dumps(state, ensure_ascii=False),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return  # the same event came twice

    def start_row(self, job: Job, name: str) -> None:
        """Starts the execution that a row names."""
        self.start(name, {"job": json.loads(job.line()), "execution": name})

    def status(self, name: str) -> str:
        """``RUNNING``, ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT``, ``ABORTED``, or ``MISSING``.

        DescribeExecution is eventually consistent: only an end is certain.
        """
        return self._described(name)[0]

    def look(self, name: str) -> tuple[str, Job | None]:
        """The same with the job that the execution was given, None where it is missing."""
        status, state = self._described(name)
        return status, Job.from_state(state["job"]) if state else None

    def _described(self, name: str) -> tuple[str, dict[str, Any]]:
        arn = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            found = self._client.describe_execution(executionArn=arn)
        except self._client.exceptions.ExecutionDoesNotExist:
            return "MISSING", {}
        return found["status"], json.loads(found.get("input") or "{}")

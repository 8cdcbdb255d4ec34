"""Step Functions: starts executions of the interpreted machine, and tells whether they live."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from support.aws.failing import Exceptions
from support.aws.refusals import refuse_larger, refuse_name
from support.aws.sizes import text_bytes
from support.machine import Execution


class StepFunctions:
    """What the core uses of a boto3 Step Functions client.

    Args:
        begin: Lets an execution run.
        before: Told of each start before it happens.
    """

    def __init__(
        self,
        begin: Callable[[Execution], None],
        before: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._before = before
        self.exceptions = Exceptions("ExecutionAlreadyExists", "ExecutionDoesNotExist")
        self.executions: dict[str, Execution] = {}
        self._begin = begin

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:
        """StartExecution: a name that was used with another input, or has ended, is refused."""
        refuse_name(name)
        refuse_larger("an execution's input", text_bytes(input), "StartExecution")
        self._before("states StartExecution")
        known = self.executions.get(name)
        if known is not None:
            if known.status == "RUNNING" and known.input == json.loads(input):
                return {}  # as AWS does: the same name and input while it runs is no error
            raise self.exceptions.error("ExecutionAlreadyExists", "StartExecution")
        execution = Execution(name, json.loads(input))
        self.executions[name] = execution
        self._begin(execution)
        return {}

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:
        """DescribeExecution."""
        execution = self.executions.get(executionArn.rsplit(":", 1)[1])
        if execution is None:
            raise self.exceptions.error("ExecutionDoesNotExist", "DescribeExecution")
        return {"status": execution.status, "input": json.dumps(execution.input)}

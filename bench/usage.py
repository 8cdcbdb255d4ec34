"""What AWS would have counted of a real local run, read from its history and its logs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rowshot_local.local_stack import LocalStack

FUNCTIONS = ("plan", "dispatch", "submit", "poll", "publish", "finish", "write-back", "sweep")
_REPORT = re.compile(r"REPORT .*Billed Duration: (\d+) ms\s+Memory Size: (\d+) MB")
_START = 1  # transition that starts an execution


@dataclass
class Usage:
    """Counts of one or several runs together.

    Args:
        rows: Pictures.
        transitions: Of the executions of rows and of ends.
        calls: Lambda requests by function.
        seconds: Billed seconds by function, as they were on this machine.
        memory_mb: Configured memory by function.
        log_bytes: What the functions logged.
        picture_bytes: Stored bytes a row, all widths.
    """

    rows: int = 0
    transitions: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, int] = field(default_factory=dict)
    log_bytes: int = 0
    picture_bytes: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Ready to be kept."""
        return {**vars(self), "calls": dict(self.calls)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Usage:
        """The reverse of ``to_json``."""
        return cls(**{**kept, "calls": Counter(kept["calls"])})


def usage_of(local: LocalStack, run_ids: Sequence[str]) -> Usage:
    """Reads everything that the engine noted of some runs, the only ones on it."""
    usage = Usage()
    for run_id in run_ids:
        _add_executions(usage, local, run_id)
    for name in FUNCTIONS:
        _add_log(usage, local, name)
    bucket = local.stack.outputs["MediaBucket"]
    pages = local.engine.client("s3").get_paginator("list_objects_v2")
    sizes = [
        entry["Size"]
        for page in pages.paginate(Bucket=bucket, Prefix="images/")
        for entry in page.get("Contents", [])
    ]
    usage.picture_bytes = sum(sizes) / max(1, usage.rows)
    return usage


def _add_executions(usage: Usage, local: LocalStack, run_id: str) -> None:
    client: Any = local.engine.client("stepfunctions")
    for name, of_rows in (("StateMachine", True), ("FinishMachine", False)):
        pages = client.get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=local.stack.outputs[name]):
            for execution in page["executions"]:
                if run_id[:8] not in execution["name"]:
                    continue
                usage.rows += of_rows
                usage.transitions += transitions_of(_events(client, execution["executionArn"]))


def transitions_of(events: Iterable[Mapping[str, Any]]) -> int:
    """The transitions of an execution: each state that it enters, and its start."""
    return _START + sum(event["type"].endswith("StateEntered") for event in events)


def _events(machine: Any, arn: str) -> list[dict[str, Any]]:
    pages = machine.get_paginator("get_execution_history").paginate(executionArn=arn)
    return [event for page in pages for event in page["events"]]


def _add_log(usage: Usage, local: LocalStack, name: str) -> None:
    group = f"/rowshot/rowshot/{name}"
    pages = local.engine.client("logs").get_paginator("filter_log_events")
    for page in pages.paginate(logGroupName=group):
        for event in page["events"]:
            message = event["message"]
            report = _REPORT.search(message)
            if report:
                usage.calls[name] += 1
                usage.seconds[name] = usage.seconds.get(name, 0.0) + int(report[1]) / 1000
                usage.memory_mb[name] = int(report[2])
            usage.log_bytes += len(message.encode()) + 26  # CloudWatch adds 26 bytes an event

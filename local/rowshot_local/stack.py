"""A deployed stack, seen from outside: the same handles for the laptop's engine and for AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from rowshot.clock import Clock
from rowshot.ledger import Ledger
from rowshot.machine import Machine
from rowshot.source import PREFIX
from rowshot.steps.plan import Dropped, run_id_of
from rowshot.storage import Inbox


@dataclass(frozen=True)
class Stack:
    """Handles of a stack.

    Args:
        outputs: The stack's outputs.
        client: Gives a boto3 client of a service.
        clock: The deployment's clock.
    """

    outputs: Mapping[str, str]
    client: Callable[[str], Any]
    clock: Clock

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.client("dynamodb"), self.outputs["LedgerTable"], self.clock)

    @property
    def inbox(self) -> Inbox:
        """The inbox."""
        return Inbox(self.client("s3"), self.outputs["InboxBucket"])

    @property
    def machine(self) -> Machine:
        """The state machine."""
        return Machine(self.client("stepfunctions"), self.outputs["StateMachine"])

    def drop(self, data: bytes, name: str, metadata: Mapping[str, str]) -> str:
        """Drops a sheet into the inbox and returns the id of the run that it starts.

        Args:
            data: The file.
            name: Its name below ``sheets/``.
            metadata: Object metadata; values are percent-encoded here.
        """
        key = f"{PREFIX}{name}"
        answer = self.client("s3").put_object(
            Bucket=self.outputs["InboxBucket"],
            Key=key,
            Body=data,
            Metadata={title: quote(value) for title, value in metadata.items()},
        )
        dropped = Dropped(key, answer.get("VersionId", ""))
        return run_id_of(self.outputs["InboxBucket"], dropped)

    def sweep(self) -> None:
        """Starts Sweep once, now, without waiting for it."""
        self.client("lambda").invoke(
            FunctionName=self.outputs["SweepFunction"], InvocationType="Event", Payload=b"{}"
        )

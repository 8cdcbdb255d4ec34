"""A deployed stack, seen from outside: the same handles for the laptop's engine and for AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rowshot.clock import Clock
from rowshot.errors import RowshotError
from rowshot.inbound.plan_run import Dropped, run_id_of
from rowshot.ledger import Ledger
from rowshot.ordering.executions import Executions
from rowshot.ordering.notify import DispatchQueue
from rowshot.reading.origin import PREFIX, SIMULATED
from rowshot.storage import Inbox
from rowshot_local import account

_NEEDED = ("InboxBucket", "LedgerTable", "StateMachine", "DispatchQueue", "SweepFunction")


class StackUnavailable(RowshotError):
    """The stack that was named cannot be used."""


@dataclass(frozen=True)
class Stack:
    """Handles of a stack.

    Args:
        outputs: The stack's outputs.
        client: Gives a boto3 client of a service.
        clock: The deployment's clock.
        simulated: Whether a simulator draws its pictures, so that nothing is ever spent.
        local: Whether it is on this machine, where nothing goes on once a command has ended.
        at_rest: Whether no command carries out its runs at the moment.
        parameters: What was chosen when it was deployed; known of a stack on AWS.
    """

    outputs: Mapping[str, str]
    client: Callable[[str], Any]
    clock: Clock
    simulated: bool = False
    local: bool = False
    at_rest: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.client("dynamodb"), self.outputs["LedgerTable"], self.clock)

    @property
    def inbox(self) -> Inbox:
        """The inbox."""
        return Inbox(self.client("s3"), self.outputs["InboxBucket"])

    @property
    def executions(self) -> Executions:
        """The executions of rows."""
        return Executions(self.client("stepfunctions"), self.outputs["StateMachine"])

    @property
    def dispatch_queue(self) -> DispatchQueue:
        """What tells Dispatch."""
        return DispatchQueue(self.client("sqs"), self.outputs["DispatchQueue"], self.clock)

    def drop(self, data: bytes, name: str, metadata: Mapping[str, str]) -> str:
        """Drops a sheet into the inbox and returns the id of the run that it starts.

        Args:
            data: The file.
            name: Its name below ``sheets/``.
            metadata: Object metadata; values are percent-encoded here.
        """
        key = f"{PREFIX}{name}"
        if self.simulated:
            metadata = {**metadata, SIMULATED: "true"}
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


def aws_stack(name: str) -> Stack:
    """A stack in the AWS account and region that the shell has chosen.

    Raises:
        AccountUnavailable: No region is chosen, or nobody is signed in.
        StackUnavailable: There is none of this name, or it is not Rowshot's.
    """
    session = account.session()
    config = Config(retries={"mode": "standard", "total_max_attempts": 5})

    @cache
    def client(service: str) -> Any:
        return session.client(service, config=config)  # type: ignore[call-overload]

    described = _described(client("cloudformation"), name, session.region_name)
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    missing = [each for each in _NEEDED if each not in outputs]
    if missing:
        raise StackUnavailable(
            f"The stack {name} is not one of Rowshot's, or its deployment is not complete: it has "
            f"no output {missing[0]}."
        )
    chosen = {
        each["ParameterKey"]: each["ParameterValue"] for each in described.get("Parameters", [])
    }
    base_url = chosen.get("MediaBaseUrl") or f"https://{outputs.get('CdnDomain', '')}"
    clock = Clock(float(chosen.get("TimeScale", "1")))
    return Stack({"MediaBaseUrl": base_url, **outputs}, client, clock, parameters=chosen)


def _described(cloudformation: Any, name: str, region: str) -> Mapping[str, Any]:
    try:
        stacks = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        if problem := account.sign_in_problem(error, region):
            raise account.AccountUnavailable(problem) from None
        if _code(error) != "ValidationError":
            raise
        stacks = []
    if not stacks:
        raise StackUnavailable(
            f"There is no stack {name} in {region}: check its name, the region and the account."
        )
    found: Mapping[str, Any] = stacks[0]
    return found


def _code(error: BotoCoreError | ClientError) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""

"""CloudFormation stacks: looked at, changed by change sets, waited for, deleted."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rowshot_local.engine.connection import Connection
from rowshot_local.engine.errors import DeployFailed
from rowshot_local.engine.folder import CODE_BUCKET

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.literals import ChangeSetTypeType
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

DEPLOY_SECONDS = 120.0
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_BODY_LIMIT = 51_200  # bytes of a template that is not read from a bucket
_PAUSE_SECONDS = 0.05
_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
_COMPLETE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}


def find(engine: Connection, stack: str) -> StackTypeDef | None:
    """The stack as it is now, None when there is none."""
    try:
        found = engine.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    live = [one for one in found if one["StackStatus"] != "DELETE_COMPLETE"]
    return live[0] if live else None


def complete(found: StackTypeDef) -> bool:
    """Whether the last change of a stack came to its end."""
    return found["StackStatus"] in _COMPLETE


def outputs_of(found: StackTypeDef) -> dict[str, str]:
    """A stack's outputs by name."""
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def outputs(engine: Connection, stack: str) -> dict[str, str] | None:
    """The outputs of a stack as it is deployed now, None when there is none."""
    found = find(engine, stack)
    return None if found is None else outputs_of(found)


def change(
    engine: Connection,
    stack: str,
    kind: ChangeSetTypeType,
    template: str,
    *,
    parameters: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    imports: Sequence[Mapping[str, Any]] = (),
    seconds: float = DEPLOY_SECONDS,
) -> StackTypeDef:
    """Makes a change set, executes it and waits until the stack is what it says.

    Args:
        engine: A running engine.
        stack: The stack's name.
        kind: ``CREATE``, ``UPDATE`` or ``IMPORT``.
        template: The template's body. A long one goes by way of the bucket of code, as sam's does.
        parameters: Values of its parameters.
        tags: The stack's tags.
        imports: What an import adopts, as ``ResourcesToImport`` has it.
        seconds: How long all of it may take.

    Raises:
        DeployFailed: It was refused, or came to nothing; the message names what failed and why.
    """
    client = engine.client("cloudformation")
    deadline = time.monotonic() + seconds
    name = f"rowshot-{time.time_ns():x}"
    try:
        client.create_change_set(
            StackName=stack,
            ChangeSetName=name,
            ChangeSetType=kind,
            **_document(engine, stack, template),
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in (parameters or {}).items()
            ],
            Capabilities=list(_CAPABILITIES),  # type: ignore[arg-type]
            Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
            **({"ResourcesToImport": list(imports)} if imports else {}),  # type: ignore[arg-type]
        )
    except ClientError as error:
        reason = error.response["Error"]["Message"]
        raise DeployFailed(f"The template was refused: {reason}") from error
    while (made := client.describe_change_set(StackName=stack, ChangeSetName=name))[
        "Status"
    ] != "CREATE_COMPLETE":
        if made["Status"] == "FAILED" or time.monotonic() > deadline:
            reason = made.get("StatusReason", "no reason given")
            raise DeployFailed(f"The template was refused: {reason}")
        time.sleep(_PAUSE_SECONDS)
    client.execute_change_set(StackName=stack, ChangeSetName=name)
    return _await(engine, stack, deadline)


def _document(engine: Connection, stack: str, template: str) -> dict[str, Any]:
    """How a change set is given its template."""
    body = template.encode()
    if len(body) <= _BODY_LIMIT:
        return {"TemplateBody": template}
    key = f"templates/{stack}.json"
    engine.client("s3").put_object(Bucket=CODE_BUCKET, Key=key, Body=body)
    return {"TemplateURL": f"{engine.endpoint_url}/{CODE_BUCKET}/{key}"}


def delete_stack(engine: Connection, stack: str, *, seconds: float = DEPLOY_SECONDS) -> None:
    """Deletes a stack and waits until it is gone; harmless when there is none.

    Raises:
        DeployFailed: It cannot be deleted.
    """
    engine.client("cloudformation").delete_stack(StackName=stack)
    deadline = time.monotonic() + seconds
    while (found := find(engine, stack)) is not None:
        if found["StackStatus"] == "DELETE_FAILED" or time.monotonic() > deadline:
            raise DeployFailed(f"The stack {stack} could not be deleted: {_reason(engine, found)}")
        time.sleep(_PAUSE_SECONDS)


def orphaned_buckets(engine: Connection, stack: str) -> dict[str, str]:
    """Names, by logical id, of buckets that are in a new stack's way and belong to no other."""
    found = {}
    for event in _events(engine, stack):
        conflict = event.get("ValidationName") == "NAME_CONFLICT_VALIDATION"
        if conflict and event.get("ResourceType") == "AWS::S3::Bucket":
            # Resource of type 'AWS::S3::Bucket' with identifier 'name' already exists.
            name = event["ValidationStatusReason"].split("'")[3]
            if not _owned(engine, name):
                found[event["LogicalResourceId"]] = name
    return found


def _owned(engine: Connection, name: str) -> bool:
    """Whether some stack has this resource."""
    try:
        engine.client("cloudformation").describe_stack_resources(PhysicalResourceId=name)
    except ClientError:
        return False
    return True


def _await(engine: Connection, stack: str, deadline: float) -> StackTypeDef:
    while True:
        found = find(engine, stack)
        if found is None:
            raise DeployFailed(f"The stack {stack} disappeared while it was deployed.")
        if complete(found):
            return found
        status = found["StackStatus"]
        if not status.endswith("_IN_PROGRESS"):
            raise DeployFailed(f"The stack {stack} was not deployed: {_reason(engine, found)}")
        if time.monotonic() > deadline:
            raise DeployFailed(f"The stack {stack} was not deployed in time; it is {status}.")
        time.sleep(_PAUSE_SECONDS)


def _reason(engine: Connection, found: StackTypeDef) -> str:
    """What failed first in the latest operation, in CloudFormation's words."""
    events = _events(engine, found["StackName"])
    invalid = [one for one in events if one.get("ValidationStatus") == "FAILED"]
    if invalid:
        return " ".join(f"{one['LogicalResourceId']}: {_validation(one)}" for one in invalid)
    for event in engine.client("cloudformation").describe_stack_events(
        StackName=found["StackName"]
    )["StackEvents"][::-1]:
        reason = event.get("ResourceStatusReason", "")
        failed = event.get("ResourceStatus", "").endswith("_FAILED")
        if failed and "cancel" not in reason.lower():
            return f"{event.get('LogicalResourceId')} ({event.get('ResourceType')}): {reason}"
    return found.get("StackStatusReason") or found["StackStatus"]


def _validation(event: Mapping[str, Any]) -> str:
    return str(event.get("ValidationStatusReason", "is not valid"))


def _events(engine: Connection, stack: str) -> list[dict[str, Any]]:
    """What happened in the latest operation, validation included."""
    try:
        answer: Any = engine.client("cloudformation").describe_events(StackName=stack)
    except ClientError:
        # A template that is refused before anything happens leaves no stack.
        return []
    return list(answer.get("OperationEvents", []))

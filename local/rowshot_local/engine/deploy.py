"""What ``sam deploy`` does, for the local engine: a change set, executed, awaited and checked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rowshot_local.engine import template as templates
from rowshot_local.engine.connection import Connection
from rowshot_local.engine.errors import DeployFailed
from rowshot_local.engine.packaging import Artifacts, package

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

DEPLOY_SECONDS = 120.0
CODE_BUCKET = "rowshot-engine-code"
FINGERPRINT = "rowshot-fingerprint"
_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
# A stack in one of these holds nothing and can only be deleted.
_EMPTY = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS"}


def deploy(
    engine: Connection,
    template_path: Path,
    stack: str,
    parameters: Mapping[str, str],
    *,
    seconds: float = DEPLOY_SECONDS,
) -> dict[str, str]:
    """Makes a stack what a SAM template and its code say, and checks that it is.

    Does nothing when template, code and parameters are those of the last time.

    Args:
        engine: A running engine.
        template_path: The template; local paths in it start at its folder.
        stack: The stack's name.
        parameters: Values of the template's parameters.
        seconds: How long it may take.

    Returns:
        The stack's outputs.

    Raises:
        DeployFailed: The message names what failed and why.
    """
    template = templates.load(template_path)
    _check_parameters(template, parameters)
    artifacts = package(template, template_path.resolve().parent, CODE_BUCKET)
    fingerprint = _fingerprint(template, parameters)
    found = _describe(engine, stack)
    if found is not None and found["StackStatus"] in _EMPTY:
        delete_stack(engine, stack, seconds=seconds)
        found = None
    if found is None or not _unchanged(found, fingerprint):
        _upload(engine, artifacts)
        _execute(engine, stack, template, parameters, fingerprint, new=found is None)
        found = _await(engine, stack, seconds)
    _verify(engine, stack, artifacts)
    return {
        output["OutputKey"]: output["OutputValue"]
        for output in found.get("Outputs", [])
        if "OutputKey" in output and "OutputValue" in output
    }


def delete_stack(engine: Connection, stack: str, *, seconds: float = DEPLOY_SECONDS) -> None:
    """Deletes a stack and waits until it is gone; harmless when there is none.

    Raises:
        DeployFailed: It cannot be deleted.
    """
    engine.client("cloudformation").delete_stack(StackName=stack)
    deadline = time.monotonic() + seconds
    while (found := _describe(engine, stack)) is not None:
        if found["StackStatus"] == "DELETE_FAILED" or time.monotonic() > deadline:
            raise DeployFailed(f"The stack {stack} could not be deleted: {_reason(engine, found)}")
        time.sleep(0.05)


def outputs(engine: Connection, stack: str) -> dict[str, str] | None:
    """The outputs of a stack as it is deployed now, None when there is none."""
    found = _describe(engine, stack)
    if found is None:
        return None
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def _check_parameters(template: templates.Template, parameters: Mapping[str, str]) -> None:
    unknown = sorted(set(parameters) - set(template.get("Parameters", {})))
    if unknown:
        raise DeployFailed(f"The template has no parameter {', '.join(unknown)}.")


def _fingerprint(template: templates.Template, parameters: Mapping[str, str]) -> str:
    """Of everything that a deployment depends on; code is in the template by its checksum."""
    text = json.dumps([template, dict(parameters)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _describe(engine: Connection, stack: str) -> StackTypeDef | None:
    try:
        found = engine.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    live = [one for one in found if one["StackStatus"] != "DELETE_COMPLETE"]
    return live[0] if live else None


def _unchanged(found: StackTypeDef, fingerprint: str) -> bool:
    complete = found["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    return complete and {"Key": FINGERPRINT, "Value": fingerprint} in found.get("Tags", [])


def _upload(engine: Connection, artifacts: Artifacts) -> None:
    s3 = engine.client("s3")
    # It is there already after an earlier deployment, and after a lost state too.
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=artifacts.bucket)
    there = _keys(engine, artifacts.bucket)
    for key, body in artifacts.objects.items():
        if key not in there:
            s3.put_object(Bucket=artifacts.bucket, Key=key, Body=body)


def _keys(engine: Connection, bucket: str) -> set[str]:
    pages = engine.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {found["Key"] for page in pages for found in page.get("Contents", [])}


def _execute(
    engine: Connection,
    stack: str,
    template: templates.Template,
    parameters: Mapping[str, str],
    fingerprint: str,
    *,
    new: bool,
) -> None:
    client = engine.client("cloudformation")
    name = f"rowshot-{fingerprint[:16]}-{time.time_ns():x}"
    client.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType="CREATE" if new else "UPDATE",
        TemplateBody=json.dumps(template, default=str),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=list(_CAPABILITIES),  # type: ignore[arg-type]
        Tags=[{"Key": FINGERPRINT, "Value": fingerprint}],
    )
    deadline = time.monotonic() + 60
    while True:
        change = client.describe_change_set(StackName=stack, ChangeSetName=name)
        if change["Status"] == "CREATE_COMPLETE":
            break
        if change["Status"] == "FAILED" or time.monotonic() > deadline:
            reason = change.get("StatusReason", "no reason given")
            raise DeployFailed(f"The template was refused: {reason}")
        time.sleep(0.05)
    client.execute_change_set(StackName=stack, ChangeSetName=name)


def _await(engine: Connection, stack: str, seconds: float) -> StackTypeDef:
    deadline = time.monotonic() + seconds
    while True:
        found = _describe(engine, stack)
        if found is None:
            raise DeployFailed(f"The stack {stack} disappeared while it was deployed.")
        status = found["StackStatus"]
        if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return found
        if not status.endswith("_IN_PROGRESS"):
            raise DeployFailed(f"The stack {stack} was not deployed: {_reason(engine, found)}")
        if time.monotonic() > deadline:
            raise DeployFailed(
                f"The stack {stack} was not deployed within {seconds:.0f} seconds; it is {status}."
            )
        time.sleep(0.05)


def _reason(engine: Connection, found: StackTypeDef) -> str:
    """The first failure of the latest operation, in CloudFormation's words."""
    events = engine.client("cloudformation").describe_stack_events(StackName=found["StackName"])
    for event in reversed(events["StackEvents"]):
        reason = event.get("ResourceStatusReason", "")
        failed = event.get("ResourceStatus", "").endswith("_FAILED")
        if failed and "cancel" not in reason.lower():
            return f"{event.get('LogicalResourceId')} ({event.get('ResourceType')}): {reason}"
    return found.get("StackStatusReason") or found["StackStatus"]


def _verify(engine: Connection, stack: str, artifacts: Artifacts) -> None:
    """Looks for what the engine lets pass: missing code, missing layers, open substitutions."""
    missing = sorted(set(artifacts.objects) - _keys(engine, artifacts.bucket))
    if missing:
        raise DeployFailed(f"Code that the template names is not in {artifacts.bucket}: {missing}")
    client = engine.client("cloudformation")
    layers = engine.client("lambda")
    for page in client.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            identity = resource.get("PhysicalResourceId", "")
            try:
                if resource["ResourceType"] == "AWS::Lambda::Function":
                    _verify_function(layers, identity)
                elif resource["ResourceType"] == "AWS::StepFunctions::StateMachine":
                    _verify_machine(engine, identity)
            except ClientError as error:
                raise DeployFailed(
                    f"{resource['LogicalResourceId']} was deployed but is not there: {error}"
                ) from error


def _verify_function(client: Any, name: str) -> None:
    configuration = client.get_function(FunctionName=name)["Configuration"]
    if not configuration.get("CodeSize"):
        raise DeployFailed(f"The function {name} was deployed without code.")
    for layer in configuration.get("Layers", []):
        client.get_layer_version_by_arn(Arn=layer["Arn"])


def _verify_machine(engine: Connection, arn: str) -> None:
    definition = engine.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    # The engine leaves a name that the template does not substitute as it is.
    left = sorted(set(re.findall(r"\$\{[A-Za-z0-9_]+\}", definition["definition"])))
    if left:
        raise DeployFailed(f"The state machine {arn} needs a substitution for {', '.join(left)}.")
    if not json.loads(definition["definition"]).get("States"):
        raise DeployFailed(f"The state machine {arn} was deployed without states.")

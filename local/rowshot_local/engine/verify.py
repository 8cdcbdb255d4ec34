"""Looks for what the engine lets pass: missing code, missing layers, open substitutions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rowshot_local.engine.connection import Connection
from rowshot_local.engine.errors import DeployFailed

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_PLACEHOLDER = re.compile(r"\$\{[A-Za-z0-9_]+\}")


def verify(engine: Connection, stack: str) -> None:
    """Checks that functions, layers and state machines of a stack are really there.

    Raises:
        DeployFailed: The message names what is missing.
    """
    functions = engine.client("lambda")
    pages = engine.client("cloudformation").get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            identity = resource.get("PhysicalResourceId", "")
            try:
                if resource["ResourceType"] == "AWS::Lambda::Function":
                    _verify_function(functions, identity)
                elif resource["ResourceType"] == "AWS::StepFunctions::StateMachine":
                    _verify_machine(engine, identity)
            except ClientError as error:
                raise DeployFailed(
                    f"{resource['LogicalResourceId']} was deployed but is not there: {error}"
                ) from error


def _verify_function(client: LambdaClient, name: str) -> None:
    configuration = client.get_function(FunctionName=name)["Configuration"]
    if not configuration.get("CodeSize"):
        raise DeployFailed(f"The function {name} was deployed without code.")
    for layer in configuration.get("Layers", []):
        client.get_layer_version_by_arn(Arn=layer["Arn"])


def _verify_machine(engine: Connection, arn: str) -> None:
    machine = engine.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    # The engine leaves a name that the template does not substitute as it is.
    left = sorted(set(_PLACEHOLDER.findall(machine["definition"])))
    if left:
        raise DeployFailed(f"The state machine {arn} needs a substitution for {', '.join(left)}.")
    try:
        definition = json.loads(machine["definition"])
    except ValueError as error:
        raise DeployFailed(f"The definition of the state machine {arn} is not JSON.") from error
    lost = sorted(set(lost_states(definition)))
    if lost:
        raise DeployFailed(f"The state machine {arn} leads to unknown states: {', '.join(lost)}.")


def lost_states(definition: Any) -> Iterator[str]:
    """Names of states that a definition leads to and does not have, in it and in its maps.

    Args:
        definition: A state machine, or the processor of a map, as data.
    """
    states = definition.get("States") or {}
    targets = [definition.get("StartAt", "(no StartAt)")]
    for state in states.values():
        steps = [state, *state.get("Choices", []), *state.get("Catch", [])]
        targets += [step[key] for step in steps for key in ("Next", "Default") if key in step]
        inner = [state[key] for key in ("ItemProcessor", "Iterator") if key in state]
        for part in (*inner, *state.get("Branches", [])):
            yield from lost_states(part)
    yield from (target for target in targets if target not in states)

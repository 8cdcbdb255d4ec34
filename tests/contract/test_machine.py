"""The state machine holds what its states, its role and the handlers promise one another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from rowshot import errors
from rowshot.jobs import Next, Step
from rowshot_local.engine.template import load, resources

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = load(ROOT / "template.yaml")
((MACHINE_NAME, MACHINE),) = resources(TEMPLATE, "AWS::Serverless::StateMachine")
PROPERTIES = MACHINE["Properties"]
SUBSTITUTIONS: dict[str, Any] = PROPERTIES["DefinitionSubstitutions"]
TEXT = (ROOT / PROPERTIES["DefinitionUri"]).read_text("utf-8")
# Only numbers stand outside quotation marks.
DEFINITION = json.loads(re.sub(r"(?<=: )\$\{\w+\}", "1", TEXT))

# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
AMAZON = {
    "States.ALL",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.ItemReaderFailed",
    "States.Permissions",
    "States.ResultPathMatchFailure",
    "States.ParameterPathFailure",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
}


def states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Name and body of every state at any depth, with the states beside it."""
    for name, state in machine["States"].items():
        yield name, state, machine["States"]
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


STATES = {name: state for name, state, _ in states(DEFINITION)}
SIBLINGS = {name: beside for name, _, beside in states(DEFINITION)}
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def function_of(task: str) -> str:
    """The logical id of the function that a task calls."""
    name = STATES[task]["Parameters"]["FunctionName"]
    logical_id, attribute = SUBSTITUTIONS[name.removeprefix("${").removesuffix("}")]["Fn::GetAtt"]
    assert attribute == "Arn"
    return str(logical_id)


def granted() -> dict[str, list[Any]]:
    """Every action that the machine's role may do, with the resources."""
    role = PROPERTIES["Role"]["Fn::GetAtt"][0]
    policies = list(TEMPLATE["Resources"][role]["Properties"]["Policies"])
    policies += [
        policy["Properties"]
        for _, policy in resources(TEMPLATE, "AWS::IAM::Policy")
        if {"Ref": role} in policy["Properties"]["Roles"]
    ]
    found: dict[str, list[Any]] = {}
    for policy in policies:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions, targets = statement["Action"], statement["Resource"]
            for action in actions if isinstance(actions, list) else [actions]:
                found.setdefault(action, []).extend(
                    targets if isinstance(targets, list) else [targets]
                )
    return found


def test_no_two_states_share_a_name() -> None:
    assert len(STATES) == len(list(states(DEFINITION)))


def test_every_substitution_is_defined_and_used() -> None:
    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) == set(SUBSTITUTIONS)


def test_the_role_may_call_exactly_the_functions_that_the_machine_calls() -> None:
    called = [{"Fn::GetAtt": [function_of(task), "Arn"]} for task in TASKS]
    allowed = granted()["lambda:InvokeFunction"]
    assert sorted(map(str, allowed)) == sorted(set(map(str, called)))


def test_the_role_may_read_manifests_and_nothing_else_in_s3() -> None:
    reader = STATES["RenderRows"]["ItemReader"]
    assert reader["Resource"].endswith(":states:::s3:getObject")
    bucket = TEMPLATE["Resources"]["InboxBucket"]["Properties"]["BucketName"]["Fn::Sub"]
    (manifests,) = granted()["s3:GetObject"]
    assert manifests == {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{bucket}/runs/*"}
    assert [action for action in granted() if action.startswith("s3:")] == ["s3:GetObject"]


def test_a_distributed_map_may_start_and_follow_its_children() -> None:
    assert STATES["RenderRows"]["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert granted()["states:StartExecution"] == [{"Ref": MACHINE_NAME}]
    name = PROPERTIES["Name"]["Fn::Sub"]
    for action in ("states:DescribeExecution", "states:StopExecution"):
        (children,) = granted()[action]
        assert f":execution:{name}" in children["Fn::Sub"]


def test_the_role_may_do_nothing_more() -> None:
    services = {action.partition(":")[0] for action in granted()}
    assert services == {"lambda", "s3", "states", "xray", "logs"}


@pytest.mark.parametrize("name", TASKS)
class TestTask:
    def test_it_waits_a_little_longer_than_its_function_may_take(self, name: str) -> None:
        function = TEMPLATE["Resources"][function_of(name)]["Properties"]
        timeout = function.get("Timeout", TEMPLATE["Globals"]["Function"]["Timeout"])
        assert timeout < STATES[name]["TimeoutSeconds"] <= 900

    def test_it_is_tried_again_with_jitter_and_an_end(self, name: str) -> None:
        for rule in STATES[name]["Retry"]:
            assert rule["MaxAttempts"] <= 10
            assert rule["JitterStrategy"] == "FULL"
            assert rule["MaxDelaySeconds"] <= 300

    def test_it_waits_longer_where_lambda_has_no_room(self, name: str) -> None:
        throttled, anything = STATES[name]["Retry"]
        assert throttled["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
        assert anything["ErrorEquals"] == ["States.ALL"]
        assert throttled["MaxAttempts"] > anything["MaxAttempts"]
        assert throttled["MaxDelaySeconds"] >= anything["MaxDelaySeconds"]

    def test_its_failure_keeps_the_rows_job(self, name: str) -> None:
        if name == "Finish":
            assert "Catch" not in STATES[name], "a run that cannot end must be seen as failed"
            return
        (rule,) = STATES[name]["Catch"]
        assert rule["ErrorEquals"] == ["States.ALL"]
        assert rule["ResultPath"] == "$.error"
        assert STATES[rule["Next"]]["Type"] == "Fail"

    def test_every_answer_of_its_handler_leads_somewhere(self, name: str) -> None:
        choice = STATES[STATES[name]["Next"]]
        assert choice["Type"] == "Choice"
        routed = {rule["StringEquals"] for rule in choice["Choices"]}
        assert routed <= {*get_args(Step), name.lower()} - {"done"}, "no handler says so"
        assert STATES[choice["Default"]]["Type"] == "Succeed", "done is the end"

    def test_it_keeps_its_input_and_takes_only_what_comes_next(self, name: str) -> None:
        """State is bounded to 256 KiB: a function's answer must not pile up in it."""
        assert STATES[name]["ResultPath"] == "$.step"
        assert STATES[name]["ResultSelector"] == {
            "next.$": "$.Payload.next",
            "wait.$": "$.Payload.wait",
        }


@pytest.mark.parametrize(
    "name", [name for name, state in STATES.items() if state["Type"] == "Wait"]
)
def test_waits_are_whole_seconds(name: str) -> None:
    """Step Functions refuses fractions, the local engine takes them."""
    state = STATES[name]
    assert state.get("SecondsPath") == "$.step.wait" or isinstance(state.get("Seconds"), int)


@pytest.mark.parametrize("wait", [0, 0.01, 1, 2.5, 59.999])
def test_handlers_wait_whole_seconds(wait: float) -> None:
    answer = Next("poll", wait).state()["wait"]
    assert isinstance(answer, int)
    assert answer >= wait


def test_every_named_error_exists() -> None:
    ours = {name for name in vars(errors) if isinstance(vars(errors)[name], type)}
    for name, state in STATES.items():
        for rule in [*state.get("Retry", []), *state.get("Catch", [])]:
            assert set(rule["ErrorEquals"]) <= AMAZON | ours, name


def test_every_state_leads_to_one_beside_it_and_is_reached() -> None:
    for scope in [DEFINITION, STATES["RenderRows"]["ItemProcessor"]]:
        reached = {scope["StartAt"]}
        for name, state in scope["States"].items():
            rules = [*state.get("Catch", []), *state.get("Choices", [])]
            targets = {rule["Next"] for rule in rules}
            targets |= {state[key] for key in ("Next", "Default") if key in state}
            assert targets <= set(SIBLINGS[name]), name
            reached |= targets
        assert reached == set(scope["States"])


def test_one_bad_row_never_fails_the_run() -> None:
    assert STATES["RenderRows"]["ToleratedFailurePercentage"] == 100
    too_much, anything = STATES["RenderRows"]["Catch"]
    assert too_much["ErrorEquals"] == ["States.DataLimitExceeded"], "States.ALL does not name it"
    assert anything["ErrorEquals"] == ["States.ALL"]
    assert too_much["Next"] == anything["Next"] == "Finish"


def test_results_travel_by_the_ledger() -> None:
    assert STATES["RenderRows"]["ResultPath"] is None
    assert STATES["RowSettled"]["OutputPath"] is None, "ResultPath comes after the outputs joined"

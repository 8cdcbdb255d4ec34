"""The state machine holds what its states, its role and the handlers promise one another."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from rowshot import errors
from rowshot.deciding.next_action import KEY_LIFE, TASK_LIFE
from rowshot.ledger.jobs import Next, Step
from rowshot.sheet_sync.write_back import PATIENCE
from rowshot_local.engine.template import load, resources

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = load(ROOT / "template.yaml")
MACHINES = dict(resources(TEMPLATE, "AWS::Serverless::StateMachine"))


def text_of(machine: str) -> str:
    """A machine's definition as it stands in its file."""
    return (ROOT / MACHINES[machine]["Properties"]["DefinitionUri"]).read_text("utf-8")


DEFINITIONS = {name: json.loads(text_of(name)) for name in MACHINES}
STATES = {name: state for each in DEFINITIONS.values() for name, state in each["States"].items()}
OWNER = {state: name for name, each in DEFINITIONS.items() for state in each["States"]}
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}

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


def substitutions(machine: str) -> dict[str, Any]:
    """What a machine's placeholders stand for."""
    found: dict[str, Any] = MACHINES[machine]["Properties"]["DefinitionSubstitutions"]
    return found


def function_of(task: str) -> str:
    """The logical id of the function that a task calls."""
    name = STATES[task]["Parameters"]["FunctionName"].removeprefix("${").removesuffix("}")
    logical_id, attribute = substitutions(OWNER[task])[name]["Fn::GetAtt"]
    assert attribute == "Arn"
    return str(logical_id)


def granted(machine: str) -> dict[str, list[Any]]:
    """Every action that a machine's role may do, with the resources."""
    role = MACHINES[machine]["Properties"]["Role"]["Fn::GetAtt"][0]
    found: dict[str, list[Any]] = {}
    for policy in TEMPLATE["Resources"][role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions, targets = statement["Action"], statement["Resource"]
            for action in actions if isinstance(actions, list) else [actions]:
                found.setdefault(action, []).extend(
                    targets if isinstance(targets, list) else [targets]
                )
    return found


def test_no_two_states_share_a_name() -> None:
    assert len(STATES) == sum(len(each["States"]) for each in DEFINITIONS.values())


@pytest.mark.parametrize("machine", MACHINES)
class TestMachine:
    def test_every_substitution_is_defined_and_used(self, machine: str) -> None:
        used = set(re.findall(r"\$\{(\w+)\}", text_of(machine)))
        assert used == set(substitutions(machine))

    def test_its_role_may_call_exactly_the_functions_that_it_calls(self, machine: str) -> None:
        mine = [task for task in TASKS if OWNER[task] == machine]
        called = [{"Fn::GetAtt": [function_of(task), "Arn"]} for task in mine]
        allowed = granted(machine)["lambda:InvokeFunction"]
        assert sorted(map(str, allowed)) == sorted(set(map(str, called)))

    def test_its_role_may_do_nothing_more(self, machine: str) -> None:
        services = {action.partition(":")[0] for action in granted(machine)}
        assert services == {"lambda", "xray", "logs"}

    def test_every_state_leads_to_one_beside_it_and_is_reached(self, machine: str) -> None:
        definition = DEFINITIONS[machine]
        reached = {definition["StartAt"]}
        for state in definition["States"].values():
            rules = [*state.get("Catch", []), *state.get("Choices", [])]
            reached |= {rule["Next"] for rule in rules}
            reached |= {state[key] for key in ("Next", "Default") if key in state}
        assert reached == set(definition["States"])


def tries(task: str) -> float:
    """Seconds that a task takes which times out again and again."""
    state = STATES[task]
    again = sum(
        rule["MaxAttempts"] * (rule["MaxDelaySeconds"] + state["TimeoutSeconds"])
        for rule in state["Retry"]
    )
    return float(again + state["TimeoutSeconds"])


def test_only_an_execution_that_hangs_meets_its_time_limit() -> None:
    """A row may wait with an unsent order, then for its task; a run's end for Google."""
    limits = {name: each["TimeoutSeconds"] for name, each in DEFINITIONS.items()}
    longest = {
        "RenderMachine": KEY_LIFE + TASK_LIFE + tries("Publish"),
        "FinishMachine": PATIENCE + tries("Finish"),
    }
    assert limits.keys() == longest.keys()
    for name, limit in limits.items():
        assert longest[name] < limit < 1.3 * longest[name], name


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
        choice = _choice_after(name)
        if choice is None:
            return  # whatever it says, the execution ends: what is left is started again
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


def _choice_after(task: str) -> dict[str, Any] | None:
    state = STATES[task]
    if state.get("End"):
        return None
    following = STATES[state["Next"]]
    return following if following["Type"] == "Choice" else _choice_after(following["Next"])

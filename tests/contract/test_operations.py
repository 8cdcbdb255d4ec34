"""Figures, alarms, dashboard, operations page and runbook name the same things."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from rowshot.deciding.reasons import Kind
from rowshot.telemetry.metrics import NAMESPACE, Figure
from rowshot_local.engine.template import load, resources

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = load(ROOT / "template.yaml")
ALARMS = dict(resources(TEMPLATE, "AWS::CloudWatch::Alarm"))
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
RUNBOOK = (ROOT / "docs/runbook.md").read_text("utf-8")
PREFIX = "${AWS::StackName}-"


def table(heading: str) -> dict[str, list[str]]:
    """The table below a heading of the operations page, by its first column."""
    part = OPERATIONS.split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return {row[0].strip("`"): row[1:] for row in cells}


def short_name(alarm: dict[str, Any]) -> str:
    return str(alarm["Properties"]["AlarmName"]["Fn::Sub"]).removeprefix(PREFIX)


def dashboard() -> dict[str, Any]:
    ((_, found),) = resources(TEMPLATE, "AWS::CloudWatch::Dashboard")
    body = re.sub(r"\$\{Alarm\w+\}", "1", found["Properties"]["DashboardBody"]["Fn::Sub"][0])
    loaded: dict[str, Any] = json.loads(body)
    return loaded


def drawn() -> set[str]:
    """Our own figures on the dashboard."""
    metrics = [
        metric
        for widget in dashboard()["widgets"]
        for metric in widget["properties"].get("metrics", [])
    ]
    plain = {metric[1] for metric in metrics if metric[0] == NAMESPACE}
    searched = {
        name
        for metric in metrics
        if isinstance(metric[0], dict)
        for name in re.findall(r'MetricName="(\w+)"', metric[0]["expression"])
    }
    return plain | searched


def test_every_figure_is_explained_with_its_unit() -> None:
    explained = {name: row[0] for name, row in table("Figures").items()}
    assert explained == {str(figure): figure.unit.value for figure in Figure}


def test_every_kind_of_failure_is_explained() -> None:
    assert set(table("Kinds of failures")) == {str(kind) for kind in Kind}


@pytest.mark.parametrize("figure", Figure)
def test_every_figure_is_told_by_something_and_seen_by_somebody(figure: Figure) -> None:
    code = [*(ROOT / "layers/shared").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    told = [path for path in code if f"Figure.{figure.name}" in path.read_text("utf-8")]
    assert told, "nothing tells it"
    alarming = {alarm["Properties"]["MetricName"] for alarm in ALARMS.values()}
    assert figure in drawn() | alarming, "it is neither on the dashboard nor in an alarm"


def test_the_dashboard_draws_nothing_that_is_not_told() -> None:
    assert drawn() <= set(Figure)


def test_the_dashboard_shows_every_alarm() -> None:
    shown = next(each for each in dashboard()["widgets"] if each["type"] == "alarm")
    assert set(shown["properties"]["alarms"]) == {f"${{{name}.Arn}}" for name in ALARMS}


def test_widgets_lie_beside_each_other() -> None:
    places = set()
    for widget in dashboard()["widgets"]:
        for x in range(widget["x"], widget["x"] + widget["width"]):
            for y in range(widget["y"], widget["y"] + widget["height"]):
                assert x < 24
                assert (x, y) not in places, widget["properties"]["title"]
                places.add((x, y))


def test_operations_and_runbook_know_exactly_the_alarms() -> None:
    names = {short_name(alarm) for alarm in ALARMS.values()}
    assert set(table("Alarms")) == names
    sections = re.findall(r"^## ([a-z-]+)$", RUNBOOK, re.MULTILINE)
    assert sorted(sections) == sorted(names)


def test_each_section_of_the_runbook_says_what_it_means_and_what_to_do() -> None:
    for section in re.split(r"^## ", RUNBOOK, flags=re.MULTILINE)[1:-1]:
        assert "**Means.**" in section, section.splitlines()[0]
        assert "**Do.**" in section, section.splitlines()[0]


@pytest.mark.parametrize("name", ALARMS)
class TestAlarm:
    def test_it_tells_the_topic_both_ways(self, name: str) -> None:
        properties = ALARMS[name]["Properties"]
        assert properties["AlarmActions"] == properties["OKActions"] == [{"Ref": "Alarms"}]

    def test_it_explains_itself(self, name: str) -> None:
        assert ALARMS[name]["Properties"]["AlarmDescription"].endswith(".")

    def test_silence_is_an_alarm_only_where_something_runs_every_minute(self, name: str) -> None:
        silent = "breaching" if name == "SweepSilentAlarm" else "notBreaching"
        assert ALARMS[name]["Properties"]["TreatMissingData"] == silent

    def test_our_figures_are_looked_for_where_they_are_told(self, name: str) -> None:
        properties = ALARMS[name]["Properties"]
        if properties["Namespace"] != NAMESPACE:
            return
        assert properties["MetricName"] in set(Figure)
        assert properties["Dimensions"] == [{"Name": "service", "Value": {"Ref": "AWS::StackName"}}]

    def test_a_resource_of_the_stack_is_looked_at(self, name: str) -> None:
        for dimension in ALARMS[name]["Properties"].get("Dimensions", []):
            value = dimension["Value"]
            named = value.get("Ref") or value.get("Fn::GetAtt", [None])[0]
            named = named or re.findall(r"\$\{(\w+)\}", value["Fn::Sub"])[0]
            assert named in TEMPLATE["Resources"] or named == "AWS::StackName"


def test_somebody_watches_the_watchman() -> None:
    """Three alarms live on figures that Sweep tells, so its own silence has to be one."""
    silent = ALARMS["SweepSilentAlarm"]["Properties"]
    assert (silent["MetricName"], silent["Dimensions"][0]["Value"]) == (
        "Invocations",
        {"Ref": "SweepFunction"},
    )
    assert (silent["ComparisonOperator"], silent["Threshold"]) == ("LessThanThreshold", 1)


def test_throttles_are_watched_for_the_whole_account() -> None:
    """All functions share the account's limit, so the figure without a dimension is the one."""
    throttled = ALARMS["ThrottledAlarm"]["Properties"]
    assert throttled["MetricName"] == "Throttles"
    assert "Dimensions" not in throttled


def test_figures_of_several_stacks_stay_apart() -> None:
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["POWERTOOLS_SERVICE_NAME"] == {"Ref": "AWS::StackName"}


def test_every_queue_of_dead_letters_has_its_alarm() -> None:
    dead = {name for name, _ in resources(TEMPLATE, "AWS::SQS::Queue") if "DeadLetters" in name}
    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in ALARMS.values()
        for dimension in alarm["Properties"].get("Dimensions", [])
        if alarm["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    }
    assert dead == watched


@pytest.mark.parametrize("figure", ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"])
def test_every_machine_is_watched_for_every_bad_end(figure: str) -> None:
    watched = [
        alarm["Properties"]["Dimensions"]
        for alarm in ALARMS.values()
        if alarm["Properties"]["MetricName"] == figure
    ]
    machines = dict(resources(TEMPLATE, "AWS::Serverless::StateMachine"))
    assert sorted(map(str, watched)) == sorted(
        str([{"Name": "StateMachineArn", "Value": {"Ref": name}}]) for name in machines
    )
    for name, machine in machines.items():
        definition = json.loads((ROOT / machine["Properties"]["DefinitionUri"]).read_text("utf-8"))
        assert definition.get("TimeoutSeconds"), f"{name} cannot time out"


def test_every_function_is_drawn_among_the_errors() -> None:
    text = str(dashboard())
    drawn_functions = set(
        re.findall(r"'AWS/Lambda', 'Errors', 'FunctionName', '\$\{(\w+)\}'", text)
    )
    functions = {name for name, _ in resources(TEMPLATE, "AWS::Serverless::Function")}
    ((_, board),) = resources(TEMPLATE, "AWS::CloudWatch::Dashboard")
    menu = board["Properties"]["DashboardBody"]["Fn::Sub"][1]["Menu"]
    assert menu == {"Fn::If": ["HasSheetMenu", {"Ref": "DropFunction"}, "none"]}
    assert drawn_functions == functions - {"DropFunction"} | {"Menu"}


def test_every_log_group_that_the_runbook_names_exists() -> None:
    groups = {
        group["Properties"]["LogGroupName"]["Fn::Sub"].replace("${AWS::StackName}", "NAME")
        for _, group in resources(TEMPLATE, "AWS::Logs::LogGroup")
    }
    assert set(re.findall(r"`(/rowshot/NAME/[\w-]+)`", RUNBOOK)) <= groups


def test_every_parameter_and_output_that_the_pages_name_exists() -> None:
    known = {*TEMPLATE["Parameters"], *TEMPLATE["Outputs"], *TEMPLATE["Resources"]}
    for page in (OPERATIONS, RUNBOOK):
        for named in re.findall(r"\b(?:outputs?|queue) `(\w+)`", page):
            assert named in TEMPLATE["Outputs"], named
        for named in re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", page):
            assert named in known | set(Figure), named


def test_settings_are_named_with_their_defaults() -> None:
    part = OPERATIONS.split("# Settings that matter in operation\n", 1)[1]
    for line in re.findall(r"^\| (`.*)$", part, re.MULTILINE):
        names, defaults = (cell.strip() for cell in line.split("|")[:2])
        told = dict(zip(re.findall(r"\w+", names), defaults.split(", "), strict=True))
        assert told == {name: str(TEMPLATE["Parameters"][name]["Default"]) for name in told}

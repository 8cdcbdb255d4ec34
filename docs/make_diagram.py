"""Writes the drawn parts of ``architecture.md`` from the template and the state machine.

Boxes are the template's resources; an arrow stands where an event source, a state machine, a role's
policy or a setting connects two of them. Run it after a change of either; a test says when.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import Any

from rowshot_local.engine.template import load, resources

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path(__file__).with_name("architecture.md")
TEMPLATE = load(ROOT / "template.yaml")
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
FUNCTIONS = dict(resources(TEMPLATE, "AWS::Serverless::Function"))
MACHINES = dict(resources(TEMPLATE, "AWS::Serverless::StateMachine"))
ROWS, RUNS = "RenderMachine", "FinishMachine"

SHAPES = {
    "AWS::Serverless::Function": '{0}["{1}"]',
    "AWS::S3::Bucket": '{0}[("{1}")]',
    "AWS::DynamoDB::Table": '{0}[("{1}")]',
    "AWS::SQS::Queue": '{0}[["{1}"]]',
    "AWS::SNS::Topic": '{0}>"{1}"]',
    "AWS::CloudFront::Distribution": '{0}(["{1}"])',
}
SAYS = {
    "InboxBucket": "dropped sheets, runs' files",
    "MediaBucket": "pictures, contact sheets",
    "LedgerTable": "the single truth",
    "WriteBackQueue": "marks of changed sheets",
    "DispatchQueue": "something may go on",
    "FinishedRuns": "how runs ended",
    "Distribution": "images/*, reports/*",
}
# Kept out of the drawing: what only comes into play when something fails, or is an option.
LEFT_OUT = {"Alarms", "AccessLogBucket"} | {
    f"{name}DeadLetters" for name in ("Sheet", "WriteBack", "Dispatch")
}
OUTSIDE = {
    "person": '(["A sheet is dropped"])',
    "menu": '(["Menu in the Google Sheet"])',
    "minute": '(["Every minute"])',
    "hiapi": '{{"hiapi"}}',
    "google": '{{"Google Sheets"}}',
    "shops": '(["Shops and browsers"])',
}
# What of a policy's actions is said; whatever else is granted reads.
WRITES = re.compile(r":(Put|Update|Delete|Send|Publish|Start|Invoke|Create)")
VERBS = {
    "read": r":(Get|BatchGet|Query|List|Describe)",
    "write": r":(Put|Update|Delete|Create)",
    "take": r":Receive",
    "send": r":(SendMessage|Publish)",
    "start": r":(StartExecution|InvokeFunction)",
}
BEHIND = {"HIAPI_BASE_URL": "hiapi", "SHEETS_BASE_URL": "google"}

Edge = tuple[str, str, str]


def short(name: str) -> str:
    """Plan instead of PlanFunction."""
    return name.removesuffix("Function")


def listed(value: Any) -> list[Any]:
    """A policy's value as a list."""
    return value if isinstance(value, list) else [value]


def target(resource: Any) -> str | None:
    """The logical id that a policy's resource means, None where it is none that is drawn."""
    if resource == "*":
        return None
    ((kind, value),) = resource.items()
    if kind == "Fn::GetAtt":
        return str(value[0])
    if kind == "Ref":
        return str(value)
    found = re.match(r"\$\{(\w+)(?:\.Arn)?\}", value)
    if found:
        return found[1]
    for name, bucket in resources(TEMPLATE, "AWS::S3::Bucket"):
        if bucket["Properties"]["BucketName"]["Fn::Sub"] in value:
            return name
    for name, machine in MACHINES.items():
        if machine["Properties"]["Name"]["Fn::Sub"] in value:
            return name
    return None


def grants() -> dict[str, dict[str, set[str]]]:
    """Function -> resource -> the actions that its role may do there."""
    found: dict[str, dict[str, set[str]]] = {}
    for name in FUNCTIONS:
        role = RESOURCES[f"{short(name)}Role"]["Properties"]
        mine: dict[str, set[str]] = defaultdict(set)
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                for resource in listed(statement["Resource"]):
                    place = target(resource)
                    if place and not place.endswith("Logs"):
                        mine[place] |= set(listed(statement["Action"]))
        found[name] = dict(mine)
    return found


GRANTS = grants()


def members(machine: str) -> list[str]:
    """The functions that a machine calls, in the order of its states."""
    given = MACHINES[machine]["Properties"]["DefinitionSubstitutions"].values()
    called = [
        each["Fn::GetAtt"][0] for each in given if isinstance(each, dict) and "Fn::GetAtt" in each
    ]
    return [name for name in called if name in FUNCTIONS]


def events() -> Iterator[Edge]:
    """What starts each function."""
    for name, function in FUNCTIONS.items():
        properties = function["Properties"]
        for event in properties.get("Events", {}).values():
            source = event["Properties"]
            if event["Type"] == "S3":
                (rule,) = source["Filter"]["S3Key"]["Rules"]
                yield source["Bucket"]["Ref"], name, rule["Value"]
            elif event["Type"] == "SQS":
                yield source["Queue"]["Fn::GetAtt"][0], name, ""
            elif event["Type"] == "Schedule":
                yield "minute", name, ""
        if "FunctionUrlConfig" in properties:
            yield "menu", name, "signed request"


def flows() -> Iterator[Edge]:
    """What the functions do to one another and to the world."""
    for name, places in GRANTS.items():
        for place, actions in places.items():
            writes = any(WRITES.search(action) for action in actions)
            if place in FUNCTIONS:
                yield name, place, "starts"
            elif place in MACHINES:
                if "states:StartExecution" in actions:
                    yield name, place, "starts"
            elif RESOURCES[place]["Type"] in SHAPES and writes:
                yield name, place, ""
    for name, function in FUNCTIONS.items():
        for variable in function["Properties"].get("Environment", {}).get("Variables", {}):
            if variable in BEHIND:
                yield name, BEHIND[variable], ""


def standing() -> Iterator[Edge]:
    """What the template connects by itself."""
    yield "person", "InboxBucket", ""
    for name, distribution in resources(TEMPLATE, "AWS::CloudFront::Distribution"):
        for origin in distribution["Properties"]["DistributionConfig"]["Origins"]:
            yield origin["DomainName"]["Fn::GetAtt"][0], name, ""
        yield name, "shops", ""


def edges() -> list[Edge]:
    """The arrows. What several functions do alike is drawn once: the table has all of it."""
    inside = members(ROWS)
    drawn = list(dict.fromkeys((*standing(), *events(), *flows())))
    alike: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in drawn:
        if edge[0] in FUNCTIONS:
            alike[edge[1], edge[2]].append(edge)
    found = [edge for edge in drawn if edge[0] not in FUNCTIONS]
    for (place, label), mine in alike.items():
        of_machine = sum(start in inside for start, _, _ in mine)
        if of_machine >= 3:
            found.insert(0, (ROWS, place, label))
        elif place == "InboxBucket":  # files of runs, but for the one that drops sheets
            found += [edge for edge in mine if edge[0] == "DropFunction"]
        elif place not in LEFT_OUT:
            found += mine
    return found


def overview() -> str:
    """The whole stack as a flowchart."""
    inside = {name: members(name) for name in MACHINES}
    arrows, called = edges(), [name for each in inside.values() for name in each]
    used = {end for edge in arrows for end in edge[:2]}
    lines = ["flowchart TB"]
    lines += [f"    {name}{shape}" for name, shape in OUTSIDE.items() if name in used]
    for name, resource in RESOURCES.items():
        shape = SHAPES.get(resource["Type"])
        if shape and name not in called and name not in LEFT_OUT:
            lines.append("    " + shape.format(name, _label(name)))
    for machine, title in ((ROWS, "an execution a row at work"), (RUNS, "the end of a run")):
        mine = inside[machine]
        lines.append(f'    subgraph {machine}["{machine}: {title}"]')
        lines += [f'        {name}["{_label(name)}"]' for name in mine]
        lines += [f"        {first} --> {then}" for first, then in pairwise(mine)]
        lines.append("    end")
    for start, end, label in arrows:
        # A longer arrow puts hiapi below the ledger instead of behind it.
        line = "---->" if (start, end) == (ROWS, "hiapi") else "-->"
        arrow = f'{line}|"{label}"|' if label else line
        lines.append(f"    {start} {arrow} {end}")
    outside = ",".join(name for name in OUTSIDE if name in used)
    lines += [
        "    classDef outside fill:#f6efe4,stroke:#b4532a,color:#3a2a20",
        f"    class {outside} outside",
    ]
    return "\n".join(lines)


def _label(name: str) -> str:
    if name in FUNCTIONS:
        words = FUNCTIONS[name]["Properties"]["Description"].rstrip(".").split(",")[0]
        text = "<br>".join(wrap(words, 24))
        return f"<b>{short(name)}</b><br>{text}"
    return f"<b>{name}</b><br>{SAYS[name]}"


def definition(machine: str) -> dict[str, Any]:
    """A state machine."""
    text = (ROOT / MACHINES[machine]["Properties"]["DefinitionUri"]).read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def machine(name: str) -> str:
    """A way through a machine as a state diagram."""
    scope = definition(name)
    lines = ["stateDiagram-v2", f"    [*] --> {scope['StartAt']}"]
    for state_name, state in scope["States"].items():
        for then, why in _ways(state):
            lines.append(f"    {state_name} --> {then}" + (f": {why}" if why else ""))
    return "\n".join(lines)


def _ways(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where a state leads, and when."""
    for rule in state.get("Choices", []):
        yield rule["Next"], rule["StringEquals"]
    if "Default" in state:
        yield state["Default"], "done"
    if "Next" in state:
        yield state["Next"], ""
    for target in dict.fromkeys(rule["Next"] for rule in state.get("Catch", [])):
        yield target, "fails for good"
    if state["Type"] in ("Succeed", "Fail") or state.get("End"):
        yield "[*]", ""


def access() -> str:
    """Who may do what, as a table."""
    places = [
        name
        for name, resource in RESOURCES.items()
        if any(name in mine for mine in GRANTS.values()) and not name.endswith("Role")
    ]
    head = ["function", *(short(place) for place in places)]
    rows = [head, ["---"] * len(head)]
    for name, mine in GRANTS.items():
        rows.append([short(name), *(_verbs(mine.get(place, set())) for place in places)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _verbs(actions: set[str]) -> str:
    words = {
        "read": any(
            re.search(r":(Get|BatchGet|Query|List|Describe|Receive)", each) for each in actions
        ),
        "write": any(re.search(r":(Put|Update|Delete|Create)", each) for each in actions),
        "take": any("ReceiveMessage" in each for each in actions),
        "send": any(re.search(r":(SendMessage|Publish)", each) for each in actions),
        "start": any(re.search(r":(StartExecution|InvokeFunction)", each) for each in actions),
    }
    if words["take"]:
        words["read"] = words["write"] = False
    return ", ".join(word for word, holds in words.items() if holds)


PARTS = {
    "overview": lambda: f"```mermaid\n{overview()}\n```",
    "rows": lambda: f"```mermaid\n{machine(ROWS)}\n```",
    "runs": lambda: f"```mermaid\n{machine(RUNS)}\n```",
    "access": access,
}


def page(text: str) -> str:
    """The page with its drawn parts as the template and the machine are now."""
    for name, draw in PARTS.items():
        begin, end = f"<!-- drawn: {name} -->\n", f"<!-- end: {name} -->"
        before, rest = text.split(begin, 1)
        after = rest.split(end, 1)[1]
        text = f"{before}{begin}\n{draw()}\n\n{end}{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")

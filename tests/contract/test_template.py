"""The template, the state machine and the code say the same."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from rowshot import settings
from rowshot_local.engine.template import load, resources
from support.aws.refusals import refuse_larger
from support.deployment import Deployment

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = load(ROOT / "template.yaml")
FUNCTIONS = dict(resources(TEMPLATE, "AWS::Serverless::Function"))
ROLES = dict(resources(TEMPLATE, "AWS::IAM::Role"))
GLOBALS = TEMPLATE["Globals"]["Function"]

# Powertools and the AWS SDK read these by themselves.
FOREIGN = re.compile(r"POWERTOOLS_|AWS_")

# X-Ray and the delivery of logs have no resources that a policy could name.
NAMELESS = re.compile(
    r"xray:(PutTraceSegments|PutTelemetryRecords|GetSamplingRules|GetSamplingTargets)$"
    r"|logs:((Create|Get|Update|Delete)LogDelivery|ListLogDeliveries"
    r"|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)$"
    r"|cloudwatch:PutMetricData$"
)


def variables(function: dict[str, Any]) -> set[str]:
    own = function["Properties"].get("Environment", {}).get("Variables", {})
    return {
        name for name in {**GLOBALS["Environment"]["Variables"], **own} if not FOREIGN.match(name)
    }


def words(name: str) -> str:
    """WriteBack is write_back."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def branches(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """The statement, or whatever a condition may put in its place."""
    if "Fn::If" not in statement:
        return [statement]
    return [each for each in statement["Fn::If"][1:] if "Ref" not in each]


def in_policy(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for statement in document["Statement"]:
        yield from branches(statement)


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every role, with the name of the role."""
    for name, role in ROLES.items():
        for policy in role["Properties"].get("Policies", []):
            for statement in in_policy(policy["PolicyDocument"]):
                yield name, statement
    for _, policy in resources(TEMPLATE, "AWS::IAM::Policy"):
        (role,) = policy["Properties"]["Roles"]
        for statement in in_policy(policy["Properties"]["PolicyDocument"]):
            yield role["Ref"], statement


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", FUNCTIONS)
class TestFunction:
    def test_its_variables_are_its_settings(self, name: str) -> None:
        wanted = getattr(settings, f"{name.removesuffix('Function')}Settings")
        names = {each.name.upper(): each for each in fields(wanted)}
        given = variables(FUNCTIONS[name])
        assert given - set(names) == set(), "set, but nothing reads them"
        required = {key for key, each in names.items() if each.default is MISSING}
        assert required - given == set(), "needed, but not set"
        assert set(names) - given == set(), "readable, but not to be chosen at deployment"

    def test_its_handler_is_there_under_its_own_name(self, name: str) -> None:
        properties = FUNCTIONS[name]["Properties"]
        module, _, entry = properties["Handler"].partition(".")
        assert module == words(name.removesuffix("Function"))
        tree = ast.parse((ROOT / properties["CodeUri"] / f"{module}.py").read_text("utf-8"))
        assert entry in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

    def test_it_has_a_role_and_a_log_of_its_own(self, name: str) -> None:
        properties = FUNCTIONS[name]["Properties"]
        stem = name.removesuffix("Function")
        assert properties["Role"] == {"Fn::GetAtt": [f"{stem}Role", "Arn"]}
        assert properties["LoggingConfig"]["LogGroup"] == {"Ref": f"{stem}Logs"}
        log = TEMPLATE["Resources"][f"{stem}Logs"]["Properties"]
        assert log["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_every_handler_is_deployed() -> None:
    on_disk = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "functions").rglob("*.py")
        if re.search(r"^def handler\(", path.read_text("utf-8"), re.MULTILINE)
    }
    deployed = {
        str(Path(each["Properties"]["CodeUri"]) / each["Properties"]["Handler"].split(".")[0])
        + ".py"
        for each in FUNCTIONS.values()
    }
    assert on_disk == deployed


def test_no_action_is_a_wildcard() -> None:
    wild = [
        (role, action)
        for role, statement in statements()
        for action in listed(statement["Action"])
        if "*" in action
    ]
    assert wild == []


def test_only_what_has_no_name_is_granted_on_everything() -> None:
    wild = [
        (role, action)
        for role, statement in statements()
        if "*" in listed(statement["Resource"])
        for action in listed(statement["Action"])
        if not NAMELESS.match(action)
    ]
    assert wild == []


def test_a_grant_on_everything_says_why() -> None:
    lines = (ROOT / "template.yaml").read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r'\s+Resource: "\*"', line):
            start = next(at for at in range(number, 0, -1) if re.match(r"\s+- ", lines[at])
                         and re.search(r"Sid:|&", lines[at]))  # fmt: skip
            assert any("#" in each for each in lines[start : number + 1]), f"line {number + 1}"


def test_buckets_refuse_plain_http_and_nobody_else_is_wild() -> None:
    for name, policy in resources(TEMPLATE, "AWS::S3::BucketPolicy"):
        by_effect: dict[str, list[Any]] = {"Allow": [], "Deny": []}
        for statement in in_policy(policy["Properties"]["PolicyDocument"]):
            by_effect[statement["Effect"]].append(statement)
        assert any(
            each["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for each in by_effect["Deny"]
        ), name
        for statement in by_effect["Allow"]:
            assert "*" not in str(statement["Action"]), name
            assert statement["Principal"] != "*", name
            assert statement["Condition"], name


def test_what_published_pictures_need_outlives_the_stack() -> None:
    for name in ("MediaBucket", "MediaPolicy", "Distribution", "OriginAccess", "LedgerTable"):
        resource = TEMPLATE["Resources"][name]
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert resource["UpdateReplacePolicy"] == "Retain", name


def test_a_first_deployment_that_fails_leaves_no_name_taken() -> None:
    """What a failed create keeps would stand in the way of the next try."""
    for name, resource in TEMPLATE["Resources"].items():
        assert resource.get("DeletionPolicy") in (None, "RetainExceptOnCreate"), name
    assert TEMPLATE["Parameters"]["ProtectLedger"]["Default"] == "false"
    for name, layer in resources(TEMPLATE, "AWS::Serverless::LayerVersion"):
        assert layer["Properties"]["RetentionPolicy"] == "Delete", name


def test_only_who_sends_to_its_own_trigger_may_loop() -> None:
    """WriteBack puts a mark off by sending it again; the ledger bounds it.

    Dispatch sends itself one for a row that it ends; each row ends once.
    """
    triggers: dict[str, set[str]] = {}
    for name, function in FUNCTIONS.items():
        events = function["Properties"].get("Events", {}).values()
        triggers[name] = {
            each["Properties"]["Queue"]["Fn::GetAtt"][0] for each in events if each["Type"] == "SQS"
        }
    sends = {
        role: {
            resource["Fn::GetAtt"][0]
            for statement in (each for named, each in statements() if named == role)
            if "sqs:SendMessage" in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }
        for role in ROLES
    }
    loops = {
        name
        for name, queues in triggers.items()
        if queues & sends[name.replace("Function", "Role")]
    }
    allowed = {
        name
        for name, each in FUNCTIONS.items()
        if each["Properties"].get("RecursiveLoop") == "Allow"
    }
    assert loops == allowed == {"DispatchFunction", "WriteBackFunction"}


def test_only_a_laptop_may_be_faster_or_ask_other_servers() -> None:
    rule = TEMPLATE["Rules"]["OnlyTheLaptopIsFaster"]
    told = str(rule["Assertions"])
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "LocalEngine"}, "false"]}
    for name, value in (
        ("TimeScale", "1"),
        ("HiapiOutputUrl", ""),
        ("HiapiBaseUrl", TEMPLATE["Parameters"]["HiapiBaseUrl"]["Default"]),
        ("SheetsBaseUrl", TEMPLATE["Parameters"]["SheetsBaseUrl"]["Default"]),
    ):
        assert str({"Fn::Equals": [{"Ref": name}, value]}) in told


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://api.hiapi.ai", True),
        ("http://127.0.0.1:4000", True),
        ("http://localhost:4000/v1", True),
        ("http://api.hiapi.ai", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost.evil.example/", False),
        ("ftp://api.hiapi.ai", False),
    ],
)
def test_the_key_goes_out_encrypted_or_stays_on_this_machine(url: str, fine: bool) -> None:
    pattern = TEMPLATE["Parameters"]["HiapiBaseUrl"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, url)) is fine


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("", True),
        ("http://127.0.0.1:4000", True),
        ("http://localhost:4000", True),
        ("http://[::1]:4000", True),
        ("http://127.0.0.1:4000/", False),
        ("http://127.0.0.2:4000", False),
        ("http://169.254.169.254", False),
        ("http://127.0.0.1.evil.example", False),
        ("https://cdn.hiapi.ai", False),
    ],
)
def test_pictures_of_a_simulator_lie_on_this_machine(url: str, fine: bool) -> None:
    pattern = TEMPLATE["Parameters"]["HiapiOutputUrl"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, url)) is fine


def test_preflights_of_the_cdn_are_answered() -> None:
    distribution = TEMPLATE["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    for behaviour in (distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]):
        assert "OPTIONS" in behaviour["AllowedMethods"]


def test_every_parameter_and_output_is_explained() -> None:
    for section in ("Parameters", "Outputs"):
        for name, each in TEMPLATE[section].items():
            assert each.get("Description", "").endswith("."), name


def test_every_parameter_is_bounded_and_used() -> None:
    text = (ROOT / "template.yaml").read_text("utf-8")
    for name, each in TEMPLATE["Parameters"].items():
        bounds = {"AllowedValues", "AllowedPattern"} if each["Type"] == "String" else {"MinValue"}
        assert bounds & set(each) or "AllowedValues" in each, f"{name} takes anything"
        assert re.search(rf"!Ref {name}\b|\${{{name}}}", text), f"{name} changes nothing"


def test_every_parameter_stands_in_one_group_of_the_console() -> None:
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(TEMPLATE["Parameters"])


def test_every_role_takes_the_companys_path_and_boundary() -> None:
    for name, role in ROLES.items():
        assert role["Properties"]["Path"] == {"Ref": "RolePath"}, name
        boundary = role["Properties"]["PermissionsBoundary"]["Fn::If"]
        assert boundary[:2] == ["HasBoundary", {"Ref": "PermissionsBoundaryArn"}], name


def test_a_stack_without_a_menu_has_no_public_function() -> None:
    assert TEMPLATE["Parameters"]["SheetMenu"]["Default"] == "false"
    public = {name for name, each in FUNCTIONS.items() if "FunctionUrlConfig" in each["Properties"]}
    assert public == {"DropFunction"}
    for name in ("DropFunction", "DropRole", "DropLogs", "DropSecret"):
        assert TEMPLATE["Resources"][name]["Condition"] == "HasSheetMenu", name
    for name in ("DropUrl", "DropSecret"):
        assert TEMPLATE["Outputs"][name]["Condition"] == "HasSheetMenu", name


def test_every_index_is_asked() -> None:
    indexes = TEMPLATE["Resources"]["LedgerTable"]["Properties"]["GlobalSecondaryIndexes"]
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "layers/shared").rglob("*.py"))
    for index in indexes:
        assert f'index="{index["IndexName"]}"' in code, index["IndexName"]


def test_every_functions_variables_fit_into_lambdas_room_for_them() -> None:
    """Also where the stack's name, which stands in the names of its resources, is the longest."""
    longest = "s" * 128 + "-" + "x" * 13 + "-"  # a stack's name, and what CloudFormation adds
    deployment = Deployment(SheetMenu="true")
    for name in deployment.functions().values():
        text = json.dumps(deployment.environment(name)).replace("rowshot-", longest)
        refuse_larger("a function's variables", len(text.encode()), name)

"""The deployment guide follows the template, the Makefile and the commands, step by step."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from rowshot_local.cli.main import app
from rowshot_local.engine.template import load, resources

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = load(ROOT / "template.yaml")
GUIDE = (ROOT / "docs/deploy.md").read_text("utf-8")
RUNBOOK = (ROOT / "docs/runbook.md").read_text("utf-8")
SAMCONFIG = (ROOT / "samconfig.toml").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
PARAMETERS: dict[str, dict[str, Any]] = TEMPLATE["Parameters"]
# What an upgrade has to take out of somebody's samconfig.toml.
GONE = {"MapConcurrency"}
# Works on the account of whoever types it.
CLOUDY = re.compile(r"^(.*\| )?(aws |make deploy|\.venv-sam/bin/sam )|--stack", re.MULTILINE)


def test_every_name_in_the_guide_is_the_templates() -> None:
    known = {*PARAMETERS, *TEMPLATE["Outputs"], *TEMPLATE["Resources"]}
    named = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", GUIDE))
    assert not GONE & known
    assert named <= known | GONE, named - known


def test_every_output_that_is_spoken_of_exists() -> None:
    named = re.findall(r"\boutput `(\w+)`", GUIDE)
    assert named
    assert set(named) <= set(TEMPLATE["Outputs"])


def test_the_table_of_choices_has_the_templates_defaults() -> None:
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", GUIDE, re.MULTILINE)
    told = {name: default.strip() for name, default in rows if name in PARAMETERS}
    assert told == {name: str(PARAMETERS[name]["Default"]) for name in told}
    assert len(told) >= 7


def test_secrets_are_called_what_the_template_calls_them() -> None:
    names = {
        secret["Properties"]["Name"]["Fn::Sub"].replace("${AWS::StackName}", "rowshot")
        for _, secret in resources(TEMPLATE, "AWS::SecretsManager::Secret")
    }
    used = set(re.findall(r"--secret-id (\S+)", GUIDE))
    assert used <= names
    assert {"rowshot/hiapi-token", "rowshot/google-service-account"} <= used


def test_the_stack_has_one_name_everywhere() -> None:
    name = tomllib.loads(SAMCONFIG)["default"]["global"]["parameters"]["stack_name"]
    assert set(re.findall(r"--stack(?:-name)? (\S+)", GUIDE)) == {name}


def test_what_a_removal_keeps_is_told_completely() -> None:
    part = GUIDE.split("## Removal\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    kept = {name for name, each in TEMPLATE["Resources"].items() if "DeletionPolicy" in each}
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == kept


def test_what_needs_an_account_is_marked() -> None:
    for block in BLOCKS:
        assert bool(CLOUDY.search(block)) == block.startswith("# ☁"), block


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = set(re.findall(r"^make ([a-z-]+)", "\n".join(BLOCKS), re.MULTILINE))
    assert used <= targets


@pytest.mark.parametrize("page", [GUIDE, RUNBOOK], ids=["deploy", "runbook"])
def test_every_command_and_option_of_ours_exists(page: str) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    found = re.findall(r"(?:^|`|/bin/)rowshot ([a-z]+(?:-[a-z]+)*)([^`\n]*)", page, re.MULTILINE)
    assert found
    for name, rest in found:
        assert name in commands, f"rowshot {name}"
        known = {option for each in commands[name].params for option in each.opts}
        used = set(re.findall(r"(--[a-z-]+)", rest))
        assert used <= known, f"rowshot {name} {used - known}"


def test_what_samconfig_sets_are_parameters_also_where_it_is_commented_out() -> None:
    named = set(re.findall(r'"([A-Z]\w+)=', SAMCONFIG))
    assert named <= set(PARAMETERS)
    assert "AlarmEmail" in named


def test_samconfig_holds_no_account_bucket_or_key() -> None:
    assert not re.search(r"s3_bucket|\d{12}|arn:aws:[a-z]+:[a-z0-9-]*:\d|sk-", SAMCONFIG)


def test_environments_differ_in_name_and_set_what_the_first_one_sets() -> None:
    config = tomllib.loads(SAMCONFIG)
    names = [each["global"]["parameters"]["stack_name"] for each in config.values() if each != 0.1]
    assert len(names) == len(set(names)) >= 2
    for each in (config["default"], config["staging"]):
        assert each["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"


@pytest.mark.parametrize("environment", ["default", "staging"])
def test_names_of_buckets_fit(environment: str) -> None:
    """S3 takes 63 characters in lower case."""
    config = tomllib.loads(SAMCONFIG)[environment]
    name = config["global"]["parameters"]["stack_name"]
    for _, bucket in resources(TEMPLATE, "AWS::S3::Bucket"):
        text = bucket["Properties"]["BucketName"]["Fn::Sub"]
        longest = {"AWS::AccountId": "1" * 12, "AWS::Region": "ap-northeast-1"}
        for short in (name, "n" * 28):
            values = {**longest, "AWS::StackName": short}
            full = re.sub(r"\$\{([\w:]+)\}", lambda found, v=values: v[found[1]], text)
            assert re.fullmatch(r"[a-z0-9-]{3,63}", full)


def test_every_explicit_name_begins_with_the_stacks() -> None:
    """Or two stacks in one account would want the same."""
    for logical, resource in TEMPLATE["Resources"].items():
        for key, value in _names(resource.get("Properties", {})):
            assert "${AWS::StackName}" in str(value), f"{logical} {key}"


def _names(properties: Any) -> list[tuple[str, Any]]:
    """Properties that name a resource for the whole account."""
    keys = ("BucketName", "Name", "AlarmName", "DashboardName", "LogGroupName", "QueueName",
            "TopicName", "TableName", "FunctionName", "RoleName", "LayerName")  # fmt: skip
    nested = properties.get("ResponseHeadersPolicyConfig", {}) or properties.get(
        "OriginAccessControlConfig", {}
    )
    merged = {**properties, **nested}
    return [(key, merged[key]) for key in keys if key in merged]


_UNPROVEN = "reliability.md#what-only-aws-google-and-hiapi-can-show"
_OPEN = re.compile(r"\bno (?:AWS )?account was|only an? (?:\w+ )?account can|not yet done on", re.I)
_PAGES = (
    "README.md",
    "apps-script/README.md",
    *(f"docs/{name}.md" for name in ("architecture", "deploy", "operations", "performance")),
    *(f"docs/{name}.md" for name in ("runbook", "scale")),
)


@pytest.mark.parametrize("name", _PAGES)
def test_a_page_about_aws_leads_to_what_was_not_shown_there(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)#]*reliability\.md#[^)]*)\)", page.read_text("utf-8"))
    assert links
    for link in links:
        path, _, part = link.partition("#")
        assert (page.parent / path).resolve() == ROOT / "docs" / "reliability.md"
        assert f"reliability.md#{part}" == _UNPROVEN
    titles = re.findall(
        r"^## (.*)", (ROOT / "docs/reliability.md").read_text("utf-8"), re.MULTILINE
    )
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
    assert _UNPROVEN.partition("#")[2] in anchors


def test_whoever_says_that_something_was_not_shown_leads_to_the_list() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("apps-script/*.md")]
    saying = [each for each in pages if _OPEN.search(each.read_text("utf-8"))]
    silent = [
        each.name
        for each in saying
        if each.name != "reliability.md" and _UNPROVEN not in each.read_text("utf-8")
    ]
    assert len(saying) > 2
    assert silent == []

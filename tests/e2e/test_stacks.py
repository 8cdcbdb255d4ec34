"""Two stacks beside each other on one engine, and what outlives an update and a removal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rowshot.clock import Clock
from rowshot_local.engine import Engine, delete_stack, deploy, outputs
from rowshot_local.run_progress import follow
from rowshot_local.stack import Stack
from rowshot_simulators.hiapi import HiapiSimulator, SimulatorOptions, start_simulator

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
SCALE = 0.02
SHEET = "slug,prompt\ntin,A tea tin on pale stone for {name}\n"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(tmp_path_factory.mktemp("state"), wait_scale=SCALE) as started:
        yield started


@pytest.fixture(scope="module")
def hiapi() -> Iterator[HiapiSimulator]:
    with start_simulator(SimulatorOptions(max_edge=48, time_scale=SCALE)) as started:
        yield started


class Environment:
    """One deployed stack."""

    def __init__(self, engine: Engine, hiapi: HiapiSimulator, name: str) -> None:
        self.engine = engine
        self.hiapi = hiapi
        self.name = name

    def deploy(self, **parameters: str) -> dict[str, str]:
        """Deploys or updates it, as the laptop does."""
        chosen = {
            "HiapiBaseUrl": self.hiapi.base_url,
            "HiapiOutputUrl": self.hiapi.output_url,
            "TimeScale": str(SCALE),
            "LocalEngine": "true",
            **parameters,
        }
        found = deploy(self.engine, TEMPLATE, self.name, chosen)
        base = self.engine.cdn_url(found["CdnDomain"])
        found = deploy(self.engine, TEMPLATE, self.name, {**chosen, "MediaBaseUrl": base})
        self.engine.client("secretsmanager").put_secret_value(
            SecretId=found["HiapiTokenSecret"], SecretString=self.hiapi.token
        )
        self.stack = Stack(found, self.engine.client, Clock(SCALE))
        return found

    def publish(self) -> dict[str, Any]:
        """Runs its sheet and returns the report's only row."""
        run_id = self.stack.drop(SHEET.format(name=self.name).encode(), "sheet.csv", {})
        for _ in follow(self.stack, run_id):
            pass
        report = json.loads(self.stack.inbox.get(run_id, "report.json") or b"{}")
        row: dict[str, Any] = report["rows"][0]
        return row


def names(engine: Engine, stack: str) -> set[str]:
    """What the resources of a stack are called."""
    pages = engine.client("cloudformation").get_paginator("list_stack_resources")
    return {
        found["PhysicalResourceId"]
        for page in pages.paginate(StackName=stack)
        for found in page["StackResourceSummaries"]
    }


def test_stacks_live_side_by_side_and_pictures_outlive_them(
    engine: Engine, hiapi: HiapiSimulator
) -> None:
    shop, staging = (Environment(engine, hiapi, name) for name in ("shop", "shop-staging"))
    shop.deploy()
    staging.deploy()
    assert names(engine, "shop") & names(engine, "shop-staging") == set()

    rows = {each.name: each.publish() for each in (shop, staging)}
    assert [row["status"] for row in rows.values()] == ["published", "published"]
    assert all(engine.cdn_get(row["image_url"]).status == 200 for row in rows.values())

    # Their figures bear their names.
    for each in (shop, staging):
        assert figures(engine, each.name, "publish", "PicturesPublished") == [[1]]
        assert figures(engine, each.name, "submit", "OrdersPlaced") == [[1]]

    # An update changes what was chosen, and nothing that was given out.
    kept = shop.stack.outputs
    changed = shop.deploy(MaxRunUsd="7", AlarmDayUsd="5")
    assert {name for name in kept if kept[name] != changed[name]} == set()
    assert shop.publish()["status"] == "unchanged"
    assert engine.cdn_get(rows["shop"]["image_url"]).status == 200

    # A removal takes the machinery, and leaves pictures, their address and the ledger.
    ledger = shop.stack.ledger
    delete_stack(engine, "shop")
    assert outputs(engine, "shop") is None
    shop_page = {"Origin": "https://shop.example"}
    picture = engine.cdn_get(rows["shop"]["image_url"], headers=shop_page)
    assert (picture.status, picture.headers["access-control-allow-origin"]) == (200, "*")
    assert ledger.runs.get(some_run(engine, kept["InboxBucket"])).rows == 1
    functions = engine.client("lambda").list_functions()["Functions"]
    assert not [each for each in functions if each["FunctionName"].startswith("shop-Plan")]

    # The other one never noticed.
    assert staging.publish()["status"] == "unchanged"


def figures(engine: Engine, stack: str, function: str, name: str) -> list[list[float]]:
    """What a function of a stack has told CloudWatch of a figure, call by call."""
    pages = engine.client("logs").get_paginator("filter_log_events")
    lines = [
        event["message"]
        for page in pages.paginate(logGroupName=f"/rowshot/{stack}/{function}")
        for event in page["events"]
    ]
    told = [json.loads(line) for line in lines if '"_aws"' in line]
    assert {each["service"] for each in told} == {stack}
    return [each[name] for each in told if name in each]


def some_run(engine: Engine, inbox: str) -> str:
    """The id of a run whose files still lie in the inbox."""
    listed = engine.client("s3").list_objects_v2(Bucket=inbox, Prefix="runs/")
    return listed["Contents"][0]["Key"].split("/")[1]

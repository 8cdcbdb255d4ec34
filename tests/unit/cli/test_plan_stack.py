"""``rowshot plan --stack``: priced with what the stack was deployed with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rowshot.clock import Clock
from rowshot_local.cli import planning
from rowshot_local.cli.main import app
from rowshot_local.stack import Stack
from support import template
from support.aws import S3, DynamoDB
from support.sheets import sheet


@pytest.fixture
def priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Plans ten rows against a stack with a cheap model and a low limit."""
    file = tmp_path / "rows.csv"
    file.write_bytes(sheet(10))
    clients: dict[str, Any] = {"dynamodb": DynamoDB.of(template.properties("LedgerTable"))}
    clients["s3"] = S3()
    outputs = {"LedgerTable": "ledger", "InboxBucket": "inbox"}
    chosen = {"DefaultModel": "flux-schnell", "MaxRunUsd": "0.04"}
    stack = Stack(outputs, clients.__getitem__, Clock(), parameters=chosen)

    @contextmanager
    def known(state: Path, name: str | None) -> Iterator[Stack | None]:
        yield stack if name else None

    monkeypatch.setattr(planning, "known_stack", known)

    def plan(*more: str) -> tuple[int, dict[str, Any]]:
        answer = CliRunner().invoke(app, ["plan", str(file), "--json", *more])
        return answer.exit_code, json.loads(answer.stdout)

    return plan


def test_the_stacks_model_and_limit_count(priced: Any) -> None:
    code, there = priced("--stack", "rowshot")
    assert (there["estimate_usd"], there["max_usd"], code) == ("0.05", "0.04", 2)
    assert there["models"][0]["model"] == "flux-schnell/text-to-image"
    code, here = priced()
    assert (here["estimate_usd"], here["max_usd"], code) == ("0.25", "25", 0)


def test_a_limit_of_ones_own_counts_before_it(priced: Any) -> None:
    code, plan = priced("--stack", "rowshot", "--max-usd", "1")
    assert (plan["max_usd"], code) == ("1", 0)

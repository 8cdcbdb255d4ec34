"""``rowshot doctor`` on a stack of the local engine: its rehearsal runs, and buys nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rowshot_local.doctor import Finding, examine
from rowshot_local.doctor.checks import Word
from rowshot_local.doctor.deployed import Deployed
from rowshot_local.doctor.rehearsal import NAME, Rehearsal
from rowshot_local.environment import Target
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_simulators.hiapi import HiapiSimulator, SimulatorOptions, start_simulator
from support.cli import Shell

SCALE = 0.02


@pytest.fixture(scope="module")
def hiapi() -> Iterator[HiapiSimulator]:
    with start_simulator(SimulatorOptions(max_edge=48, time_scale=SCALE)) as started:
        yield started


@pytest.fixture(scope="module")
def local(hiapi: HiapiSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    target = Target(hiapi.base_url, hiapi.token, SCALE)
    state = tmp_path_factory.mktemp("state")
    with start_local_stack(state, target, time_scale=SCALE) as started:
        yield started


def pictures(local: LocalStack) -> httpx.Client:
    """Answers as a browser would see the distribution, whose name no resolver here may know."""

    def carried(request: httpx.Request) -> httpx.Response:
        if ".cloudfront." not in request.url.host:
            return httpx.get(request.url, headers=request.headers)
        return httpx.Response(local.engine.cdn_get(str(request.url)).status)

    return httpx.Client(transport=httpx.MockTransport(carried))


def looked(local: LocalStack, said: list[str]) -> dict[str, Finding]:
    rehearsal = Rehearsal(local.stack, said.append, wait=lambda _: time.sleep(0.2))
    doctor = Deployed(local.stack, "rowshot", pictures(local), rehearsal)
    return {each.name: each for each in examine(doctor.checks(), secrets=lambda: doctor.secrets)}


def test_the_rehearsal_sends_each_row_through_the_machine_and_buys_nothing(
    local: LocalStack, hiapi: HiapiSimulator
) -> None:
    said: list[str] = []
    found = looked(local, said)
    wrong = [each.line for each in found.values() if each.verdict.word is Word.WRONG]
    assert [line.split(":")[0] for line in wrong] == ["wrong   alarms"]  # nobody has subscribed
    line = found["300 rows that buy nothing"].line
    assert "for $0.00" in line
    assert any("row by row" in each for each in said)
    assert hiapi.token not in "".join(each.line for each in found.values())

    (run,) = local.stack.ledger.runs.latest(1)
    assert (run.sheet_name, run.rows, run.reserved) == (NAME, 300, 0)
    assert hiapi.state()["creates"] == 0


def test_the_command_looks_at_a_stack_by_its_name(
    local: LocalStack, hiapi: HiapiSimulator, tmp_path: Path
) -> None:
    shell = Shell(
        tmp_path,
        {
            "AWS_ENDPOINT_URL": local.engine.endpoint_url,
            "AWS_ACCESS_KEY_ID": local.engine.key,
            "AWS_SECRET_ACCESS_KEY": local.engine.key,
            "AWS_REGION": "us-east-1",
        },
    )
    before = hiapi.state()["tasks_created"]
    ended = shell("doctor", "--stack", "rowshot", "--live", "--yes")
    assert "row by row" in ended.err
    lines = ended.out.splitlines()
    wrong = {line.split(":")[0].split(maxsplit=1)[1] for line in lines if line[:5] == "wrong"}
    # The distribution's name is known to browsers here, but not to every resolver.
    assert {"alarms"} <= wrong <= {"alarms", "CDN"}, ended.out
    assert any(line.startswith("ok      300 rows that buy nothing") for line in lines)
    assert lines[-2] == "At most $0.005 was spent at hiapi; the limit is $0.05."
    assert ended.code == 1
    assert hiapi.state()["tasks_created"] == before + 1
    assert hiapi.token not in ended.out + ended.err
    assert "There is no stack nothing" in shell("doctor", "--stack", "nothing").sentence

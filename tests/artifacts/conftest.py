"""The built functions, on the local engine and against the simulated hiapi."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rowshot_local.environment import Target
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_local.simulators.hiapi import SimulatorOptions
from rowshot_local.simulators.sheets import (
    SheetsSimulator,
    SheetsSimulatorOptions,
    start_sheets_simulator,
)
from support.artifacts.built import BUILD, ROOT, BuiltFunction, built_functions
from support.artifacts.emulator import (
    Answer,
    EmulatedFunction,
    Runtime,
    emulate,
    emulator_program,
    merge_layers,
    sandbox_works,
)
from support.artifacts.walk import Walk, quieten

TIME_SCALE = 0.02


@pytest.fixture(scope="session")
def functions() -> dict[str, BuiltFunction]:
    """The built functions by the names of their events."""
    if not (BUILD / "template.yaml").is_file():
        pytest.skip("nothing is built: run make build")
    return {each.event_name: each for each in built_functions().values()}


@pytest.fixture(scope="session")
def runtime(
    functions: dict[str, BuiltFunction], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    """Lambda's Python with its own packages, and the merged layers."""
    if emulator_program() is None:
        pytest.skip("there is no Lambda emulator: run make build")
    prepared = subprocess.run(
        [ROOT / "tools" / "lambda-runtime"], capture_output=True, text=True, check=False
    )
    if prepared.returncode:
        pytest.skip(prepared.stderr.strip().splitlines()[-1])
    folder = Path(prepared.stdout.strip())
    opt = ROOT / ".aws-sam" / "opt"
    shutil.rmtree(opt, ignore_errors=True)
    (layers,) = {each.layers for each in functions.values()}
    assert merge_layers(layers, opt) == [], "two layers bring the same file"
    scratch = tmp_path_factory.mktemp("lambda")
    yield Runtime(folder / "bin" / "python", folder / "runtime", opt, scratch)
    shutil.rmtree(opt)


@pytest.fixture(scope="session")
def sheets() -> Iterator[SheetsSimulator]:
    """A Google Sheets server."""
    with start_sheets_simulator(SheetsSimulatorOptions(time_scale=TIME_SCALE)) as started:
        yield started


@pytest.fixture(scope="session")
def local(
    tmp_path_factory: pytest.TempPathFactory, sheets: SheetsSimulator
) -> Iterator[LocalStack]:
    """The deployed template, whose own functions rest."""
    with start_local_stack(
        tmp_path_factory.mktemp("state"),
        Target(None, "", TIME_SCALE),
        time_scale=TIME_SCALE,
        simulator_options=SimulatorOptions(max_edge=96),
        parameters={"SheetsBaseUrl": sheets.base_url},
    ) as started:
        started.engine.client("secretsmanager").put_secret_value(
            SecretId=started.stack.outputs["GoogleServiceAccountSecret"],
            SecretString=json.dumps(sheets.service_account_info()),
        )
        quieten(started)
        yield started


class Emulated:
    """Every function under the emulator, started when it is first called."""

    def __init__(self, local: LocalStack, stack: ExitStack, start: Any) -> None:
        self._local = local
        self._stack = stack
        self._start = start
        self._running: dict[str, EmulatedFunction] = {}
        self.first: dict[str, Answer] = {}

    def invoke(self, name: str, event: Any) -> Any:
        """Sends an event and gives the decoded answer."""
        if name not in self._running:
            self._running[name] = self._stack.enter_context(self._start(name))
        answer = self._running[name].invoke(event)
        self.first.setdefault(name, answer)
        return answer.payload

    def log(self, name: str) -> str:
        """What a function wrote."""
        return self._running[name].log()


def settings_of(local: LocalStack, function: BuiltFunction) -> dict[str, str]:
    """The function's variables as they are deployed, and its role's own credentials."""
    client = local.engine.client
    (name,) = (
        each["FunctionName"]
        for page in client("lambda").get_paginator("list_functions").paginate()
        for each in page["Functions"]
        if each["Handler"] == function.handler
    )
    deployed = client("lambda").get_function_configuration(FunctionName=name)
    role = client("sts").assume_role(RoleArn=deployed["Role"], RoleSessionName=function.name)
    keys = role["Credentials"]
    region = client("lambda").meta.region_name
    return {
        **deployed["Environment"]["Variables"],
        "AWS_ENDPOINT_URL": local.engine.endpoint_url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


@pytest.fixture(scope="session")
def emulated(
    local: LocalStack,
    functions: dict[str, BuiltFunction],
    runtime: Runtime,
) -> Iterator[Emulated]:
    """The functions in Lambda's own folders, or, without bubblewrap, with theirs on the path."""
    sandboxed = sandbox_works()
    with ExitStack() as stack:
        yield Emulated(
            local,
            stack,
            lambda name: emulate(
                functions[name], runtime, settings_of(local, functions[name]), sandboxed=sandboxed
            ),
        )


@pytest.fixture(scope="session")
def walk(local: LocalStack, sheets: SheetsSimulator, emulated: Emulated) -> Walk:
    """A row on its way; the tests go along with it in their order."""
    return Walk(local, sheets, emulated.invoke)

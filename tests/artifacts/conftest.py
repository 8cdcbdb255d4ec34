"""The built functions, on the local engine and against the simulated hiapi."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from rowshot_local.local_stack import LocalStack
from rowshot_simulators.sheets import (
    SheetsSimulator,
    SheetsSimulatorOptions,
    start_sheets_simulator,
)
from support.artifacts.built import BUILD, ROOT, BuiltFunction, built_functions
from support.artifacts.containers import (
    ContainedFunctions,
    contained,
    deployed_name,
    deployed_variables,
)
from support.artifacts.emulator import (
    Answer,
    EmulatedFunction,
    Runtime,
    emulate,
    emulator_program,
    merge_layers,
    sandbox_works,
)
from support.artifacts.resting import resting_stack
from support.artifacts.walk import Walk


def pytest_addoption(parser: pytest.Parser) -> None:
    """Lets ``make sam-local`` choose containers."""
    parser.addoption("--containers", action="store_true", help="use sam's containers")


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
    with start_sheets_simulator(SheetsSimulatorOptions(time_scale=0)) as started:
        yield started


@pytest.fixture(scope="session")
def local(
    tmp_path_factory: pytest.TempPathFactory, sheets: SheetsSimulator
) -> Iterator[LocalStack]:
    """The deployed template, whose own functions rest."""
    with resting_stack(tmp_path_factory.mktemp("state"), sheets) as started:
        yield started


class Emulated:
    """Every function under the emulator, started when it is first called."""

    def __init__(
        self, stack: ExitStack, start: Callable[[str], AbstractContextManager[EmulatedFunction]]
    ) -> None:
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
    name = deployed_name(local, function)
    role = client("lambda").get_function_configuration(FunctionName=name)["Role"]
    keys = client("sts").assume_role(RoleArn=role, RoleSessionName=name)["Credentials"]
    region = client("lambda").meta.region_name
    return {
        **deployed_variables(local, function),
        "AWS_ENDPOINT_URL": local.engine.endpoint_url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


@pytest.fixture(scope="session")
def invoked(
    request: pytest.FixtureRequest,
    local: LocalStack,
    sheets: SheetsSimulator,
    functions: dict[str, BuiltFunction],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Emulated | ContainedFunctions]:
    """The functions: under the emulator, or with ``--containers`` in sam's own containers.

    Under the emulator they see Lambda's folders; without bubblewrap, theirs are on the path.
    """
    if request.config.getoption("--containers", default=False):
        folder = tmp_path_factory.mktemp("sam")
        with contained(local, sheets, functions, folder) as started:
            yield started
        return
    runtime: Runtime = request.getfixturevalue("runtime")
    sandboxed = sandbox_works()
    with ExitStack() as stack:

        def start(name: str) -> AbstractContextManager[EmulatedFunction]:
            function = functions[name]
            return emulate(function, runtime, settings_of(local, function), sandboxed=sandboxed)

        yield Emulated(stack, start)


@pytest.fixture(scope="session")
def walk(
    local: LocalStack, sheets: SheetsSimulator, invoked: Emulated | ContainedFunctions
) -> Walk:
    """A row on its way; the tests go along with it in their order."""
    return Walk(local, sheets, invoked.invoke)

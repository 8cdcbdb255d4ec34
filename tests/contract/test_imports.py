"""Who may import whom: imports point inward, and no further than each package is deployed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "layers/shared/rowshot"
FUNCTIONS = ROOT / "functions"
LOCAL = ROOT / "local/rowshot_local"
SIMULATORS = ROOT / "simulators/rowshot_simulators"

STANDARD = set(sys.stdlib_module_names)
# What the Lambda runtime brings by itself; the types are only there for mypy.
RUNTIME = {"boto3", "botocore"}
HEAVY = ["PIL", "gspread", "openpyxl", "olefile", "jinja2"]
# The core's rooms and loose modules from the ground up: each may import what lies below it.
FLOORS = [
    ["canonical", "clock", "errors", "messages", "money", "statuses"],
    ["finishing", "ledger", "models", "settings", "transport"],
    ["reading"],
    ["deciding", "specs", "storage", "telemetry"],
    ["planning", "sheet_sync"],
    ["ordering", "reporting"],
    ["inbound", "publishing", "recovery", "wiring"],
]
# boto3's own package brings file transfers and thread pools; botocore makes the same clients.
NEVER = ["boto3", "s3transfer"]


def modules(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found, f"{folder} holds no code"
    return found


def imports(source: str, package: str) -> Iterator[str]:
    """The full name of every module that a package's source imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            prefix = parts[: len(parts) - node.level + 1] if node.level else []
            base = ".".join([*prefix, *([node.module] if node.module else [])])
            yield base
            # `from rowshot_local import engine` imports a module too.
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imported(path: Path) -> Iterator[str]:
    """What a file imports."""
    package = path.relative_to(_root_of(path)).parent
    yield from imports(path.read_text(encoding="utf-8"), ".".join(package.parts))


def _root_of(path: Path) -> Path:
    return next(
        root
        for root in (ROOT / "layers/shared", ROOT / "local", ROOT / "simulators", FUNCTIONS)
        if path.is_relative_to(root)
    )


def top(name: str) -> str:
    return name.partition(".")[0]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def locked(lock: str) -> frozenset[str]:
    """The distributions that a lock file installs."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return frozenset(canonical(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE))


DISTRIBUTIONS = packages_distributions()


def installed_by(module: str, lock: str) -> bool:
    names = {canonical(name) for name in DISTRIBUTIONS.get(module, [])}
    return bool(names & locked(lock))


def offenders(folder: Path, allowed: Callable[[str], bool]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(folder)
        for name in imported(path)
        if not allowed(name)
    ]


def test_the_walk_sees_every_form_of_import() -> None:
    source = (
        "import os.path\nfrom . import a1\nfrom ..hiapi import app\ndef f():\n import rowshot\n"
    )
    assert set(imports(source, "rowshot_simulators.sheets")) == {
        "os.path",
        "rowshot",
        "rowshot_simulators.sheets",
        "rowshot_simulators.sheets.a1",
        "rowshot_simulators.hiapi",
        "rowshot_simulators.hiapi.app",
    }


def test_the_core_imports_nothing_of_functions_or_laptop() -> None:
    handlers = {path.stem for path in modules(FUNCTIONS)}

    def allowed(name: str) -> bool:
        package = top(name)
        return (
            package in STANDARD | RUNTIME | {"rowshot"}
            or package.startswith("mypy_boto3_")
            or (
                package not in handlers | {"rowshot_local", "rowshot_simulators", "functions"}
                and installed_by(package, "layers/deps/requirements.txt")
            )
        )

    assert offenders(CORE, allowed) == []


def test_every_room_of_the_core_stands_on_a_floor() -> None:
    rooms = {path.stem for path in CORE.iterdir() if path.suffix == ".py"} | {
        path.name for path in CORE.iterdir() if (path / "__init__.py").exists()
    }
    assert sorted(room for floor in FLOORS for room in floor) == sorted(rooms - {"__init__"})


def test_no_import_of_the_core_runs_up() -> None:
    """What is below never knows what is above."""
    floor_of = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
    found = []
    for path in modules(CORE):
        own = path.relative_to(CORE).with_suffix("").parts[0]
        for name in imported(path):
            room = name.split(".")[1] if name.startswith("rowshot.") else own
            if room not in (own, "__init__") and floor_of[room] >= floor_of[own]:
                found.append(f"{path.relative_to(ROOT)} imports {name}")
    assert found == []


def test_what_decides_and_what_finishes_reach_nothing_outside() -> None:
    """Both are pure: facts or bytes in, decisions or bytes out."""
    outside = {"boto3", "botocore", "httpx", "gspread", "socket", "aws_lambda_powertools"}
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for room in ("deciding", "finishing")
        for path in modules(CORE / room)
        for name in imported(path)
        if top(name) in outside or name.startswith(("rowshot.ledger.table", "rowshot.storage"))
    ]
    assert found == []


def test_handlers_import_only_the_core() -> None:
    allowed_packages = STANDARD | {"rowshot", "aws_lambda_powertools"}
    assert offenders(FUNCTIONS, lambda name: top(name) in allowed_packages) == []


def test_simulators_import_nothing_of_rowshot() -> None:
    """They would share its misreadings of the vendors' documentation."""

    def allowed(name: str) -> bool:
        return top(name) in STANDARD | {"rowshot_simulators"} or (
            top(name) not in {"rowshot", "rowshot_local"}
            and installed_by(top(name), "requirements/local.txt")
        )

    assert offenders(SIMULATORS, allowed) == []


def test_the_laptop_needs_only_what_make_run_installs() -> None:
    def allowed(name: str) -> bool:
        package = top(name)
        return (
            package in STANDARD | {"rowshot", "rowshot_local", "rowshot_simulators"}
            or package.startswith("mypy_boto3_")
            or installed_by(package, "requirements/local.txt")
        )

    assert offenders(LOCAL, allowed) == []


@pytest.mark.parametrize("handler", modules(FUNCTIONS), ids=lambda path: path.stem)
def test_a_handler_reads_no_setting_when_it_is_imported(handler: Path) -> None:
    loaded = loaded_by(handler)
    assert handler.stem in loaded


@pytest.mark.parametrize("name", ["submit/submit.py", "poll/poll.py"])
def test_the_handlers_that_run_most_load_nothing_heavy(name: str) -> None:
    loaded = loaded_by(FUNCTIONS / name)
    assert [module for module in HEAVY if module in loaded] == []


@pytest.mark.parametrize("handler", modules(FUNCTIONS), ids=lambda path: path.stem)
def test_no_handler_loads_what_only_costs_its_start(handler: Path) -> None:
    loaded = loaded_by(handler)
    assert [module for module in NEVER if module in loaded] == []


def loaded_by(handler: Path) -> set[str]:
    """The modules that importing a handler loads, in an interpreter without any setting."""
    # -I keeps the environment and the working directory out.
    program = (
        f"import sys; sys.path[:0] = [{str(handler.parent)!r}]; import {handler.stem}; "
        "print(*sys.modules, sep='\\n')"
    )
    answer = subprocess.run(
        [sys.executable, "-I", "-c", program],
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    return set(answer.stdout.split())

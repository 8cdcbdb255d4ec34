"""What is uploaded fits into Lambda, and was built for the machine that it runs on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rowshot_local.engine.template import load
from support.artifacts.built import BUILD, BuiltFunction, built_layers, size

MB = 1_000_000
# Function and layers, unzipped:
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LAMBDA_LIMIT = 250 * MB

# Bytes, unzipped. Raise one with a reason in docs/decisions.md: size is paid at every cold start.
BUDGETS = {"DepsLayer": 65 * MB, "SharedLayer": 2 * MB}
FUNCTION_BUDGET = MB // 10

# Lambda's python3.13 runs on Amazon Linux 2023.
# https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html
GLIBC = (2, 34)


@pytest.fixture
def layers(functions: dict[str, BuiltFunction]) -> dict[str, Path]:
    return built_layers()


def test_layers_stay_within_their_budgets(layers: dict[str, Path]) -> None:
    sizes = {name: size(folder) for name, folder in layers.items()}
    print({name: f"{number / MB:.1f} MB" for name, number in sizes.items()})
    assert set(sizes) == set(BUDGETS)
    assert {name: number for name, number in sizes.items() if number > BUDGETS[name]} == {}


def test_functions_hold_nothing_but_handlers(functions: dict[str, BuiltFunction]) -> None:
    for each in functions.values():
        assert size(each.folder) <= FUNCTION_BUDGET, each.name
        assert {path.suffix for path in each.folder.rglob("*") if path.is_file()} == {".py"}


def test_every_function_fits_with_its_layers(functions: dict[str, BuiltFunction]) -> None:
    for each in functions.values():
        assert size(each.folder) + sum(map(size, each.layers)) < LAMBDA_LIMIT, each.name


def test_wheels_are_for_the_declared_processor_and_system(layers: dict[str, Path]) -> None:
    template = load(BUILD / "template.yaml")
    machine = template["Resources"]["DepsLayer"]["Metadata"]["BuildArchitecture"]
    machine = {"x86_64": "x86_64", "arm64": "aarch64"}[machine]
    tags = [
        (path.parent.name, tag)
        for path in layers["DepsLayer"].rglob("*.dist-info/WHEEL")
        for tag in re.findall(r"^Tag: (.+)$", path.read_text(), re.MULTILINE)
    ]
    assert tags
    for name, tag in tags:
        _, abi, where = tag.split("-")
        if where == "any":
            continue
        assert where.endswith(f"_{machine}"), (name, tag)
        assert abi in ("cp313", "abi3"), (name, tag)
        if modern := re.match(r"manylinux_(\d+)_(\d+)_", where):
            assert tuple(map(int, modern.groups())) <= GLIBC, (name, tag)


def test_compiled_code_asks_for_no_newer_libc_than_lambdas(layers: dict[str, Path]) -> None:
    libraries = list(layers["DepsLayer"].rglob("*.so*"))
    assert libraries
    for path in libraries:
        asked = re.findall(rb"GLIBC_(\d+)\.(\d+)", path.read_bytes())
        assert max(((int(a), int(b)) for a, b in asked), default=(0, 0)) <= GLIBC, path.name


def test_the_layers_bring_no_aws_sdk(layers: dict[str, Path]) -> None:
    """The runtime carries it: 20 MB that need not be unzipped at every start."""
    for folder in layers.values():
        assert not list(folder.glob("python/boto*")), folder

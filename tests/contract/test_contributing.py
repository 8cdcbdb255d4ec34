"""CONTRIBUTING sends people to files that exist, and a change that needs two files has a test."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "layers/shared/rowshot"
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SIMULATED = ROOT / "simulators/rowshot_simulators/hiapi/models.json"
MODELS = CORE / "models/models.json"
PATH = re.compile(r"[\w.-]+(/[\w.-]*)+|[\w-]+\.(py|json|md|yaml|css|js)")


def named(page: str) -> list[str]:
    """Every path that a page names in code quotes; what holds a placeholder is none."""
    return [each for each in re.findall(r"`([^`\s]+)`", page) if PATH.fullmatch(each)]


def _exists(path: str) -> bool:
    return any((base / path).exists() for base in (ROOT, CORE, ROOT / "tests/support"))


@pytest.mark.parametrize("path", sorted(set(named(PAGE))))
def test_every_path_that_is_named_exists(path: str) -> None:
    assert _exists(path), f"CONTRIBUTING.md names {path}, which does not exist"


def test_a_path_that_is_gone_is_found() -> None:
    assert named("see `steps/nowhere.py`, `make test` and `nowhere.py`") == [
        "steps/nowhere.py",
        "nowhere.py",
    ]
    assert not _exists("steps/nowhere.py")


@pytest.mark.parametrize(
    ("change", "files"),
    [
        ("another status", ["statuses.py", "deciding/reasons.py", "docs/merchandisers.zh.md"]),
        (
            "another output column",
            ["reading/output_columns.py", "sheet_sync/write_back.py", "README.md"],
        ),
        (
            "another field of a model",
            ["models/models.json", str(SIMULATED.relative_to(ROOT)), "specs/meaning.py"],
        ),
        ("a longer first wait for a task", ["deciding/pacing.py", "models/models.json"]),
        (
            "another fault of the simulated hiapi",
            [
                "simulators/rowshot_simulators/hiapi/faults.py",
                "simulators/rowshot_simulators/hiapi/app.py",
                "tests/support/faults.py",
                "tests/support/mishaps.py",
            ],
        ),
    ],
)
def test_usual_changes_name_their_files(change: str, files: list[str]) -> None:
    (row,) = re.findall(rf"^\| {change} \|.*$", PAGE, re.MULTILINE)
    assert set(files) <= set(named(row))


def _fields(path: Path, fields: str) -> dict[str, set[str]]:
    entries: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["models"]
    return {each["id"]: set(each[fields]) for each in entries}


def test_the_simulated_hiapi_takes_every_field_that_we_send() -> None:
    """Or a plan says ready, and the run ends with 'unknown field'."""
    ours, theirs = _fields(MODELS, "fields"), _fields(SIMULATED, "input")
    missing = {
        model: unknown
        for model, names in ours.items()
        if (unknown := names - theirs.get(model, set()))
    }
    assert not missing, f"{SIMULATED.relative_to(ROOT)} does not take {missing}"

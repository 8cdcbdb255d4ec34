"""What a state folder remembers, and that simulated and real pictures never share one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rowshot_local.cli.place import Place
from rowshot_local.environment import ConfigurationError, Target
from rowshot_local.kept import Kept, KeptRun, check_kind
from rowshot_local.local_stack import start_local_stack


def test_it_is_remembered(tmp_path: Path) -> None:
    assert Kept.read(tmp_path) is None
    kept = Kept("d1.cdn", 0.1, simulated=True)
    kept.write(tmp_path)
    assert Kept.read(tmp_path) == kept


@pytest.mark.parametrize("simulated", [True, False])
def test_what_an_older_release_left_is_of_either_kind(tmp_path: Path, simulated: bool) -> None:
    (tmp_path / "cdn.json").write_text(json.dumps({"domain": "d1.cdn", "time_scale": 1.0}))
    check_kind(tmp_path, simulated=simulated)


def test_real_pictures_are_not_asked_of_a_folder_of_simulated_ones(tmp_path: Path) -> None:
    """Every row would count as done, with a placeholder for its picture."""
    Kept("d1.cdn", 0.1, simulated=True).write(tmp_path)
    check_kind(tmp_path, simulated=True)
    target = Target("https://api.hiapi.ai", "key", 1.0)
    with (
        pytest.raises(ConfigurationError, match=r"holds simulated pictures.*--state live"),
        start_local_stack(tmp_path, target, time_scale=1.0),
    ):
        pytest.fail("it started")


def test_nor_the_other_way_round(tmp_path: Path) -> None:
    Kept("d1.cdn", 1.0, simulated=False).write(tmp_path)
    check_kind(tmp_path, simulated=False)
    with pytest.raises(ConfigurationError, match=r"holds real pictures: add --live"):
        check_kind(tmp_path, simulated=True)


def test_a_run_keeps_its_folder_as_seen_from_where_the_command_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, state = tmp_path / "shop", tmp_path / "state"
    for each in (here, state):
        each.mkdir()
    monkeypatch.chdir(here)
    assert KeptRun.read(state, "r1") == KeptRun()
    KeptRun(Path("o"), live=True).write(state, "r1")
    KeptRun(Path("out")).write(state, "r2")
    monkeypatch.chdir(tmp_path)
    assert KeptRun.read(state, "r1") == KeptRun(here / "o", live=True)
    assert KeptRun.read(state, "r2") == KeptRun(here / "out")
    KeptRun(Path("elsewhere")).write(state, "r1")
    assert KeptRun.read(state, "r1").out == tmp_path / "elsewhere"


def test_old_runs_are_forgotten_and_a_damaged_note_is_none(tmp_path: Path) -> None:
    for number in range(502):
        KeptRun(tmp_path).write(tmp_path, f"r{number}")
    assert KeptRun.read(tmp_path, "r1") == KeptRun()
    assert KeptRun.read(tmp_path, "r501").out == tmp_path
    (tmp_path / "runs.json").write_text("[")
    assert KeptRun.read(tmp_path, "r501") == KeptRun()


@pytest.mark.parametrize(
    ("named", "wanted"), [(None, "o"), (Path("new"), "new")], ids=["kept", "named"]
)
def test_a_later_command_writes_where_the_run_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: Path | None, wanted: str
) -> None:
    monkeypatch.chdir(tmp_path)
    KeptRun(Path("o"), live=True).write(tmp_path, "r1")
    place = Place(tmp_path).of_run("r1", named)
    assert (place.out, place.live) == (Path(wanted), True)
    assert Place(tmp_path).of_run("r2").out == Path("out")
    assert Place(tmp_path, "stack").of_run("r1") == Place(tmp_path, "stack")

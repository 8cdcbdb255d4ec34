"""What a state folder remembers, and that simulated and real pictures never share one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rowshot_local.environment import ConfigurationError, Target
from rowshot_local.kept import Kept, check_kind
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

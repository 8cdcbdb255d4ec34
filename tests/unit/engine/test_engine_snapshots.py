"""Snapshots are whole or not there, and a start uses the newest sound one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rowshot_local.engine.folder import CODE_BUCKET, EngineFolder
from rowshot_local.engine.snapshots import Outcome, Recovery, move, restore, writing


def take(root: Path, *, final: bool = False, **services: object) -> None:
    with writing(root, port=4000, final=final) as folder:
        for name, state in services.items():
            (folder / f"{name}.json").write_text(json.dumps(state))


def start(tmp_path: Path, *, used: bool = False) -> Recovery:
    return restore(tmp_path / "snapshots", tmp_path / "live", used=used)


def live(tmp_path: Path) -> dict[str, object]:
    return {path.stem: json.loads(path.read_text()) for path in (tmp_path / "live").glob("*.json")}


def newest(tmp_path: Path) -> Path:
    return max(path for path in (tmp_path / "snapshots").iterdir() if path.name.isdecimal())


def test_nothing_kept_is_a_new_start(tmp_path: Path) -> None:
    assert start(tmp_path) == Recovery(Outcome.NEW)


def test_an_orderly_stop_is_continued(tmp_path: Path) -> None:
    take(tmp_path / "snapshots", dynamodb=1)
    take(tmp_path / "snapshots", final=True, dynamodb=2)
    assert start(tmp_path).outcome is Outcome.CLEAN
    assert live(tmp_path) == {"dynamodb": 2}


def test_a_kill_is_reported_with_the_age_of_the_snapshot(tmp_path: Path) -> None:
    take(tmp_path / "snapshots", dynamodb=1)
    recovery = start(tmp_path)
    assert recovery.outcome is Outcome.RECOVERED
    assert recovery.taken_at is not None
    assert "killed" in recovery.sentence()


def test_what_an_older_engine_read_does_not_leak_into_a_new_start(tmp_path: Path) -> None:
    take(tmp_path / "snapshots", dynamodb=1, sqs=1)
    start(tmp_path)
    take(tmp_path / "snapshots", final=True, dynamodb=2)
    start(tmp_path)
    assert live(tmp_path) == {"dynamodb": 2}


@pytest.mark.parametrize("damage", ["truncated", "missing", "no manifest", "broken manifest"])
def test_a_damaged_snapshot_is_set_aside_for_the_one_before(tmp_path: Path, damage: str) -> None:
    take(tmp_path / "snapshots", dynamodb="good")
    take(tmp_path / "snapshots", final=True, dynamodb="lost")
    folder = newest(tmp_path)
    if damage == "truncated":
        (folder / "dynamodb.json").write_text('"lo')
    elif damage == "missing":
        (folder / "dynamodb.json").unlink()
    elif damage == "no manifest":
        (folder / "manifest.json").unlink()
    else:
        (folder / "manifest.json").write_text("{}")
    recovery = start(tmp_path)
    assert recovery.outcome is Outcome.RECOVERED
    assert live(tmp_path) == {"dynamodb": "good"}
    assert len(recovery.set_aside) == 1
    assert recovery.set_aside[0].is_dir()
    assert not folder.exists()


def test_without_a_sound_snapshot_the_state_is_lost_and_said_so(tmp_path: Path) -> None:
    take(tmp_path / "snapshots", dynamodb=1)
    (newest(tmp_path) / "dynamodb.json").write_text("")
    recovery = start(tmp_path)
    assert recovery.outcome is Outcome.LOST
    assert live(tmp_path) == {}
    assert str(recovery.set_aside[0].parent) in recovery.sentence()


def test_objects_without_any_snapshot_mean_a_lost_state(tmp_path: Path) -> None:
    assert start(tmp_path, used=True).outcome is Outcome.LOST


def test_what_deployments_upload_is_nothing_to_lose(tmp_path: Path) -> None:
    folder = EngineFolder.below(tmp_path)
    assert not folder.holds_objects()
    code = folder.objects / "000000000000" / CODE_BUCKET
    media = folder.objects / "000000000000" / "media"
    code.mkdir(parents=True)
    media.mkdir()
    (code / "abc.zip").touch()
    assert not folder.holds_objects()
    (media / "a.webp").touch()
    assert folder.holds_objects()


def test_a_snapshot_that_fails_half_way_leaves_the_one_before(tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    take(root, dynamodb=1)
    with pytest.raises(RuntimeError), writing(root, port=4000, final=False) as folder:
        (folder / "dynamodb.json").write_text("2")
        raise RuntimeError
    assert [path.name for path in root.iterdir()] == ["000001"]


def test_a_draft_that_a_kill_left_is_no_snapshot(tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    take(root, dynamodb=1)
    (root / "000002.new").mkdir()
    (root / "000002.new" / "dynamodb.json").write_text("2")
    assert start(tmp_path).outcome is Outcome.RECOVERED
    assert live(tmp_path) == {"dynamodb": 1}
    take(root, dynamodb=3)
    start(tmp_path)
    assert live(tmp_path) == {"dynamodb": 3}


def test_two_snapshots_are_kept(tmp_path: Path) -> None:
    for number in range(5):
        take(tmp_path / "snapshots", dynamodb=number)
    kept = sorted(path.name for path in (tmp_path / "snapshots").iterdir())
    assert kept == ["000004", "000005"]


def test_a_state_is_moved_to_another_port_and_nothing_else_is_changed(tmp_path: Path) -> None:
    urls = ["http://localhost:4000/1/q", "http://x.cloudfront.localhost:4000/a", "127.0.0.1:4000"]
    others = ["localhost:40001", "127.0.0.1:5000", "example.com:4000", "4000"]
    take(tmp_path / "snapshots", final=True, sqs=urls, dynamodb=others)
    assert start(tmp_path).port == 4000
    move(tmp_path / "live", 4000, 4100)
    assert live(tmp_path) == {
        "sqs": [url.replace("4000", "4100") for url in urls],
        "dynamodb": others,
    }

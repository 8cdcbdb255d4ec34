"""Functions see nothing of the user's."""

from __future__ import annotations

from pathlib import Path

from rowshot_local.engine.environment import engine_environment
from rowshot_local.engine.folder import EngineFolder


def test_the_users_environment_stays_out(tmp_path: Path) -> None:
    folder = EngineFolder.below(tmp_path)
    user = {
        "PATH": "/bin",
        "HIAPI_TOKEN": "secret",
        "HTTPS_PROXY": "http://proxy",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_PROFILE": "production",
        "PYTHONPATH": "/elsewhere",
        "HOME": "/home/somebody",
    }
    seen = engine_environment(
        folder,
        4000,
        key="KEY",
        region="eu-west-1",
        wait_scale=0.1,
        extra={"MINE": "1"},
        inherited=user,
    )
    assert seen["PATH"] == "/bin"
    assert seen["MINE"] == "1"
    assert seen["AWS_ACCESS_KEY_ID"] == "KEY"
    assert seen["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert not {"HIAPI_TOKEN", "HTTPS_PROXY", "AWS_PROFILE", "PYTHONPATH"} & set(seen)
    assert seen["HOME"].startswith(str(tmp_path))


def test_the_engine_stays_on_this_machine_and_asks_for_rights(tmp_path: Path) -> None:
    folder = EngineFolder.below(tmp_path)
    seen = engine_environment(
        folder, 4000, key="KEY", region="us-east-1", wait_scale=1.0, extra={}, inherited={}
    )
    assert seen["BIND_HOST"] == "127.0.0.1"
    assert seen["AUTH"] == "true"
    assert all(
        seen[name].startswith(str(folder.root)) for name in ("STATE_DIR", "S3_DATA_DIR", "TMPDIR")
    )


def test_a_record_survives_and_a_broken_one_is_nothing(tmp_path: Path) -> None:
    folder = EngineFolder.below(tmp_path)
    assert folder.read_record() == {}
    folder.write_record(port=4000, pid=7)
    assert folder.read_record() == {"port": 4000, "pid": 7}
    folder.record.write_text("[]")
    assert folder.read_record() == {}
    folder.record.write_text('{"port":')
    assert folder.read_record() == {}


def test_nobody_else_can_look_into_the_folder(tmp_path: Path) -> None:
    assert EngineFolder.below(tmp_path).root.stat().st_mode & 0o077 == 0

"""The engine starts, is alone on its folder, and never outlives whoever started it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rowshot_local.engine import Engine, EngineBusy, EngineError, Outcome, attach, process
from rowshot_local.engine.folder import EngineFolder

# Starts an engine with a busy function in a process of its own, tells about it, and waits.
HOLDER = """
import json, signal, sys, threading, time
from pathlib import Path
from rowshot_local.engine import Engine, deploy, process

def newest(engine):
    found = (int(path.name) for path in engine.folder.snapshots.iterdir() if path.name.isdigit())
    return max(found, default=0)

# Shells let what they start in the background ignore Ctrl-C, and that is inherited.
signal.signal(signal.SIGINT, signal.default_int_handler)
state, template = Path(sys.argv[1]), Path(sys.argv[2])
with Engine(state, snapshot_seconds=0.3) as engine:
    out = deploy(engine, template, "demo", {})
    engine.client("dynamodb").put_item(
        TableName=out["Table"], Item={"pk": {"S": "kept"}, "sk": {"S": "1"}}
    )
    engine.client("s3").put_object(
        Bucket=out["Media"], Key="images/a.webp", Body=b"picture", ContentType="image/webp",
        CacheControl="public, max-age=31536000, immutable",
    )
    call = dict(FunctionName=out["Probe"], Payload=json.dumps({"sleep": 15}))
    threading.Thread(target=lambda: engine.client("lambda").invoke(**call), daemon=True).start()
    # Of two snapshots that are new, the second began after all of that; requests cause them.
    seen = newest(engine)
    while newest(engine) < seen + 2 or len(process.leftovers(engine.folder)) < 2:
        engine.client("s3").list_buckets()
        time.sleep(0.1)
    print(json.dumps({"pid": engine.pid, "outputs": out}), flush=True)
    time.sleep(60)
"""

Holder = tuple[subprocess.Popen[str], int, dict[str, str]]


@pytest.fixture
def hold(tmp_path: Path, engine_template: Path) -> Iterator[Callable[[], Holder]]:
    """Starts the holder; whatever is left of it is ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start() -> Holder:
        child = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path), str(engine_template)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(child)
        assert child.stdout is not None
        told = json.loads(child.stdout.readline())
        return child, told["pid"], told["outputs"]

    yield start
    for child in started:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
    process.stop(process.leftovers(EngineFolder.below(tmp_path)))


def left(state: Path) -> list[int]:
    return process.leftovers(EngineFolder.below(state))


def test_it_answers_keeps_its_port_and_leaves_nothing(tmp_path: Path) -> None:
    with Engine(tmp_path) as engine:
        assert engine.recovery.outcome is Outcome.NEW
        assert engine.healthy()
        assert left(tmp_path) == [engine.pid]
        port = engine.port
        engine.client("s3").create_bucket(Bucket="kept")
    assert not engine.healthy()
    assert left(tmp_path) == []
    assert not engine.folder.temporary.exists()
    with Engine(tmp_path) as again:
        assert (again.port, again.port_changed) == (port, False)
        assert again.recovery.outcome is Outcome.CLEAN
        assert [one["Name"] for one in again.client("s3").list_buckets()["Buckets"]] == ["kept"]


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    with Engine(tmp_path) as engine:
        listening = Path("/proc/net/tcp")
        if not listening.exists():
            pytest.skip("needs /proc to see who listens where")
        rows = [line.split()[1:4] for line in listening.read_text().splitlines()[1:]]
        addresses = [
            local
            for local, _, state in rows
            if state == "0A" and int(local.rpartition(":")[2], 16) == engine.port
        ]
        assert addresses == [f"0100007F:{engine.port:04X}"]


def test_a_taken_port_is_changed_and_said_so(tmp_path: Path) -> None:
    with Engine(tmp_path) as engine:
        port = engine.port
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with Engine(tmp_path) as engine:
            assert engine.port_changed
            assert engine.port != port
            assert engine.healthy()


def test_one_engine_a_folder(tmp_path: Path) -> None:
    with Engine(tmp_path), pytest.raises(EngineBusy, match="Another rowshot command"):
        Engine(tmp_path).start()


def test_others_can_attach_while_it_runs(tmp_path: Path) -> None:
    assert attach(tmp_path) is None
    with Engine(tmp_path) as engine:
        found = attach(tmp_path)
        assert found is not None
        assert found.endpoint_url == engine.endpoint_url
        assert found.client("s3").list_buckets()["Buckets"] == []
        found.close()
    assert attach(tmp_path) is None


def test_an_engine_that_cannot_start_says_its_last_words(tmp_path: Path) -> None:
    engine = Engine(tmp_path, functions_env={"MINISTACK_WORKER_THREADS": "many"})
    with pytest.raises(EngineError, match="stopped while it was starting"):
        engine.start()
    assert left(tmp_path) == []
    with Engine(tmp_path) as engine:
        assert engine.healthy()


def test_the_users_aws_configuration_and_proxy_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with Engine(tmp_path) as engine:
        assert engine.client("s3").list_buckets()["Buckets"] == []


def test_ctrl_c_stops_it_in_order(tmp_path: Path, hold: Callable[[], Holder]) -> None:
    child, pid, _ = hold()
    assert pid in left(tmp_path)
    os.killpg(child.pid, signal.SIGINT)
    assert child.wait(20) != 0
    assert left(tmp_path) == []
    with Engine(tmp_path) as engine:
        assert engine.recovery.outcome is Outcome.CLEAN


def test_it_ends_with_a_killed_parent_and_saves_its_state(
    tmp_path: Path, hold: Callable[[], Holder]
) -> None:
    child, _, outputs = hold()
    assert len(left(tmp_path)) >= 2, "the engine and a busy worker"
    child.kill()
    assert process.until(lambda: not left(tmp_path), 15)
    with Engine(tmp_path) as engine:
        assert engine.recovery.outcome is Outcome.CLEAN
        assert kept(engine, outputs)


def test_everything_killed_is_continued_from_the_last_snapshot(
    tmp_path: Path, hold: Callable[[], Holder]
) -> None:
    child, pid, outputs = hold()
    workers = [one for one in left(tmp_path) if one != pid]
    assert workers
    child.kill()
    os.kill(pid, signal.SIGKILL)
    assert process.until(lambda: not process.alive(pid), 5)
    assert [one for one in workers if process.alive(one)], "a busy worker outlives the engine"
    with Engine(tmp_path) as engine:
        assert engine.recovery.outcome is Outcome.RECOVERED
        assert not [one for one in workers if process.alive(one)]
        assert kept(engine, outputs)
        picture = engine.cdn_get(engine.cdn_url(outputs["CdnDomain"]) + "/images/a.webp")
        assert (picture.status, picture.body) == (200, b"picture")


def test_an_engine_that_hangs_is_ended_by_force(tmp_path: Path) -> None:
    with Engine(tmp_path, stop_seconds=0.5) as engine:
        pid = engine.pid
        os.kill(pid, signal.SIGSTOP)
        started = time.monotonic()
    assert not process.alive(pid)
    assert time.monotonic() - started < 10
    assert left(tmp_path) == []


def kept(engine: Engine, outputs: dict[str, str]) -> bool:
    found = engine.client("dynamodb").get_item(
        TableName=outputs["Table"], Key={"pk": {"S": "kept"}, "sk": {"S": "1"}}
    )
    return "Item" in found

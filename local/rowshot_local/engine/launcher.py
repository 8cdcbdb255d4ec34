"""Runs MiniStack in this process, with snapshots, and ends with the process that started it.

Started by ``rowshot_local.engine.process`` as ``python -m rowshot_local.engine.launcher``. Standard
input is the lifeline: a pipe whose other end only the parent holds, so it closes whenever and
however the parent ends. (PR_SET_PDEATHSIG would be Linux only, would fire when the *thread* that
started the engine ends, and would miss a parent that died first.)

MiniStack's private names used here and in ``persistence`` are pinned by ``requirements/local.in``
and covered by ``tests/e2e/test_engine.py``.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import resource
import signal
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from rowshot_local.engine.guard import engine_guard
from rowshot_local.engine.persistence import Snapshotter
from rowshot_local.engine.ready import ReadyWorkers
from rowshot_simulators.guard import guarded

# After the parent's end: how long the engine may take to save its state.
GRACE_SECONDS = 12.0


def main() -> None:
    """The engine's process from start to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--snapshot-seconds", type=float, required=True)
    parser.add_argument("--ready", default="", help="functions to keep ready, comma separated")
    options = parser.parse_args()
    _raise_file_limit()
    threading.Thread(target=_end_with_parent, args=(_take_lifeline(),), daemon=True).start()
    ready = [name for name in options.ready.split(",") if name]
    asyncio.run(_serve(options.root / "snapshots", options.port, options.snapshot_seconds, ready))


def _take_lifeline() -> int:
    """The pipe from the parent; standard input becomes /dev/null so that nothing inherits it."""
    lifeline = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return lifeline


def _end_with_parent(lifeline: int) -> None:
    """Waits for the parent's end, then ends the engine, by force if it must be."""
    while os.read(lifeline, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    _kill_group()


def _kill_group() -> None:
    """Ends this process and every function worker in its group, now."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


async def _serve(snapshots: Path, port: int, every: float, ready: list[str]) -> None:
    """Serves until SIGTERM, then saves and ends the process with its workers."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app as engine
    from ministack.services import lambda_svc

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    snapshotter = Snapshotter(engine, snapshots, port, every)
    ReadyWorkers(lambda_svc, ready).install()
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.5
    config.loglevel = "WARNING"
    logging.getLogger("hypercorn.access").disabled = True
    app = guarded(_counting(engine.app, snapshotter), engine_guard(os.environ["AWS_ACCESS_KEY_ID"]))
    server = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
    saver = asyncio.create_task(snapshotter.run())
    await asyncio.wait({server, asyncio.create_task(stop.wait())}, return_when="FIRST_COMPLETED")
    if server.done():
        server.result()
    # We save it, not the engine, which would write over what it read at its start.
    engine.PERSIST_STATE = False
    await asyncio.wait({server}, timeout=1)
    await snapshotter.take(final=True)
    saver.cancel()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGTERM)
    # Threads of running executions would hold an orderly exit for as long as they wait.
    os._exit(0)


def _counting(app: Any, snapshotter: Snapshotter) -> Any:
    """The engine's ASGI app, noting that something may have changed; asking for health does not."""

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/_ministack/"):
            snapshotter.changed = True
        try:
            await app(scope, receive, send)
        except Exception:
            if scope["type"] == "lifespan":
                # The server would go on without what was kept, and save that nothing later.
                traceback.print_exc()
                os._exit(1)
            raise

    return counted


def _raise_file_limit() -> None:
    """Bursts of connections need more than the usual 1024 files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()

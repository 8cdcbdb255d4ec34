"""Starts and stops a simulator on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.requests import Request as HttpRequest
from uvicorn.protocols.http.h11_impl import H11Protocol

from rowshot_simulators.guard import guarded, programs_only
from rowshot_simulators.parent import stop_with_parent

from .app import build_app
from .simulator import SheetsSimulator, SheetsSimulatorOptions
from .store import Store
from .traffic import Traffic


class _Protocol(H11Protocol):
    """Remembers each connection's transport, so that a fault can cut it."""

    transports: dict[tuple[str, int], asyncio.BaseTransport] = {}  # noqa: RUF012 - shared on purpose

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transports[transport.get_extra_info("peername")[:2]] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.transports.pop(self.transport.get_extra_info("peername")[:2], None)
        super().connection_lost(exc)


def _abort(request: HttpRequest) -> None:
    transport = _Protocol.transports.get(tuple(request.scope["client"]))
    if isinstance(transport, asyncio.Transport):
        transport.abort()


def _build(
    options: SheetsSimulatorOptions, port: int
) -> tuple[SheetsSimulator, uvicorn.Server, socket.socket]:
    # asyncio turns Nagle's algorithm off only where the protocol is named; each answer would wait
    # 40 ms for the peer's delayed acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    per_project = 5 * max(options.reads_per_minute or 0, options.writes_per_minute or 0)
    traffic = Traffic(
        options.clock,
        options.time_scale,
        {"read": options.reads_per_minute, "write": options.writes_per_minute},
        per_project or None,
        options.seed,
    )
    store = Store(traffic, options.state_file, options.account)
    simulator = SheetsSimulator(store, f"http://127.0.0.1:{listener.getsockname()[1]}")
    config = uvicorn.Config(
        guarded(build_app(store, _abort), programs_only),
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    return simulator, uvicorn.Server(config), listener


@contextmanager
def start_sheets_simulator(
    options: SheetsSimulatorOptions | None = None, port: int = 0
) -> Iterator[SheetsSimulator]:
    """Runs a simulator in a thread of this process for the length of a ``with`` block."""
    simulator, server, listener = _build(options or SheetsSimulatorOptions(), port)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="sheets-simulator", daemon=True
    )
    thread.start()
    try:
        yield simulator
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def run_forever(
    port: int = 0,
    options: SheetsSimulatorOptions | None = None,
    *,
    die_with_parent: bool = False,
) -> None:
    """Serves until SIGINT or SIGTERM. Must run in the main thread.

    The first line on stdout is JSON: ``{"address", "service_account_file", "client_email"}``.
    The service account file lies beside the state file, or in a temporary folder without one.

    Args:
        port: Port of the API; 0 for any free one.
        options: How it behaves.
        die_with_parent: Stop too when the process that started this one dies.
    """
    options = options or SheetsSimulatorOptions()
    if die_with_parent:
        stop_with_parent()
    simulator, server, listener = _build(options, port)
    with tempfile.TemporaryDirectory(prefix="rowshot-sheets-") as scratch:
        folder = options.state_file.parent if options.state_file else Path(scratch)
        info = simulator.service_account_info()
        path = folder / "service-account.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(info, indent=2), "utf-8")
        line = {
            "address": simulator.base_url,
            "service_account_file": str(path),
            "client_email": info["client_email"],
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        # uvicorn raises the signal that stopped it again, after an orderly stop; the temporary
        # folder has to go nevertheless.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])

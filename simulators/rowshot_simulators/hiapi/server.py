"""Runs the simulated hiapi: in a thread for tests, or as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from types import TracebackType
from typing import Any, Self, TypeVar

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from rowshot_simulators.guard import guarded, programs_only
from rowshot_simulators.parent import stop_with_parent

from .app import Api
from .books import state
from .faults import Fault
from .mishaps import ABORT
from .options import SimulatorOptions
from .outputs import Outputs
from .service import Hiapi

_START_TIMEOUT_S = 20.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
T = TypeVar("T")


class AbortableProtocol(H11Protocol):
    """HTTP/1.1 whose applications can break their connection (``scope[ABORT]``)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inner = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await inner({**scope, ABORT: self._abort}, receive, send)

        self.app = app

    def _abort(self, *, reset: bool) -> None:
        connection = self.transport.get_extra_info("socket")
        if reset and connection is not None:
            # With a linger time of 0 the peer gets RST, not the orderly FIN.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.transport.abort()
        else:
            self.transport.close()


class HiapiSimulator:
    """A simulated hiapi that listens on loopback while it is used as a context manager.

    Args:
        options: How it behaves; the defaults are the real thing's behaviour.
    """

    def __init__(self, options: SimulatorOptions | None = None) -> None:
        self.options = options or SimulatorOptions()
        self.hiapi = Hiapi(self.options)
        self.base_url = ""
        self.output_url = ""
        self._outputs = Outputs(self.hiapi)
        self._api_app = Api(self.hiapi, lambda: self.output_url).application()
        self._output_app = self._outputs.application()
        self._sockets: list[socket.socket] = []
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def token(self) -> str:
        """The first account's bearer token."""
        return self.options.tokens[0]

    def start(self) -> Self:
        """Listens, in a thread of its own; nothing happens when it does already.

        Raises:
            OSError: The port is taken.
            TimeoutError: It did not come up.
        """
        if self._thread is not None:
            return self
        self.listen()
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self.serve(ready.set)), name="hiapi-simulator", daemon=True
        )
        self._thread.start()
        if not ready.wait(_START_TIMEOUT_S):
            raise TimeoutError("the hiapi simulator did not start")
        return self

    def stop(self) -> None:
        """Stops listening and waits until it has."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def listen(self) -> None:
        """Binds the two ports, so that the addresses are known before anything is served."""
        api = _bound(self.options.host, self.options.port)
        output = _bound(self.options.host, self.options.output_port)
        self._sockets = [api, output]
        self.base_url = f"http://{self.options.host}:{api.getsockname()[1]}"
        self.output_url = f"http://{self.options.host}:{output.getsockname()[1]}"

    async def serve(self, ready: Callable[[], None]) -> None:
        """Serves until it is told to stop; ``listen`` comes first.

        Args:
            ready: Called as soon as requests are answered.
        """
        self._loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            guarded(self, programs_only),
            http=AbortableProtocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        serving = asyncio.create_task(self._server.serve(sockets=self._sockets))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.01)
        ready()
        await serving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application: the pictures' port serves pictures and nothing else."""
        outputs = self._sockets[1].getsockname()[1] if self._sockets else None
        server = scope.get("server")
        app = self._output_app if server and server[1] == outputs else self._api_app
        await app(scope, receive, send)

    def state(self, *, with_tasks: bool = True) -> dict[str, Any]:
        """The books, as ``GET /_sim/state`` gives them."""
        return self._within(lambda: state(self.hiapi, with_tasks=with_tasks))

    def add_faults(self, *rules: Fault | Mapping[str, Any]) -> None:
        """Puts fault rules in force."""
        faults = [rule if isinstance(rule, Fault) else Fault.from_json(rule) for rule in rules]
        self._within(lambda: self.hiapi.faults.add(faults))

    def clear_faults(self) -> None:
        """Drops all fault rules."""
        self._within(self.hiapi.faults.clear)

    def top_up(self, usd: Decimal | str, token: str | None = None) -> None:
        """Puts money into an account, by default the first."""
        self._within(lambda: self.hiapi.top_up(token or self.token, Decimal(usd)))

    def alter_enum(self, model: str, field: str, values: Iterable[str]) -> None:
        """Replaces the values that a model's field takes, as a vendor does unannounced."""
        self._within(lambda: self.hiapi.catalog.alter_enum(model, field, tuple(values)))

    def release(self, task_id: str | None = None) -> list[str]:
        """Lets one stuck task end, or all of them; their ids."""
        return self._within(lambda: self.hiapi.release(task_id))

    def _within(self, act: Callable[[], T]) -> T:
        """Runs something where the requests run, so that they never see half of it."""
        if self._thread is None or self._loop is None or self._loop.is_closed():
            return act()

        async def acting() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(acting(), self._loop).result()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.stop)


def start_simulator(options: SimulatorOptions | None = None) -> HiapiSimulator:
    """A simulator that listens already; use it in a ``with`` statement, or call ``stop``."""
    return HiapiSimulator(options).start()


def run_forever(
    port: int = 0, options: SimulatorOptions | None = None, *, die_with_parent: bool = False
) -> None:
    """Serves until SIGINT or SIGTERM. Must run in the main thread.

    The first line on stdout is JSON: ``{"address": "http://127.0.0.1:…", "token": "…"}``.

    Args:
        port: Port of the API; 0 for any free one.
        options: How it behaves; its own port is ignored.
        die_with_parent: Stop too when the process that started this one dies (see
            ``stop_with_parent``).
    """
    simulator = HiapiSimulator(replace(options or SimulatorOptions(), port=port))
    if die_with_parent:
        stop_with_parent()
    simulator.listen()

    def announce() -> None:
        line = {"address": simulator.base_url, "token": simulator.token}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    # uvicorn re-raises the signal that stopped it, after an orderly stop.
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(simulator.serve(announce))


def _bound(host: str, port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is named; each answer would
    # wait 40 ms for the peer's delayed acknowledgement.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound

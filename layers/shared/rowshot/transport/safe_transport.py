"""An HTTP transport that connects only to addresses it has checked itself.

Checking a host's addresses and then letting the HTTP library resolve the name again would leave a
gap: the second answer may differ (DNS rebinding). Here the look-up, the check and the connection
are one step, below TLS, which still verifies the certificate against the host's name.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import httpcore
import httpx

from rowshot.transport.addresses import Endpoint, Resolve, resolve, safe_addresses
from rowshot.transport.tls import tls_context

_KEEP_ALIVE: Final = 15.0  # wall seconds: pictures come one after the other from the same host

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Bounds everything a ``PinnedTransport`` does inside, however slowly bytes trickle in.

    Args:
        seconds: Wall seconds from now. Later reads, writes and connections raise
            ``httpx.TimeoutException``.
    """
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def _bounded(timeout: float | None, error: type[httpcore.TimeoutException]) -> float | None:
    end = _deadline.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise error("the time for this download is used up")
    return left if timeout is None else min(timeout, left)


class PinnedTransport(httpx.BaseTransport):
    """Sends requests to public addresses only, and on request to one server of this machine.

    Args:
        simulator: The one server of this machine that may be connected to.
        behind_proxy: Whether a proxy of this machine may make addresses up, as on a laptop.
        resolve: Gives the addresses of a name.
        network: What opens the connections, given an address; by default the system's sockets.

    Raises:
        UnsafeAddress: From any request to a host with an address that is not public.
    """

    def __init__(
        self,
        *,
        simulator: Endpoint | None,
        behind_proxy: bool = False,
        resolve: Resolve = resolve,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls_context(),
            keepalive_expiry=_KEEP_ALIVE,
            network_backend=_PinnedNetwork(
                network or httpcore.SyncBackend(), resolve, simulator, behind_proxy
            ),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request; see ``httpx.BaseTransport``."""
        with _as_httpx_errors():
            response = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx_errors():
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class _PinnedNetwork(httpcore.NetworkBackend):
    def __init__(
        self,
        network: httpcore.NetworkBackend,
        resolve: Resolve,
        simulator: Endpoint | None,
        behind_proxy: bool,
    ) -> None:
        self._behind_proxy = behind_proxy
        self._network = network
        self._resolve = resolve
        self._simulator = simulator

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connects to the first of the host's checked addresses that answers."""
        try:
            addresses = safe_addresses(
                host,
                port,
                simulator=self._simulator,
                behind_proxy=self._behind_proxy,
                resolve=self._resolve,
            )
        except (OSError, UnicodeError) as exc:
            raise httpcore.ConnectError("the name has no address") from exc
        *others, last = addresses
        for address in others:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(last, port, timeout, local_address, socket_options)

    def _connect(
        self, address: str, port: int, timeout: float | None, *options: Any
    ) -> httpcore.NetworkStream:
        bounded = _bounded(timeout, httpcore.ConnectTimeout)
        return _BoundedStream(self._network.connect_tcp(address, port, bounded, *options))


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _bounded(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _bounded(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        bounded = _bounded(timeout, httpcore.ConnectTimeout)
        return _BoundedStream(self._stream.start_tls(ssl_context, server_hostname, bounded))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as exc:
        raise httpx.TimeoutException(str(exc)) from exc
    except httpcore.ConnectError as exc:
        raise httpx.ConnectError(str(exc)) from exc
    except httpcore.NetworkError as exc:
        raise httpx.NetworkError(str(exc)) from exc
    except httpcore.ProtocolError as exc:
        raise httpx.RemoteProtocolError(str(exc)) from exc

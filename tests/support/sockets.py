"""A network that answers without sockets, below the real client with its checks and its TLS."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import Any

import httpcore

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwebp"


class FakeStream(httpcore.MockStream):
    def __init__(self, answer: list[bytes], network: FakeNetwork) -> None:
        super().__init__(answer)
        self._network = network

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        assert ssl_context.verify_mode is ssl.CERT_REQUIRED
        assert ssl_context.check_hostname
        self._network.tls_names.append(server_hostname)
        return self

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._network.sent += buffer


class FakeNetwork(httpcore.NetworkBackend):
    """Answers every connection with the same bytes and remembers where it led."""

    def __init__(self, answer: bytes = OK, unreachable: Sequence[str] = ()) -> None:
        self.answer = answer
        self.unreachable = unreachable
        self.connections: list[tuple[str, int]] = []
        self.tls_names: list[str | None] = []
        self.sent = b""

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self.connections.append((host, port))
        if host in self.unreachable:
            raise httpcore.ConnectError("no route")
        return FakeStream([self.answer], self)

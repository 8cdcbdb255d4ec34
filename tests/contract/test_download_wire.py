"""The download against a real server that misbehaves on the wire."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest

from rowshot.errors import BadPicture, PictureUnavailable, UnsafeAddress
from rowshot.publishing.download import download_client, fetch_picture
from rowshot.transport.addresses import Endpoint

Answer = Callable[[socket.socket, bytes], None]


class WireServer:
    """Answers each connection with what a test wants to be sent, byte by byte if need be."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.answer: Answer = lambda connection, request: None
        self.stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.port: int = self._listener.getsockname()[1]
        self.endpoint = Endpoint("127.0.0.1", self.port)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                request = connection.recv(65_536)
                self.requests.append(request)
                try:
                    self.answer(connection, request)
                except OSError:
                    continue  # The client gave up, as it should.

    def drip(self, connection: socket.socket, data: bytes, every: float = 0.05) -> None:
        for byte in data:
            if self.stopped.wait(every):
                return
            connection.sendall(bytes([byte]))

    def close(self) -> None:
        self.stopped.set()
        # A last connection wakes the thread, which closing the listener alone would not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def server() -> Iterator[WireServer]:
    with closing(WireServer()) as server:
        yield server


@pytest.fixture
def client(server: WireServer) -> Iterator[httpx.Client]:
    with download_client(server.endpoint) as client:
        yield client


def fetch(server: WireServer, client: httpx.Client, path: str = "/a.png?sig=feed01") -> bytes:
    url = f"http://127.0.0.1:{server.port}{path}"
    return fetch_picture(url, client=client, simulator=server.endpoint, seconds=0.6)


def send(text: bytes) -> Answer:
    return lambda connection, request: connection.sendall(text)


def test_a_whole_file_arrives(server: WireServer, client: httpx.Client) -> None:
    body = bytes(range(256)) * 4096
    server.answer = send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    assert fetch(server, client) == body
    assert server.requests[0].startswith(b"GET /a.png?sig=feed01 HTTP/1.1\r\n")


def test_a_file_of_unknown_length_arrives(server: WireServer, client: httpx.Client) -> None:
    server.answer = send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwebp\r\n3\r\n...\r\n0\r\n\r\n"
    )

    assert fetch(server, client) == b"webp..."


@pytest.mark.parametrize(
    "text",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"220 smtp.example.com ESMTP\r\n",
        b"",
    ],
    ids=["body", "chunk", "head", "other protocol", "nothing"],
)
def test_a_half_sent_answer_is_no_picture(
    server: WireServer, client: httpx.Client, text: bytes
) -> None:
    server.answer = send(text)

    with pytest.raises(PictureUnavailable, match="broke before the whole picture"):
        fetch(server, client)


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n", b""],
    ids=["body", "head"],
)
def test_a_slow_drip_ends_at_the_deadline(
    server: WireServer, client: httpx.Client, head: bytes
) -> None:
    """Every byte comes in time, so only a deadline over all of them ends it."""

    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        server.drip(connection, b"X-Slow: " + b"x" * 4000)

    server.answer = answer
    began = time.monotonic()

    with pytest.raises(PictureUnavailable, match="too slow"):
        fetch(server, client)

    assert 0.5 < time.monotonic() - began < 3


def test_silence_ends_at_the_deadline(server: WireServer, client: httpx.Client) -> None:
    server.answer = lambda connection, request: server.drip(connection, b"x", every=5.0)

    with pytest.raises(PictureUnavailable, match="too slow"):
        fetch(server, client)


@pytest.mark.parametrize(
    "inside",
    [
        "http://169.254.169.254/latest/meta-data/iam",
        "https://169.254.169.254/",
        "http://10.0.0.1/",
        "https://[fd00:ec2::254]/",
        "http://0.0.0.0:80/",
        "http://2130706433/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
    ],
)
def test_a_redirect_inside_is_not_followed(
    server: WireServer, client: httpx.Client, inside: str
) -> None:
    server.answer = send(
        f"HTTP/1.1 302 Found\r\nLocation: {inside}\r\nContent-Length: 0\r\n\r\n".encode()
    )

    with pytest.raises(UnsafeAddress):
        fetch(server, client)

    assert len(server.requests) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "a.localhost", "127.0.0.2", "[::1]"])
def test_another_server_of_this_machine_is_never_asked(
    server: WireServer, client: httpx.Client, host: str
) -> None:
    """Neither by hiapi's own link nor by a redirect of the simulator that may be asked."""
    with closing(WireServer()) as other:
        link = f"http://{host}:{other.port}/reset"
        server.answer = send(
            f"HTTP/1.1 307 Go\r\nLocation: {link}\r\nContent-Length: 0\r\n\r\n".encode()
        )
        for begin in (link, f"http://127.0.0.1:{server.port}/a.png"):
            with pytest.raises(UnsafeAddress):
                fetch_picture(begin, client=client, simulator=server.endpoint)
        assert len(server.requests) == 1
        assert other.requests == []


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.0.0.2", "[::1]", "127.1"])
def test_another_name_of_the_simulators_machine_is_not_its_own(
    server: WireServer, client: httpx.Client, host: str
) -> None:
    with pytest.raises(UnsafeAddress):
        fetch_picture(f"http://{host}:{server.port}/", client=client, simulator=server.endpoint)
    assert server.requests == []


def test_the_connection_is_checked_even_where_the_link_was_not(
    server: WireServer, client: httpx.Client
) -> None:
    with closing(WireServer()) as other, pytest.raises(UnsafeAddress):
        client.get(f"http://127.0.0.1:{other.port}/")
    assert other.requests == []


def test_a_redirect_on_the_same_server_is_followed(
    server: WireServer, client: httpx.Client
) -> None:
    def answer(connection: socket.socket, request: bytes) -> None:
        if b"GET /moved" in request:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwebp")
        else:
            connection.sendall(
                b"HTTP/1.1 302 Found\r\nLocation: /moved\r\nConnection: close\r\n\r\n"
            )

    server.answer = answer

    assert fetch(server, client) == b"webp"
    assert len(server.requests) == 2


def test_a_compressed_bomb_is_stopped(server: WireServer, client: httpx.Client) -> None:
    bomb = gzip.compress(bytes(80_000_000))
    server.answer = send(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
        + bomb
    )
    url = f"http://127.0.0.1:{server.port}/a.png"

    with pytest.raises(BadPicture, match="limit"):
        fetch_picture(url, client=client, simulator=server.endpoint)


def test_an_expired_link_says_so(server: WireServer, client: httpx.Client) -> None:
    server.answer = send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 8\r\n\r\n<Error/>")

    with pytest.raises(PictureUnavailable) as caught:
        fetch(server, client)

    assert caught.value.expired


def test_a_server_that_is_down_is_worth_another_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = Endpoint(*listener.getsockname())

    with (
        download_client(endpoint) as client,
        pytest.raises(PictureUnavailable, match=r"127\.0\.0\.1 cannot be reached"),
    ):
        fetch_picture(f"http://127.0.0.1:{endpoint.port}/", client=client, simulator=endpoint)


def test_a_file_packed_within_a_packed_file_is_refused(
    server: WireServer, client: httpx.Client
) -> None:
    packed = gzip.compress(gzip.compress(b"webp"))
    server.answer = send(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n"
        % len(packed)
        + packed
    )

    with pytest.raises(PictureUnavailable, match="more than once"):
        fetch(server, client)

"""The transport that connects only to addresses it has checked: its times, its tries, its ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpcore
import httpx
import pytest

from rowshot.errors import UnsafeAddress
from rowshot.transport.safe_transport import PinnedTransport, deadline
from support.sockets import OK, FakeNetwork

LINK = "https://a.example/x"
ADDRESSES = ("93.184.216.34", "93.184.216.35")
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"


class Timed(httpcore.NetworkBackend):
    """Remembers how long it might take; closes, reads and fails as a test wants."""

    def __init__(self, answer: bytes = OK, fails: Sequence[Exception] = ()) -> None:
        self.answer, self.fails = answer, list(fails)
        self.waits: list[tuple[str, float | None]] = []
        self.asked: list[str] = []
        self.closed = 0

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore.NetworkStream:
        self.asked.append(host)
        self.waits.append(("connect", timeout))
        if self.fails:
            raise self.fails.pop(0)
        return _TimedStream(self)


class _TimedStream(httpcore.MockStream):
    def __init__(self, network: Timed) -> None:
        super().__init__([network.answer])
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._network.waits.append(("read", timeout))
        return super().read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._network.waits.append(("write", timeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: Any = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self._network.waits.append(("tls", timeout))
        return self

    def close(self) -> None:
        self._network.closed += 1


def client(network: httpcore.NetworkBackend, timeout: Any = None, **options: Any) -> httpx.Client:
    known = {"simulator": None, "resolve": lambda host, port: ADDRESSES, "network": network}
    return httpx.Client(transport=PinnedTransport(**{**known, **options}), timeout=timeout)


def waits(network: Timed) -> dict[str, float | None]:
    return dict(network.waits)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands."""
    monkeypatch.setattr("rowshot.transport.safe_transport.time.monotonic", lambda: 1000.0)


OWN = httpx.Timeout(5.0, connect=2.0, write=3.0)


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(
    ("timeout", "seconds", "expected"),
    [
        (OWN, None, {"connect": 2.0, "write": 3.0, "read": 5.0}),
        (OWN, 60.0, {"connect": 2.0, "write": 3.0, "read": 5.0}),
        (OWN, 2.5, {"connect": 2.0, "write": 2.5, "read": 2.5}),
        (None, 2.5, {"connect": 2.5, "write": 2.5, "read": 2.5}),
        (None, None, {"connect": None, "write": None, "read": None}),
    ],
)
def test_no_wait_is_longer_than_what_is_left(
    timeout: httpx.Timeout | None, seconds: float | None, expected: dict[str, float | None]
) -> None:
    network = Timed()
    with client(network, timeout) as asking:
        if seconds is None:
            asking.get(LINK)
        else:
            with deadline(seconds):
                asking.get(LINK)
    assert {name: waits(network)[name] for name in expected} == expected
    assert waits(network)["tls"] == expected["connect"]


@pytest.mark.usefixtures("still")
def test_at_the_deadline_nothing_is_begun_and_behind_it_everything() -> None:
    network = Timed()
    with client(network) as asking:
        with deadline(0.0), pytest.raises(httpx.TimeoutException):
            asking.get(LINK)
        assert network.asked == []
        assert asking.get(LINK).content == b"webp"


@pytest.mark.parametrize(
    "error", [httpcore.ConnectError("no route"), httpcore.ConnectTimeout("no answer")]
)
def test_the_next_address_is_tried_and_the_last_one_decides(error: Exception) -> None:
    network = Timed(fails=[error])
    with client(network) as asking:
        assert asking.get(LINK).content == b"webp"
    assert network.asked == list(ADDRESSES)
    with client(Timed(fails=[error, error])) as asking, pytest.raises(httpx.TransportError):
        asking.get(LINK)


@pytest.mark.parametrize("error", [OSError("nothing"), UnicodeError("label too long")])
def test_a_name_that_cannot_be_looked_up_cannot_be_reached(error: Exception) -> None:
    def fails(host: str, port: int) -> Sequence[str]:
        raise error

    with client(Timed(), resolve=fails) as asking, pytest.raises(httpx.ConnectError):
        asking.get(LINK)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpcore.ReadTimeout("x"), httpx.TimeoutException),
        (httpcore.ConnectError("x"), httpx.ConnectError),
        (httpcore.ReadError("x"), httpx.NetworkError),
        (httpcore.RemoteProtocolError("x"), httpx.RemoteProtocolError),
    ],
)
def test_errors_are_those_of_httpx(error: Exception, expected: type[Exception]) -> None:
    with client(Timed(fails=[error, error])) as asking, pytest.raises(expected):
        asking.get(LINK)


def test_made_up_addresses_are_refused_unless_somebody_says_otherwise() -> None:
    with (
        client(FakeNetwork(), resolve=lambda host, port: ["198.18.0.7"]) as asking,
        pytest.raises(UnsafeAddress),
    ):
        asking.get(LINK)


def test_an_answer_that_is_left_off_gives_its_connection_back() -> None:
    network = Timed(LONG)
    with client(network) as asking:
        with asking.stream("GET", LINK) as answer:
            assert answer.status_code == 200
        assert network.closed == 1


def test_a_client_that_closes_closes_its_connections() -> None:
    network = Timed()
    with client(network) as asking:
        asking.get(LINK)
        assert network.closed == 0
    assert network.closed == 1


def test_two_pictures_of_one_host_come_through_one_connection() -> None:
    network = Timed(OK + OK)
    with client(network) as asking:
        asking.get(LINK)
        asking.get(LINK)
    assert len(network.asked) == 1

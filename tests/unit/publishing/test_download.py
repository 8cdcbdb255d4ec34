"""The download without sockets: whom it asks, what it refuses, and what it says."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.errors import BadPicture, PictureError, PictureUnavailable, UnsafeAddress
from rowshot.publishing.download import download_client, fetch_picture
from rowshot.transport.addresses import Endpoint, check_url, is_loopback_url, is_public
from support.sockets import OK, FakeNetwork

LINK = "https://temp.example.com/signed/path.png?X-Amz-Signature=feed01"
PUBLIC = "93.184.216.34"
SIMULATOR = Endpoint("127.0.0.1", 9000)


def fetch(
    url: str = LINK,
    *,
    network: FakeNetwork | None = None,
    resolve: Callable[[str, int], Sequence[str]] = lambda host, port: [PUBLIC],
    simulator: Endpoint | None = None,
    **options: Any,
) -> bytes:
    network = network or FakeNetwork()
    with download_client(simulator, resolve=resolve, network=network) as client:
        return fetch_picture(url, client=client, simulator=simulator, **options)


def fetch_from(handler: Callable[[httpx.Request], httpx.Response], **options: Any) -> bytes:
    with httpx.Client(transport=httpx.MockTransport(handler)) as client:
        return fetch_picture(LINK, client=client, simulator=None, **options)


def test_it_connects_to_the_checked_address_under_the_hosts_name() -> None:
    network = FakeNetwork()

    assert fetch(network=network) == b"webp"

    assert network.connections == [(PUBLIC, 443)]
    assert network.tls_names == ["temp.example.com"]
    assert b"Host: temp.example.com\r\n" in network.sent


def test_a_name_is_looked_up_once_so_rebinding_has_no_second_answer() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    network = FakeNetwork()

    fetch(network=network, resolve=lambda host, port: next(answers))

    assert [host for host, _ in network.connections] == [PUBLIC]
    assert next(answers) == ["127.0.0.1"]


def test_the_next_public_address_is_tried() -> None:
    network = FakeNetwork(unreachable=["2606:2800:220:1::1"])

    assert fetch(network=network, resolve=lambda h, p: ["2606:2800:220:1::1", PUBLIC]) == b"webp"

    assert [host for host, _ in network.connections] == ["2606:2800:220:1::1", PUBLIC]


def test_nothing_of_ours_is_sent() -> None:
    network = FakeNetwork(
        OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: id=7\r\nConnection: close\r\n\r\n")
    )

    with download_client(None, resolve=lambda h, p: [PUBLIC], network=network) as client:
        for _ in range(2):
            fetch_picture(LINK, client=client, simulator=None)

    head = network.sent.lower()
    assert b"authorization" not in head
    assert b"cookie" not in head


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["172.16.0.9"],
        ["192.168.1.1"],
        ["169.254.169.254"],
        ["100.100.100.200"],
        ["0.0.0.0"],  # noqa: S104 - refused, not bound
        ["224.0.0.1"],
        ["255.255.255.255"],
        ["::1"],
        ["::"],
        ["fe80::1%eth0"],
        ["fd00:ec2::254"],
        ["fec0::1"],
        ["::ffff:127.0.0.1"],
        ["::ffff:93.184.216.34"],
        ["::127.0.0.1"],
        ["64:ff9b::a9fe:a9fe"],
        ["2002:7f00:1::"],
        ["ff02::1"],
        ["nonsense"],
        [PUBLIC, "10.1.2.3"],
    ],
)
def test_a_name_that_points_inside_is_refused_unconnected(addresses: list[str]) -> None:
    network = FakeNetwork()

    with pytest.raises(UnsafeAddress, match="not a public address"):
        fetch(network=network, resolve=lambda host, port: addresses)

    assert network.connections == []


@pytest.mark.parametrize(
    "url",
    [
        "http://temp.example.com:8080/a.png",
        "ftp://temp.example.com/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "//temp.example.com/a.png",
        "a.png",
        "",
        "https://",
        "https://user@temp.example.com/",
        "https://user:pass@temp.example.com/",
        "https://temp.example.com\\@127.0.0.1/",
        "https://temp.example.com:8443/",
        "https://temp.example.com:80/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://sim.localhost./",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[fe80::1%25eth0]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://134744072/",
        "https://8.8.8.08/",
        "https://１２７.0.0.1/",
        "https://a b.example/",
        "https://a%2eb.example/",
        "https://temp..example/",
        "https://" + "a" * 64 + ".example/",
        "https://exa\x00mple.com/",
    ],
)
def test_what_is_no_public_https_link_is_refused_unresolved(url: str) -> None:
    def never(host: str, port: int) -> Sequence[str]:
        pytest.fail(f"looked up {host}")

    with pytest.raises(UnsafeAddress) as caught:
        fetch(url, resolve=never)

    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("url", "simulator", "address"),
    [
        ("http://127.0.0.1:4566/a.png", Endpoint("127.0.0.1", 4566), "127.0.0.1"),
        ("http://sim.localhost:9000/a.png", Endpoint("sim.localhost", 9000), "127.0.0.1"),
        ("http://localhost/a.png", Endpoint("localhost", 80), "127.0.0.1"),
        ("http://[::1]:81/a.png", Endpoint("::1", 81), "::1"),
    ],
)
def test_of_this_machine_only_the_simulator_is_asked(
    url: str, simulator: Endpoint, address: str
) -> None:
    network = FakeNetwork()

    assert fetch(url, network=network, simulator=simulator) == b"webp"
    assert network.connections == [(address, simulator.port)]
    for other in (None, Endpoint(simulator.host, 1), Endpoint("127.0.0.7", simulator.port)):
        with pytest.raises(UnsafeAddress):
            fetch(url, network=network, simulator=other)
    assert len(network.connections) == 1


def test_a_public_name_may_not_lead_to_this_machine_even_on_a_laptop() -> None:
    with pytest.raises(UnsafeAddress):
        fetch(resolve=lambda host, port: ["127.0.0.1"], simulator=SIMULATOR)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:9000/",
        "https://localhost/",
        "http://other.example.com:8080/",
        "https://10.0.0.1/",
        "https://u@other.example.com/",
        "https://other.example.com:22/",
        "https://[",
        "https://[::ffff:7f00:1]/",
    ],
)
@pytest.mark.parametrize("simulator", [None, SIMULATOR])
def test_a_public_server_may_not_redirect_inside(location: str, simulator: Endpoint | None) -> None:
    answer = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    network = FakeNetwork(answer.encode())

    with pytest.raises(UnsafeAddress):
        fetch(network=network, simulator=simulator)

    assert network.connections == [(PUBLIC, 443)]


def test_the_simulator_is_no_longer_asked_once_it_led_elsewhere() -> None:
    """A redirect to a public server and back is that server's, not the simulator's."""
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        there = "https://temp.example.com/b" if len(asked) == 1 else "http://127.0.0.1:9000/c"
        return httpx.Response(302, headers={"Location": there})

    with (
        httpx.Client(transport=httpx.MockTransport(handler)) as client,
        pytest.raises(UnsafeAddress),
    ):
        fetch_picture("http://127.0.0.1:9000/a", client=client, simulator=SIMULATOR)
    assert asked == ["127.0.0.1", "temp.example.com"]


def test_a_redirect_to_a_name_that_points_inside_is_refused() -> None:
    network = FakeNetwork(
        b"HTTP/1.1 307 Go\r\nLocation: https://inside.example.com/\r\nContent-Length: 0\r\n\r\n"
    )
    addresses = {"temp.example.com": [PUBLIC], "inside.example.com": ["10.0.0.8"]}

    with pytest.raises(UnsafeAddress, match=r"inside\.example\.com"):
        fetch(network=network, resolve=lambda host, port: addresses[host])


def test_three_redirects_are_followed() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        hop = int(request.url.params["hop"])
        if hop == 3:
            return httpx.Response(200, content=b"webp")
        return httpx.Response(302, headers={"Location": f"?hop={hop + 1}"})

    with httpx.Client(transport=httpx.MockTransport(handler)) as client:
        start = "https://temp.example.com/a?hop=0"
        assert fetch_picture(start, client=client, simulator=None) == b"webp"


def test_a_fourth_redirect_is_not() -> None:
    with pytest.raises(PictureUnavailable, match="redirects without end"):
        fetch_from(lambda request: httpx.Response(301, headers={"Location": "/again"}))


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_link_that_expired_says_so(status: int) -> None:
    with pytest.raises(PictureUnavailable, match="has expired") as caught:
        fetch_from(lambda request: httpx.Response(status, text="<Error>AccessDenied</Error>"))

    assert caught.value.expired


@pytest.mark.parametrize("status", [201, 204, 206, 302, 304, 400, 401, 429, 500, 502, 503])
def test_any_other_answer_is_worth_another_try(status: int) -> None:
    with pytest.raises(PictureUnavailable, match=f"answered {status}") as caught:
        fetch_from(lambda request: httpx.Response(status))

    assert not caught.value.expired


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError(LINK),
        httpx.ConnectTimeout(LINK),
        httpx.ReadTimeout(LINK),
        httpx.ReadError(LINK),
        httpx.RemoteProtocolError(LINK),
        httpx.PoolTimeout(LINK),
    ],
)
def test_a_broken_connection_is_worth_another_try(error: httpx.HTTPError) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(PictureUnavailable) as caught:
        fetch_from(handler)

    assert not caught.value.expired


def test_a_name_without_address_is_worth_another_try() -> None:
    def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    with pytest.raises(PictureUnavailable, match=r"temp\.example\.com cannot be reached"):
        fetch(resolve=nowhere)


def test_a_half_sent_body_is_no_picture() -> None:
    with pytest.raises(PictureUnavailable, match="before the whole picture"):
        fetch(network=FakeNetwork(OK.replace(b"Length: 4", b"Length: 400")))


def test_an_empty_body_is_a_file_that_is_no_picture() -> None:
    """It has arrived whole: asking for it for as long as its link lives would bring it again."""
    with pytest.raises(BadPicture, match="empty"):
        fetch_from(lambda request: httpx.Response(200))


def test_a_file_that_announces_too_much_is_not_read() -> None:
    def body() -> Iterator[bytes]:
        pytest.fail("read")
        yield b""

    with pytest.raises(BadPicture, match="larger than 50 MB"):
        fetch_from(
            lambda request: httpx.Response(
                200, headers={"Content-Length": "50000001"}, content=body()
            )
        )


def test_a_file_that_grows_too_large_is_left_off() -> None:
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 10
            yield b"x" * 10

    with pytest.raises(BadPicture, match="limit"):
        fetch_from(lambda request: httpx.Response(200, content=body()), max_bytes=35)
    assert sent == 40


def test_a_download_out_of_time_is_not_begun() -> None:
    network = FakeNetwork()

    with pytest.raises(PictureUnavailable, match="too slow"):
        fetch(network=network, seconds=0.0)

    assert network.connections == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, headers={"Location": LINK}),
        httpx.Response(500, text=LINK),
        httpx.Response(200, headers={"Content-Length": "999999999"}),
        httpx.Response(302, headers={"Location": LINK.replace("https", "http")}),
        httpx.Response(302, headers={"Location": LINK}),
    ],
)
def test_messages_and_logs_name_the_host_at_most(
    answer: httpx.Response, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    download_client(None).close()

    with pytest.raises(PictureError) as caught:
        fetch_from(lambda request: answer)

    said = caught.value.message + caplog.text
    assert "temp.example.com" in said
    assert "signed" not in said
    assert "feed01" not in said


@given(st.ip_addresses())
def test_an_address_inside_an_ipv6_one_is_no_way_round(address: Any) -> None:
    assert not is_public(f"::ffff:{address}")
    if address.version == 4 and not address.is_global:
        assert not is_public(f"64:ff9b::{address}")
        assert not is_public(str(address))


@given(st.text(max_size=40), st.sampled_from([None, SIMULATOR]))
def test_any_text_is_a_link_or_refused(text: str, simulator: Endpoint | None) -> None:
    for url in (text, f"https://{text}", f"https://example.com/{text}"):
        try:
            assert check_url(url, simulator=simulator).host
        except UnsafeAddress as refused:
            assert refused.message.endswith(".")


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ("https://cdn.example.com/a.png?s=1\n", "https://cdn.example.com/a.png?s=1"),
        (" \t\x00https://cdn.example.com/a.png", "https://cdn.example.com/a.png"),
        ("https://cdn.exam\r\nple.com/a.png", "https://cdn.example.com/a.png"),
        (
            "http://cdn.example.com/a.png?Expires=1&Signature=ab%2Bc%3D",
            "https://cdn.example.com/a.png?Expires=1&Signature=ab%2Bc%3D",
        ),
    ],
)
def test_a_link_is_asked_for_as_browsers_would_and_encrypted(link: str, asked: str) -> None:
    assert str(check_url(link, simulator=None)) == asked


def test_a_made_up_address_of_a_laptops_proxy_is_connected_to() -> None:
    network = FakeNetwork()
    with download_client(
        None, behind_proxy=True, resolve=lambda *_: ["198.18.0.5"], network=network
    ) as client:
        assert fetch_picture(LINK, client=client, simulator=None) == b"webp"
    assert network.connections == [("198.18.0.5", 443)]


def test_a_made_up_address_is_inside_on_aws_and_as_a_literal() -> None:
    network = FakeNetwork()
    with (
        download_client(None, resolve=lambda *_: ["198.18.0.5"], network=network) as client,
        pytest.raises(UnsafeAddress) as caught,
    ):
        fetch_picture(LINK, client=client, simulator=None)
    assert caught.value.looked_up, "the resolver may say something else in a minute"
    with pytest.raises(UnsafeAddress) as literal:
        check_url("https://198.18.0.5/a.png", simulator=SIMULATOR)
    assert not literal.value.looked_up
    assert network.connections == []


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:4000/v1", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("https://api.hiapi.ai", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_a_server_of_this_machine_may_name_this_machine(url: str, here: bool) -> None:
    assert is_loopback_url(url) is here


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_redirect_is_followed(status: int) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/there":
            return httpx.Response(200, content=b"webp")
        return httpx.Response(status, headers={"Location": "/there"})

    assert fetch_from(handler) == b"webp"


@pytest.mark.parametrize("location", ["https://a.example/" + "x" * 70_000, "https://a.example:x/"])
def test_a_redirect_to_no_address_brings_no_picture(location: str) -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": location})

    with pytest.raises(PictureUnavailable, match="broke before"):
        fetch_from(handler)
    assert asked == [LINK]


def test_a_file_may_be_just_as_large_as_the_limit() -> None:
    body = b"x" * 35
    assert fetch_from(lambda request: httpx.Response(200, content=body), max_bytes=35) == body


@pytest.mark.parametrize(("coding", "fine"), [("", True), ("gzip", True), ("gzip, gzip", False)])
def test_one_coding_at_most(coding: str, fine: bool) -> None:
    body = gzip.compress(b"webp") if coding else b"webp"
    if not fine:
        with pytest.raises(PictureUnavailable, match="compressed more than once"):
            fetch_from(lambda request: httpx.Response(200, headers={"Content-Encoding": coding}))
        return
    headers = {"Content-Encoding": coding} if coding else {}
    answer = httpx.Response(200, headers=headers, content=body)
    assert fetch_from(lambda request: answer) == b"webp"

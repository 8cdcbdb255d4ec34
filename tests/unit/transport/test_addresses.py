"""Which addresses a link may lead to: every kind of them, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from rowshot.errors import UnsafeAddress
from rowshot.transport.addresses import (
    Endpoint,
    check_url,
    is_loopback_host,
    is_loopback_url,
    is_made_up,
    is_public,
    pictures_here,
    resolve,
    safe_addresses,
)

PUBLIC, INSIDE, MADE_UP = "93.184.216.34", "10.0.0.1", "198.18.0.7"
HERE = Endpoint("localhost", 8080)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        ("10.0.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("233.252.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("2606:4700::1111", True),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff0e::1", False),
        ("4000::1", False),
        ("2001:db8::1", False),
        ("::ffff:93.184.216.34", False),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b::a00:1", False),
        ("2002:5db8:d822::1", True),
        ("2002:a00:1::1", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("LOCALHOST.", True),
        ("a.localhost", True),
        ("localhost.example.com", False),
        ("mylocalhost", False),
        (PUBLIC, False),
        ("example.com", False),
    ],
)
def test_names_of_this_machine(host: str, here: bool) -> None:
    assert is_loopback_host(host) is here
    if ":" not in host:
        assert is_loopback_url(f"http://{host}:8080/x") is here


def test_what_is_no_address_of_the_web_is_not_this_machine() -> None:
    assert not is_loopback_url("http://[broken")


@pytest.mark.parametrize(
    ("address", "made_up"),
    [("198.18.0.1", True), ("198.19.255.255", True), ("198.20.0.1", False), ("x", False)],
)
def test_addresses_that_a_proxy_makes_up(address: str, made_up: bool) -> None:
    assert is_made_up(address) is made_up


def safe(host: str, answers: Sequence[str] = (), **options: Any) -> Sequence[str]:
    known = {"simulator": None, "resolve": lambda host, port: answers}
    return safe_addresses(host, 443, **{**known, **options})


def test_an_address_is_its_own_answer() -> None:
    assert safe(PUBLIC) == [PUBLIC]
    assert safe("a.example", [PUBLIC, "2606:4700::1111"]) == [PUBLIC, "2606:4700::1111"]


@pytest.mark.parametrize(
    ("host", "addresses"),
    [("127.0.0.1", ["127.0.0.1"]), ("::1", ["::1"]), ("a.localhost", ["127.0.0.1", "::1"])],
)
def test_the_simulator_needs_no_look_up(host: str, addresses: list[str]) -> None:
    assert safe(host, [PUBLIC], simulator=Endpoint(host, 443)) == addresses


@pytest.mark.parametrize(
    "simulator",
    [
        Endpoint("127.0.0.1", 444),
        Endpoint("127.0.0.1", 0),
        Endpoint("localhost", 443),
        Endpoint("127.0.0.2", 443),
        Endpoint("::1", 443),
    ],
)
def test_no_other_server_of_this_machine_is_connected_to(simulator: Endpoint) -> None:
    with pytest.raises(UnsafeAddress, match=r"127\.0\.0\.1"):
        safe("127.0.0.1", simulator=simulator)


@pytest.mark.parametrize(
    ("base_url", "output_url", "endpoint"),
    [
        ("http://127.0.0.1:8701", "http://127.0.0.1:8702", ("127.0.0.1", 8702)),
        ("http://localhost:8701/v1", "http://127.0.0.1:8702", ("127.0.0.1", 8702)),
        ("http://localhost:8701/v1", "", ("localhost", 8701)),
        ("http://LOCALHOST:8701", "", ("localhost", 8701)),
        ("http://[::1]", "", ("::1", 80)),
        ("https://localhost", "", ("localhost", 443)),
        ("https://api.hiapi.ai", "", None),
        ("https://api.hiapi.ai", "http://127.0.0.1:8702", None),
        ("http://172.17.0.1:8701", "http://127.0.0.1:8702", None),
        ("http://127.0.0.1:8701", "http://10.0.0.1:8702", None),
        ("http://127.0.0.1:8701", "http://[", None),
        ("", "", None),
    ],
)
def test_where_a_hiapi_server_of_this_machine_has_its_pictures(
    base_url: str, output_url: str, endpoint: tuple[str, int] | None
) -> None:
    assert pictures_here(base_url, output_url) == endpoint


@pytest.mark.parametrize(
    ("host", "answers", "options", "looked_up"),
    [
        (INSIDE, [], {}, False),
        (INSIDE, [], {"simulator": HERE}, False),
        ("127.0.0.1", [], {}, False),
        (MADE_UP, [], {"behind_proxy": True}, False),
        ("a.example", [INSIDE], {}, True),
        ("a.example", [PUBLIC, INSIDE], {}, True),
        ("a.example", ["127.0.0.1"], {"simulator": HERE}, True),
        ("a.example", [MADE_UP], {}, True),
        ("a.example", [MADE_UP, INSIDE], {"behind_proxy": True}, True),
        ("localhost", ["127.0.0.1"], {}, True),
    ],
)
def test_one_address_inside_is_enough(
    host: str, answers: list[str], options: dict[str, Any], looked_up: bool
) -> None:
    with pytest.raises(UnsafeAddress) as refused:
        safe(host, answers, **options)
    assert refused.value.looked_up is looked_up
    assert host in refused.value.message


def test_a_proxy_of_this_machine_may_make_addresses_up() -> None:
    assert safe("a.example", [PUBLIC, MADE_UP], behind_proxy=True) == [PUBLIC, MADE_UP]


def test_a_name_without_addresses_has_none() -> None:
    with pytest.raises(OSError, match="no addresses"):
        safe("a.example", [])


def test_the_system_is_asked_for_streams_and_each_address_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [(2, 1, 6, "", (PUBLIC, 443)), (2, 1, 6, "", (PUBLIC, 443)), (2, 1, 6, "", ("x", 443))]
    asked: list[Any] = []

    def answer(*args: Any, **options: Any) -> list[Any]:
        asked.append((args, options))
        return found

    monkeypatch.setattr("socket.getaddrinfo", answer)
    assert resolve("a.example", 443) == [PUBLIC, "x"]
    assert asked == [(("a.example", 443), {"type": 1})]


@pytest.mark.parametrize(
    ("link", "simulator", "asked"),
    [
        ("https://a.example/x!", None, "https://a.example/x!"),
        (" \x00https://a.example/x\x1f ", None, "https://a.example/x"),
        ("https://a.ex\tample/\r\nx", None, "https://a.example/x"),
        ("https://a.example:443/x", None, "https://a.example/x"),
        ("http://a.example/x", None, "https://a.example/x"),
        ("http://a.example:80/x", None, "https://a.example/x"),
        ("https://93.184.216.34/x", None, "https://93.184.216.34/x"),
        ("http://localhost:8080/x", HERE, "http://localhost:8080/x"),
        ("https://LocalHost:8080/x", HERE, "https://localhost:8080/x"),
        ("http://127.0.0.1:9/x", Endpoint("127.0.0.1", 9), "http://127.0.0.1:9/x"),
        ("http://[::1]:9/x", Endpoint("::1", 9), "http://[::1]:9/x"),
        ("http://localhost/x", Endpoint("localhost", 80), "http://localhost/x"),
        ("http://a.example/x", HERE, "https://a.example/x"),
        ("https://1.2.3.example/x", None, "https://1.2.3.example/x"),
        ("https://2130706433.example/x", None, "https://2130706433.example/x"),
    ],
)
def test_links_that_are_asked_for(link: str, simulator: Endpoint | None, asked: str) -> None:
    assert str(check_url(link, simulator=simulator)) == asked


@pytest.mark.parametrize(
    ("link", "simulator", "why"),
    [
        (7, None, "not a web address"),
        ("https://a.example/\ud800", None, "not a web address"),
        ("https://[broken", None, "not a web address"),
        ("https:///x", None, "no valid host name"),
        ("https://a b.example/x", None, "not a web address"),
        (f"https://{'a' * 64}.example/x", None, "not a web address"),
        (f"https://{'a.' * 130}example/x", None, "not a web address"),
        ("https://me@a.example/x", None, "user name"),
        ("https://me@localhost/x", HERE, "user name"),
        ("http://a.example:8080/x", None, "not encrypted"),
        ("ftp://a.example/x", None, "not encrypted"),
        ("ftp://localhost/x", HERE, "not a public address"),
        ("https://a.example:8443/x", None, "port 8443"),
        ("ftp://localhost:8080/x", HERE, "not a public address"),
        ("http://localhost:8081/x", HERE, "not a public address"),
        ("http://localhost/x", HERE, "not a public address"),
        ("https://localhost/x", HERE, "not a public address"),
        ("http://localhost.:8080/x", HERE, "not a public address"),
        ("http://a.localhost:8080/x", HERE, "not a public address"),
        ("http://127.0.0.1:8080/x", HERE, "not a public address"),
        ("https://[::1]:8080/x", HERE, "not a public address"),
        ("http://localhost:8080/x", Endpoint("127.0.0.1", 8080), "not a public address"),
        ("http://127.0.0.2:8080/x", Endpoint("127.0.0.1", 8080), "not a public address"),
        ("http://[::ffff:127.0.0.1]:8080/x", Endpoint("127.0.0.1", 8080), "not a public address"),
        ("http://[::1]:8080/x", Endpoint("127.0.0.1", 8080), "not a public address"),
        ("http://127.1:8080/x", Endpoint("127.0.0.1", 8080), "not a public address"),
        ("https://localhost/x", None, "not a public address"),
        ("http://localhost:8080/x", None, "not a public address"),
        ("https://127.0.0.1/x", None, "not a public address"),
        ("https://10.0.0.1/x", None, "not a public address"),
        ("https://10.0.0.1/x", HERE, "not a public address"),
        ("https://2130706433/x", None, "not a public address"),
        ("https://0x7f.1/x", None, "not a public address"),
        ("https://a.0x7f000001/x", None, "not a public address"),
        ("https://0177.0.0.1/x", None, "not a web address"),
        ("https://2130706433./x", None, "not a public address"),
    ],
)
def test_links_that_are_refused(link: Any, simulator: Endpoint | None, why: str) -> None:
    with pytest.raises(UnsafeAddress, match=why):
        check_url(link, simulator=simulator)

"""Which addresses a link may lead to.

hiapi names the host of every picture, and that host may redirect: without this check a link could
make the function read an internal service or the cloud's metadata (SSRF).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

import httpx

from rowshot.errors import UnsafeAddress

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the IP addresses of a host name, for a port. Raises OSError when there are none."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_BENCHMARKING = ipaddress.ip_network("198.18.0.0/15")  # RFC 2544
_BREAKS = re.compile(r"[\t\r\n]")  # WHATWG URL: these count for nothing anywhere in a link,
_EDGES = "".join(map(chr, range(33)))  # and neither do blanks and control characters around it
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # RFC 4291, 2.4: nothing else is assigned
_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


class Endpoint(NamedTuple):
    """Where a server listens: its host as links write it, and its port."""

    host: str
    port: int

    @classmethod
    def of(cls, url: httpx.URL) -> Self:
        """Where a link leads; port 0 for a scheme that has none."""
        port = _PORTS.get(url.scheme, 0) if url.port is None else url.port
        return cls(url.raw_host.decode("ascii"), port)


def resolve(host: str, port: int) -> Sequence[str]:
    """Asks the system for a name's addresses, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def check_url(text: str, *, simulator: Endpoint | None) -> httpx.URL:
    """Parses a link and refuses what could not be a public HTTPS file, before any look-up.

    Args:
        text: The link as it was received.
        simulator: The one server of this machine that may be asked too (on a laptop), by http or
            https and by this very host and port; see ``pictures_here``.

    Raises:
        UnsafeAddress: Not HTTPS, a user name, a port other than 443, or a host that is no plain
            name or address. The message names at most the host.
    """
    try:
        url = httpx.URL(_BREAKS.sub("", text).strip(_EDGES))
    except (httpx.InvalidURL, UnicodeError, TypeError):
        # Not chained: the parser's message quotes the link.
        raise UnsafeAddress("The picture's link is not a web address.") from None
    host = url.raw_host.decode("ascii")
    if not (_address(host) or _NAME.fullmatch(host)):
        raise UnsafeAddress("The picture's link is not a web address: it has no valid host name.")
    if url.userinfo:
        raise UnsafeAddress(f"The picture's link to {host} carries a user name, so it is refused.")
    if url.scheme in _PORTS and Endpoint.of(url) == simulator:
        return url
    if is_loopback_host(host) or (_address(host) and not is_public(host)) or _is_odd_number(host):
        raise UnsafeAddress(_inside(host))
    if url.scheme == "http" and url.port is None:
        # Object stores sign links to http that answer by https just as well.
        url = url.copy_with(scheme="https")
    if url.scheme != "https":
        raise UnsafeAddress(f"The picture's link to {host} is not encrypted (https).")
    if url.port not in (None, 443):
        raise UnsafeAddress(f"The picture's link to {host} uses port {url.port} instead of 443.")
    return url


def _is_odd_number(host: str) -> bool:
    """2130706433, 0x7f.1 and 0177.0.0.1 are names, but mean 127.0.0.1 to many a resolver."""
    last = host.rstrip(".").rpartition(".")[2]
    return _address(host) is None and _NUMBER.fullmatch(last) is not None


def _inside(host: str) -> str:
    return f"The picture's link leads to {host}, which is not a public address, so it is refused."


def is_loopback_host(host: str) -> bool:
    """Whether a host is this machine by its very name: 127.x.x.x, ::1, localhost, x.localhost."""
    address = _address(host)
    if address is not None:
        return address.is_loopback
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def is_loopback_url(text: str) -> bool:
    """Whether a web address leads to this machine by its very name."""
    try:
        return is_loopback_host(httpx.URL(text).raw_host.decode("ascii"))
    except (httpx.InvalidURL, UnicodeError):
        return False


def pictures_here(base_url: str, output_url: str) -> Endpoint | None:
    """Where a hiapi server of this machine serves its pictures; None for a server elsewhere.

    Args:
        base_url: The server's API.
        output_url: The origin of its pictures, also on this machine; empty for the API's own.
    """
    origin = output_url or base_url
    here = is_loopback_url(base_url) and is_loopback_url(origin)
    return Endpoint.of(httpx.URL(origin)) if here else None


def safe_addresses(
    host: str,
    port: int,
    *,
    simulator: Endpoint | None,
    behind_proxy: bool = False,
    resolve: Resolve = resolve,
) -> Sequence[str]:
    """The addresses that a connection to a host may use, every one of them checked.

    Args:
        host: A name or an address.
        port: Where to.
        simulator: The one server of this machine that may be asked too.
        behind_proxy: Whether a proxy of this machine may make addresses up (on a laptop).
        resolve: Gives the addresses of a name.

    Raises:
        UnsafeAddress: One of the host's addresses is not public. One is enough: a name that also
            points inside is no public server.
        OSError: The name has no addresses.
    """
    if simulator == (host, port):
        # RFC 6761: localhost names are this machine's; not every resolver knows those below it.
        return [host] if _address(host) else ["127.0.0.1", "::1"]
    if _address(host):
        if not is_public(host):
            raise UnsafeAddress(_inside(host))
        return [host]
    addresses = resolve(host, port)
    if not addresses:
        raise OSError("the name has no addresses")
    if not all(
        is_public(address) or (behind_proxy and is_made_up(address)) for address in addresses
    ):
        raise UnsafeAddress(_inside(host), looked_up=True)
    return addresses


def is_made_up(address: str) -> bool:
    """Whether a proxy on this laptop made an address up for a name that it connects to itself.

    Proxies in "fake IP" mode (Clash, Surge, sing-box) do so from a network that leads nowhere else
    (RFC 2544). TLS still proves that the right server answers.
    """
    parsed = _address(address)
    return parsed is not None and parsed in _BENCHMARKING


def is_public(address: str) -> bool:
    """Whether an IP address is a public one: also the IPv4 address that an IPv6 one may hide.

    Private, loopback, link-local (the clouds' metadata), shared, reserved, multicast and test
    networks are not, nor is anything that is no address.
    """
    parsed = _address(address)
    if parsed is None:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved
    if parsed in _NAT64:
        return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFF_FFFF)))
    if parsed.sixtofour is not None and not is_public(str(parsed.sixtofour)):
        return False
    return parsed.is_global and parsed in _GLOBAL_UNICAST


def _address(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None

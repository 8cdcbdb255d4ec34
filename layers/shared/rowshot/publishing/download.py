"""Downloads the pictures that hiapi made, from wherever it put them.

The links are temporary and signed: whoever has one has the picture. So no message from here, and
no log line of the HTTP library, shows more of a link than its host.
"""

from __future__ import annotations

import logging
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpcore
import httpx

from rowshot.errors import BadPicture, PictureUnavailable, UnsafeAddress
from rowshot.transport.addresses import Endpoint, Resolve, check_url, resolve
from rowshot.transport.safe_transport import PinnedTransport, deadline

MAX_BYTES: Final = 50_000_000
"""Largest file that is downloaded, in bytes."""

MAX_REDIRECTS: Final = 3

DEADLINE: Final = 60.0
"""Wall seconds that one picture may take, redirects and all; a 2K PNG is about 5 MB."""

_TIMEOUT: Final = httpx.Timeout(15.0, connect=5.0)  # wall seconds without a single byte
_GONE: Final = (403, 404, 410)
_REDIRECTS: Final = (301, 302, 303, 307, 308)


def download_client(
    simulator: Endpoint | None,
    *,
    behind_proxy: bool = False,
    resolve: Resolve = resolve,
    network: httpcore.NetworkBackend | None = None,
) -> httpx.Client:
    """A client for ``fetch_picture``, to be kept from one invocation to the next.

    It sends no key and no cookies, follows no redirect by itself, ignores proxies and netrc, and
    connects only to public addresses. It also silences httpx's line a request, for the whole
    process: that line holds the full link.

    Args:
        simulator: The one server of this machine that may be asked too: on a laptop, the simulated
            hiapi's pictures.
        behind_proxy: Whether a proxy of this machine may make addresses up, as on a laptop.
        resolve: Gives the addresses of a name.
        network: What opens connections, given an address; by default the system's sockets.
    """
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.Client(
        transport=PinnedTransport(
            simulator=simulator,
            behind_proxy=behind_proxy,
            resolve=resolve,
            network=network,
        ),
        headers={"User-Agent": "rowshot", "Accept": "image/*", "Accept-Encoding": "identity"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=_TIMEOUT,
        follow_redirects=False,
        trust_env=False,
    )


def fetch_picture(
    url: str,
    *,
    client: httpx.Client,
    simulator: Endpoint | None,
    max_bytes: int = MAX_BYTES,
    seconds: float = DEADLINE,
) -> bytes:
    """Downloads one picture completely; whether it is one, ``rowshot.finishing`` decides.

    Args:
        url: The link as hiapi gave it.
        client: From ``download_client``, with the same ``simulator``.
        simulator: The one server of this machine that ``url`` may lead to. A public server may
            not redirect there.
        max_bytes: Larger files are refused, as early as possible.
        seconds: Wall seconds that all of it may take.

    Raises:
        UnsafeAddress: The link, or where it redirects to, is not a public HTTPS address.
        PictureUnavailable: No answer, no success, or not the whole file. ``expired`` if the
            server says that the picture is gone (403, 404, 410).
        BadPicture: More than ``max_bytes``, or none at all.
    """
    target = check_url(url, simulator=simulator)
    with deadline(seconds):
        for _ in range(MAX_REDIRECTS + 1):
            answer = _request(target, client, max_bytes)
            if isinstance(answer, bytes):
                return answer
            simulator = simulator if Endpoint.of(target) == simulator else None
            target = check_url(answer, simulator=simulator)
    raise PictureUnavailable(f"The picture's link at {target.host} redirects without end.")


def _request(url: httpx.URL, client: httpx.Client, max_bytes: int) -> bytes | str:
    """Asks one address: the whole body, or the link that it redirects to."""
    host = url.host
    try:
        with client.stream("GET", url) as response:
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return str(url.join(response.headers["location"]))
            _check_status(response.status_code, host)
            _check_coding(response, host)
            return _read(response, host, max_bytes)
    except httpx.TimeoutException as exc:
        raise PictureUnavailable(f"The picture's server {host} is too slow.") from exc
    except httpx.ConnectError as exc:
        raise PictureUnavailable(f"The picture's server {host} cannot be reached.") from exc
    except httpx.HTTPError as exc:
        raise PictureUnavailable(
            f"The connection to {host} broke before the whole picture had arrived."
        ) from exc
    except (httpx.InvalidURL, UnicodeError):
        raise UnsafeAddress(
            f"The picture's link at {host} redirects to something that is not a web address."
        ) from None


def _check_status(status: int, host: str) -> None:
    if status in _GONE:
        raise PictureUnavailable(
            f"The picture's link at {host} has expired (it answered {status}).", expired=True
        )
    if status != 200:
        raise PictureUnavailable(f"The picture's server {host} answered {status} instead of 200.")


def _check_coding(response: httpx.Response, host: str) -> None:
    """Refuses codings within codings: none was asked for, and each multiplies the size."""
    if response.headers.get("content-encoding", "").count(","):
        raise PictureUnavailable(f"The picture's server {host} sent it compressed more than once.")


def _read(response: httpx.Response, host: str, max_bytes: int) -> bytes:
    too_large = BadPicture(
        f"The picture's file at {host} is larger than {max_bytes / 1e6:.0f} MB, which is the limit."
    )
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise too_large
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > max_bytes:
            raise too_large
    if not body:
        raise BadPicture(f"The picture's server {host} sent an empty file.")
    return bytes(body)

"""Where a hiapi server of this machine says that its pictures are, and whom that is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from rowshot.transport.addresses import Endpoint, pictures_here
from rowshot_local.picture_origin import picture_origin
from rowshot_simulators.hiapi import start_simulator


@contextmanager
def server(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """A server of this machine that gives one answer; its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Stays quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}", asked
        finally:
            http.shutdown()
            thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("path", ["", "/", "/v1"])
def test_a_simulator_names_the_origin_of_its_pictures(host: str, path: str) -> None:
    with start_simulator() as simulator:
        base_url = simulator.base_url.replace("127.0.0.1", host) + path
        origin = picture_origin(base_url)
        assert origin == simulator.output_url != simulator.base_url
        port = int(simulator.output_url.rsplit(":", 1)[1])
        assert pictures_here(base_url, origin) == Endpoint("127.0.0.1", port)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"<html>no such page</html>"),
        (200, b"<html>another application</html>"),
        (200, b"[]"),
        (200, b"7"),
        (200, b"{}"),
        (200, b'{"origin": 7}'),
        (200, b'{"origin": null}'),
        *(
            (200, json.dumps({"origin": origin}).encode())
            for origin in (
                "",
                "https://cdn.example.com",
                "http://10.0.0.1:80",
                "http://127.0.0.2:80",
                "http://127.0.0.1:80/outputs",
                "http://127.0.0.1.evil.example",
            )
        ),
        (200, b"\xff\xfe"),
    ],
)
def test_of_any_other_server_the_api_s_own_origin_counts(status: int, body: bytes) -> None:
    with server(status, body) as (address, asked):
        assert picture_origin(address) == ""
        assert asked == ["/_sim/outputs"]
        assert pictures_here(address, "") == Endpoint("127.0.0.1", int(address.rsplit(":", 1)[1]))


@pytest.mark.parametrize(
    "base_url",
    ["https://api.hiapi.ai", "http://172.17.0.1:1", "http://[", "", "http://127.0.0.1:9"],
)
def test_a_server_elsewhere_is_not_asked_and_one_that_is_down_tells_nothing(base_url: str) -> None:
    assert picture_origin(base_url) == ""

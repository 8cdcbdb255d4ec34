"""A page of another origin, in a real browser, gets nothing from anything that listens here."""

from __future__ import annotations

import http.client
import http.server
import json
import re
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, expect, sync_playwright

from rowshot_local.engine.folder import EngineFolder
from rowshot_local.environment import Google, Target
from rowshot_local.local_stack import start_local_stack
from support.cli import Shell
from support.sheets import sheet

CHROMIUM = "/usr/bin/chromium"
SCALE = 0.05
PATHS = ("/", "/v1/tasks", "/rows/2", "/_ministack/health", "/_ministack/reset", "/_sim/state")
SERVERS = 5  # engine, hiapi's API, its files, Google Sheets, the live page
ASK = """async (url) => {
  for (const how of [
    {mode: "cors"}, {mode: "no-cors"}, {mode: "cors", method: "POST", body: "x"},
    {mode: "no-cors", method: "POST", body: "Action=ListUsers"},
    {mode: "cors", headers: {"Authorization":
      "AWS4-HMAC-SHA256 Credential=test/20261125/us-east-1/secretsmanager/aws4_request"}},
  ]) {
    await fetch(url, how).catch(() => {});
  }
  await new Promise((done) => {
    const image = new Image(); image.onload = image.onerror = done; image.src = url;
  });
}"""

SHOW = """async (url) => {
  const image = new Image(); image.src = url; await image.decode(); return image.naturalWidth;
}"""

ELSEWHERE = "http://elsewhere.localhost:8000"
STRANGERS = (
    {"Host": "evil.example"},
    {"Origin": ELSEWHERE},
    {"Origin": "null"},
    {"Origin": ELSEWHERE, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    {"Origin": ELSEWHERE, "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
)


@contextmanager
def foreign_page() -> Iterator[str]:
    """A page of another origin."""

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title>")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://elsewhere.localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def status(url: str, method: str, headers: Mapping[str, str]) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=10)
    try:
        connection.request(method, parts.path or "/", headers=dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


def browsed(page: Page, url: str) -> set[tuple[str, int]]:
    """Method and status of all that a foreign page's requests were answered, also unseen by it."""
    answers: list[Response] = []

    def heard(answer: Response) -> None:
        answers.append(answer)

    page.on("response", heard)
    page.evaluate(ASK, url)
    page.remove_listener("response", heard)
    return {(each.request.method, each.status) for each in answers if each.url == url}


def nobody_is_served(page: Page, ports: Iterable[int]) -> None:
    """Whatever a stranger asks of these ports, by a browser or with a browser's headers."""
    for url in (f"http://localhost:{port}{path}" for port in ports for path in PATHS):
        seen = browsed(page, url)
        assert {"GET", "POST"} <= {method for method, _ in seen}, f"{url} was not asked: {seen}"
        assert {code for _, code in seen} == {403}, f"{url} served a stranger {seen}"
        for headers in STRANGERS:
            for method in ("GET", "POST", "PUT", "DELETE"):
                assert status(url, method, headers) == 403, (method, url, headers)


@contextmanager
def strange_browser() -> Iterator[Page]:
    """A browser that shows a page of another origin."""
    with sync_playwright() as playwright, foreign_page() as elsewhere:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(elsewhere)
        yield page
        browser.close()


def address_in(process: subprocess.Popen[str], words: str) -> str:
    """The address in the line in which a command says these words."""
    assert process.stdout is not None
    line = next((each for each in process.stdout if words in each), "")
    return re.findall(r"http://\S+", line)[0]


@pytest.mark.browser
def test_invariant_13_nothing_that_run_opens_serves_a_stranger(tmp_path: Path) -> None:
    """On every port of a run that goes on, which all that asking neither resets nor changes."""
    shell = Shell(tmp_path)
    many = shell.sheet("a.csv", sheet(400))  # it does not end meanwhile
    running = shell.start("run", many, "--state", shell.state, "--time-scale", "0.2")
    try:
        live = address_in(running, "Watch it live")
        listening = ports_of(running.pid)
        assert len(listening) >= SERVERS
        assert urlsplit(live).port in listening
        with strange_browser() as page:
            assert page.context.browser is not None
            own = page.context.browser.new_page()
            own.goto(live)
            expect(own.locator("#done")).not_to_have_text("0", timeout=60_000)
            before = int(own.locator("#done").text_content() or 0)
            nobody_is_served(page, listening)
            assert int(own.locator("#done").text_content() or 0) >= before
            assert own.locator("#total").text_content() == "400"
        assert running.poll() is None
    finally:
        running.terminate()
        running.communicate(timeout=60)


@pytest.mark.browser
def test_invariant_13_nothing_that_serve_opens_serves_a_stranger(tmp_path: Path) -> None:
    """Only pictures and reports are for every page, as they are when the run is on."""
    shell = Shell(tmp_path)
    ran = shell(
        "run", shell.sheet("a.csv", sheet(1)), "--state", shell.state, "--time-scale", f"{SCALE}"
    )
    assert ran.code == 0, ran.err
    picture = shell.report()["rows"][0]["image_url"]
    serving = shell.start("serve", "--state", shell.state)
    try:
        address = address_in(serving, "http://")
        assert picture.startswith(f"{address}/")
        listening = ports_of(serving.pid)
        assert urlsplit(address).port in listening
        with strange_browser() as page:
            nobody_is_served(page, listening)
            assert page.evaluate(SHOW, picture), "published pictures are for every page"
    finally:
        serving.terminate()
        serving.communicate(timeout=30)


def ports_of(pid: int) -> set[int]:
    """The ports on which a process and those that it started listen."""
    family = {pid}
    for _ in range(4):
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(entry.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent in family:
                family.add(int(entry.parent.name))
    sockets = set()
    for each in family:
        for descriptor in Path(f"/proc/{each}/fd").glob("*"):
            with suppress(OSError):
                sockets.update(re.findall(r"socket:\[(\d+)\]", str(descriptor.readlink())))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and inode in sockets:
                found.add(int(local.rpartition(":")[2], 16))
    return found


def test_invariant_10_no_key_is_kept_after_a_shutdown(tmp_path: Path) -> None:
    state = tmp_path / "state"
    key = "a-very-own-hiapi-key-0123456789"
    private = [token_hex(32) for _ in range(26)]
    file = tmp_path / "account.json"
    file.write_text(json.dumps({"client_email": "a@b.example", "private_key": "\n".join(private)}))
    away = "http://127.0.0.1:9"
    with start_local_stack(
        state, Target(away, key, SCALE), time_scale=SCALE, google=Google(away, file)
    ) as on:
        secrets = on.engine.client("secretsmanager")
        for output, text in (
            ("HiapiTokenSecret", key),
            ("GoogleServiceAccountSecret", file.read_text()),
        ):
            kept = secrets.get_secret_value(SecretId=on.stack.outputs[output])
            assert kept["SecretString"] == text
        engine_key = on.engine.key
    found = [
        path
        for path in state.rglob("*")
        if path.is_file()
        # Line by line: a file may write the breaks between them in other ways.
        if any(each.encode() in path.read_bytes() for each in (key, engine_key, *private))
    ]
    assert found == []
    assert json.loads(EngineFolder.below(state).record.read_text()).keys() == {"port"}

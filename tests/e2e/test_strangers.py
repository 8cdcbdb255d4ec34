"""A page of another origin, in a real browser, gets nothing from anything that listens here."""

from __future__ import annotations

import http.client
import http.server
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from rowshot_local.engine.folder import EngineFolder
from rowshot_local.environment import Target
from rowshot_local.live import serve_live_page
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_local.run_progress import follow
from rowshot_simulators.hiapi import SimulatorOptions
from support.cli import Shell
from support.sheets import sheet

CHROMIUM = "/usr/bin/chromium"
SCALE = 0.05
ASK = """async (url) => {
  const seen = [];
  for (const how of [
    {mode: "cors"}, {mode: "no-cors"}, {mode: "cors", method: "POST", body: "x"},
    {mode: "no-cors", method: "POST", body: "Action=ListUsers"},
    {mode: "cors", headers: {"Authorization":
      "AWS4-HMAC-SHA256 Credential=test/20261125/us-east-1/secretsmanager/aws4_request"}},
  ]) {
    try {
      const answer = await fetch(url, how);
      seen.push(answer.type === "opaque" ? "opaque" : await answer.text());
    } catch (error) { seen.push("refused"); }
  }
  return seen;
}"""

SHOW = """async (url) => {
  const image = new Image(); image.src = url; await image.decode(); return image.naturalWidth;
}"""


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LocalStack]:
    options = SimulatorOptions(max_edge=32, latency_s=(1, 2))
    target = Target(None, "", SCALE)
    with start_local_stack(
        tmp_path / "state", target, time_scale=SCALE, simulator_options=options
    ) as started:
        yield started


@contextmanager
def foreign_page() -> Iterator[str]:
    """A page of another origin."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title>")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://elsewhere.localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def status(url: str, host: str, method: str = "GET") -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=10)
    try:
        connection.request(method, parts.path or "/", headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.browser
def test_invariant_13_nothing_that_listens_serves_a_stranger(stack: LocalStack) -> None:
    run_id = stack.stack.drop(sheet(2), "catalog.csv", {})
    assert stack.simulator is not None
    with serve_live_page(stack.stack) as live:
        for _ in live.watch(run_id, follow(stack.stack, run_id)):
            pass
        [picture, *_] = [row.picture.url for row in stack.stack.ledger.rows.of_run(run_id)]
        closed = [
            f"{stack.engine.endpoint_url}/",
            f"{stack.engine.endpoint_url}/_ministack/health",
            f"{stack.engine.endpoint_url}/_ministack/reset",
            f"{stack.simulator.base_url}/v1/tasks",
            f"{stack.simulator.base_url}/_sim/state",
            f"{stack.simulator.output_url}/",
            f"{stack.worksheets.base_url}/",
            live.url,
            f"{live.url}rows/2",
        ]
        with sync_playwright() as playwright, foreign_page() as elsewhere:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(elsewhere)
            for url in closed:
                seen = page.evaluate(ASK, url)
                assert set(seen) <= {"refused", "opaque"}, f"{url} told a stranger {seen}"
            assert page.evaluate(SHOW, picture), "published pictures are for every page"
            page.goto(live.url)
            assert page.locator("#done").text_content() == "2"
            browser.close()
        for url in closed:
            assert status(url, "evil.example") == 403, url
        # Nothing was reset or changed by all that asking.
        assert stack.stack.ledger.runs.get(run_id).status == "finished"


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
        assert serving.stdout is not None
        told = serving.stdout.readline()
        (address,) = re.findall(r"http://\S+", told)
        assert picture.startswith(f"{address}/")
        listening = ports_of(serving.pid)
        assert urlsplit(address).port in listening
        closed = [
            f"http://localhost:{port}{path}"
            for port in listening
            for path in ("/", "/_ministack/health", "/_ministack/reset", "/_sim/state")
        ]
        with sync_playwright() as playwright, foreign_page() as elsewhere:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(elsewhere)
            for url in closed:
                seen = page.evaluate(ASK, url)
                assert set(seen) <= {"refused", "opaque"}, f"{url} told a stranger {seen}"
            assert page.evaluate(SHOW, picture), "published pictures are for every page"
            browser.close()
        for url in closed:
            assert status(url, "evil.example") == 403, url
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
    with start_local_stack(state, Target("http://127.0.0.1:9", key, SCALE), time_scale=SCALE) as on:
        kept = on.engine.client("secretsmanager")
        name = on.stack.outputs["HiapiTokenSecret"]
        assert kept.get_secret_value(SecretId=name)["SecretString"] == key
        engine_key = on.engine.key
    found = [
        path
        for path in state.rglob("*")
        if path.is_file() and any(w.encode() in path.read_bytes() for w in (key, engine_key))
    ]
    assert found == []
    assert json.loads(EngineFolder.below(state).record.read_text()).keys() == {"port"}

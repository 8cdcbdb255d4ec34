"""The live page in a real browser, while a run goes on behind it."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rowshot.clock import Clock
from rowshot.ledger.records import Picture, Row, RowHistory, Run, RunStatus, Version
from rowshot.statuses import RowStatus
from rowshot_local.live import serve_live_page
from rowshot_local.live.server import LivePage
from rowshot_local.run_progress import Progress

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]

ATTACK = '"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
SLUGS = ["celadon-cup", "tea-tin", ATTACK, "card"]


def url(slug: str, version: int = 1) -> str:
    return f"http://cdn.test/images/{'x' if slug == ATTACK else slug}/{version:064x}.webp"


class Scene:
    """A run that a test moves on, and the stack that the page sees of it."""

    def __init__(self) -> None:
        self.run = Run(
            "r1", RunStatus.RUNNING, "b", "k", "catalog.csv", "s1", 0.0, estimate=Decimal("0.1")
        )
        self.rows = {
            number: Row("r1", number, slug, RowStatus.QUEUED)
            for number, slug in enumerate(SLUGS, start=2)
        }
        self.asked: list[str] = []
        self.versions: tuple[Version, ...] = ()
        out = io.BytesIO()
        Image.new("RGB", (60, 40), (90, 140, 120)).save(out, "WEBP")
        self.picture = out.getvalue()
        self.simulated = False
        plan = {
            "warnings": [f"Column 'promt' is not used {ATTACK}"],
            "header": ["slug", "prompt"],
            "rows": [
                {
                    "number": number,
                    "cells": [slug, f"A {slug} in the rain"],
                    "prompt": f"A {slug} in the rain",
                    "model": "qwen-image-2.0",
                    "size": "2048*2048",
                }
                for number, slug in enumerate(SLUGS, start=2)
            ],
        }
        self.stack: Any = SimpleNamespace(
            inbox=SimpleNamespace(
                get=lambda run_id, name: json.dumps(plan).encode() if name == "plan.json" else None
            ),
            outputs={"MediaBucket": "media"},
            clock=Clock(source=lambda: 61.0),
            local=True,
            client=lambda service: SimpleNamespace(get_object=self._object),
            ledger=SimpleNamespace(
                rows=SimpleNamespace(get=lambda run_id, number: self.rows.get(number)),
                histories=SimpleNamespace(
                    get=lambda sheet, key: RowHistory(key, versions=self.versions)
                ),
            ),
        )

    def _object(self, Bucket: str, Key: str) -> dict[str, Any]:
        self.asked.append(Key)
        return {"Body": io.BytesIO(self.picture)}

    def set(self, number: int, status: RowStatus, **more: Any) -> None:
        self.rows[number] = replace(self.rows[number], status=status, **more)

    def publish(self, number: int, version: int = 1) -> None:
        picture = Picture(url(self.rows[number].row_key, version), 60, 40, 900)
        self.set(number, RowStatus.PUBLISHED, picture=picture, cost=Decimal("0.025"))

    def progress(self) -> Iterator[Progress]:
        while True:
            rows = tuple(self.rows.values())
            counts = Counter(row.status for row in rows)
            spent = sum((row.cost for row in rows), Decimal(0))
            yield Progress(self.run, counts, 2, 42.0, spent, spent, "", rows, self.simulated)


class Show:
    """The page as it is served, and how it is moved on."""

    def __init__(self, scene: Scene, served: LivePage) -> None:
        self.scene, self.address, self.served = scene, served.url, served
        self._news = served.watch("r1", scene.progress())

    def go_on(self) -> None:
        next(self._news)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def show() -> Iterator[Show]:
    scene = Scene()
    with serve_live_page(scene.stack) as page:
        made = Show(scene, page)
        made.go_on()
        yield made


@pytest.fixture
def page(browser: Browser, show: Show) -> Iterator[Page]:
    """The page, opened; fails the test on anything that the browser complains about."""
    with ExitStack() as cleanup:
        opened = browser.new_page()
        cleanup.callback(opened.close)
        said: list[str] = []
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.goto(show.address)
        expect(opened.locator(".line")).to_have_count(4)
        yield opened
        assert said == []
        assert opened.evaluate("window.hacked") is None


def test_rows_change_while_one_watches(page: Page, show: Show) -> None:
    first = page.locator("#rows > li").first
    expect(first.locator(".status")).to_have_text("queued")
    expect(page.locator("#done")).to_have_text("0")
    show.scene.set(2, RowStatus.RENDERING)
    show.go_on()
    expect(first.locator(".status")).to_have_text("rendering")
    show.scene.publish(2)
    show.go_on()
    expect(first.locator(".status")).to_have_text("published")
    image = first.locator("img")
    expect(image).to_be_visible()
    assert image.evaluate("each => each.naturalWidth") == 60
    expect(page.locator("#done")).to_have_text("1")
    expect(page.locator("#spent")).to_have_text("$0.025")
    expect(page).to_have_title("1/4 catalog.csv")
    assert show.scene.asked == [f"images/celadon-cup/{1:064x}-480.webp"]


def test_what_a_sheet_says_is_text(page: Page, show: Show) -> None:
    show.scene.set(4, RowStatus.FAILED, error=ATTACK)
    show.go_on()
    row = page.locator("#rows > li").nth(2)
    expect(row.locator(".name b")).to_have_text(ATTACK)
    expect(row.locator(".why")).to_have_text(ATTACK)
    row.click()
    expect(page.locator("#big-name")).to_have_text(ATTACK)
    expect(page.locator("#big-prompt")).to_have_text(f"A {ATTACK} in the rain")
    expect(page.locator("#big-error")).to_have_text(ATTACK)


def test_it_works_with_the_keyboard(page: Page, show: Show) -> None:
    for number in (2, 3):
        show.scene.publish(number)
    show.go_on()
    expect(page.locator("#done")).to_have_text("2")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    expect(page.locator("#big-name")).to_have_text("tea-tin")
    expect(page.locator("#big-facts")).to_contain_text("60 × 40")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#big-name")).to_have_text("celadon-cup")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#big-name")).to_have_text("celadon-cup")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".line").first).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("card")
    expect(page.locator("#rows > li:visible")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#rows > li:visible")).to_have_count(4)


def test_a_row_opens_large_with_its_earlier_versions(page: Page, show: Show) -> None:
    pictures = [Picture(url("celadon-cup", each), 60, 40, 900) for each in (1, 2)]
    show.scene.versions = tuple(
        Version(at, "0" * 64, picture, 0.0) for at, picture in enumerate(pictures, start=1)
    )
    show.scene.publish(2, version=2)
    show.go_on()
    page.locator(".line").first.click()
    big = page.locator("#big")
    expect(big).to_have_attribute("src", f"images/celadon-cup/{2:064x}.webp")
    versions = page.locator(".versions button")
    expect(versions).to_have_text(["version 2, shown in the sheet", "version 1"])
    versions.nth(1).click()
    expect(big).to_have_attribute("src", f"images/celadon-cup/{1:064x}.webp")
    expect(page.locator("#big-facts")).to_contain_text("qwen-image-2.0")


def test_one_status_can_be_looked_at_alone(page: Page, show: Show) -> None:
    show.scene.publish(2)
    show.go_on()
    page.get_by_role("button", name="published 1").click()
    expect(page.locator("#rows > li:visible")).to_have_count(1)
    show.scene.publish(3)
    show.go_on()
    expect(page.locator("#rows > li:visible")).to_have_count(2)


def test_the_end_is_told_and_stays(page: Page, show: Show) -> None:
    for number in show.scene.rows:
        show.scene.publish(number)
    show.scene.run = replace(show.scene.run, status=RunStatus.FINISHED, finished_at=50.0, idle=9.0)
    show.go_on()
    expect(page.locator("#state")).to_have_text("Finished")
    expect(page.locator("#time-name")).to_have_text("Took")
    expect(page.locator("#time")).to_have_text("41 s")
    page.locator(".line").nth(1).click()
    expect(page.locator("#big")).to_be_visible()


def test_only_what_is_ready_counts_and_fills_the_bar(page: Page, show: Show) -> None:
    show.scene.publish(2)
    show.scene.set(3, RowStatus.CANCELLED)
    show.scene.set(4, RowStatus.PUBLISHING)
    show.go_on()
    expect(page.locator("#done")).to_have_text("1")
    colour = "each => getComputedStyle(each).backgroundColor"
    tone = "each => getComputedStyle(each).getPropertyValue('--tone')"
    filled = {}
    for status in ("published", "cancelled", "publishing"):
        part = page.locator(f'#bar [data-status="{status}"]')
        expect(part).to_be_visible()
        plain = page.evaluate(
            "c => { const e = document.createElement('i'); e.style.color = c;"
            " document.body.append(e); const said = getComputedStyle(e).color; e.remove();"
            " return said; }",
            part.evaluate(tone),
        )
        filled[status] = part.evaluate(colour) == plain
    assert filled == {"published": True, "cancelled": False, "publishing": False}


def test_a_run_that_is_cancelled_says_what_is_still_collected(page: Page, show: Show) -> None:
    expect(page.locator("#cancel")).to_be_visible()
    show.scene.set(2, RowStatus.RENDERING)
    show.scene.set(3, RowStatus.PUBLISHING)
    show.scene.run = replace(show.scene.run, halted="cancelled")
    show.go_on()
    expect(page.locator("#state")).to_have_text("Cancelling: 2 pictures are still being collected")
    expect(page.locator("#cancel")).to_be_hidden()


def test_it_is_cancelled_by_its_own_page_only(page: Page, show: Show) -> None:
    cancelled: list[str] = []

    def halt(run_id: str, status: RunStatus, reason: str) -> bool:
        cancelled.append(run_id)
        return True

    ledger = show.scene.stack.ledger
    ledger.runs = SimpleNamespace(halt=halt, get=lambda run_id: show.scene.run)
    ledger.rows.of_run = lambda run_id: iter(show.scene.rows.values())
    ledger.rows.end_queued = lambda rows, status, **_: len(rows)
    ledger.renders = SimpleNamespace(get_many=lambda ids: {})
    show.scene.stack.dispatch_queue = SimpleNamespace(send=lambda **_: None)
    foreign = httpx.post(f"{show.address}cancel", headers={"origin": "https://evil.example"})
    assert (foreign.status_code, cancelled) == (403, [])
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_response("**/cancel") as answered:
        page.locator("#cancel").click()
    assert (answered.value.status, cancelled) == (204, ["r1"])
    expect(page.locator("#cancel")).to_be_hidden()


def test_a_simulation_and_the_sheets_warnings_are_seen(page: Page, show: Show) -> None:
    expect(page.locator("#warnings li")).to_have_text(
        [f"Warning: Column 'promt' is not used {ATTACK}"]
    )
    expect(page.locator("#simulated")).to_be_hidden()
    expect(page.locator("#spent-name")).to_have_text("Spent")
    show.scene.simulated = True
    show.go_on()
    expect(page.locator("#simulated")).to_be_visible()
    expect(page.locator("#spent-name")).to_have_text("Would have cost (simulated)")
    show.scene.publish(2)
    show.go_on()
    expect(page.locator("#rows .cost").first).to_have_text(re.compile(r"^\$[\d.]+ \(simulated\)$"))


def test_the_results_are_opened_from_the_page(page: Page, show: Show, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>Contact sheet</title>")
    (tmp_path / "private.txt").write_text("mine")
    expect(page.locator("#after")).to_be_hidden()
    show.served.written(tmp_path, ["index.html"])
    expect(page.locator("#folder")).to_contain_text(str(tmp_path / "index.html"))
    with page.expect_popup() as opened:
        page.locator("#results").click()
    expect(opened.value).to_have_title("Contact sheet")
    for name in ("private.txt", "../private.txt", "%2e%2e/private.txt", ""):
        assert httpx.get(f"{show.address}results/{name}").status_code == 404


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_nothing_is_wider_than_the_window(page: Page, show: Show, width: int) -> None:
    show.scene.simulated = True
    show.scene.publish(2)
    show.scene.set(3, RowStatus.FAILED, error="A very long sentence without end. " * 8)
    show.go_on()
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.locator("#done")).to_have_text("1")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for cost in page.locator(".cost").all():
        assert cost.evaluate("each => each.scrollWidth <= each.clientWidth + 1")
    page.locator(".line").first.click()
    assert page.evaluate("document.querySelector('dialog').scrollWidth") <= width


def test_the_page_is_for_this_machine_only(show: Show) -> None:
    with httpx.Client(base_url=show.address, trust_env=False) as client:
        answer = client.get("/")
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert client.get("/", headers={"host": "evil.example"}).status_code == 403
        for path in ("/images/../plan.json", "/images/x/private.webp", "/images/%2e%2e/a.webp"):
            assert client.get(path).status_code == 404
    assert show.scene.asked == []

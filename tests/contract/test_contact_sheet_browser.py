"""The contact sheet in a real browser, opened from a folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rowshot.reporting.contact_sheet import render_contact_sheet

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]

SLUGS = {"celadon-cup": "published", "tea-tin": "published", "card": "unchanged"}


def rows() -> list[dict[str, Any]]:
    pictured = [
        {
            "row": number,
            "slug": slug,
            "status": status,
            "file": f"images/{slug}.webp",
            "width": 60,
            "height": 40,
            "prompt": f"A {slug} in the rain",
        }
        for number, (slug, status) in enumerate(SLUGS.items(), start=2)
    ]
    attack = '"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    failed = {"row": 9, "slug": attack, "status": "failed", "error": attack, "prompt": attack}
    return [*pictured, failed]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def sheet(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page, opened; fails the test on anything that the browser complains about."""
    (tmp_path / "images").mkdir()
    for slug in SLUGS:
        Image.new("RGB", (60, 40), (90, 140, 120)).save(tmp_path / f"images/{slug}.webp")
    report = {"sheet": "catalog.csv", "status": "finished", "rows": rows()}
    index = tmp_path / "index.html"
    index.write_text(
        render_contact_sheet(
            report, picture=lambda row: row.get("file"), large=lambda row: row.get("file")
        ),
        "utf-8",
    )
    complaints: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(index.as_uri())
    yield page
    page.close()
    assert complaints == []


def test_the_pictures_show_and_nothing_foreign_runs(sheet: Page) -> None:
    loaded = "[...document.querySelectorAll('.grid img')].map(i => i.decode().then(() => 1))"

    assert sheet.evaluate(f"Promise.all({loaded})") == [1, 1, 1]
    assert sheet.evaluate("window.hacked") is None
    expect(sheet.locator(".list h3")).to_contain_text("<script>")


def test_a_picture_opens_large_and_the_arrows_lead_on(sheet: Page) -> None:
    dialog = sheet.locator("dialog")
    expect(dialog).to_be_hidden()

    sheet.locator(".grid a.frame").nth(1).click()
    expect(dialog.locator("h2")).to_have_text("tea-tin")
    expect(dialog.locator(".prompt")).to_have_text("A tea-tin in the rain")
    expect(dialog.locator(".position")).to_have_text("2 of 3")
    sheet.keyboard.press("ArrowRight")
    sheet.keyboard.press("ArrowRight")
    expect(dialog.locator("h2")).to_have_text("celadon-cup")
    sheet.keyboard.press("ArrowLeft")
    expect(dialog.locator("h2")).to_have_text("card")
    assert sheet.evaluate("document.querySelector('.stage img').decode().then(() => 'shown')")

    sheet.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(sheet.locator(".grid a.frame").nth(2)).to_be_focused()


def test_filters_and_search_work_together(sheet: Page) -> None:
    entries = sheet.locator(".entry:visible")
    expect(entries).to_have_count(4)

    sheet.get_by_role("button", name="published").click()
    expect(entries).to_have_count(2)
    sheet.keyboard.press("/")
    sheet.keyboard.type("TIN rain")
    expect(entries).to_have_count(1)
    expect(sheet.get_by_role("status")).to_have_text("1 row")
    sheet.keyboard.type(" nowhere")
    expect(sheet.get_by_text("No row matches.")).to_be_visible()
    expect(sheet.locator("main h2:visible")).to_have_count(0)


def test_without_its_script_everything_is_still_there(browser: Browser, sheet: Page) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(sheet.url)

    expect(page.locator(".entry:visible")).to_have_count(4)
    expect(page.locator(".tools")).to_be_hidden()
    page.get_by_text("Details of tea-tin").click()
    expect(page.get_by_text("A tea-tin in the rain")).to_be_visible()
    page.locator(".grid a.frame").nth(1).click()
    page.wait_for_url("**/images/tea-tin.webp")
    context.close()


def test_nothing_is_wider_than_a_phone(sheet: Page) -> None:
    sheet.set_viewport_size({"width": 360, "height": 740})

    assert sheet.evaluate("document.documentElement.scrollWidth") == 360


def test_details_lie_over_the_page_and_move_no_neighbour(sheet: Page) -> None:
    sheet.set_viewport_size({"width": 1280, "height": 900})
    where = "[...document.querySelectorAll('.grid > li')].map(e => e.offsetTop + e.offsetHeight)"
    sheet.evaluate("Promise.all([...document.querySelectorAll('.grid img')].map(i => i.decode()))")
    before = sheet.evaluate(where)
    for name in ("celadon-cup", "tea-tin"):
        sheet.locator(".grid").get_by_text(f"Details of {name}").click()
        expect(sheet.locator(".grid .more:visible")).to_have_count(1)
        assert sheet.evaluate(where) == before

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.reporting.contact_sheet import render_contact_sheet
from rowshot.reporting.contact_sheet.links import safe_link
from rowshot.reporting.contact_sheet.text import duration, file_size, language, moment, money

VOID = ("meta", "link", "img", "input", "br")


@dataclass
class Element:
    """A tag with what is in it; enough of a document to ask questions about."""

    name: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return "".join(parts)

    def all(self, name: str = "", **attributes: str) -> list[Element]:
        found = []
        for child in self.children:
            if isinstance(child, str):
                continue
            classes = (child.attributes.get("class") or "").split()
            if name in ("", child.name) and all(
                value in classes if key == "kind" else child.attributes.get(key) == value
                for key, value in attributes.items()
            ):
                found.append(child)
            found += child.all(name, **attributes)
        return found


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("document")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs), f"twice the same attribute in {tag}"
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(page: str) -> Element:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert [element.name for element in reader.open] == ["document"]
    return reader.open[0]


def row(number: int = 2, **changes: Any) -> dict[str, Any]:
    return {
        "row": number,
        "slug": f"tea-{number}",
        "status": "published",
        "image_url": f"https://cdn.example.com/images/tea-{number}/ab.webp",
        "file": f"images/tea-{number}.webp",
        "versions": 1,
        "error": None,
        "task_id": "tk-hiapi-01J9ZQ3V6WJ1H8Y3K5P7R9T2B4",
        "attempts": 1,
        "cost_usd": "0.025",
        "width": 2048,
        "height": 2048,
        "bytes": 263_096,
        "prompt": "A tin of tea",
        "model": "qwen-image-2.0",
        "size": "2048*2048",
        "recipe": "packshot",
        "image_versions": [],
        **changes,
    }


def report(*rows: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "run_id": "9f86d081884c7d65",
        "sheet": "catalog.csv",
        "status": "finished",
        "counts": {},
        "estimate_usd": "0.30",
        "spent_usd": "0.25",
        "possibly_billed_usd": "0",
        "started_at": "2026-11-22T16:08:40.120Z",
        "finished_at": "2026-11-22T16:12:00Z",
        "rows": list(rows),
        **changes,
    }


def small(row: Mapping[str, Any]) -> str | None:
    return row["file"] and row["file"].replace(".webp", "-480.webp")


def render(report: Mapping[str, Any], **links: Any) -> str:
    return render_contact_sheet(
        report, **{"picture": small, "large": lambda row: row["file"], **links}
    )


def page(*rows: Mapping[str, Any], **changes: Any) -> Element:
    return read(render(report(*rows, **changes)))


def figures(document: Element) -> dict[str, str]:
    boxes = document.all("dl", kind="figures")[0].all("div")
    return {box.all("dt")[0].text: " ".join(box.all("dd")[0].text.split()) for box in boxes}


def test_every_row_is_there_failures_first_with_their_reason() -> None:
    document = page(
        row(2),
        row(3, status="unchanged"),
        row(4, status="invalid", file=None, error="Unknown model “flex”; did you mean “flux”?"),
        row(5, status="skipped", file=None),
        row(6, status="failed", file=None, error="hiapi refused the prompt."),
        row(7, status="approved"),
        row(8, status="over budget", file=None),
        row(9, status="queued", file=None),
    )

    entries = document.all("li", kind="entry")
    slugs = [entry.attributes["data-slug"] for entry in entries]
    assert slugs == ["tea-6", "tea-4", "tea-8", "tea-9", "tea-2", "tea-3", "tea-7", "tea-5"]
    reasons = [" ".join(e.all(kind="why")[0].all("p")[0].text.split()) for e in entries[:4]]
    assert reasons == [
        "hiapi refused the prompt.",
        "Unknown model “flex”; did you mean “flux”?",
        "Nothing more was ordered before this row's turn.",
        "The run ended before this row was rendered.",
    ]


def test_totals_and_filters_count_what_is_shown() -> None:
    document = page(row(2), row(3), row(4, status="failed", file=None), possibly_billed_usd="0.050")

    assert figures(document) == {
        "Pictures": "2 of 3 rows",
        "Need attention": "1",
        "Spent": "$0.25 of $0.30 estimated",
        "Took": "3 min 20 s",
    }
    assert "Another $0.05 may be billed" in document.all("header")[0].text
    buttons = [b for b in document.all("button") if "data-filter" in b.attributes]
    assert [(b.attributes["data-filter"], b.text.split()[-1]) for b in buttons] == [
        *(("", "3"), ("failed", "1"), ("published", "2"))
    ]


def test_a_row_shows_its_picture_its_prompt_and_its_facts() -> None:
    entry = page(row(recipe="lifestyle", attempts=2)).all("li", kind="entry")[0]

    link, image = entry.all("a", kind="frame")[0], entry.all("img")[0]
    assert link.attributes["href"] == "images/tea-2.webp"
    assert image.attributes["src"] == "images/tea-2-480.webp"
    assert image.attributes["alt"] == "tea-2: A tin of tea"
    assert image.attributes["loading"] == "lazy"
    assert (image.attributes["width"], image.attributes["height"]) == ("2048", "2048")
    assert entry.all("p", kind="prompt")[0].text == "A tin of tea"
    facts = {d.all("dt")[0].text: d.all("dd")[0].text for d in entry.all("dl")[0].all("div")}
    assert facts == {
        "Recipe": "lifestyle",
        "Model": "qwen-image-2.0",
        "Size": "2048 × 2048",
        "File": "263 KB",
        "Cost": "$0.025",
        "Attempts": "2",
        "Task": "tk-hiapi-01J9ZQ3V6WJ1H8Y3K5P7R9T2B4",
        "Link": "https://cdn.example.com/images/tea-2/ab.webp",
    }


def test_earlier_versions_stay_reachable() -> None:
    versions = [
        {"version": 2, "image_url": "https://cdn.example.com/2.webp", "published_at": "junk"},
        {
            "version": 1,
            "image_url": "https://cdn.example.com/1.webp",
            "published_at": "2026-11-12T09:05:00Z",
        },
        {"version": 3, "image_url": "https://cdn.example.com/3.webp", "published_at": None},
    ]

    texts = [dd.text for dd in page(row(image_versions=versions)).all("dd")]

    assert "Version 1, 12 November 2026, 09:05 UTC" in texts
    assert texts.index("Version 2") < texts.index("Version 1, 12 November 2026, 09:05 UTC")
    assert not any("Version 3" in text for text in texts)


def test_versions_may_be_linked_from_elsewhere() -> None:
    versions = [{"version": n, "image_url": f"https://x.example/{n}"} for n in (1, 2)]

    text = render(
        report(row(image_versions=versions)),
        version=lambda row, version: f"images/{row['slug']}-v{version['version']}.webp",
    )

    assert 'href="images/tea-2-v1.webp"' in text


def test_a_picture_that_is_missing_is_said() -> None:
    document = page(row(file=None))

    assert document.all("img", loading="lazy") == []
    assert document.all("p", kind="none")[0].text == "No picture here"


@pytest.mark.parametrize(
    ("status", "says"),
    [("cancelled", "was cancelled"), ("paused", "is paused"), ("over budget", "did not start")],
)
def test_a_run_that_did_not_finish_says_so(status: str, says: str) -> None:
    assert says in page(status=status).all("p", kind="notice")[0].text
    assert page(status="finished").all("p", kind="notice") == []
    told = page(status=status, message="The hiapi balance is used up.")
    assert told.all("p", kind="notice")[0].text == "The hiapi balance is used up."


def test_chinese_text_is_marked_as_such() -> None:
    document = page(row(slug="春茶", prompt="一罐茶"), sheet="春季上新.xlsx")

    assert document.all("h1")[0].attributes["lang"] == "zh-Hans"
    assert document.all("h3")[0].attributes["lang"] == "zh-Hans"
    assert document.all("p", kind="prompt")[0].attributes["lang"] == "zh-Hans"
    assert "lang" not in page(row()).all("h3")[0].attributes


def test_a_chinese_label_in_an_english_prompt_is_marked_alone() -> None:
    prompt = "A tin of tea on pale stone, the label reads “龙井 茶” in bold serif <b>"
    (shown,) = page(row(prompt=prompt)).all("p", kind="prompt")

    assert "lang" not in shown.attributes
    assert shown.text == prompt
    assert [(span.text, span.attributes) for span in shown.all("span")] == [
        ("龙井 茶", {"lang": "zh-Hans"})
    ]


def test_a_simulation_says_so_wherever_a_price_stands() -> None:
    rows = [row(), row(3, status="failed", file=None, error="No.")]
    simulated = page(*rows, simulated=True, possibly_billed_usd="0.05")
    real = page(*rows, possibly_billed_usd="0.05")

    assert [badge.text for badge in simulated.all("span", kind="badge")] == ["Simulated"]
    assert figures(simulated)["Would have cost (simulated)"] == "$0.25 of $0.30 estimated"
    assert "Spent" not in figures(simulated)
    assert "nothing was spent" in simulated.text
    assert "might have cost another $0.05 (simulated)." in simulated.text
    assert simulated.text.count("$0.025 (simulated)") == 2
    assert real.all("span", kind="badge") == []
    assert figures(real)["Spent"] == "$0.25 of $0.30 estimated"
    assert "simulated" not in real.all("body")[0].text.casefold()


def test_what_the_plan_warned_of_stands_at_the_top_and_at_its_row() -> None:
    column = "Column 'promt' is not used <i>: did you mean 'prompt'?"
    document = page(row(warnings=["The price '89' has no currency."]), warnings=[column])

    notices = [each.text for each in document.all("header")[0].all("p", kind="notice")]
    assert notices == [f"Warning: {column}"]
    (entry,) = document.all("li", kind="entry")
    assert "has no currency" in entry.all("p", kind="warning")[0].text


def test_the_time_is_that_of_the_work_without_the_pauses() -> None:
    assert figures(page(row()))["Took"] == "3 min 20 s"
    assert figures(page(row(), took_seconds=48.2))["Took"] == "48 s"


def test_an_empty_report_is_a_page_too() -> None:
    document = read(render({}))

    assert document.all("h1")[0].text == "Untitled sheet"
    assert document.all("main")[0].all("section") == []


def test_only_pictures_are_fetched_and_nothing_else_by_the_page_itself() -> None:
    document = page(row(), row(3, file="https://cdn.example.com/3.webp"))

    assert document.all("link")[0].attributes["href"].startswith("data:image/svg+xml,")
    assert len(document.all("link")) == 1
    assert all("src" not in script.attributes for script in document.all("script"))
    style = document.all("style")[0].text
    assert "url(" not in style
    assert "@import" not in style


def policy(document: Element) -> dict[str, list[str]]:
    meta = next(m for m in document.all("meta") if "http-equiv" in m.attributes)
    parts = [part.split() for part in (meta.attributes["content"] or "").split(";")]
    return {name: values for name, *values in parts}


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_lets_nothing_run_but_the_pages_own_blocks() -> None:
    document = page(row(), row(3, file="https://cdn.example.com:8443/3.webp"))

    assert policy(document) == {
        "default-src": ["'none'"],
        "img-src": ["'self'", "file:", "data:", "https://cdn.example.com:8443"],
        "style-src": [digest(document.all("style")[0].text)],
        "script-src": [digest(document.all("script")[0].text)],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }


ATTACKS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    " java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/x.webp",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt; &amp;",
    "<!-- --><![CDATA[",
    "\u202egpj.exe",
    "https://evil.example; script-src *",
    "https://evil.example'/a",
]


def assert_harmless(document: Element) -> None:
    assert len(document.all("script")) == 1
    assert len(document.all("style")) == 1
    assert policy(document)["script-src"] == [digest(document.all("script")[0].text)]
    assert policy(document)["default-src"] == ["'none'"]
    for element in document.all():
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in ("href", "src") and element.name != "link":
                assert value is not None
                assert safe_link(value) == value


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_a_sheet_holds_is_only_text(attack: str) -> None:
    fields = ("slug", "status", "error", "prompt", "model", "recipe", "task_id", "size")
    links = ("image_url", "file")
    hostile = row(**dict.fromkeys(fields + links, attack), width=None, cost_usd=attack)
    hostile["image_versions"] = [{"version": n, "image_url": attack} for n in (1, 2)]
    failed = dict(hostile, status="failed")

    document = page(hostile, failed, sheet=attack, run_id=attack, message=attack)

    assert_harmless(document)
    assert document.all("h1")[0].text == attack
    assert [prompt.text for prompt in document.all("p", kind="prompt")] == [attack, attack]
    assert document.all("h3")[0].text == attack


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_leaves_the_page_whole(text: str, link: str) -> None:
    document = read(
        render(
            report(row(slug=text, prompt=text, error=text, status=text), sheet=text),
            picture=lambda row: link,
            large=lambda row: link,
        ).replace("\0", "")
    )

    assert_harmless(document)
    assert len(document.all("li", kind="entry")) == 1


@pytest.mark.parametrize(
    "link",
    [
        "images/a.webp",
        "./images/%E6%98%A5.webp",
        "/images/a.webp",
        "images/a:b.webp",
        "https://cdn.example.com/a.webp?x=1#y",
        "http://d1.localhost:4566/a.webp",
    ],
)
def test_links_to_pictures_pass(link: str) -> None:
    assert safe_link(link) == link


@pytest.mark.parametrize(
    "link",
    [
        *("", None, 7, "javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\tscript:alert(1)"),
        *("\x01javascript:alert(1)", "vbscript:x", "data:text/html,x", "data:image/png;base64,x"),
        *("//evil.example/a", "/\\evil.example/a", "\\\\evil.example", "https:", "https:///a"),
        *("https:\\\\evil.example", "file:///etc/passwd", "blob:x", "a b.webp", "http://[::1"),
        *("mailto:a@b.example", "a:b/c"),
    ],
)
def test_other_links_do_not(link: object) -> None:
    assert safe_link(link) is None


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("20.25", "$20.25"),
        ("0.025", "$0.025"),
        ("0.0250", "$0.025"),
        ("0", "$0.00"),
        ("1E+3", "$1,000.00"),
        ("1234567.5", "$1,234,567.50"),
        (None, "–"),
        ("NaN", "–"),
        ("free", "–"),
    ],
)
def test_money_keeps_all_of_its_digits(amount: object, shown: str) -> None:
    assert money(amount) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7500, "2 h 5 min")],
)
def test_durations_are_short(seconds: int, shown: str) -> None:
    minutes, rest = divmod(seconds, 60)
    end = moment(f"2026-11-22T{10 + minutes // 60:02}:{minutes % 60:02}:{rest:02}Z")

    assert duration(moment("2026-11-22T10:00:00Z"), end) == shown


def test_what_is_unknown_is_left_out() -> None:
    assert duration(None, moment("2026-11-22T10:00:00Z")) == ""
    assert moment("soon") is None
    assert [file_size(size) for size in (None, 0, 400, 263_096, 1_310_000)] == [
        *("", "", "1 KB", "263 KB", "1.3 MB")
    ]
    assert [language(text) for text in ("tea", "茶", "お茶", "차")] == ["", "zh-Hans", "ja", "ko"]


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("tone", ["ink", "soft", "good", "kept", "bad", "warn", "idle"])
def test_every_text_colour_has_the_contrast_of_wcag_aa(theme: int, tone: str) -> None:
    css = resources.files("rowshot.reporting.contact_sheet").joinpath("page.css").read_text("utf-8")
    block = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[theme]
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block))

    for ground in ("paper", "raised", "tint"):
        light, dark = sorted((luminance(colours[tone]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5

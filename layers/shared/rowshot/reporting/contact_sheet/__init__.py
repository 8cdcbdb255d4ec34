"""The contact sheet: one page with every picture of a run, for a person to look through.

The page is a single file. It needs no network and no server, only the pictures that it links to,
works from a folder as well as from a web server, and works without its script, which merely adds
filters, a search box and a viewer. Its content security policy lets nothing run or load but its
own two inline blocks, by their hashes, and pictures from where this run's pictures are.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import jinja2

from rowshot.reporting.contact_sheet.links import origin
from rowshot.reporting.contact_sheet.text import language, marked
from rowshot.reporting.contact_sheet.view import Link, Page, VersionLink, build_page, published_link

__all__ = ["Link", "VersionLink", "render_contact_sheet"]


def render_contact_sheet(
    report: Mapping[str, Any],
    *,
    picture: Link,
    large: Link,
    version: VersionLink = published_link,
) -> str:
    """Writes a run's report as an HTML page.

    Everything in the report is taken as text, whatever it contains; a link that is neither
    ``http(s)`` nor relative is left out.

    Args:
        report: As in ``report.json``. Its rows may also carry ``prompt``, ``model``, ``size``,
            ``recipe``, ``warnings`` and ``image_versions`` (``{"version", "image_url",
            "published_at"}``).
        picture: Gives a row's small picture for the grid, relative to the page or absolute, or
            None if it has none.
        large: Gives the picture that a click on the small one opens.
        version: Gives the link to one of a row's earlier versions; by default its ``image_url``.

    Returns:
        The whole page.
    """
    page = build_page(report, picture=picture, large=large, version=version)
    style, script = _asset("page.css"), _asset("page.js")
    return _template().render(
        page=page, style=style, script=script, policy=_policy(page, style, script)
    )


def _policy(page: Page, style: str, script: str) -> str:
    """The content security policy. ``file:`` is for browsers whose 'self' is no folder."""
    cards = (*page.attention, *page.pictures)
    links = [link for card in cards for link in (card.picture, card.large) if link]
    hosts = sorted({host for host in map(origin, links) if host})
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["img-src 'self' file: data:", *hosts]),
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text("utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["language"] = language
    environment.filters["marked"] = marked
    return environment.from_string(_asset("page.html.j2"))

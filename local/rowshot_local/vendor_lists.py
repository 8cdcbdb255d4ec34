"""hiapi's public lists of models and prices: fetched here, compared and learned by the core."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import httpx

from rowshot.errors import RowshotError
from rowshot.models import Catalogue, Refresh, merged, refresh
from rowshot_local.environment import LIVE_BASE_URL
from rowshot_local.stack import Stack

VENDOR = "https://www.hiapi.ai"  # the API's own host has no lists
_MODELS, _PRICES = "/docs/models.json", "/api/pricing"
_LARGEST = 20_000_000  # bytes; the lists have some hundred kilobytes


class ListsUnavailable(RowshotError):
    """hiapi's lists cannot be fetched."""


def lists_origin(base_url: str) -> str:
    """Where the lists of an API server are: the vendor's on its web site, others' at themselves."""
    host = urlsplit(base_url).hostname
    return VENDOR if host == urlsplit(LIVE_BASE_URL).hostname else base_url.removesuffix("/v1")


def fetch_lists(
    origin: str, *, transport: httpx.BaseTransport | None = None
) -> tuple[object, object]:
    """The model list and the price list.

    Floats are read as texts, because prices must not be rounded.

    Args:
        origin: Scheme, host and port.
        transport: What carries the requests; tests give their own.

    Raises:
        ListsUnavailable: They cannot be had, or are no JSON.
    """
    timeout = httpx.Timeout(30, connect=10)
    with httpx.Client(timeout=timeout, follow_redirects=True, transport=transport) as client:
        return _fetch(client, origin, _MODELS), _fetch(client, origin, _PRICES)


def learn_lists(stack: Stack, model_list: Any, price_list: Any) -> Refresh:
    """Compares the lists with what a stack knows, and notes in its ledger what they say.

    Raises:
        UnreadableModelList: They have a form that is not known; nothing is changed.
    """
    facts = stack.ledger.models
    learned = facts.overrides()
    news = refresh(model_list, price_list, Catalogue.from_package().with_overrides(learned))
    for model_id, override in news.overrides.items():
        combined = merged(learned.get(model_id, {}), override)
        if combined != learned.get(model_id):
            facts.learn(model_id, combined)
    return news


def _fetch(client: httpx.Client, origin: str, path: str) -> object:
    url = f"{origin.rstrip('/')}{path}"
    try:
        with client.stream("GET", url) as answer:
            answer.raise_for_status()
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > _LARGEST:
                    raise ListsUnavailable(f"{url} is far larger than any list of models.")
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise ListsUnavailable(
            f"{url} answered {status}, so nothing was changed: try again later."
        ) from error
    except httpx.HTTPError as error:
        raise ListsUnavailable(f"{url} cannot be reached, so nothing was changed.") from error
    try:
        return json.loads(body, parse_float=str)
    except ValueError as error:
        raise ListsUnavailable(f"{url} sent no JSON, so nothing was changed.") from error

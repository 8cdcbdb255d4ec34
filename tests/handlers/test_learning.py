"""What the vendor says of its models is learned, from refusals and from its lists."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, cast

import httpx
import pytest

from rowshot.clock import Clock
from rowshot.models import Catalogue, UnreadableModelList
from rowshot.planning.known_state import LedgerState, draw_up_from
from rowshot.planning.plan import Plan
from rowshot.reading import read_sheet
from rowshot.statuses import RowStatus
from rowshot_local.stack import Stack
from rowshot_local.vendor_lists import (
    VENDOR,
    ListsUnavailable,
    fetch_lists,
    learn_lists,
    lists_origin,
)
from rowshot_simulators.hiapi import SimulatorOptions
from rowshot_simulators.hiapi.service import Hiapi
from support.sheets import table
from support.world import World

QWEN = "qwen-image-2.0"
OLD, NEW, OTHER = "2048*2048", "3072*3072", "1024*1024"


def plan(world: World, data: bytes) -> Plan:
    """What `rowshot plan` would say now."""
    return draw_up_from(
        read_sheet(data, name="sheet.csv"),
        LedgerState(world.ledger),
        "sheet",
        default_model=QWEN,
        max_usd=Decimal(25),
        first=None,
    )


def test_a_refusal_that_names_values_is_used_by_the_next_plan() -> None:
    sheet = table(
        [
            {"slug": "square", "prompt": "A jar", "size": OLD},
            {"slug": "larger", "prompt": "A pot", "size": NEW},
        ]
    )
    with World() as world:
        assert [row.status for row in plan(world, sheet).rows] == [
            RowStatus.QUEUED,
            RowStatus.INVALID,
        ]
        world.hiapi.catalog.alter_enum(QWEN, "size", (NEW, OTHER))
        run_id = world.drop(sheet)
        world.run(run_id)
        square, larger = world.report(run_id)["rows"]
        # Nothing is put in the place of a size that is not taken any more.
        assert square["status"] == "failed"
        assert NEW in square["error"]
        assert OTHER in square["error"]
        assert larger["status"] == "invalid"
        assert world.books()["tasks_created"] == 0
        first, second = plan(world, sheet).rows
        assert first.status is RowStatus.INVALID
        assert first.reasons == (
            f"{QWEN} does not take the size '{OLD}': use {NEW} or {OTHER}; if 'size' is "
            "the product's own size, give that column another name.",
        )
        assert (second.status, second.cost) == (RowStatus.QUEUED, Decimal("0.025"))
        again = world.drop(sheet, "again.csv")
        world.run(again)
        assert [row["status"] for row in world.report(again)["rows"]] == ["invalid", "published"]
        (task,) = world.books()["tasks"]
        assert task["input"]["size"] == NEW


def stack_of(world: World) -> Stack:
    """The world's ledger as the laptop's commands see it."""

    class Known(Stack):
        ledger = world.ledger

    return Known({}, lambda service: cast(Any, None), Clock())


def lists() -> tuple[Any, Any]:
    catalog = Hiapi(SimulatorOptions()).catalog
    return catalog.models_document(), catalog.pricing_document()


def test_a_model_without_a_price_is_refused_until_the_lists_were_read() -> None:
    sheet = table([{"slug": "a", "prompt": "A jar", "model": "Nano-Banana-Pro"}])
    with World() as world:
        (before,) = plan(world, sheet).rows
        assert before.status is RowStatus.INVALID
        assert "rowshot models refresh" in before.reasons[0]
        news = learn_lists(stack_of(world), *lists())
        assert "Nano-Banana-Pro costs $0.09" in " ".join(news.differences)
        (after,) = plan(world, sheet).rows
        assert (after.status, after.cost) == (RowStatus.QUEUED, Decimal("0.09"))
        assert learn_lists(stack_of(world), *lists()).differences == ()


def test_lists_that_say_less_take_nothing_away_that_was_learned() -> None:
    with World() as world:
        stack = stack_of(world)
        learn_lists(stack, *lists())
        models, _ = lists()
        assert learn_lists(stack, models, {"data": []}).differences == ()
        learned = Catalogue.from_package().with_overrides(world.ledger.models.overrides())
        model = learned.find("Nano-Banana-Pro")
        assert model is not None
        assert model.price({"resolution": "4K"}) == Decimal("0.16")


def test_a_field_that_the_list_drops_is_refused_from_then_on() -> None:
    with World() as world:
        stack = stack_of(world)
        models, prices = lists()
        for entry in models["models"]:
            if entry["id"] == QWEN:
                entry["input"] = [each for each in entry["input"] if each["name"] != "seed"]
        news = learn_lists(stack, models, prices)
        assert f"{QWEN} no longer takes 'seed'." in news.differences
        (row,) = plan(world, table([{"slug": "a", "prompt": "A jar", "seed": "7"}])).rows
        assert row.status is RowStatus.INVALID
        # And it comes back as it was when the list has it again.
        learn_lists(stack, *lists())
        (row,) = plan(world, table([{"slug": "a", "prompt": "A jar", "seed": "7"}])).rows
        assert row.status is RowStatus.QUEUED


def test_unknown_forms_change_nothing() -> None:
    with World() as world:
        with pytest.raises(UnreadableModelList):
            learn_lists(stack_of(world), {"models": [{"nothing": 1}]}, {"data": []})
        assert world.ledger.models.overrides() == {}


def test_the_lists_are_where_the_server_has_them() -> None:
    assert lists_origin("https://api.hiapi.ai/v1") == VENDOR
    assert lists_origin("http://127.0.0.1:8000/v1") == "http://127.0.0.1:8000"
    models, prices = lists()
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        body = prices if request.url.path == "/api/pricing" else models
        return httpx.Response(200, text=json.dumps(body))

    fetched = cast(Any, fetch_lists(VENDOR, transport=httpx.MockTransport(answer)))
    assert asked == [f"{VENDOR}/docs/models.json", f"{VENDOR}/api/pricing"]
    assert fetched[0] == models
    # Prices arrive as texts, so that no cent is rounded.
    assert fetched[1]["data"][0]["base_usd_value"] == "0.025"


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (httpx.Response(503), "answered 503"),
        (httpx.Response(200, text="<html>"), "sent no JSON"),
        (httpx.Response(200, content=b"[" * 20_000_001), "far larger"),
    ],
)
def test_lists_that_cannot_be_had_are_told_in_a_sentence(
    response: httpx.Response, words: str
) -> None:
    with pytest.raises(ListsUnavailable, match=words):
        fetch_lists(VENDOR, transport=httpx.MockTransport(lambda _: response))

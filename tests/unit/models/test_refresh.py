"""What hiapi's own lists change, in the form that the ledger keeps."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from rowshot.models import Catalogue, UnreadableModelList, price_text, refresh

PROMPT = {"name": "prompt", "type": "string", "required": True}


def models(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"models": list(entries)}


def model(name: str, *fields: dict[str, Any], category: str = "image") -> dict[str, Any]:
    return {
        "id": name,
        "title": name,
        "category": category,
        "capability": f"text-to-{category}",
        "input": [PROMPT, *fields],
    }


def prices(**usd: Any) -> dict[str, Any]:
    return {
        "data": [
            {"model_name": name.replace("__", "/"), "base_usd_value": value, "policies": []}
            for name, value in usd.items()
        ]
    }


def test_a_model_without_a_price_gets_one() -> None:
    catalogue = Catalogue.from_package()
    found = refresh(models(), {"data": [{"model_name": "nano-banana", "base_usd_value": 0.039}]},
                    catalogue)  # fmt: skip
    assert found.differences == ("Nano-Banana costs $0.039; it was an unknown price.",)
    after = catalogue.with_overrides(found.overrides).find("Nano-Banana")
    assert after is not None
    assert after.price({"prompt": "x"}) == Decimal("0.039")


def test_policies_match_values_and_presence() -> None:
    listing = {
        "data": [
            {
                "model_name": "gpt-image-2/text-to-image",
                "base_usd_value": 0.03,
                "policies": [
                    {
                        "rule": {"resolution": {"match": "2K"}, "background": {"with": True}},
                        "usd_value": 0.05,
                    },
                    {"rule": {"resolution": {"match": ["2K", "4K"]}}, "usd_value": 0.07},
                ],
            },
            {"model_name": "gpt-image-2/text-to-image@ext", "base_usd_value": 9, "policies": []},
        ]
    }
    found = refresh(models(), listing, Catalogue.from_package())
    assert found.differences == (
        "gpt-image-2/text-to-image costs $0.03, $0.05 where resolution is 2K and background is "
        "given, $0.07 where resolution is 2K or 4K; it was $0.03, $0.04 where resolution is 2K, "
        "$0.06 where resolution is 4K.",
    )
    after = Catalogue.from_package().with_overrides(found.overrides).find("gpt-image-2")
    assert after is not None
    assert after.price({"resolution": "2k", "background": "opaque"}) == Decimal("0.05")
    assert after.price({"resolution": "2K"}) == Decimal("0.07")
    assert after.price({}) == Decimal("0.03")  # the default resolution is 1K


def test_fields_come_and_go() -> None:
    listing = models(
        model(
            "qwen-image-2.0",
            {"name": "size", "type": "string", "enum": ["2048*2048", "1024*1024"],
             "default": "1024*1024"},
            {"name": "style", "type": "enum", "enum": ["photo", "ink"], "default": "photo"},
            {"name": "seed", "type": "integer"},
            {"name": "prompt_extend", "type": "boolean", "default": False},
            {"name": "negative_prompt", "type": "string"},
        )
    )  # fmt: skip
    catalogue = Catalogue.from_package()
    found = refresh(listing, prices(), catalogue)
    assert found.differences == (
        "qwen-image-2.0 assumes False for 'prompt_extend' when it is left out.",
        "qwen-image-2.0 now takes 1024*1024 for 'size'.",
        "qwen-image-2.0 no longer takes 2688*1536, 2368*1728, 1728*2368 or 1536*2688 for 'size'.",
        "qwen-image-2.0 now takes 'style'.",
        "qwen-image-2.0 no longer takes 'watermark'.",
    )
    after = catalogue.with_overrides(found.overrides).find("qwen-image-2.0")
    assert after is not None
    assert not after.takes("watermark")
    assert after.fields["seed"].max == 2147483647, "a limit that the list does not name is kept"
    assert after.fields["size"].default == "2048*2048", "or old rows would get new pictures"
    assert after.price({"prompt": "x"}) == Decimal("0.025")


def test_new_models_are_taken_up_if_they_draw() -> None:
    listing = models(
        model("ink-3", {"name": "size", "type": "string", "enum": ["1024x768", "512x512"]}),
        model("clip-1", category="video"),
        model("edit-1", {"name": "image", "type": "string", "required": True}),
    )
    catalogue = Catalogue.from_package()
    found = refresh(listing, prices(**{"ink-3": "0.01", "clip-1": 1, "other": 2}), catalogue)
    assert found.differences == ("ink-3 is new; it costs $0.01.",)
    ink = catalogue.with_overrides(found.overrides).find("INK-3")
    assert ink is not None
    assert ink.shape("4:3") == "1024x768"
    assert ink.shape("square") == "512x512"
    assert ink.price({}) == Decimal("0.01")


def test_nothing_new_is_no_difference() -> None:
    catalogue = Catalogue.from_package()
    first = refresh(models(model("ink-3")), prices(**{"qwen-image-2.0": 0.026}), catalogue)
    learned = catalogue.with_overrides(first.overrides)
    assert refresh(
        models(model("ink-3")), prices(**{"qwen-image-2.0": 0.026}), learned
    ).differences == ()  # fmt: skip


def test_the_ledger_can_store_the_overrides() -> None:
    listing = models(model("ink-3", {"name": "cfg", "type": "number", "default": 7.5}))
    found = refresh(listing, prices(**{"ink-3": 0.1}), Catalogue.from_package())

    def refuse(text: str) -> None:
        raise AssertionError(f"a float: {text}")

    json.loads(json.dumps(found.overrides), parse_float=refuse)


@pytest.mark.parametrize(
    ("model_list", "price_list"),
    [
        ({}, {"data": []}),
        ({"models": [{"title": "x"}]}, {"data": []}),
        ({"models": []}, {"data": [{"model_name": "Nano-Banana", "base_usd_value": "free"}]}),
        ({"models": []}, {"data": [{"model_name": "Nano-Banana", "base_usd_value": -1}]}),
        ([], None),
    ],
)
def test_lists_of_another_form_change_nothing(model_list: Any, price_list: Any) -> None:
    with pytest.raises(UnreadableModelList, match="nothing was changed"):
        refresh(model_list, price_list, Catalogue.from_package())


def test_an_unreadable_rule_makes_the_price_unknown() -> None:
    listing = {
        "data": [
            {
                "model_name": "qwen-image-2.0",
                "base_usd_value": 0.025,
                "policies": [{"rule": {"size": {"above": 3}}, "usd_value": 1}],
            }
        ]
    }
    found = refresh(models(), listing, Catalogue.from_package())
    after = Catalogue.from_package().with_overrides(found.overrides).find("qwen-image-2.0")
    assert after is not None
    assert after.price({"size": "2048*2048"}) is None
    assert "some property" in price_text(after.prices)

"""The packaged models, their shapes and prices, and what is laid over them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot.models import Catalogue, Model, field_text, learn_from_refusal
from rowshot.models.prices import prices_from_json
from rowshot.models.shapes import nearest_shape, shape_names
from rowshot.money import parse_usd

CATALOGUE = Catalogue.from_package()
QWEN, FLUX = "qwen-image-2.0", "flux-schnell/text-to-image"
REFUSAL = (
    "invalid input: size: value must be one of '2688*1536', '2368*1728', '2048*2048', "
    "'1728*2368', '1536*2688'"
)


def known(name: str) -> Model:
    model = CATALOGUE.find(name)
    assert model is not None
    return model


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("qwen-image-2.0", QWEN),
        (" Qwen-Image-2.0 ", QWEN),
        ("flux-schnell", FLUX),
        (FLUX, FLUX),
        ("nano-banana-pro", "Nano-Banana-Pro"),
        ("gpt-image-2", "gpt-image-2/text-to-image"),
    ],
)
def test_find(name: str, model_id: str) -> None:
    assert known(name).id == model_id


def test_find_nothing() -> None:
    assert CATALOGUE.find("dall-e") is None


@pytest.mark.parametrize(
    ("model", "wanted", "value"),
    [
        (QWEN, "2048*2048", "2048*2048"),
        (QWEN, "2048×2048", "2048*2048"),
        (QWEN, " 2048 X 2048 ", "2048*2048"),
        (QWEN, "16:9", "2688*1536"),
        (QWEN, "16：9", "2688*1536"),
        (QWEN, "16/9", "2688*1536"),
        (QWEN, "9x16", "1536*2688"),
        (QWEN, "4:4", "2048*2048"),
        (QWEN, "Portrait", "1728*2368"),
        (QWEN, "方形", "2048*2048"),
        (QWEN, "1024x1024", None),
        (QWEN, "3:2", None),
        (QWEN, "0:1", None),
        (QWEN, "", None),
        (FLUX, "square", "1:1"),
        (FLUX, "2048*2048", None),
        (FLUX, "32:18", "16:9"),
        ("Nano-Banana", "AUTO", "auto"),
        ("gpt-image-2", "7:5", "7:5"),  # no list is documented: hiapi decides
        ("gpt-image-2", "banner!", None),
    ],
)
def test_shape(model: str, wanted: str, value: str | None) -> None:
    assert known(model).shape(wanted) == value


def test_every_packaged_default_and_aspect_is_allowed() -> None:
    for model in CATALOGUE.models.values():
        for field in model.fields.values():
            assert field.default is None or not field.enum or field.default in field.enum
        for value in model.aspects.values():
            assert value in model.shapes
        assert model.shape_field in model.fields
        assert model.fields["prompt"].required


def test_prices() -> None:
    assert known(QWEN).price({"prompt": "x"}) == Decimal("0.025")
    assert known(FLUX).price({"prompt": "x"}) == Decimal("0.005")
    assert known("gpt-image-2").price({"resolution": "4K"}) == Decimal("0.06")
    assert known("seedream").price({"quality": "high"}) == Decimal("0.10")
    assert known("Nano-Banana").price({}) is None


def test_a_refusal_teaches_the_list_that_validation_uses() -> None:
    learned = learn_from_refusal(REFUSAL.replace("'1536*2688'", "'1024*1024'"))
    assert learned is not None
    field, values = learned
    changed = CATALOGUE.with_overrides({QWEN: {"fields": {field: {"enum": values}}}}).find(QWEN)
    assert changed is not None
    assert changed.shape("1024x1024") == "1024*1024"
    assert changed.shape("9:16") is None, "its value is gone, and nothing takes its place silently"
    assert known(QWEN).shape("1024x1024") is None, "the packaged catalogue stays as it is"


def test_learned_numbers_are_numbers() -> None:
    learned = learn_from_refusal(
        "invalid input: num_inference_steps: value must be one of '1', '2'"
    )
    assert learned == ("num_inference_steps", ["1", "2"])
    overrides = {FLUX: {"fields": {learned[0]: {"enum": learned[1]}}}}
    changed = CATALOGUE.with_overrides(overrides).find(FLUX)
    assert changed is not None
    assert changed.fields["num_inference_steps"].enum == (1, 2)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "invalid input: size: required",
        "size: value must be one of 'a'",
        "invalid input: size: value must be one of ''",
        "invalid input: size: value must be one of " + ", ".join(f"'{n}'" for n in range(101)),
        f"invalid input: size: value must be one of '{'x' * 65}'",
    ],
)
def test_other_messages_teach_nothing(message: str) -> None:
    assert learn_from_refusal(message) is None


@given(st.lists(st.from_regex(r"[^']{1,20}", fullmatch=True), min_size=1, max_size=20, unique=True))
def test_learning_reads_back_every_list(values: list[str]) -> None:
    message = "invalid input: size: value must be one of " + ", ".join(f"'{v}'" for v in values)
    assert learn_from_refusal(f"HTTP 400 {message} (request 7)") == ("size", values)


@given(st.decimals(min_value=0, max_value=1000, places=6))
def test_money_survives_json(amount: Decimal) -> None:
    prices = prices_from_json({"base": str(amount)})
    assert prices is not None
    again = prices_from_json(prices.as_json())
    assert again == prices
    assert again.of({}, {}) == amount


@given(st.integers(min_value=0, max_value=2000), st.decimals("0.001", "0.2", places=3))
def test_sums_of_money_are_exact(count: int, price: Decimal) -> None:
    assert sum((parse_usd(str(price)) for _ in range(count)), Decimal(0)) == price * count


@pytest.mark.parametrize("value", ["", "free", "-1", "NaN", "Infinity", None])
def test_what_is_no_money(value: object) -> None:
    with pytest.raises(ValueError, match="no amount"):
        parse_usd(value)


def test_fields_in_words() -> None:
    fields = known(QWEN).fields
    assert field_text(fields["prompt_extend"]) == "yes or no (yes)"
    assert field_text(fields["seed"]) == "a whole number from 0 to 2147483647"
    assert (
        field_text(known("Nano-Banana").fields["prompt"])
        == "text, at most 5,000 characters, needed"
    )


def test_shapes_in_the_words_of_people() -> None:
    qwen = CATALOGUE.find(QWEN)
    assert qwen
    assert shape_names(qwen) == ["1:1", "4:3", "3:4", "16:9", "9:16"]
    assert nearest_shape(qwen, "1200×400") == "16:9 (2688×1536)"
    assert nearest_shape(qwen, "1 : 1,5") == "3:4 (1728×2368)"
    assert nearest_shape(qwen, "wide") is None
    assert nearest_shape(qwen, "0x100") is None


def test_sizes_that_were_learned_are_named_as_they_are() -> None:
    learned = CATALOGUE.with_overrides({QWEN: {"fields": {"size": {"enum": ["2048*2048", "9*1"]}}}})
    model = learned.find(QWEN)
    assert model
    assert shape_names(model) == ["1:1", "9*1"]

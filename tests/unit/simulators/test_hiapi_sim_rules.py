"""The simulated hiapi's schemas, prices, keys, pace and fault rules."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rowshot_simulators.hiapi import SimulatorOptions
from rowshot_simulators.hiapi.accounts import Account, Pace
from rowshot_simulators.hiapi.catalog import Catalog
from rowshot_simulators.hiapi.faults import Fault, FaultPlan
from rowshot_simulators.hiapi.service import Hiapi
from rowshot_simulators.hiapi.wire import Refusal, retry_after, retry_at, task_id

QWEN = "qwen-image-2.0"


def complaint(model: str, **values: object) -> str | None:
    found = Catalog.load().find(model)
    assert found is not None
    return found.complaint(values)


def test_the_size_error_has_the_documented_words() -> None:
    assert complaint(QWEN, prompt="x", size="2048x2048") == (
        "invalid input: size: value must be one of '2688*1536', '2368*1728', '2048*2048', "
        "'1728*2368', '1536*2688'"
    )


@pytest.mark.parametrize(
    ("model", "values", "words"),
    [
        (QWEN, {"prompt": "x", "aspect_ratio": "1:1"}, "aspect_ratio: unknown field"),
        (QWEN, {}, "prompt: field is required"),
        (QWEN, {"prompt": "  "}, "prompt: value must not be empty"),
        (QWEN, {"prompt": 7}, "prompt: value must be a string"),
        (QWEN, {"prompt": "x", "seed": -1}, "seed: value must be between 0 and 2147483647"),
        (QWEN, {"prompt": "x", "seed": True}, "seed: value must be an integer"),
        (QWEN, {"prompt": "x", "watermark": "no"}, "watermark: value must be a boolean"),
        ("Nano-Banana", {"prompt": "x" * 5001}, "prompt: length must be at most 5000"),
        ("seedream-5.0-pro/text-to-image", {"prompt": "abc"}, "prompt: length must be at least 4"),
        (
            "Nano-Banana-Pro",
            {"prompt": "x", "image_input": ["u"] * 9},
            "image_input: at most 8 items are allowed",
        ),
        (
            "flux-schnell/text-to-image",
            {"prompt": "x", "num_inference_steps": 5},
            "num_inference_steps: value must be between 1 and 4",
        ),
    ],
)
def test_inputs_are_refused(model: str, values: dict[str, object], words: str) -> None:
    assert complaint(model, **values) == f"invalid input: {words}"


def test_every_enum_value_and_default_is_taken() -> None:
    catalog = Catalog.load()
    for entry in catalog.models_document()["models"]:
        model = catalog.find(entry["id"])
        assert model is not None
        for field in entry["input"]:
            for value in [*field.get("enum", []), field.get("default")]:
                if value is not None:
                    assert model.complaint({"prompt": "a jar", field["name"]: value}) is None


@pytest.mark.parametrize(
    ("model", "values", "usd"),
    [
        (QWEN, {}, "0.025"),
        ("flux-schnell", {}, "0.005"),
        ("gpt-image-2/text-to-image", {}, "0.03"),
        ("gpt-image-2/text-to-image", {"resolution": "2K"}, "0.04"),
        ("gpt-image-2/text-to-image", {"resolution": "4K"}, "0.06"),
        ("seedream-5.0-pro/text-to-image", {"quality": "high"}, "0.10"),
    ],
)
def test_prices(model: str, values: dict[str, object], usd: str) -> None:
    found = Catalog.load().find(model)
    assert found is not None
    assert found.price(values) == Decimal(usd)


def test_an_enum_can_drift() -> None:
    catalog = Catalog.load()
    catalog.alter_enum(QWEN, "size", ("1024*1024", "2048*2048"))
    model = catalog.find(QWEN)
    assert model is not None
    assert model.complaint({"prompt": "x", "size": "1024*1024"}) is None
    assert "must be one of '1024*1024'" in (model.complaint({"prompt": "x", "size": "9"}) or "")
    catalog.alter_enum(QWEN, "size", ("1024*1024",))
    assert catalog.find(QWEN).value({}, "size") == "1024*1024"  # type: ignore[union-attr]


def test_a_task_id_is_a_ulid_that_sorts_by_time() -> None:
    early, late = task_id(1_800_000_000.0), task_id(1_800_000_000.01)
    assert len(early) == len("tk-hiapi-") + 26
    assert early < late


def test_retry_after_takes_both_forms() -> None:
    assert retry_after(4.2) == {"Retry-After": "5"}
    assert retry_at(1_800_000_059.2) == {"Retry-After": "Fri, 15 Jan 2027 08:01:00 GMT"}


def test_a_pace_allows_a_burst_and_then_the_rate() -> None:
    pace = Pace(per_s=2, burst=3)
    assert [pace.take(100.0) for _ in range(4)] == [0, 0, 0, 1.0]
    assert pace.take(100.5) == 0
    assert pace.take(100.5) > 0


def test_a_key_in_flight_is_held_and_let_go() -> None:
    account = Account("t", SimulatorOptions())
    with account.processing("k", "body"):
        with pytest.raises(Refusal) as same, account.processing("k", "body"):
            pass
        with pytest.raises(Refusal) as other, account.processing("k", "other body"):
            pass
        with account.processing("another", "body"), account.processing(None, "body"):
            pass
    assert (same.value.status, same.value.headers["Retry-After"]) == (409, "5")
    assert (other.value.status, other.value.code) == (422, "IDEMPOTENCY_KEY_MISMATCH")
    with account.processing("k", "body"):
        pass


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a\x7f"])
def test_a_malformed_key_is_refused(key: str) -> None:
    account = Account("t", SimulatorOptions())
    with pytest.raises(Refusal) as refused, account.processing(key, "body"):
        pass
    assert refused.value.status == 400


def test_a_key_is_remembered_for_a_day_of_nominal_time() -> None:
    moments = [1_800_000_000.0]
    hiapi = Hiapi(SimulatorOptions(now=lambda: moments[-1], time_scale=0.1))
    account = hiapi.accounts[hiapi.options.tokens[0]]
    body = b'{"model": "qwen-image-2.0", "input": {"prompt": "x"}}'
    task, _ = hiapi.create(account, body, "k")
    moments.append(moments[0] + 8_639)
    assert hiapi.create(account, body, "k") == (task, True)
    with pytest.raises(Refusal) as refused:
        hiapi.create(account, body + b" ", "k")
    assert refused.value.status == 422
    moments.append(moments[0] + 8_640)
    again, replayed = hiapi.create(account, body, "k")
    assert (again.id == task.id, replayed) == (False, False)


def test_an_empty_account_buys_nothing_until_topped_up() -> None:
    hiapi = Hiapi(SimulatorOptions(balance_usd=Decimal("0.03")))
    account = hiapi.accounts[hiapi.options.tokens[0]]
    body = b'{"model": "qwen-image-2.0", "input": {"prompt": "x"}}'
    hiapi.create(account, body, "first")
    with pytest.raises(Refusal) as refused:
        hiapi.create(account, body, "second")
    assert (refused.value.status, refused.value.code) == (402, "INSUFFICIENT_QUOTA")
    assert (len(hiapi.tasks), account.balance) == (1, Decimal("0.005"))
    hiapi.top_up(account.token, Decimal(1))
    assert hiapi.create(account, body, "second")[1] is False


def struck(fault: Fault, calls: int, seed: int = 0) -> list[int]:
    plan = FaultPlan(seed)
    plan.add([fault])
    return [call for call in range(1, calls + 1) if plan.at_request("create", "a jar", "t")]


def test_when_a_rule_fires() -> None:
    assert struck(Fault("create", "reset"), 3) == [1, 2, 3]
    assert struck(Fault("create", "reset", times=2), 5) == [1, 2]
    assert struck(Fault("create", "reset", nth=(2, 4)), 5) == [2, 4]
    assert struck(Fault("create", "reset", every=3), 9) == [3, 6, 9]
    assert struck(Fault("create", "reset", prompt="wine"), 3) == []
    assert struck(Fault("create", "reset", prompt="jar"), 2) == [1, 2]
    assert struck(Fault("create", "reset", account="other"), 2) == []
    assert struck(Fault("detail", "reset"), 2) == []


def test_chance_comes_from_the_seed() -> None:
    rule = Fault("create", "reset", probability=0.3)
    assert struck(rule, 200, seed=1) == struck(rule, 200, seed=1)
    assert struck(rule, 200, seed=1) != struck(rule, 200, seed=2)
    assert 30 < len(struck(rule, 200, seed=1)) < 90


def test_the_first_rule_that_fires_wins_and_the_others_do_not_count() -> None:
    plan = FaultPlan()
    plan.add([Fault("create", "reset", nth=(1,)), Fault("create", "half")])
    kinds = [plan.at_request("create", "", "").kind for _ in range(2)]  # type: ignore[union-attr]
    assert kinds == ["reset", "half"]
    assert [rule["matched"] for rule in plan.report()] == [2, 1]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"on": "create", "kind": "reset", "nht": 1}, "nht"),
        ({"on": "create"}, "needs"),
        ({"on": "craete", "kind": "reset"}, "craete"),
        ({"on": "create", "kind": "stuck"}, "stuck"),
        ({"on": "task", "kind": "reset"}, "reset"),
        ({"on": "create", "kind": "reset", "when": "later"}, "later"),
        ({"on": "create", "kind": "status", "shape": "round"}, "round"),
        ({"on": "task", "kind": "picture", "flaw": "ugly"}, "ugly"),
    ],
)
def test_a_rule_with_a_slip_is_refused(rule: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Fault.from_json(rule)

"""The benchmarks' own arithmetic: a wrong yardstick would praise anything."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def test_six_places_take_the_next_task_as_soon_as_one_is_free() -> None:
    from bench.ideal import ideal_seconds

    assert ideal_seconds([10.0] * 6) == 10
    assert ideal_seconds([10.0] * 7) == 20
    assert ideal_seconds([30, 10, 10, 10, 10, 10, 25]) == 35
    assert ideal_seconds([5.0, 7.0], places=1) == 12


def test_a_batch_without_gaps_is_all_of_the_ideal() -> None:
    from bench.observed import Observed

    tasks: list[dict[str, Any]] = [
        {"task_id": "a", "created": 100.0, "completed": 110.0, "latency_s": 10.0, "polls": 3},
        {"task_id": "b", "created": 100.0, "completed": 120.0, "latency_s": 20.0, "polls": 5},
    ]
    seen = Observed(tasks, {"a": 112.0, "b": 120.0}, {"a": 115.0})
    assert seen.utilisation == 1
    assert seen.polls_per_row == 4
    assert seen.delay(0.9) == 2
    assert seen.sheet_delay() == 5


def test_states_are_counted_as_aws_does() -> None:
    from bench.usage import transitions_of

    entered = ["TaskStateEntered", "WaitStateEntered", "TaskStateEntered", "ChoiceStateEntered"]
    events = [{"type": name} for name in ("ExecutionStarted", *entered, "TaskSucceeded")]
    assert transitions_of(events) == 5  # the start counts as one


def test_every_price_names_its_source() -> None:
    prices = json.loads((ROOT / "bench" / "prices.json").read_text(encoding="utf-8"))
    sources = prices["sources"]
    unnamed = [
        name
        for name in prices["usd"]
        if name != "picture" and not any(name.startswith(source) for source in sources)
    ]
    assert unnamed == []


def test_what_was_used_survives_being_kept() -> None:
    from bench.usage import Usage

    usage = Usage(rows=2, transitions=16)
    usage.calls["poll"] += 3
    usage.seconds["poll"] = 1.5
    assert Usage.from_json(json.loads(json.dumps(usage.to_json()))) == usage


def test_the_places_of_hiapi_stay_busy_with_few_looks() -> None:
    """On virtual time, so that it is the same everywhere: what the pacing was tuned for."""
    from bench.pacing import one, the_loop

    ours = one(seed=60)
    loop = the_loop(ours.tasks)
    assert ours.utilisation >= 0.97
    assert ours.utilisation >= 1.05 * loop.utilisation
    assert ours.polls_per_row <= 0.7 * loop.polls_per_row
    assert ours.delay() <= 4
    assert ours.delay(0.95) <= 6  # two of them are what the benchmark says that Publish takes

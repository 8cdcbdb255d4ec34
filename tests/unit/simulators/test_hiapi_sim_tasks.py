"""The simulated hiapi's places, statuses, latencies and figures, worked out from a clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowshot_simulators.hiapi import SimulatorOptions
from rowshot_simulators.hiapi.books import most_at_once, state
from rowshot_simulators.hiapi.faults import Fault
from rowshot_simulators.hiapi.service import Hiapi
from rowshot_simulators.hiapi.tasks import Fate, Places, Task
from rowshot_simulators.hiapi.wire import Refusal


class FakeClock:
    """Wall time that moves when it is told to."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def a_body(prompt: str = "a jar of honey", **fields: object) -> bytes:
    return json.dumps({"model": "qwen-image-2.0", "input": {"prompt": prompt, **fields}}).encode()


def hiapi_at(clock: Callable[[], float], **options: object) -> Hiapi:
    return Hiapi(SimulatorOptions(now=clock, **options))  # type: ignore[arg-type]


def bought(hiapi: Hiapi, prompt: str = "a jar of honey", key: str | None = None) -> Task:
    account = hiapi.accounts[hiapi.options.tokens[0]]
    return hiapi.create(account, a_body(prompt), key)[0]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 30)), min_size=1, max_size=40),
    st.integers(1, 6),
)
def test_places_serve_first_come_first_served_without_gaps(
    arrivals: list[tuple[int, int]], size: int
) -> None:
    """Against the plainest model there is: each task takes the place that is free first."""
    places, free, now = Places(size), [0.0] * size, 0.0
    for gap, latency in arrivals:
        now += gap
        place = min(range(size), key=lambda at: free[at])
        started = max(now, free[place])
        free[place] = started + latency
        assert places.admit(now, latency) == (started, free[place])


def test_six_progress_and_the_rest_wait_in_line() -> None:
    clock = FakeClock()
    hiapi = hiapi_at(clock, latency_s=(10, 10))
    tasks = [bought(hiapi, f"jar {number}") for number in range(8)]
    clock.now += 1
    assert [task.status(clock.now) for task in tasks] == ["handling"] * 6 + ["queued"] * 2
    clock.now += 9.5
    assert [task.status(clock.now) for task in tasks] == ["success"] * 6 + ["handling"] * 2
    figures = state(hiapi)
    assert (figures["in_flight"], figures["max_in_flight"]) == (2, 8)
    assert figures["max_progressing"] == 6


def test_places_belong_to_an_account() -> None:
    clock = FakeClock()
    hiapi = hiapi_at(clock, tokens=("one", "other"), latency_s=(10, 10))
    for number in range(6):
        bought(hiapi, f"jar {number}")
    theirs, _ = hiapi.create(hiapi.accounts["other"], a_body(), None)
    assert theirs.started == clock.now


def test_a_task_walks_through_its_statuses() -> None:
    clock = FakeClock()
    hiapi = hiapi_at(clock, latency_s=(40, 40), time_scale=0.5)
    task = bought(hiapi)
    seen = [(after, task.status(clock.now + after)) for after in (0, 17.9, 18.1, 19.9, 20.0)]
    assert [status for _, status in seen] == [
        "handling", "handling", "archiving", "archiving", "success",
    ]  # fmt: skip
    view = hiapi.view(task, "http://pictures")
    assert (view["status"], view["completed"]) == ("handling", 0)
    assert "output" not in view
    clock.now += 20
    view = hiapi.view(task, "http://pictures")
    assert view["completed"] == view["created"] + 20
    assert view["output"][0]["expireAt"] == view["completed"] + 43_200
    assert "input" not in view


@pytest.mark.parametrize("draws_by", ["order", "prompt"])
def test_the_same_seed_draws_the_same_latencies(draws_by: str) -> None:
    prompts = [f"jar {number}" for number in range(20)]

    def drawn(seed: int, order: list[str]) -> list[float]:
        hiapi = hiapi_at(FakeClock(), seed=seed, draws_by=draws_by)
        return [bought(hiapi, prompt).latency_s for prompt in order]

    first = drawn(7, prompts)
    assert first == drawn(7, prompts)
    assert first != drawn(8, prompts)
    assert all(25 <= latency <= 45 for latency in first)
    backwards = drawn(7, prompts[::-1])
    assert sorted(backwards) == sorted(first)
    assert (backwards == first) == (draws_by == "order")


def test_at_time_scale_0_everything_is_done_at_the_first_look() -> None:
    hiapi = hiapi_at(FakeClock(), time_scale=0)
    task = bought(hiapi)
    assert task.status(hiapi.now()) == "success"
    assert hiapi.expires(task) > hiapi.now()


def test_ten_thousand_tasks_are_no_burden() -> None:
    hiapi = hiapi_at(FakeClock(), time_scale=0.02)
    for number in range(10_000):
        bought(hiapi, f"jar {number}", f"key {number}")
    figures = state(hiapi, with_tasks=False)
    assert (figures["tasks_created"], figures["max_progressing"]) == (10_000, 6)
    assert figures["charged_usd"] == "250.000"


def test_a_stuck_task_ends_when_released() -> None:
    clock = FakeClock()
    hiapi = hiapi_at(clock, faults=(Fault("task", "stuck", nth=(1,)),))
    stuck, other = bought(hiapi, "jar 1"), bought(hiapi, "jar 2")
    clock.now += 86_400
    assert (stuck.status(clock.now), other.status(clock.now)) == ("handling", "success")
    assert state(hiapi)["stuck"] == 1
    assert hiapi.release(None) == [stuck.id]
    assert stuck.status(clock.now) == "success"
    assert stuck.finished == clock.now


def test_the_journal_keeps_tasks_keys_and_money_over_a_restart(tmp_path: Path) -> None:
    clock, file = FakeClock(), tmp_path / "kept" / "hiapi.jsonl"
    first = hiapi_at(clock, state_file=file, faults=(Fault("task", "stuck", prompt="wine"),))
    task, stuck = bought(first, key="k"), bought(first, "wine")
    first.release(stuck.id)
    with file.open("a") as torn:
        torn.write('{"task": {"id": "tk-hia')
    second = hiapi_at(clock, state_file=file)
    assert second.tasks[task.id] == task
    assert second.tasks[stuck.id].finished == stuck.finished
    assert second.signature(task.id) == first.signature(task.id)
    account = second.accounts[second.options.tokens[0]]
    assert second.create(account, a_body(), "k") == (task, True)
    bought(second, "after the tear")
    assert len(hiapi_at(clock, state_file=file).tasks) == 3


def test_a_token_that_is_no_longer_valid_is_not_let_in_by_the_journal(tmp_path: Path) -> None:
    file = tmp_path / "hiapi.jsonl"
    bought(hiapi_at(FakeClock(), state_file=file, tokens=("old",)))
    with pytest.raises(Refusal) as refused:
        hiapi_at(FakeClock(), state_file=file, tokens=("new",)).account("Bearer old")
    assert refused.value.status == 401


def test_spans_that_touch_do_not_overlap() -> None:
    assert most_at_once([(0, 2), (2, 4), (1, 3), (5, 5)]) == 2
    assert most_at_once([]) == 0


def test_a_fate_survives_json() -> None:
    task = bought(hiapi_at(FakeClock()))
    task.fate = Fate(fail_code="TASK_FAILED", fail_message="灯光", flaw="cmyk")
    assert Task.from_json(json.loads(json.dumps(task.to_json()))) == task

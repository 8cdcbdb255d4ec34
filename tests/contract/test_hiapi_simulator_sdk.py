"""The simulated hiapi as the vendor's own SDK sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import hiapi
import pytest

from rowshot_simulators.hiapi import HiapiSimulator, SimulatorOptions, start_simulator

MODEL = "qwen-image-2.0"
INPUT = {"prompt": "一罐桂花蜂蜜", "size": "2048*2048"}


@pytest.fixture
def simulator() -> Iterator[HiapiSimulator]:
    options = SimulatorOptions(time_scale=0.005, max_edge=64, tokens=("sk-one", "sk-other"))
    with start_simulator(options) as running:
        yield running


@pytest.fixture
def client(simulator: HiapiSimulator) -> hiapi.HiAPI:
    return a_client(simulator)


def a_client(simulator: HiapiSimulator, token: str | None = None, retries: int = 0) -> hiapi.HiAPI:
    """The SDK for an account, by default the first; it goes on ``retries`` times by itself."""
    key = token or simulator.token
    return hiapi.HiAPI(key, base_url=simulator.base_url, timeout=5, max_retries=retries)


def test_a_task_runs_from_create_to_a_picture(client: hiapi.HiAPI) -> None:
    statuses: list[str] = []
    task = client.tasks.run(
        model=MODEL,
        input=INPUT,
        poll_interval=0.005,
        on_update=lambda seen: statuses.append(seen.status),
    )
    assert task.succeeded
    assert (task.model, task.output[0].type) == (MODEL, "image")
    assert task.created_at is not None and task.completed_at is not None
    assert task.output[0].expire_at is not None and task.output[0].expire_at > time.time()
    assert statuses[0] in ("queued", "handling")
    assert statuses[-1] == "success"
    assert statuses == sorted(statuses, key=["queued", "handling", "archiving", "success"].index)


def test_a_running_task_has_no_completion_and_no_output(client: hiapi.HiAPI) -> None:
    task = client.tasks.retrieve(client.tasks.create(model=MODEL, input=INPUT).task_id)
    assert not task.is_terminal
    assert (task.completed_at, task.output, task.error) == (None, [], None)
    assert task.raw["completed"] == 0


def test_the_list_is_paged_newest_first(simulator: HiapiSimulator, client: hiapi.HiAPI) -> None:
    ids = [client.tasks.create(model=MODEL, input=INPUT).task_id for _ in range(5)]
    page = client.tasks.list(page=2, size=2)
    assert (page.page, page.size, page.total) == (2, 2, 5)
    assert [task.task_id for task in page.items] == [ids[2], ids[1]]
    assert all("input" not in task.raw for task in page.items)
    assert a_client(simulator, "sk-other").tasks.list().total == 0


@pytest.mark.parametrize(("page", "size"), [(0, 0), (-1, 101), (1, 1000)])
def test_paging_out_of_range_is_silently_reset(client: hiapi.HiAPI, page: int, size: int) -> None:
    shown = client.tasks.list(page=page, size=size)
    assert (shown.page, shown.size) == (1, 10)


def test_the_same_key_and_body_buy_once(simulator: HiapiSimulator, client: hiapi.HiAPI) -> None:
    first = client.tasks.create(model=MODEL, input=INPUT, idempotency_key="row-1")
    again = client.tasks.create(model=MODEL, input=INPUT, idempotency_key="row-1")
    assert (first.idempotent_replay, again.idempotent_replay) == (False, True)
    assert again.task_id == first.task_id
    state = simulator.state()
    assert (state["tasks_created"], state["replays"], state["charged_usd"]) == (1, 1, "0.025")
    theirs = a_client(simulator, "sk-other").tasks.create(
        model=MODEL, input=INPUT, idempotency_key="row-1"
    )
    assert theirs.task_id != first.task_id


def test_the_same_key_with_another_body_is_a_mismatch(client: hiapi.HiAPI) -> None:
    client.tasks.create(model=MODEL, input=INPUT, idempotency_key="row-1")
    with pytest.raises(hiapi.IdempotencyKeyMismatchError):
        client.tasks.create(model=MODEL, input={"prompt": "x"}, idempotency_key="row-1")


def test_a_key_in_flight_is_a_conflict_that_the_sdk_waits_out(simulator: HiapiSimulator) -> None:
    simulator.add_faults({"on": "create", "kind": "processing", "times": 1})
    with pytest.raises(hiapi.IdempotencyKeyProcessingError):
        a_client(simulator).tasks.create(model=MODEL, input=INPUT, idempotency_key="row-1")
    assert simulator.state()["tasks_created"] == 0


@pytest.mark.parametrize(
    ("model", "values", "error", "words"),
    [
        (MODEL, {"prompt": "x", "size": "1:1"}, hiapi.InvalidRequestError, "'2688*1536', "),
        (MODEL, {"prompt": "x", "style": "1"}, hiapi.InvalidRequestError, "style: unknown field"),
        ("dall-e", {"prompt": "x"}, hiapi.NotFoundError, ""),
    ],
)
def test_bad_requests(
    client: hiapi.HiAPI,
    model: str,
    values: dict[str, str],
    error: type[hiapi.APIError],
    words: str,
) -> None:
    with pytest.raises(error) as raised:
        client.tasks.create(model=model, input=values)
    assert words in str(raised.value)


def test_an_unknown_route_names_the_routes_there_are(client: hiapi.HiAPI) -> None:
    with pytest.raises(hiapi.InvalidRequestError, match="available: default"):
        client.tasks.create(model=MODEL, input=INPUT, route="pro")


def test_a_wrong_key_is_an_authentication_error(simulator: HiapiSimulator) -> None:
    with pytest.raises(hiapi.AuthenticationError):
        a_client(simulator, "sk-wrong").tasks.create(model=MODEL, input=INPUT)


def test_a_task_of_another_account_does_not_exist(simulator: HiapiSimulator) -> None:
    task = a_client(simulator).tasks.create(model=MODEL, input=INPUT)
    for stranger, wanted in (("sk-other", task.task_id), ("sk-one", "tk-hiapi-unknown")):
        with pytest.raises(hiapi.NotFoundError):
            a_client(simulator, stranger).tasks.retrieve(wanted)


def test_a_failed_task_says_why(simulator: HiapiSimulator, client: hiapi.HiAPI) -> None:
    simulator.add_faults(
        {"on": "task", "kind": "fail", "code": "TASK_TIMEOUT", "message": "upstream is slow"}
    )
    with pytest.raises(hiapi.TaskFailed, match="upstream is slow") as raised:
        client.tasks.run(model=MODEL, input=INPUT, poll_interval=0.01)
    assert raised.value.code == "TASK_TIMEOUT"
    assert raised.value.task.completed_at is not None


@pytest.mark.parametrize("as_date", [False, True])
def test_rate_limits_and_outages_are_retried_by_the_sdk(
    simulator: HiapiSimulator, as_date: bool
) -> None:
    simulator.add_faults(
        {
            "on": "create",
            "kind": "status",
            "status": 429,
            "retry_after_s": 0,
            "retry_after_date": as_date,
            "nth": 1,
        },
        {"on": "create", "kind": "status", "status": 503, "retry_after_s": 0, "nth": 1},
    )
    a_client(simulator, retries=2).tasks.create(model=MODEL, input=INPUT)
    assert [rule["fired"] for rule in simulator.state()["faults"]] == [1, 1]
    assert simulator.state()["creates"] == 3


def test_a_lost_answer_is_settled_by_the_same_key(simulator: HiapiSimulator) -> None:
    simulator.add_faults({"on": "create", "kind": "reset", "when": "after", "nth": 1})
    task = a_client(simulator, retries=1).tasks.create(
        model=MODEL, input=INPUT, idempotency_key="row-1"
    )
    assert task.idempotent_replay
    assert simulator.state()["by_idempotency_key"] == {"row-1": task.task_id}


def test_without_a_key_a_lost_answer_is_an_unknown_outcome(simulator: HiapiSimulator) -> None:
    simulator.add_faults({"on": "create", "kind": "reset", "when": "after"})
    with pytest.raises(hiapi.APIConnectionError):
        a_client(simulator, retries=2).tasks.create(model=MODEL, input=INPUT)
    assert simulator.state()["tasks_created"] == 1


def test_too_many_requests_a_second_are_held_back() -> None:
    with start_simulator(SimulatorOptions(requests_per_s=0.5, burst=2)) as simulator:
        client = a_client(simulator)
        client.tasks.list()
        client.tasks.list()
        with pytest.raises(hiapi.APIError) as raised:
            client.tasks.list()
    assert raised.value.status == 429


def test_an_unknown_status_is_no_end(simulator: HiapiSimulator, client: hiapi.HiAPI) -> None:
    simulator.add_faults({"on": "task", "kind": "unknown_status", "word": "reviewing"})
    statuses: list[str] = []
    task = client.tasks.run(
        model=MODEL,
        input=INPUT,
        poll_interval=0.005,
        on_update=lambda seen: statuses.append(seen.status),
    )
    assert task.succeeded
    assert "reviewing" in statuses

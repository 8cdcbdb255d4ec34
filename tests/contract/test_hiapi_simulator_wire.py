"""The simulated hiapi byte by byte: answers, links, faults and the admin routes."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from PIL import Image

from rowshot_simulators.hiapi import HiapiSimulator, SimulatorOptions, start_simulator

MODEL = "qwen-image-2.0"


@pytest.fixture
def simulator() -> Iterator[HiapiSimulator]:
    with start_simulator(SimulatorOptions(time_scale=0, max_edge=96)) as running:
        yield running


def api(simulator: HiapiSimulator, timeout: float = 10) -> httpx.Client:
    headers = {"Authorization": f"Bearer {simulator.token}"}
    return httpx.Client(base_url=simulator.base_url, headers=headers, timeout=timeout)


def created(
    client: httpx.Client, prompt: str = "a jar", key: str | None = None, **fields: Any
) -> httpx.Response:
    body = json.dumps({"model": MODEL, "input": {"prompt": prompt}, **fields})
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/v1/tasks", content=body, headers=headers)


def finished(client: httpx.Client, prompt: str = "a jar", **fields: Any) -> dict[str, Any]:
    task_id = created(client, prompt, **fields).json()["data"]["taskId"]
    answer = client.get(f"/v1/tasks/{task_id}").json()
    assert (answer["code"], answer["message"]) == (200, "success")
    data: dict[str, Any] = answer["data"]
    return data


def test_a_picture_is_a_png_of_the_size_on_another_origin(simulator: HiapiSimulator) -> None:
    with api(simulator) as client:
        task = finished(client, storage="persistent")
    output = task["output"]
    assert task["storage"] == "persistent"
    assert len(output) == 1 and output[0]["type"] == "image"
    assert httpx.URL(output[0]["url"]).port != httpx.URL(simulator.base_url).port
    answer = httpx.get(output[0]["url"])
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (96, 96)
    assert simulator.state()["downloads"] == 1


def test_a_link_needs_its_signature(simulator: HiapiSimulator) -> None:
    with api(simulator) as client:
        url = httpx.URL(finished(client)["output"][0]["url"])
    assert len(url.params["signature"]) >= 32
    for guess in ("", "0" * 32):
        assert httpx.get(url.copy_with(params={"signature": guess})).status_code == 404
    assert httpx.get(f"{simulator.output_url}/v1/tasks").status_code == 404


def test_the_picture_of_a_running_task_cannot_be_had() -> None:
    with start_simulator() as simulator, api(simulator) as client:
        task_id = created(client).json()["data"]["taskId"]
        signature = simulator.hiapi.signature(task_id)
        url = f"{simulator.output_url}/outputs/{task_id}.png?signature={signature}"
        assert httpx.get(url).status_code == 404


def test_an_api_key_sent_with_a_download_is_noticed(simulator: HiapiSimulator) -> None:
    with api(simulator) as client:
        url = finished(client)["output"][0]["url"]
        httpx.get(url)
        assert simulator.state()["downloads_with_authorization"] == 0
        client.get(url)
        assert simulator.state()["downloads_with_authorization"] == 1


@pytest.mark.parametrize(("status", "kind"), [(404, "NoSuchKey"), (403, "AccessDenied")])
def test_an_expired_link(status: int, kind: str) -> None:
    options = SimulatorOptions(time_scale=0, expired_as=status)  # type: ignore[arg-type]
    with start_simulator(options) as simulator, api(simulator) as client:
        simulator.add_faults({"on": "task", "kind": "lifetime", "seconds": 0})
        output = finished(client)["output"][0]
        assert output["expireAt"] <= time.time()
        answer = httpx.get(output["url"])
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/xml")
    assert f"<Code>{kind}</Code>" in answer.text


@pytest.mark.parametrize(
    ("shape", "read"),
    [
        ("coded", lambda body: (body["code"], body["error_code"], body["data"])),
        (
            "plain",
            lambda body: (body["code"], "E", None if set(body) == {"code", "message"} else 0),
        ),
        ("nested", lambda body: (503, body["error"]["code"], None)),
    ],
)
def test_the_three_error_shapes(simulator: HiapiSimulator, shape: str, read: Any) -> None:
    simulator.add_faults({"on": "list", "kind": "status", "shape": shape, "code": "E"})
    with api(simulator) as client:
        answer = client.get("/v1/tasks")
    assert answer.status_code == 503
    assert read(answer.json()) == (503, "E", None)


def test_html_broken_json_and_half_an_answer(simulator: HiapiSimulator) -> None:
    simulator.add_faults(
        {"on": "list", "kind": "status", "status": 502, "shape": "html", "nth": 1},
        {"on": "list", "kind": "html", "nth": 1},
        {"on": "list", "kind": "broken_json", "nth": 1},
        {"on": "list", "kind": "half", "nth": 1},
    )
    with api(simulator) as client:
        proxy, page, broken = (client.get("/v1/tasks") for _ in range(3))
        assert (proxy.status_code, proxy.headers["content-type"][:9]) == (502, "text/html")
        assert (page.status_code, page.headers["content-type"][:9]) == (200, "text/html")
        with pytest.raises(ValueError, match=r"delimiter|Expecting"):
            broken.json()
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/v1/tasks")
        assert client.get("/v1/tasks").json()["code"] == 200


@pytest.mark.parametrize(("when", "bought"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("kind", ["reset", "status"])
def test_before_and_after_the_task_was_created(
    simulator: HiapiSimulator, kind: str, when: str, bought: int
) -> None:
    simulator.add_faults({"on": "create", "kind": kind, "when": when, "status": 502, "nth": 1})
    with api(simulator) as client:
        if kind == "reset":
            with pytest.raises(httpx.ReadError):
                created(client, key="k")
        else:
            assert created(client, key="k").status_code == 502
        assert simulator.state()["tasks_created"] == bought
        again = created(client, key="k")
    assert again.headers.get("Idempotent-Replay") == ("true" if bought else None)
    assert simulator.state()["tasks_created"] == 1


def test_a_slow_create_holds_its_key() -> None:
    with start_simulator(SimulatorOptions(time_scale=0.1)) as slow, api(slow) as client:
        slow.add_faults({"on": "create", "kind": "delay", "seconds": 8, "when": "after", "nth": 1})
        first: list[httpx.Response] = []
        waiting = threading.Thread(target=lambda: first.append(created(client, key="k")))
        waiting.start()
        while not slow.state()["tasks_created"]:
            waiting.join(0.01)
        with api(slow) as impatient:
            conflict = created(impatient, key="k")
            mismatch = created(impatient, "another prompt", key="k")
        waiting.join()
        assert (conflict.status_code, conflict.headers["Retry-After"]) == (409, "5")
        assert conflict.json()["error_code"] == "IDEMPOTENCY_KEY_PROCESSING"
        assert mismatch.status_code == 422
        replay = created(client, key="k")
    assert replay.json() == first[0].json()
    assert (replay.headers["Idempotent-Replay"], slow.state()["tasks_created"]) == ("true", 1)


def test_the_key_is_bound_to_the_raw_bytes(simulator: HiapiSimulator) -> None:
    with api(simulator) as client:
        one = {"content": b'{"model":"qwen-image-2.0","input":{"prompt":"x"}}'}
        same = {"content": b'{"input":{"prompt":"x"},"model":"qwen-image-2.0"}'}
        headers = {"Idempotency-Key": "k"}
        assert client.post("/v1/tasks", **one, headers=headers).status_code == 200
        answer = client.post("/v1/tasks", **same, headers=headers)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "IDEMPOTENCY_KEY_MISMATCH")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b'{"model":"\\ud800"}',
        b'{"model":"qwen-image-2.0"}',
        b'{"model":"qwen-image-2.0","in":{}}',
    ],
)
def test_a_body_that_is_no_order_is_refused(simulator: HiapiSimulator, raw: bytes) -> None:
    with api(simulator) as client:
        answer = client.post("/v1/tasks", content=raw, headers={"Idempotency-Key": "k"})
        assert answer.status_code in (400, 404)
        assert created(client, key="k").status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"storage": "for ever"}, "storage: value must be one of 'temp', 'persistent'"),
        ({"callback": {"url": "http://shop"}}, "callback: url must be"),
        ({"callback": {"url": "https://shop", "when": "now"}}, "callback: when"),
        ({"priority": 1}, "priority: unknown field"),
    ],
)
def test_fields_beside_the_input(
    simulator: HiapiSimulator, fields: dict[str, Any], words: str
) -> None:
    with api(simulator) as client:
        answer = created(client, **fields)
        assert (answer.status_code, words in answer.json()["message"]) == (400, True)
        good = {"storage": "temp", "callback": {"url": "https://shop", "when": "final"}}
        assert created(client, **good).status_code == 200


def test_money_runs_out_and_comes_back() -> None:
    options = SimulatorOptions(balance_usd=Decimal("0.02"))
    with start_simulator(options) as simulator, api(simulator) as client:
        refused = created(client, key="k")
        assert (refused.status_code, refused.json()["error_code"]) == (402, "INSUFFICIENT_QUOTA")
        answer = client.post("/_sim/topup", json={"usd": "1"})
        assert answer.json() == {"balance_usd": "1.02"}
        assert created(client, key="k").status_code == 200
        assert simulator.state()["accounts"][simulator.token]["balance_usd"] == "0.995"


def test_faults_are_set_read_and_cleared_by_the_admin_routes(simulator: HiapiSimulator) -> None:
    with api(simulator) as client:
        client.post("/_sim/faults", json={"on": "list", "kind": "status", "status": 403})
        assert client.get("/v1/tasks").json()["error"]["code"] == "permission_denied"
        assert client.get("/_sim/state?tasks=0").json()["faults"][0]["fired"] == 1
        more = {"clear": True, "faults": [{"on": "list", "kind": "status", "status": 401}]}
        client.post("/_sim/faults", json=more)
        assert client.get("/v1/tasks").status_code == 401
        client.delete("/_sim/faults")
        assert client.get("/v1/tasks").status_code == 200
        slip = client.post("/_sim/faults", json=[{"on": "list", "kind": "rest"}])
        assert (slip.status_code, "rest" in slip.json()["message"]) == (400, True)


def test_a_schema_drifts_and_the_400_tells(simulator: HiapiSimulator) -> None:
    with api(simulator) as client:
        drift = {"model": MODEL, "field": "size", "enum": ["1024*1024"]}
        assert client.post("/_sim/schema", json=drift).status_code == 200
        body = {"model": MODEL, "input": {"prompt": "x", "size": "2048*2048"}}
        answer = client.post("/v1/tasks", json=body)
        assert answer.json()["message"] == ("invalid input: size: value must be one of '1024*1024'")
        listed = client.get("/docs/models.json").json()["models"][0]
        assert {"name": "size", "type": "string", "required": False, "enum": ["1024*1024"],
                "default": "1024*1024"} in listed["input"]  # fmt: skip


def test_the_public_documents_have_the_vendors_form(simulator: HiapiSimulator) -> None:
    models = httpx.get(f"{simulator.base_url}/docs/models.json").json()["models"]
    prices = httpx.get(f"{simulator.base_url}/api/pricing").json()["data"]
    assert {"id", "title", "category", "capability", "input"} == set(models[0])
    assert [model["id"] for model in models] == [price["model_name"] for price in prices]
    by_name = {price["model_name"]: price for price in prices}
    assert by_name[MODEL] == {"model_name": MODEL, "base_usd_value": 0.025, "policies": []}
    assert by_name["seedream-5.0-pro/text-to-image"]["policies"] == [
        {"rule": {"quality": {"match": "high"}}, "usd_value": 0.1}
    ]


def test_outputs_that_are_not_what_one_hopes_for(simulator: HiapiSimulator) -> None:
    simulator.add_faults(
        {"on": "task", "kind": "no_output", "prompt": "nothing"},
        {"on": "task", "kind": "other_first", "prompt": "notes"},
        {"on": "task", "kind": "picture", "flaw": "cmyk", "prompt": "print"},
        {"on": "output", "kind": "half", "prompt": "half"},
        {"on": "output", "kind": "redirect", "to": "http://169.254.169.254/", "prompt": "away"},
        {
            "on": "output",
            "kind": "status",
            "status": 404,
            "shape": "xml",
            "prompt": "late",
            "nth": 1,
        },
    )
    with api(simulator) as client:
        assert "output" not in finished(client, "nothing")
        assert [each["type"] for each in finished(client, "notes")["output"]] == ["text", "image"]
        url = finished(client, "print")["output"][0]["url"]
        assert Image.open(io.BytesIO(httpx.get(url).content)).mode == "CMYK"
        away = httpx.get(finished(client, "away")["output"][0]["url"])
        assert (away.status_code, away.headers["location"]) == (302, "http://169.254.169.254/")
        late = finished(client, "late")["output"][0]["url"]
        assert [httpx.get(late).status_code for _ in range(2)] == [404, 200]
        half = finished(client, "half")["output"][0]["url"]
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(half)


def test_retry_after_as_a_date_lies_ahead(simulator: HiapiSimulator) -> None:
    rule = {"on": "list", "kind": "status", "status": 429, "retry_after_s": 30}
    simulator.add_faults({**rule, "retry_after_date": True, "nth": 1}, rule)
    with api(simulator) as client:
        dated, plain = client.get("/v1/tasks"), client.get("/v1/tasks")
    assert dated.headers["Retry-After"].endswith("GMT")
    assert (plain.headers["Retry-After"], plain.json()["error"]["code"]) == (
        "30",
        "rate_limit_exceeded",
    )


def test_the_books_tell_how_often_each_task_was_looked_at(simulator: HiapiSimulator) -> None:
    with api(simulator) as client:
        task = finished(client)
        client.get(f"/v1/tasks/{task['taskId']}")
        created(client)
    state = simulator.state()
    assert [each["polls"] for each in state["tasks"]] == [2, 0]
    assert (state["unique_bodies"], list(state["repeated_bodies"].values())) == (1, [2])
    assert state["tasks"][0]["seen_finished"] is not None
    assert "tasks" not in simulator.state(with_tasks=False)

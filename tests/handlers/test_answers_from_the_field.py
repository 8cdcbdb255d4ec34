"""Answers as gateways, proxies and other image APIs give them, through the whole pipeline."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from rowshot.ordering.hiapi import HiapiClient
from rowshot.publishing.download import download_client
from rowshot_simulators.hiapi import Fault
from support.measured import Measured
from support.options import API, TOKEN, Options
from support.sheets import sheet
from support.sockets import FakeNetwork
from support.world import World

FIELD = Path(__file__).parents[1] / "data" / "answers"
Rewrite = Callable[[httpx.Request], httpx.Response | None]


class Between(httpx.BaseTransport):
    """Stands between the client and the simulated hiapi, and may answer in its stead."""

    def __init__(self, world: World, answer: Rewrite) -> None:
        self._wire = world.wire
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        instead = self._answer(request)
        return self._wire.handle_request(request) if instead is None else instead


def between(world: World, answer: Rewrite) -> None:
    transport = Between(world, answer)
    world.client = HiapiClient(API, lambda: TOKEN, transport=transport, now=world.now)


def is_order(request: httpx.Request, words: str = "") -> bool:
    return request.method == "POST" and words.encode() in request.content


def is_look(request: httpx.Request) -> bool:
    return request.method == "GET" and "/v1/tasks/" in request.url.path


def handed(name: str, number: int = 0) -> tuple[dict[str, Any], Callable[[], httpx.Response]]:
    """One answer that was handed over, and how to give it."""
    answer = json.loads((FIELD / f"{name}.json").read_text())["answers"][number]

    def give() -> httpx.Response:
        body = answer["body"]
        content = body if isinstance(body, str) else json.dumps(body)
        return httpx.Response(answer["status"], headers=answer["headers"], content=content.encode())

    return answer, give


def rendered(world: World, rows: int = 3) -> dict[str, Any]:
    run_id = world.drop(sheet(rows))
    world.run(run_id)
    report = world.report(run_id)
    assert not any("<" in (row["error"] or "") for row in report["rows"]), "no HTML in a cell"
    return report


@pytest.mark.parametrize(
    "name", ["bot-check-page-on-an-order", "html-400-on-an-order", "html-404-on-an-order"]
)
def test_a_web_page_in_answer_to_an_order_is_no_verdict(name: str) -> None:
    with World() as world:
        answer, give = handed(name)
        left = [give] * answer["times"]
        between(
            world,
            lambda request: left.pop()() if is_order(request, "number 1") and left else None,
        )
        report = rendered(world)

        assert not left
        assert report["counts"]["published"] == 3
        assert world.books()["tasks_created"] == 3
        assert world.errors == []


def test_a_web_page_in_answer_to_looks_says_nothing_about_the_task() -> None:
    _, give = handed("html-404-on-looks-for-six-minutes")
    with World() as world:
        first: list[float] = []

        def answer(request: httpx.Request) -> httpx.Response | None:
            if not is_look(request):
                return None
            first.append(world.now())
            return give() if world.now() - first[0] < 380 else None

        between(world, answer)
        report = rendered(world)

        assert report["counts"]["published"] == 3
        assert world.books()["tasks_created"] == 3


def test_one_prompt_that_is_refused_with_403_stops_no_other_row() -> None:
    _, give = handed("one-prompt-refused-with-403")
    with Measured() as world:
        between(world, lambda request: give() if is_order(request, "number 2") else None)
        report = rendered(world)

        assert report["status"] == "finished"
        assert report["counts"]["published"] == 2
        row = report["rows"][1]
        assert row["status"] == "failed"
        assert "content" in row["error"]
        assert "change the prompt" in row["error"]
        assert world.noted.total("Failures content rules") == 1
        assert Decimal(report["spent_usd"]) == Decimal("0.05")
        assert report["possibly_billed_usd"] == "0"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"code": 403, "message": "The prompt contains content that is not allowed"}),
        (403, {"message": "prompt contains forbidden words"}),
        (403, {"error": {"code": "user_prompt_rejected"}}),
        (403, {"error": {"code": "forbidden", "message": "Insufficient permissions"}}),
        (400, {"message": "Insufficient detail: prompt must have 4 characters"}),
        (401, {"error": {"code": "content_moderation"}}),
        (402, {"error": {"code": "DataInspectionFailed"}}),
        (409, {"error": {"code": "content_moderation"}}),
        (429, {"code": "PROHIBITED_CONTENT", "message": "no"}),
        (500, {"error": {"code": "content_policy_violation"}}),
        (503, {"error": {"code": "sensitive_words_detected"}}),
        (200, {"success": False, "message": "内容违规", "data": {"taskId": None}}),
        (422, {"detail": [{"msg": "flagged", "type": "content_policy_violation"}]}),
        (400, {"code": 400, "message": "<html><head><title>400 Bad Request</title></head>"}),
        (403, {"message": "Recharge your skin: the prompt was refused"}),
        (400, {"message": "prompt rejected: prepaid card, no billing address"}),
        (403, {"message": "提示词 '游戏充值卡, 红色' 未通过审核"}),
        (403, {"message": "The prompt “your account is suspended, top up” cannot be drawn"}),
    ],
)
def test_a_refusal_of_one_prompt_is_of_its_row_alone(status: int, body: dict[str, Any]) -> None:
    with World() as world:
        orders: list[bytes] = []

        def answer(request: httpx.Request) -> httpx.Response | None:
            if not is_order(request, "number 2"):
                return None
            orders.append(request.content)
            return httpx.Response(status, json=body)

        between(world, answer)
        report = rendered(world)

        assert report["status"] == "finished"
        assert [row["status"] for row in report["rows"]] == ["published", "failed", "published"]
        assert len(orders) == 1
        assert report["possibly_billed_usd"] == "0"
        assert "{" not in report["rows"][1]["error"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"error": {"code": "account_suspended", "message": "It violates our policy"}}),
        (403, {"message": "API key revoked due to safety review"}),
        (400, {"error": {"code": "invalid_api_key"}}),
    ],
)
def test_what_is_plainly_about_the_key_stops_the_run(status: int, body: dict[str, Any]) -> None:
    with World() as world:
        between(
            world,
            lambda request: httpx.Response(status, json=body) if is_order(request) else None,
        )
        report = rendered(world)

        assert report["status"] == "stopped"
        assert report["counts"]["failed"] == 3
        assert report["possibly_billed_usd"] == "0"


@pytest.mark.parametrize("content", [b"Unauthorized", b"", b"invalid token\n", b'"denied"'])
def test_a_401_in_a_plain_word_stops_the_run(content: bytes) -> None:
    with World() as world:
        between(
            world,
            lambda request: httpx.Response(401, content=content) if is_order(request) else None,
        )
        report = rendered(world)

        assert report["status"] == "stopped"
        assert all("does not accept the key" in row["error"] for row in report["rows"])
        assert report["possibly_billed_usd"] == "0"


def test_a_401_page_of_a_proxy_stops_nothing() -> None:
    with World() as world:
        left = [b"<html><head><title>401 Authorization Required</title></head></html>"] * 4
        between(
            world,
            lambda request: (
                httpx.Response(401, content=left.pop()) if is_order(request) and left else None
            ),
        )
        report = rendered(world)

        assert not left
        assert report["counts"]["published"] == 3


ODD: list[tuple[int, dict[str, Any]]] = [
    (403, {"message": "Forbidden"}),
    (403, {"code": 403, "message": "Access denied: your IP is not in the whitelist"}),
    (400, {"message": "Bad request"}),
    (200, {"success": False, "message": "系统升级中"}),
    (200, {"success": False, "message": "Under maintenance"}),
    (200, {"success": False, "message": "size: bad"}),
    (200, {"code": 403, "message": "no"}),
    (451, {"message": "Blocked by our network's policy"}),
    (405, {"error": "method not allowed"}),
]


@pytest.mark.parametrize(("status", "body"), ODD)
def test_a_paid_picture_is_not_given_up_for_odd_answers(status: int, body: dict[str, Any]) -> None:
    """Neither while its task runs nor when its link is asked for."""
    with World() as world:
        begun: dict[str, float] = {}

        def answer(request: httpx.Request) -> httpx.Response | None:
            if not is_look(request):
                return None
            real = world.wire.handle_request(request)
            stage = json.loads(real.read())["data"]["status"] + request.url.path
            if "success" in stage and stage not in begun:
                begun[stage] = world.now() + 1200  # the next ones ask for the link
                return real
            since = begun.setdefault(stage, world.now() + 60)
            return httpx.Response(status, json=body) if world.now() < since else real

        between(world, answer)
        run_id = world.drop(sheet(2))
        world.run(run_id)
        world.run(until=3600)
        report = world.report(run_id)

        assert report["counts"]["published"] == 2
        assert world.books()["tasks_created"] == 2
        assert world.errors == []


def test_one_404_after_long_trouble_does_not_lose_a_paid_picture() -> None:
    with World() as world:
        seen: list[float] = []

        def answer(request: httpx.Request) -> httpx.Response | None:
            if not is_look(request):
                return None
            real = world.wire.handle_request(request)
            if json.loads(real.read())["data"]["status"] != "success":
                return real
            seen.append(world.now())
            if len(seen) == 1 or seen[-1] - seen[0] > 1500:
                return real
            return httpx.Response(404 if seen[-1] - seen[0] > 900 else 500, json={"code": 1})

        between(world, answer)
        run_id = world.drop(sheet(1))
        world.run(run_id)
        world.run(until=7200)

        assert world.report(run_id)["counts"]["published"] == 1


@pytest.mark.parametrize(("status", "body"), ODD[:5] + ODD[6:])
def test_an_order_whose_answer_was_lost_is_not_closed_by_odd_answers(
    status: int, body: dict[str, Any]
) -> None:
    with World() as world:
        sent: Counter[bytes] = Counter()

        def answer(request: httpx.Request) -> httpx.Response | None:
            if not is_order(request):
                return None
            sent[request.content] += 1
            if sent[request.content] == 1:
                world.wire.handle_request(request).read()
                raise httpx.ReadTimeout("slow", request=request)
            return httpx.Response(status, json=body) if sent[request.content] < 5 else None

        between(world, answer)
        report = rendered(world, rows=2)

        assert report["counts"]["published"] == 2
        assert set(sent.values()) == {5}
        assert world.books()["tasks_created"] == 2
        assert Decimal(report["spent_usd"]) == Decimal("0.05")
        assert world.errors == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error_code": "INVALID_REQUEST", "message": "no"}),
        (400, {"message": "invalid input: seed: value must be one of '1', '2'"}),
        (403, {"error": {"code": "content_policy_violation"}}),
        (200, {"success": False, "message": "提示词过长"}),
    ],
)
def test_a_verdict_on_an_order_that_is_sent_again_ends_it(
    status: int, body: dict[str, Any]
) -> None:
    with World() as world:
        sent: Counter[bytes] = Counter()

        def answer(request: httpx.Request) -> httpx.Response | None:
            if not is_order(request):
                return None
            sent[request.content] += 1
            lost = sent[request.content] == 1
            return httpx.Response(502) if lost else httpx.Response(status, json=body)

        between(world, answer)
        report = rendered(world, rows=2)

        assert report["counts"]["failed"] == 2
        assert set(sent.values()) == {2}
        assert report["possibly_billed_usd"] == "0"


def test_a_billing_service_that_fails_neither_pauses_nor_loses_an_order() -> None:
    with World() as world:
        sent: dict[bytes, float] = {}

        def answer(request: httpx.Request) -> httpx.Response | None:
            if is_order(request) and request.content in sent:
                assert world.now() - sent[request.content] < 30, "nobody waits for the balance"
            if not is_order(request) or request.content in sent:
                return None
            sent[request.content] = world.now()
            world.wire.handle_request(request).read()
            return httpx.Response(500, json={"error": {"code": "billing_service_error"}})

        between(world, answer)
        report = rendered(world)

        assert report["counts"]["published"] == 3
        assert world.books()["tasks_created"] == 3
        assert Decimal(report["spent_usd"]) == Decimal("0.075")


@pytest.mark.parametrize("key", ["ключ", "two words", "line\nbreak"])
def test_a_key_that_cannot_be_sent_stops_the_run_in_a_plain_sentence(key: str) -> None:
    with World() as world:
        world.client = HiapiClient(API, lambda: key, transport=world.wire, now=world.now)
        report = rendered(world)

        assert report["status"] == "stopped"
        assert all("copy it again, as one word" in row["error"] for row in report["rows"])
        assert world.books()["tasks_created"] == 0
        assert world.errors == []


@pytest.mark.parametrize("content", [b"", b"Forbidden", b"error code: 1020", b"404 page not found"])
@pytest.mark.parametrize("status", [403, 404])
def test_what_a_proxy_says_is_no_verdict(status: int, content: bytes) -> None:
    with World() as world:
        struck: Counter[str] = Counter()

        def answer(request: httpx.Request) -> httpx.Response | None:
            struck[request.method] += is_look(request) or is_order(request, "number 1")
            if not is_look(request) and not is_order(request, "number 1"):
                return None
            return httpx.Response(status, content=content) if struck[request.method] < 4 else None

        between(world, answer)
        report = rendered(world)

        assert report["counts"]["published"] == 3
        assert world.books()["tasks_created"] == 3


BROKE: list[tuple[int, dict[str, Any]]] = [
    (429, {"error": {"code": "insufficient_quota", "type": "insufficient_quota"}}),
    (500, {"error": {"code": "insufficient_user_quota"}}),
    (403, {"message": "Your credit balance is too low"}),
    (403, {"error": {"code": "billing_hard_limit_reached"}}),
    (400, {"error_code": "INVALID_REQUEST", "message": "余额不足"}),
    (200, {"code": 402, "message": "Insufficient balance", "data": {"balance": 0}}),
    (200, {"code": "INSUFFICIENT_QUOTA", "data": None}),
    (200, {"success": False, "message": "余额不足"}),
]


@pytest.mark.parametrize(
    "give",
    [
        *(handed(name)[1] for name in ("account-quota-with-403", "balance-used-up-in-a-200")),
        *(partial(httpx.Response, status, json=body) for status, body in BROKE),
    ],
)
def test_a_balance_that_is_used_up_pauses_in_whatever_words_it_is_said(
    give: Callable[[], httpx.Response],
) -> None:
    with World() as world:
        orders: list[float] = []

        def answer(request: httpx.Request) -> httpx.Response | None:
            if is_order(request):
                orders.append(world.now())
                return give() if world.now() - orders[0] < 1000 else None
            return None

        between(world, answer)
        run_id = world.drop(sheet(4))
        world.run(until=900)
        waiting = list(world.ledger.rows.of_run(run_id))
        assert {row.status for row in waiting} == {"queued"}
        assert any("top it up" in row.error for row in waiting)
        assert len(orders) <= 4 + 900 / 240, "a few at first, then one probe every four minutes"
        world.run(run_id)

        report = world.report(run_id)
        assert report["status"] == "finished"
        assert report["counts"]["published"] == 4
        assert world.books()["tasks_created"] == 4


def test_a_refusal_in_a_200_fails_its_row_and_is_not_sent_again() -> None:
    _, give = handed("refusal-in-a-200")
    with World() as world:
        orders: list[bytes] = []

        def answer(request: httpx.Request) -> httpx.Response | None:
            if not is_order(request, "number 2"):
                return None
            orders.append(request.content)
            return give()

        between(world, answer)
        report = rendered(world)

        row = report["rows"][1]
        assert row["status"] == "failed"
        assert "prompt: too long" in row["error"]
        assert len(orders) == 1
        assert report["possibly_billed_usd"] == "0"
        assert report["counts"]["published"] == 2


@pytest.mark.parametrize("status", [201, 202])
def test_any_success_with_a_task_id_is_the_task(status: int) -> None:
    with World() as world:
        orders: list[bytes] = []

        def answer(request: httpx.Request) -> httpx.Response | None:
            if not is_order(request):
                return None
            orders.append(request.content)
            real = world.wire.handle_request(request)
            real.read()
            return httpx.Response(status, headers=real.headers, content=real.content)

        between(world, answer)
        report = rendered(world)

        assert report["counts"]["published"] == 3
        assert len(orders) == 3


@pytest.mark.parametrize("made", [lambda n: 3_141_592_650 + n, lambda n: f"job/{n} ä?#%"])
def test_a_task_id_may_be_a_number_or_any_text(made: Callable[[int], Any]) -> None:
    with World() as world:
        real_ids: dict[str, str] = {}

        def answer(request: httpx.Request) -> httpx.Response | None:
            if is_order(request):
                body = json.loads(world.wire.handle_request(request).read())
                known = list(real_ids.values())
                if body["data"]["taskId"] not in known:
                    real_ids[str(made(len(real_ids)))] = body["data"]["taskId"]
                body["data"]["taskId"] = made(list(real_ids.values()).index(body["data"]["taskId"]))
                return httpx.Response(200, json=body)
            if is_look(request):
                name = request.url.path.removeprefix("/v1/tasks/")
                url = request.url.copy_with(path=f"/v1/tasks/{real_ids[name]}")
                return world.wire.handle_request(httpx.Request("GET", url, headers=request.headers))
            return None

        between(world, answer)
        report = rendered(world)

        assert report["counts"]["published"] == 3
        assert {row["task_id"] for row in report["rows"]} == set(real_ids)


def test_an_order_that_never_left_was_not_bought() -> None:
    with World() as world:

        def answer(request: httpx.Request) -> httpx.Response | None:
            raise httpx.ConnectError("[Errno 111] Connection refused", request=request)

        between(world, answer)
        report = rendered(world)

        for row in report["rows"]:
            assert row["status"] == "failed"
            assert "cannot be reached" in row["error"]
            assert "has not said whether" not in row["error"]
        assert report["possibly_billed_usd"] == report["spent_usd"] == "0"
        assert world.ledger.limiter.view().free(8) == 8
        assert world.errors == []


def test_a_network_that_comes_back_lets_the_run_go_on() -> None:
    with World() as world:
        begun = world.now()

        def answer(request: httpx.Request) -> httpx.Response | None:
            if is_order(request) and world.now() - begun < 200:
                raise httpx.ConnectTimeout("no route", request=request)
            return None

        between(world, answer)
        report = rendered(world)

        assert report["counts"]["published"] == 3
        assert world.books()["tasks_created"] == 3


def picture() -> bytes:
    """A server's answer that is a picture."""
    out = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(out, "PNG")
    data = out.getvalue()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)


def downloaded(link: str, resolved: str, **client: Any) -> tuple[FakeNetwork, dict[str, Any]]:
    """One row whose finished task shows a link to a public server, and who was asked for it."""
    network = FakeNetwork(picture())
    with World() as world:

        def show(request: httpx.Request) -> httpx.Response | None:
            if not is_look(request):
                return None
            told = json.loads(world.wire.handle_request(request).read())
            for output in told["data"].get("output") or ():
                output["url"] = link
            return httpx.Response(200, json=told)

        between(world, show)
        world.downloads = download_client(
            False, resolve=lambda *_: [resolved], network=network, **client
        )
        report = rendered(world, rows=1)
        assert world.books()["tasks_created"] == 1
    return network, report["rows"][0]


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ("https://cdn.example/a.png?s=1\n", "/a.png?s=1"),
        ("\r\n https://cdn.example/a.png?s=1\t", "/a.png?s=1"),
        (
            "http://cdn.example/a.png?Expires=1&Signature=ab%2Bc%3D",
            "/a.png?Expires=1&Signature=ab%2Bc%3D",
        ),
    ],
)
def test_a_link_is_asked_for_as_it_was_meant_and_encrypted(link: str, asked: str) -> None:
    network, row = downloaded(link, "93.184.216.34")

    assert row["status"] == "published"
    assert network.tls_names == ["cdn.example"]
    assert network.sent.startswith(f"GET {asked} HTTP/1.1\r\n".encode())


def test_a_picture_comes_through_a_laptops_proxy_that_makes_up_addresses() -> None:
    link = "https://cdn.hiapi.ai/a.png?s=1"
    network, row = downloaded(link, "198.18.0.5", behind_proxy=True)

    assert row["status"] == "published"
    assert network.connections == [("198.18.0.5", 443)]
    assert network.tls_names == ["cdn.hiapi.ai"], "its certificate still proves who it is"


@pytest.mark.parametrize(
    "name", ["failure-reason-is-plain-text", "failure-words-chinese-sensitive-word"]
)
def test_a_refusal_for_its_content_reaches_the_row_in_whatever_form(name: str) -> None:
    answer, _ = handed(name)
    with Measured() as world:

        def fail(request: httpx.Request) -> httpx.Response | None:
            if not is_look(request):
                return None
            real = json.loads(world.wire.handle_request(request).read())
            told = {"taskId": real["data"]["taskId"], "model": real["data"]["model"]}
            body = {**answer["body"], "data": {**answer["body"]["data"], **told}}
            return httpx.Response(200, json=body)

        between(world, fail)
        report = rendered(world, rows=1)

        [row] = report["rows"]
        stated = answer["body"]["data"]["error"]
        words = stated if isinstance(stated, str) else stated["message"]
        assert row["status"] == "failed"
        assert words in row["error"]
        assert "change the prompt" in row["error"]
        assert "redo" not in row["error"]
        assert world.noted.total("Failures content rules") == 1
        assert world.books()["tasks_created"] == 1


def test_a_moderation_service_that_times_out_has_refused_nothing() -> None:
    answer, _ = handed("timeout-of-the-moderation-service")
    with World() as world:

        def fail(request: httpx.Request) -> httpx.Response | None:
            if not is_look(request):
                return None
            real = json.loads(world.wire.handle_request(request).read())
            error = answer["body"]["data"]["error"]
            return httpx.Response(
                200, json={"data": {**real["data"], "status": "fail", "error": error}}
            )

        between(world, fail)
        report = rendered(world, rows=1)

        [row] = report["rows"]
        assert row["attempts"] == 3
        assert "content rules" not in row["error"]


def test_a_success_that_comes_before_its_output_is_looked_at_again() -> None:
    _, give = handed("success-before-its-output")
    with World() as world:
        early: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response | None:
            if not is_look(request):
                return None
            response = world.wire.handle_request(request)
            task = json.loads(response.read())["data"]
            if task["status"] == "success" and early.count(task["taskId"]) < 2:
                early.append(task["taskId"])
                return give()
            return response

        between(world, answer)
        report = rendered(world)

        assert len(early) == 6
        assert report["counts"]["published"] == 3
        assert world.books()["tasks_created"] == 3


def test_a_retry_after_with_a_fraction_is_waited_out() -> None:
    answer, give = handed("retry-after-with-a-fraction")
    with World() as world:
        orders: list[float] = []

        def slow_down(request: httpx.Request) -> httpx.Response | None:
            if not is_order(request):
                return None
            orders.append(world.now())
            return give() if len(orders) <= answer["answers"][0]["times"] else None

        answer = {"answers": [answer]}
        between(world, slow_down)
        report = rendered(world, rows=1)

        assert orders[1] - orders[0] >= 300
        assert report["counts"]["published"] == 1


def test_the_day_of_a_task_counts_from_when_it_was_made() -> None:
    """An order that stays unclear for half a day still has a whole day for its picture."""
    slow = Fault("task", "latency", seconds=14 * 3600)
    with World(replace(Options(), faults=(slow,))) as world:
        begun = world.now()

        def answer(request: httpx.Request) -> httpx.Response | None:
            if is_order(request) and world.now() - begun < 12 * 3600:
                return httpx.Response(500, json={})
            return None

        between(world, answer)
        run_id = world.drop(sheet(1))
        world.run(run_id)
        world.run(until=30 * 3600)

        [row] = world.report(run_id)["rows"]
        assert row["status"] == "published"
        assert world.books()["tasks_created"] == 1


def test_a_key_that_was_changed_is_read_again_before_a_run_stops() -> None:
    with World() as world:
        kept = ["an-old-key"]

        def answer(request: httpx.Request) -> httpx.Response | None:
            old = request.headers["authorization"] == "Bearer an-old-key"
            return httpx.Response(401, json={"message": "bad key"}) if old else None

        world.client = HiapiClient(
            API,
            lambda: kept[0],
            renew=lambda: kept.__setitem__(0, TOKEN),
            transport=Between(world, answer),
            now=world.now,
        )
        report = rendered(world)

        assert report["counts"]["published"] == 3
        assert report["status"] == "finished"


def test_all_values_of_a_long_refusal_are_learned() -> None:
    values = [f"{1000 + number}*{2000 + number}" for number in range(80)]
    listed = ", ".join(f"'{value}'" for value in values)
    message = f"invalid input: size: value must be one of {listed}"
    with World() as world:
        body = {"code": 400, "message": message, "error_code": "INVALID_REQUEST", "data": None}
        between(
            world, lambda request: httpx.Response(400, json=body) if is_order(request) else None
        )
        report = rendered(world, rows=1)

        assert len(report["rows"][0]["error"]) < 600
        learned = world.ledger.models.overrides()["qwen-image-2.0"]["fields"]["size"]["enum"]
        assert learned == values

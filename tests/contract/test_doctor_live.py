"""``rowshot doctor --live`` against the simulated hiapi, with each promise broken in its turn."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from rowshot_local.cli import main
from rowshot_local.doctor import Finding, examine
from rowshot_local.doctor.checks import Word
from rowshot_local.doctor.purse import LIMIT, Purse
from rowshot_local.doctor.vendor import MODEL, Vendor
from rowshot_local.vendor_lists import ListsUnavailable
from rowshot_simulators.hiapi import HiapiSimulator, SimulatorOptions, start_simulator

CHEAP = {"data": [{"model_name": MODEL, "base_usd_value": "0.005", "policies": []}]}


@pytest.fixture
def hiapi() -> Iterator[HiapiSimulator]:
    with start_simulator(SimulatorOptions(time_scale=0, max_edge=64)) as started:
        yield started


def looked(
    hiapi: HiapiSimulator,
    transport: httpx.BaseTransport | None = None,
    **options: Any,
) -> tuple[dict[str, Finding], Purse]:
    """Everything that the doctor found, and what it may have spent."""
    with httpx.Client(transport=transport) as http:
        vendor = Vendor(
            hiapi.base_url, options.pop("token", hiapi.token), http, wait=lambda _: None, **options
        )
        found = {each.name: each for each in examine(vendor.checks(), secrets=lambda: [TOKEN])}
    assert not any(TOKEN in each.line for each in found.values())
    return found, vendor.purse


TOKEN = SimulatorOptions().tokens[0]


def wrong(found: dict[str, Finding]) -> list[str]:
    return [name for name, each in found.items() if each.verdict.word is Word.WRONG]


def test_all_promises_are_kept_and_one_picture_is_bought(hiapi: HiapiSimulator) -> None:
    found, purse = looked(hiapi)
    assert wrong(found) == []
    assert hiapi.state()["tasks_created"] == 1
    assert (purse.billed, purse.reserved) == (Decimal("0.005"), Decimal("0.020"))
    assert "401, 'invalid or missing API key'" in found["hiapi refuses a wrong key"].line
    assert "1:1, 4:3, 3:4, 16:9, 9:16" in found["hiapi names the allowed values"].line
    assert "not configured" in found["hiapi's callbacks"].line
    assert "64×36 pixels" in found["hiapi's picture"].line


FAULTS: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("hiapi takes an order", "balance is too low", [{"on": "create", "kind": "status",
     "status": 402}]),
    ("hiapi takes an order", "busy or out of order (500)", [{"on": "create",
     "kind": "status", "status": 500}]),
    ("hiapi takes an order", "got 200 without a task id", [{"on": "create", "kind": "html"}]),
    ("hiapi takes an order", "(RemoteProtocolError), which may have been taken and billed", [
     {"on": "create", "kind": "half"}]),
    ("hiapi names the allowed values", "409 instead of 400", [{"on": "create", "kind": "status",
     "status": 409, "nth": 1}]),
    ("hiapi takes an order", "does not let this key place orders (403)", [{"on": "create",
     "kind": "status", "status": 403}]),
    ("hiapi names the allowed values", "busy or out of order (429)", [{"on": "create",
     "kind": "status", "status": 429, "nth": 1}]),
    ("hiapi names the allowed values", "no allowed values: 'bad request'", [{"on": "create",
     "kind": "status", "status": 400, "message": "bad request", "nth": 1}]),
    ("hiapi replays an order", "409 instead of the same task", [{"on": "create", "kind": "status",
     "status": 409, "nth": 3}]),
    ("hiapi refuses another order under the same key", "409 instead of 422", [{"on": "create",
     "kind": "status", "status": 409, "nth": 4}]),
    ("hiapi finishes the task", "'the kiln broke'; it may be billed", [{"on": "task",
     "kind": "fail", "message": "the kiln broke"}]),
    ("hiapi finishes the task", "without an output of type image", [{"on": "task",
     "kind": "no_output"}]),
    ("hiapi finishes the task", "not ended after 180 seconds", [{"on": "task", "kind": "stuck"}]),
    ("hiapi's link has an end", "not in the future", [{"on": "task", "kind": "lifetime",
     "seconds": -60}]),
    ("hiapi's picture", "has expired", [{"on": "output", "kind": "status", "status": 403}]),
    ("hiapi's picture", "not a picture that can be read", [{"on": "output", "kind": "html"}]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sees", "faults"), FAULTS, ids=[each[1] for each in FAULTS])
def test_a_broken_promise_is_told(
    hiapi: HiapiSimulator, name: str, sees: str, faults: list[dict[str, Any]]
) -> None:
    hiapi.add_faults(*faults)
    found, purse = looked(hiapi)
    assert found[name].verdict.word is Word.WRONG
    assert sees in found[name].line
    assert re.search(r"(Try|Top|Do not|Check|Let|Run) ", found[name].line)
    assert purse.billed <= purse.reserved <= LIMIT
    assert Decimal(hiapi.state()["charged_usd"]) <= purse.billed


class Bent(httpx.BaseTransport):
    """Passes requests on to the simulator, and bends what comes back."""

    def __init__(self, bend: Callable[[httpx.Request, httpx.Response], httpx.Response]) -> None:
        self._real = httpx.HTTPTransport()
        self._bend = bend
        self.orders = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.orders += request.method == "POST"
        answer = self._real.handle_request(request)
        answer.read()
        return self._bend(request, answer)

    def close(self) -> None:
        self._real.close()


def test_a_replay_without_its_header_is_told(hiapi: HiapiSimulator) -> None:
    def bend(_: httpx.Request, answer: httpx.Response) -> httpx.Response:
        answer.headers.pop("Idempotent-Replay", None)
        return answer

    found, _ = looked(hiapi, Bent(bend))
    assert wrong(found) == ["hiapi replays an order"]
    assert "without 'Idempotent-Replay: true'" in found["hiapi replays an order"].line


@pytest.mark.parametrize(
    ("answered", "asked", "name", "sees"),
    [
        (401, "page=1", "hiapi refuses a wrong key", "200 instead of 401"),
        (404, "tk-hiapi-0000", "hiapi rejects an unknown task", "200 instead of 404"),
    ],
)
def test_a_refusal_that_is_none_is_told(
    hiapi: HiapiSimulator, answered: int, asked: str, name: str, sees: str
) -> None:
    def bend(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if answer.status_code == answered and asked in str(request.url):
            return httpx.Response(200, json={"code": 200, "data": {}})
        return answer

    found, _ = looked(hiapi, Bent(bend))
    assert wrong(found) == [name]
    assert sees in found[name].line


def test_an_error_in_an_unknown_shape_is_told(hiapi: HiapiSimulator) -> None:
    def bend(_: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if answer.status_code in (401, 404):
            return httpx.Response(answer.status_code, text="<html>no</html>")
        return answer

    found, _ = looked(hiapi, Bent(bend))
    assert wrong(found) == ["hiapi refuses a wrong key", "hiapi rejects an unknown task"]
    assert "without a message in a form that is known" in found["hiapi refuses a wrong key"].line


def test_an_output_without_an_expiry_is_told(hiapi: HiapiSimulator) -> None:
    def bend(_: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if b'"expireAt"' not in answer.content:
            return answer
        body = answer.content.replace(b'"expireAt"', b'"expires"')
        return httpx.Response(200, content=body)

    found, _ = looked(hiapi, Bent(bend))
    assert wrong(found) == ["hiapi's link has an end"]
    assert "expireAt is None" in found["hiapi's link has an end"].line


def test_a_picture_of_another_shape_is_told(hiapi: HiapiSimulator) -> None:
    square = io.BytesIO()
    Image.new("RGB", (64, 64)).save(square, "PNG")
    found, _ = looked(hiapi, download=lambda _: square.getvalue())
    assert wrong(found) == ["hiapi's picture"]
    assert "16:9 was ordered, but it has 64×64 pixels" in found["hiapi's picture"].line


def test_a_lost_reference_field_is_told(hiapi: HiapiSimulator) -> None:
    models = {"models": [{"id": "Nano-Banana-2", "input": [{"name": "prompt"}]}]}
    found, _ = looked(hiapi, lists=lambda _: (models, CHEAP))
    assert wrong(found) == ["hiapi's reference field"]
    assert "Nano-Banana-2 no longer takes image_input" in found["hiapi's reference field"].line


def test_a_lost_size_is_told(hiapi: HiapiSimulator) -> None:
    hiapi.alter_enum("qwen-image-2.0", "size", ["2048*2048", "4096*4096"])
    found, _ = looked(hiapi)
    assert wrong(found) == ["hiapi's sizes"]
    assert (
        "no longer takes 2688*1536, 2368*1728, 1728*2368, 1536*2688" in found["hiapi's sizes"].line
    )


@pytest.mark.parametrize(
    "entry",
    [
        {"base_usd_value": "0.013"},
        {"base_usd_value": "0"},
        {"base_usd_value": "free"},
        {"base_usd_value": None},
        {"base_usd_value": "0.005", "policies": [{"rule": {}, "usd_value": "0.05"}]},
    ],
)
def test_nothing_is_ordered_at_a_price_that_might_not_fit(
    hiapi: HiapiSimulator, entry: dict[str, Any]
) -> None:
    prices = {"data": [{"model_name": MODEL, **entry}]}
    found, purse = looked(hiapi, lists=lambda _: ({"models": []}, prices))
    assert "hiapi's price" in wrong(found)
    assert "no order was sent" in found["hiapi takes an order"].line
    assert (hiapi.state()["answers"].get("created"), purse.reserved) == (None, 0)
    assert hiapi.state()["creates"] == 0


def test_nothing_is_ordered_while_the_price_list_is_out(hiapi: HiapiSimulator) -> None:
    def gone(_: str) -> tuple[Any, Any]:
        raise ListsUnavailable("The list answered 503.")

    found, _ = looked(hiapi, lists=gone)
    assert "hiapi's price" in wrong(found)
    assert found["hiapi's reference field"].verdict.word is Word.SKIPPED
    assert hiapi.state()["creates"] == 0


def test_a_vendor_that_takes_every_order_gets_four_at_most(hiapi: HiapiSimulator) -> None:
    """No promise holds: each request makes another task, and bills it."""
    number = iter(range(100))

    def bend(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"data": {"taskId": f"t{next(number)}"}})
        return answer

    transport = Bent(bend)
    dear = {"data": [{"model_name": MODEL, "base_usd_value": "0.0125"}]}
    found, purse = looked(hiapi, transport, lists=lambda _: ({"models": []}, dear))
    assert transport.orders == 4
    assert purse.billed == purse.reserved == LIMIT
    assert "would be paid twice" in found["hiapi replays an order"].line


def test_the_purse_sends_nothing_past_its_limit(hiapi: HiapiSimulator) -> None:
    found, purse = looked(hiapi, purse=Purse(limit=Decimal("0.012")))
    assert hiapi.state()["creates"] <= 2
    assert purse.reserved == Decimal("0.010")
    assert "it could pass the limit of $0.012" in found["hiapi replays an order"].line


def commanded(
    hiapi: HiapiSimulator,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *words: str,
    answer: str = "",
) -> int:
    """The exit code of the command with this server and key in its environment."""
    monkeypatch.setenv("HIAPI_BASE_URL", hiapi.base_url)
    monkeypatch.setenv("HIAPI_TOKEN", hiapi.token)
    monkeypatch.delenv("GOOGLE_SERVICE_ACCOUNT_FILE", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--state", str(folder), *words])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(
    ("words", "answer"), [(("--live",), "y\n"), (("--live", "--yes"), "")], ids=["asked", "yes"]
)
def test_the_command_says_what_it_may_spend_and_what_it_spent(
    hiapi: HiapiSimulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    answer: str,
) -> None:
    assert commanded(hiapi, tmp_path, monkeypatch, *words, answer=answer) == 0
    out, err = capsys.readouterr()
    assert "at most $0.05" in err
    assert out.splitlines()[-2:] == [
        "At most $0.005 was spent at hiapi; the limit is $0.05.",
        "All is well.",
    ]
    assert TOKEN not in out + err


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_nothing_is_spent_without_a_yes(
    hiapi: HiapiSimulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
) -> None:
    assert commanded(hiapi, tmp_path, monkeypatch, "--live", answer=answer) == 2
    assert capsys.readouterr().out.strip() == ""
    assert hiapi.state()["creates"] == 0


def test_the_command_asks_hiapi_nothing_without_live(
    hiapi: HiapiSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert commanded(hiapi, tmp_path, monkeypatch) == 0
    assert hiapi.state()["creates"] == 0


def test_the_exit_code_is_1_when_something_is_wrong(
    hiapi: HiapiSimulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hiapi.add_faults({"on": "task", "kind": "no_output"})
    assert commanded(hiapi, tmp_path, monkeypatch, "--live", "--yes") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 of 21 checks failed."

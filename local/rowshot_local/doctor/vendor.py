"""Checks of what hiapi promises, by a few real calls under a hard limit of money."""

from __future__ import annotations

import io
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

from rowshot.errors import PictureError
from rowshot.models import Catalogue
from rowshot.models.learning import learn_from_refusal
from rowshot.money import dollars, parse_usd
from rowshot.publishing.download import download_client, fetch_picture
from rowshot.transport.addresses import pictures_here
from rowshot_local.doctor.answers import TELL, api, data_of, out_of_order, refusal, words
from rowshot_local.doctor.checks import Check, Verdict, note, ok, skipped, wrong
from rowshot_local.doctor.purse import LIMIT, NoAnswer, Purse
from rowshot_local.picture_origin import picture_origin
from rowshot_local.vendor_lists import ListsUnavailable, fetch_lists, lists_origin

MODEL = "flux-schnell/text-to-image"
_ASPECT = "16:9"
_PATIENCE, _PAUSE = 180.0, 4.0  # wall seconds
_USUAL = "qwen-image-2.0"
_LEARN = (
    "Let Rowshot learn hiapi's new list: rowshot models refresh --stack NAME, or --live for this "
    "machine."
)
_NO_KEY = "rowshot-doctor-no-such-key"
_UNKNOWN = "tk-hiapi-00000000000000000000000000"


@dataclass
class Vendor:
    """The checks, which build on each other: the first order's task is looked at by the later ones.

    Args:
        base_url: hiapi's origin.
        token: The key.
        http: What carries the requests.
        origin: Where the lists of models and prices are.
        purse: The limit.
        download: Fetches a picture; tests give their own.
        lists: Fetches the lists of models and prices.
        wait: Waits wall seconds.
    """

    base_url: str
    token: str
    http: httpx.Client
    purse: Purse = field(default_factory=Purse)
    download: Callable[[str], bytes] | None = None
    lists: Callable[[str], tuple[Any, Any]] = fetch_lists
    wait: Callable[[float], None] = time.sleep  # noqa: TID251 - between two looks at a real task
    task_id: str = ""
    models: Any = None
    _output: Any = None
    _key: str = field(default_factory=lambda: f"rowshot-doctor-{secrets.token_hex(12)}")

    def checks(self) -> list[Check]:
        """All of them, in the order that they need."""
        return [
            Check("hiapi's price", self.priced),
            Check("hiapi refuses a wrong key", self.wrong_key),
            Check("hiapi rejects an unknown task", self.unknown_task),
            Check("hiapi names the allowed values", self.bad_value),
            Check("hiapi takes an order", self.order),
            Check("hiapi replays an order", self.replay),
            Check("hiapi refuses another order under the same key", self.mismatch),
            Check("hiapi finishes the task", self.finish),
            Check("hiapi's link has an end", self.expiry),
            Check("hiapi's picture", self.picture),
            Check("hiapi's sizes", self.sizes),
            Check("hiapi's reference field", self.references),
            Check("hiapi's callbacks", self.callbacks),
        ]

    def priced(self) -> Verdict:
        """What an order costs at most, by the vendor's own list."""
        try:
            self.models, prices = self.lists(lists_origin(self.base_url))
            entry = next(each for each in prices["data"] if each["model_name"] == MODEL)
            known = [entry["base_usd_value"], *(p["usd_value"] for p in entry.get("policies", []))]
            price = max(parse_usd(each) for each in known if each is not None)
        except (ListsUnavailable, KeyError, TypeError, ValueError, StopIteration):
            return wrong(
                f"the price of {MODEL} cannot be read from hiapi's list, so nothing is ordered.",
                "Try again later, or look at the list at https://www.hiapi.ai/api/pricing.",
            )
        if price <= 0 or price * 4 > LIMIT:
            return wrong(
                f"{MODEL} costs {dollars(price)}, and four orders have to fit under "
                f"{dollars(LIMIT)}; nothing is ordered.",
                TELL,
            )
        self.purse.price = price
        return ok(
            f"{MODEL} costs {dollars(price)}; one picture is wanted, four orders at most are sent."
        )

    def wrong_key(self) -> Verdict:
        """A wrong key gets 401."""
        answer = self._get("/tasks?page=1&size=1", token=_NO_KEY)
        return refusal(answer, 401)

    def unknown_task(self) -> Verdict:
        """An unknown task gets 404."""
        return refusal(self._get(f"/tasks/{_UNKNOWN}"), 404)

    def bad_value(self) -> Verdict:
        """A bad value gets 400, and the message lists the good ones."""
        answer = self._post(_body("7:77"), f"{self._key}-bad")
        off = out_of_order(answer)
        if off:
            return off
        if answer.status_code != 400:
            return wrong(
                f"an order with the aspect ratio 7:77 got {answer.status_code} instead of 400.",
                TELL,
            )
        learned = learn_from_refusal(words(answer))
        if learned is None or learned[0] != "aspect_ratio":
            return wrong(f"the message lists no allowed values: '{words(answer)}'.", TELL)
        return ok(f"400, and the message lists {', '.join(learned[1])}.")

    def order(self) -> Verdict:
        """An order gets a task id."""
        answer = self._post(_body(_ASPECT), self._key)
        off = out_of_order(answer)
        if off:
            return off
        task_id = data_of(answer).get("taskId")
        if answer.status_code != 200 or not isinstance(task_id, str) or not _is_id(task_id):
            return wrong(
                f"an order got {answer.status_code} without a task id: '{words(answer)}'.", TELL
            )
        self.task_id = task_id
        return ok(f"task {task_id}.")

    def replay(self) -> Verdict:
        """The same bytes under the same key are the same task."""
        if not self.task_id:
            return _no_task()
        answer = self._post(_body(_ASPECT), self._key)
        off = out_of_order(answer)
        if off:
            return off
        again = data_of(answer).get("taskId")
        header = answer.headers.get("Idempotent-Replay", "")
        if again and again != self.task_id:
            return wrong(
                "the same order under the same key made another task: a repeated order would be "
                "paid twice.",
                TELL,
            )
        if again != self.task_id:
            return wrong(
                f"the same order under the same key got {answer.status_code} instead of the same "
                f"task: '{words(answer)}'.",
                TELL,
            )
        self.purse.not_billed()
        if header.lower() != "true":
            return wrong("the same task again, but without 'Idempotent-Replay: true'.", TELL)
        return ok("the same task again, with 'Idempotent-Replay: true'.")

    def mismatch(self) -> Verdict:
        """Other bytes under the same key are refused."""
        if not self.task_id:
            return _no_task()
        answer = self._post(_body("1:1"), self._key)
        off = out_of_order(answer)
        if off:
            return off
        if answer.status_code != 422:
            return wrong(
                f"another order under the same key got {answer.status_code} instead of 422.", TELL
            )
        return ok(f"422, '{words(answer)}'.")

    def finish(self) -> Verdict:
        """The task ends in success, with an output of type image."""
        if not self.task_id:
            return _no_task()
        waited = 0.0
        while True:
            answer = self._get(f"/tasks/{self.task_id}")
            task = data_of(answer)
            if task.get("status") in ("success", "fail"):
                break
            if waited >= _PATIENCE:
                return wrong(
                    f"the task {self.task_id} has not ended after {_PATIENCE:.0f} seconds "
                    f"(it is '{task.get('status')}'); it may still be billed.",
                    "Try again when hiapi is less busy.",
                )
            self.wait(_PAUSE)
            waited += _PAUSE
        if task["status"] == "fail":
            stated = task.get("error") or {}
            return wrong(
                f"the task failed: '{stated.get('message') or stated.get('code')}'; it may be "
                "billed.",
                "Try again; if it fails again, ask hiapi.",
            )
        outputs = task.get("output") or []
        self._output = next((each for each in outputs if each.get("type") == "image"), None)
        if self._output is None:
            return wrong("the task succeeded without an output of type image.", TELL)
        return ok("success, with an output of type image.")

    def expiry(self) -> Verdict:
        """The output says until when its link works."""
        if self._output is None:
            return skipped("there is no output.")
        until = self._output.get("expireAt")
        left = until - time.time() if isinstance(until, int) else 0
        if left <= 0:
            return wrong(f"expireAt is {until!r}, which is not in the future.", TELL)
        return ok(f"it works for {left / 60:.0f} more minutes.")

    def picture(self) -> Verdict:
        """The picture downloads, and has the shape that was ordered."""
        if self._output is None:
            return skipped("there is no output.")
        try:
            data = (self.download or self._fetched)(str(self._output.get("url")))
            size = Image.open(io.BytesIO(data)).size
        except PictureError as error:
            return wrong(error.message, "Try again; if it fails again, ask hiapi.")
        except OSError:
            return wrong("the file is not a picture that can be read.", TELL)
        if abs(size[0] / size[1] - 16 / 9) > 0.1:
            return wrong(f"{_ASPECT} was ordered, but it has {size[0]}×{size[1]} pixels.", TELL)
        return ok(f"{len(data) / 1000:.0f} kB, {size[0]}×{size[1]} pixels for {_ASPECT}.")

    def sizes(self) -> Verdict:
        """The list of models has the sizes that Rowshot orders of its usual model."""
        model = Catalogue.from_package().find(_USUAL)
        if self.models is None or model is None:
            return skipped("hiapi's list of models was not read.")
        fields = {
            one["name"]: one
            for each in _all(self.models)
            if each["id"] == _USUAL
            for one in each["input"]
        }
        listed = fields.get("size", {}).get("enum")
        if not listed:
            return note(f"the list names no sizes of {_USUAL}.")
        lost = [size for size in model.fields["size"].enum or () if size not in listed]
        if lost:
            return wrong(f"{_USUAL} no longer takes {', '.join(lost)}.", _LEARN)
        return ok(f"{_USUAL} takes {', '.join(listed)}.")

    def references(self) -> Verdict:
        """The list of models names the reference fields as Rowshot does."""
        if self.models is None:
            return skipped("hiapi's list of models was not read.")
        listed = {each["id"]: {one["name"] for one in each["input"]} for each in _all(self.models)}
        fields = ("image_input", "input_urls", "image_urls")
        ours = [
            (model.id, name)
            for model in Catalogue.from_package().models.values()
            for name in fields
            if name in model.fields
        ]
        lost = [(model, name) for model, name in ours if name not in listed.get(model, {name})]
        if lost:
            return wrong(
                f"the model {lost[0][0]} no longer takes {lost[0][1]}.",
                _LEARN,
            )
        seen = [f"{model} has {name}" for model, name in ours if model in listed]
        return ok(f"{'; '.join(seen)}.") if seen else note("the list names no such model.")

    def callbacks(self) -> Verdict:
        """Rowshot asks for none."""
        return skipped("not configured; Rowshot looks at its tasks by itself.")

    def _fetched(self, url: str) -> bytes:
        simulator = pictures_here(self.base_url, picture_origin(self.base_url))
        with download_client(simulator) as client:
            return fetch_picture(url, client=client, simulator=simulator)

    def _get(self, path: str, token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return self.http.get(f"{api(self.base_url)}{path}", headers=headers)

    def _post(self, body: bytes, key: str) -> httpx.Response:
        self.purse.take()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        try:
            answer = self.http.post(f"{api(self.base_url)}/tasks", content=body, headers=headers)
        except httpx.HTTPError as error:
            raise NoAnswer(
                f"hiapi did not answer an order ({type(error).__name__}), which may have been "
                "taken and billed. Check the network, and run the doctor again."
            ) from None
        if 400 <= answer.status_code < 500:
            self.purse.not_billed()
        return answer


def _body(aspect: str) -> bytes:
    prompt = "A plain white cup on a grey table"
    wanted = {"input": {"aspect_ratio": aspect, "prompt": prompt}, "model": MODEL}
    return json.dumps(wanted, separators=(",", ":")).encode()


def _all(models: Any) -> list[Any]:
    return list(models["models"]) if isinstance(models, dict) else []


def _is_id(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9_.:-]{1,128}", text))


def _no_task() -> Verdict:
    return skipped("no order was taken.")

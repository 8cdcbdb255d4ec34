"""The simulated hiapi without its web server: creating tasks, looking at them, the books."""

from __future__ import annotations

import hashlib
import hmac
import math
import random
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .accounts import Account
from .catalog import Catalog, Model
from .faults import Fault, FaultPlan
from .journal import Journal
from .options import SimulatorOptions
from .orders import Order, body_sha256, read_order
from .tasks import Fate, Task
from .wire import Refusal, task_id


class Hiapi:
    """All accounts, their tasks and the rules in force.

    Args:
        options: How it behaves. A state file that exists is read.
    """

    def __init__(self, options: SimulatorOptions) -> None:
        self.options = options
        self.catalog = Catalog.load()
        self.faults = FaultPlan(options.seed)
        self.faults.add(options.faults)
        self.accounts = {token: Account(token, options) for token in options.tokens}
        self.tasks: dict[str, Task] = {}
        self.leaked_keys = 0
        self._journal = Journal(options.state_file)
        self._secret = ""
        self._remember()

    def now(self) -> float:
        """Wall-clock Unix seconds."""
        return self.options.now()

    def account(self, authorization: str | None) -> Account:
        """The account of an ``Authorization`` header.

        Raises:
            Refusal: 401; there is no such key.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or token.strip() not in self.options.tokens:
            raise Refusal(401, "invalid or missing API key", shape="plain")
        return self.accounts[token.strip()]

    def create(self, account: Account, raw: bytes, key: str | None) -> tuple[Task, bool]:
        """Buys a task, or finds the one that the key bought before.

        Returns:
            The task, and whether it is a replay.

        Raises:
            Refusal: The request, the model, the key or the balance is not good; nothing was
                bought.
        """
        now = self.now()
        digest = body_sha256(raw)
        earlier = account.replayed(key, digest, now)
        if earlier is not None:
            return earlier, True
        order = read_order(raw, self.catalog)
        price = order.model.price(order.input)
        if account.balance is not None and account.balance < price:
            raise Refusal(402, "insufficient quota, please top up", "INSUFFICIENT_QUOTA")
        task = self._born(account, order, key, price, now)
        self._book(task)
        self._journal.write({"task": task.to_json()})
        return task, False

    def look(self, account: Account, wanted: str) -> Task:
        """An account's own task.

        Raises:
            Refusal: 404; it does not exist or belongs to another account.
        """
        task = self.tasks.get(wanted)
        if task is None or task.account != account.token:
            raise Refusal(404, "task not found", shape="plain")
        return task

    def view(self, task: Task, origin: str) -> dict[str, Any]:
        """A task as detail and list show it; it never echoes the input.

        Args:
            task: The task.
            origin: Scheme, host and port that its pictures are served from.
        """
        now = self.now()
        status = task.status(now)
        done = task.done(now)
        shown: dict[str, Any] = {
            "taskId": task.id,
            "model": task.model if not task.route else f"{task.model}@{task.route}",
            "status": status,
            "created": int(task.created),
            "completed": int(task.finished or 0) if done else 0,
        }
        if task.storage:
            shown["storage"] = task.storage
        if task.route:
            shown["route"] = task.route
        if status == "success" and task.fate.has_output:
            shown["output"] = self._output(task, origin)
        if status == "fail":
            shown["error"] = {"code": task.fate.fail_code, "message": task.fate.fail_message}
        return shown

    def signature(self, wanted: str) -> str:
        """The unguessable part of a picture's link."""
        return hmac.new(self._secret.encode(), wanted.encode(), hashlib.sha256).hexdigest()[:32]

    def expires(self, task: Task) -> int:
        """The Unix second from which a task's link no longer works."""
        finished = task.finished or 0.0
        return math.floor(finished + self.options.kept(task.fate.lifetime_s))

    def top_up(self, token: str, usd: Decimal) -> None:
        """Puts money into an account, or takes it out.

        Raises:
            KeyError: There is no such account.
        """
        self.accounts[token].topped_up += usd
        self._journal.write({"top_up": {"token": token, "usd": str(usd)}})

    def release(self, wanted: str | None) -> list[str]:
        """Lets one stuck task end, or all of them; their ids."""
        stuck = [
            task
            for task in self.tasks.values()
            if task.finished is None and wanted in (None, task.id)
        ]
        for task in stuck:
            task.release(self.now())
            self._journal.write({"release": {"task": task.id, "at": task.finished}})
        return [task.id for task in stuck]

    def _born(
        self, account: Account, order: Order, key: str | None, price: Decimal, now: float
    ) -> Task:
        prompt = str(order.input.get("prompt", ""))
        faults = {fault.kind: fault for fault in self.faults.at_task(prompt, account.token)}
        number = len(account.tasks) + 1
        latency = self._latency(account, order.model, prompt, number)
        if "latency" in faults:
            latency = faults["latency"].seconds
        started, leaves = account.places.admit(now, self.options.wall(latency))
        return Task(
            id=task_id(now),
            account=account.token,
            number=number,
            model=order.model.id,
            input=order.input,
            key=key,
            body_sha256=order.body_sha256,
            price_usd=str(price),
            latency_s=latency,
            created=now,
            started=started,
            leaves=leaves,
            finished=None if "stuck" in faults else leaves,
            fate=_fate(faults, self.options.url_lifetime_s),
            storage=order.storage,
            route=order.route,
        )

    def _latency(self, account: Account, model: Model, prompt: str, number: int) -> float:
        which: object = number
        if self.options.draws_by == "prompt":
            which = f"{prompt}:{account.prompts[prompt]}"
        draws = random.Random(f"{self.options.seed}:{which}")  # noqa: S311 - chance, no secret
        return draws.uniform(*(self.options.latency_s or model.latency_s))

    def _output(self, task: Task, origin: str) -> list[dict[str, Any]]:
        link = f"{origin}/outputs/{task.id}.png?signature={self.signature(task.id)}"
        image = {"url": link, "type": "image", "expireAt": self.expires(task)}
        if not task.fate.other_first:
            return [image]
        return [{**image, "url": link.replace(".png?", ".txt?"), "type": "text"}, image]

    def _book(self, task: Task) -> None:
        self.tasks[task.id] = task
        self.accounts[task.account].adopt(task)

    def _remember(self) -> None:
        for entry in self._journal.read():
            if "secret" in entry:
                self._secret = entry["secret"]
            elif "task" in entry:
                task = Task.from_json(entry["task"])
                self._kept_account(task.account).places.occupy(task.leaves)
                self._book(task)
            elif "top_up" in entry:
                top_up = entry["top_up"]
                self._kept_account(top_up["token"]).topped_up += Decimal(top_up["usd"])
            elif "release" in entry:
                self.tasks[entry["release"]["task"]].finished = entry["release"]["at"]
        if not self._secret:
            self._secret = secrets.token_hex(16)
            self._journal.write({"secret": self._secret})

    def _kept_account(self, token: str) -> Account:
        """An account from the state file, whose token may no longer be let in."""
        return self.accounts.setdefault(token, Account(token, self.options))


def _fate(faults: Mapping[str, Fault], url_lifetime_s: float) -> Fate:
    fail, interim = faults.get("fail"), faults.get("unknown_status")
    lifetime, picture = faults.get("lifetime"), faults.get("picture")
    return Fate(
        fail_code=(fail.code or "TASK_FAILED") if fail else None,
        fail_message=fail.message if fail else None,
        interim=interim.word if interim else "handling",
        has_output="no_output" not in faults,
        other_first="other_first" in faults,
        lifetime_s=lifetime.seconds if lifetime else url_lifetime_s,
        flaw=picture.flaw if picture else "",
    )

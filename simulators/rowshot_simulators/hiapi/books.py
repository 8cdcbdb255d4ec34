"""The simulated hiapi's own count of what happened, which tests judge the client by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .accounts import Account
from .service import Hiapi
from .tasks import Task


def state(hiapi: Hiapi, *, with_tasks: bool = True) -> dict[str, Any]:
    """Everything that is known, ready for JSON.

    Args:
        hiapi: The service.
        with_tasks: Whether to list every task (``GET /_sim/state?tasks=0`` leaves them out).

    Returns:
        The figures of all accounts together, ``accounts`` by token, ``tasks`` in the order of
        their creation, and ``faults`` with how often each fired. Instants are wall-clock Unix
        seconds, ``latency_s`` is nominal, money is USD as text.
    """
    now = hiapi.now()
    tasks = list(hiapi.tasks.values())
    report: dict[str, Any] = {
        "now": now,
        "time_scale": hiapi.options.time_scale,
        "seed": hiapi.options.seed,
        **_figures(tasks, hiapi.accounts.values(), now),
        "downloads_with_authorization": hiapi.leaked_keys,
        "by_idempotency_key": {task.key: task.id for task in tasks if task.key is not None},
        "repeated_bodies": _repeated(task.body_sha256 for task in tasks),
        "accounts": {
            token: {
                **_figures(account.tasks, [account], now),
                "balance_usd": None if account.balance is None else str(account.balance),
            }
            for token, account in hiapi.accounts.items()
        },
        "faults": hiapi.faults.report(),
    }
    if with_tasks:
        report["tasks"] = [_row(task, now) for task in tasks]
    return report


def most_at_once(spans: Iterable[tuple[float, float]]) -> int:
    """The largest number of spans that share an instant; a span ends before the next begins."""
    edges = sorted(edge for start, end in spans if end > start for edge in ((start, 1), (end, -1)))
    level = highest = 0
    for _, step in edges:
        level += step
        highest = max(highest, level)
    return highest


def _figures(tasks: list[Task], accounts: Iterable[Account], now: float) -> dict[str, Any]:
    accounts = list(accounts)
    answers: Counter[str] = sum((account.answers for account in accounts), Counter())
    lasting = float("inf")
    return {
        "tasks_created": len(tasks),
        "unique_bodies": len({task.body_sha256 for task in tasks}),
        "unique_keys": len({task.key for task in tasks if task.key is not None}),
        "in_flight": sum(not task.done(now) for task in tasks),
        "stuck": sum(task.finished is None for task in tasks),
        "max_in_flight": most_at_once((task.created, task.finished or lasting) for task in tasks),
        "max_in_flight_without_stuck": most_at_once((task.created, task.leaves) for task in tasks),
        "max_progressing": most_at_once((task.started, task.leaves) for task in tasks),
        "polls": sum(task.polls for task in tasks),
        "downloads": sum(task.downloads for task in tasks),
        "charged_usd": str(sum((account.charged for account in accounts), start=0)),
        "creates": answers["create"],
        "replays": answers["replay"],
        "answers": dict(answers),
    }


def _repeated(bodies: Iterable[str]) -> dict[str, int]:
    return {body: count for body, count in Counter(bodies).items() if count > 1}


def _row(task: Task, now: float) -> dict[str, Any]:
    return {
        "task_id": task.id,
        "account": task.account,
        "number": task.number,
        "model": task.model,
        "input": dict(task.input),
        "idempotency_key": task.key,
        "body_sha256": task.body_sha256,
        "price_usd": task.price_usd,
        "status": task.status(now),
        "latency_s": task.latency_s,
        "created": task.created,
        "started": task.started,
        "completed": task.finished,
        "polls": task.polls,
        "downloads": task.downloads,
        "seen_finished": task.seen_finished,
        "first_download": task.first_download,
    }

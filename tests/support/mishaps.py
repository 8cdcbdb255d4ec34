"""What goes wrong in the random schedules: every fault, and every place where a function may die.

A rule's ``seconds`` and ``retry_after_s`` are the longest; chance draws what a schedule gets.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from rowshot_simulators.hiapi import Fault
from rowshot_simulators.sheets import SheetsFault
from support.kills import Killed, Place
from support.tally import Tally

ENOUGH = 20  # times in 200 schedules that everything has to strike
_MOST_FAULTS = 8  # rules of hiapi in one schedule
_MOST_GOOGLE = 4
_CODES = ("TASK_TIMEOUT", "STORAGE_UNAVAILABLE", "MODEL_UNAVAILABLE", "TASK_FAILED", "")
# All flaws but "grey16": a picture without colours cannot show whose it is.
_FLAWS = (
    *("truncated", "empty", "wrong_type", "gif", "bomb", "cmyk", "alpha", "rgb16", "palette"),
    "rotated",
)


def _hiapi() -> Iterator[Fault]:
    for status in (500, 502, 503, 504):
        yield Fault("create", "status", status=status)
    yield Fault("create", "status", status=500, when="after")
    yield Fault("create", "status", status=429, retry_after_s=40)
    yield Fault("create", "status", status=400, code="MODEL_UNAVAILABLE", shape="coded")
    yield Fault("create", "status", status=402, times=4)
    yield Fault("create", "status", status=401, shape="plain", times=1)
    yield Fault("create", "reset")
    yield Fault("create", "reset", when="after")
    yield Fault("create", "delay", seconds=60)
    for kind in ("half", "html", "broken_json", "processing"):
        yield Fault("create", kind)
    yield Fault("detail", "status", status=429, retry_after_s=9, retry_after_date=True)
    for status in (404, 500, 502, 503):
        yield Fault("detail", "status", status=status)
    for kind in ("half", "html", "broken_json", "reset"):
        yield Fault("detail", kind)
    for status in (403, 404, 500):
        yield Fault("output", "status", status=status)
    yield Fault("output", "reset")
    yield Fault("output", "half")
    yield Fault("output", "redirect", to="http://10.0.0.1/secret", times=3)
    for code in _CODES:
        yield Fault("task", "fail", code=code, message="no luck")
    yield Fault("task", "fail", message="refused by our safety policy")
    yield Fault("task", "stuck", times=3)
    yield Fault("task", "latency", seconds=900)
    yield Fault("task", "unknown_status", word="meditating")
    yield Fault("task", "no_output", times=3)
    yield Fault("task", "other_first")
    yield Fault("task", "lifetime", seconds=120)
    for flaw in _FLAWS:
        yield Fault("task", "picture", flaw=flaw)


def _name(fault: Fault) -> str:
    words = [fault.on, fault.kind]
    if fault.kind == "status":
        words.append(str(fault.status))
    if fault.kind == "fail":
        words.append(fault.code or ("no code" if fault.message == "no luck" else "content"))
    if fault.kind == "picture":
        words.append(fault.flaw)
    if fault.when == "after":
        words.append("afterwards")
    return f"hiapi: {' '.join(words)}"


HIAPI = tuple(replace(fault, name=_name(fault)) for fault in _hiapi())
GOOGLE = {
    "Google: read answers 429": SheetsFault("error", "read", times=9, status=429),
    "Google: 500": SheetsFault("error", "any", times=9, status=500),
    "Google: 503": SheetsFault("error", "any", times=9, status=503),
    "Google: reset": SheetsFault("reset", "any", times=9),
    "Google: write is done, then reset": SheetsFault("reset_after", "write", times=5),
    "Google: half of a read": SheetsFault("truncated", "read", times=5),
    "Google: a page of HTML": SheetsFault("html", "any", times=5),
    "Google: slow": SheetsFault("slow", "any", times=5, seconds=20),
}
AWS = (
    "AWS: TransactWriteItems in conflict",
    "AWS: PutItem in conflict",
    "AWS: UpdateItem in conflict",
    "AWS: DeleteItem in conflict",
    "AWS: PutObject in conflict (409)",
    "AWS: BatchGetItem leaves keys unread",
    "AWS: Lambda has no room",
    "AWS: an index that is behind",
    "AWS: a message to Dispatch is lost",
    "AWS: a message to Dispatch comes twice",
    "AWS: an S3 event comes twice",
    "AWS: all executions are aborted",
)
PEOPLE = ("people: a run is cancelled",)
PLACES = {
    "dispatch": (
        "dynamodb DeleteItem",
        "dynamodb TransactWriteItems",
        "dynamodb UpdateItem",
        "return",
        "sqs SendMessage",
        "states StartExecution",
    ),
    "finish": (
        "dynamodb UpdateItem",
        "google GET",
        "google POST",
        "return",
        "s3 PutObject",
        "sns Publish",
    ),
    "plan": (
        "dynamodb TransactWriteItems",
        "dynamodb UpdateItem",
        "return",
        "s3 PutObject",
        "sqs SendMessage",
    ),
    "poll": (
        "dynamodb TransactWriteItems",
        "dynamodb UpdateItem",
        "hiapi GET",
        "return",
        "sqs SendMessage",
    ),
    "publish": (
        "dynamodb TransactWriteItems",
        "dynamodb UpdateItem",
        "hiapi GET",
        "return",
        "s3 PutObject",
        "sqs SendMessage",
    ),
    "submit": (
        "dynamodb TransactWriteItems",
        "dynamodb UpdateItem",
        "hiapi POST",
        "return",
        "sqs SendMessage",
    ),
    "sweep": (
        "dynamodb TransactWriteItems",
        "dynamodb UpdateItem",
        "return",
        "sqs SendMessage",
        "states StartExecution",
    ),
    "write_back": (
        "dynamodb PutItem",
        "dynamodb UpdateItem",
        "google GET",
        "google POST",
        "return",
        "sqs SendMessage",
    ),
}
DEATHS = tuple(f"death in {name}: {call}" for name, calls in PLACES.items() for call in calls)
ALL = (*(fault.name for fault in HIAPI), *GOOGLE, *AWS, *PEOPLE, *DEATHS)
SELDOM = {
    "death in plan: sns Publish": "only for a sheet that cannot be read: test_crashes dies there",
    "death in finish: dynamodb PutItem": "only where no pass has ever noted the sheet before",
    "death in sweep: s3 PutObject": "only for a run that Plan never planned in three tries",
    "death in sweep: sns Publish": "only for a run that is given up",
}
# What strikes once or twice in a schedule is drawn more often, or more surely.
_OFTEN = tuple(
    fault
    for fault in HIAPI
    if fault.status in (401, 402) or fault.kind in ("no_output", "other_first", "unknown_status")
)
_SURELY = {"hiapi: task fail content", "hiapi: task picture empty", "hiapi: task picture gif"}
_RARE = {
    *("death in write_back: dynamodb PutItem", "death in submit: sqs SendMessage"),
    *("death in finish: google GET", "death in finish: google POST"),
    *("death in write_back: google GET", "death in write_back: google POST"),
    "death in dispatch: dynamodb DeleteItem",
}


def hiapi_faults(chance: random.Random) -> tuple[Fault, ...]:
    """A few rules of the simulated hiapi, each with a probability."""
    chosen = chance.sample((*HIAPI, *_OFTEN, *_OFTEN), chance.randint(0, _MOST_FAULTS))
    return tuple(_drawn(fault, chance) for fault in dict.fromkeys(chosen))


def _drawn(fault: Fault, chance: random.Random) -> Fault:
    if fault.seconds:
        fault = replace(fault, seconds=chance.uniform(1, fault.seconds))
    if fault.retry_after_s:
        fault = replace(fault, retry_after_s=chance.randint(1, int(fault.retry_after_s)))
    rates = (0.1, 0.6) if fault.times or fault.name in _SURELY else (0.02, 0.3)
    return replace(fault, probability=chance.uniform(*rates))


def google_faults(chance: random.Random) -> dict[str, SheetsFault]:
    """A few rules of the simulated Google, by their names."""
    chosen = chance.sample(sorted(GOOGLE), chance.randint(0, _MOST_GOOGLE))
    return {name: replace(GOOGLE[name]) for name in chosen}


def reaper(chance: random.Random, tally: Tally) -> Callable[[Place], None]:
    """Kills functions, in some schedules often, in some never, and most where they seldom are."""
    danger = chance.choice([0, 0.05, 0.2, 0.4])
    deadly = random.Random(chance.random())  # noqa: S311 - chance, no secret

    def judge(place: Place) -> None:
        name = death(place)
        visits = tally.reached[name] + 1
        rate = danger * (3 if name in _RARE else 1) / visits
        if tally.count(name, deadly.random() < rate):
            raise Killed

    return judge


def death(place: Place) -> str:
    """The name of a place of death."""
    return f"death in {place.function}: {place.name}"


def too_seldom(tally: Tally) -> list[str]:
    """What struck too seldom in 200 schedules to prove anything, and what nobody has listed."""
    seldom = [
        f"{name} struck only {tally.struck[name]} times: at least {ENOUGH} are wanted."
        for name in ALL
        if tally.struck[name] < ENOUGH
    ]
    unknown = sorted(set(tally.reached) - {*ALL, *SELDOM})
    return [*seldom, *(f"{name} is not listed in tests/support/mishaps.py." for name in unknown)]

"""Seeded random schedules: faults, deaths, lost and doubled messages, several sheets at once.

Each schedule is a world of its own; the same seed gives the same schedule and the same end.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from rowshot_local.simulators.hiapi import Fault
from support import promises
from support.kills import Killed, Place
from support.live_chaos import Live
from support.live_world import LiveWorld
from support.sheets import keys, table
from support.world import Options, World

ROWS = 30
_CODES = ("TASK_TIMEOUT", "STORAGE_UNAVAILABLE", "MODEL_UNAVAILABLE", "TASK_FAILED", "")
_FLAWS = ("truncated", "wrong_type", "cmyk", "alpha", "rgb16", "rotated", "gif")
_PRICE = Decimal("0.025")
_LIVE = 0.3  # part of the schedules that have a Google Sheet
_LAST_MESSAGES = 2000.0  # seconds in which every message to the write-back has come


@dataclass
class Outcome:
    """What came of one schedule.

    Args:
        seed: Which one.
        broken: Broken promises by kind.
        rows: Rows of all its sheets.
        published: Rows that show a picture in the end.
        tasks: Tasks that hiapi made.
        deaths: Functions that died.
        faults: Times that hiapi misbehaved.
        cloud: Times that AWS refused something that it takes a moment later, by kind.
        errors: Errors that nobody expected.
        words: What was broken, in words.
    """

    seed: int
    broken: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    published: int = 0
    tasks: int = 0
    deaths: int = 0
    faults: int = 0
    cloud: dict[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    words: str = ""


def schedule(seed: int) -> Outcome:
    """Plays one schedule to its end and checks every promise."""
    chance = random.Random(seed)  # noqa: S311 - chance, no secret
    outcome = Outcome(seed)
    options = _options(seed, chance)
    with LiveWorld(options) if chance.random() < _LIVE else World(options) as world:
        live = Live(world, chance, ROWS) if isinstance(world, LiveWorld) else None
        try:
            runs = _play(world, chance, outcome, live)
            broken = promises.check(world, runs)
            if live:
                live.check(broken)
        except Exception as error:  # a schedule that does not even end is an outcome too
            outcome.words = f"{type(error).__name__}: {error}"
            outcome.broken = {promises.LOST: 1}
            return outcome
        outcome.broken = {kind: len(each) for kind, each in broken.found.items() if each}
        outcome.words = str(broken)
        outcome.errors = tuple(world.errors)
        books = world.books()
        outcome.tasks = books["tasks_created"]
        outcome.faults = sum(rule["fired"] for rule in books["faults"])
        outcome.cloud = {
            "transactions that met another": world.dynamodb.conflicts["transactions"],
            "single writes that met one": world.dynamodb.conflicts["single writes"],
            "conditional puts that met another": world.s3.conflicts,
            "calls that Lambda had no room for": world.throttled,
        }
    return outcome


def _options(seed: int, chance: random.Random) -> Options:
    options = Options(
        seed=seed,
        unsteady=chance.random() < 0.8,
        in_flight=chance.choice([1, 3, 8, 8]),
        faults=tuple(_faults(chance)),
        hiapi={"expired_as": chance.choice([403, 404])},
    )
    if chance.random() < 0.2:
        options = replace(options, run_usd=_PRICE * 20, day_usd=_PRICE * chance.randint(10, 60))
    if chance.random() < 0.15:
        balance = _PRICE * chance.randint(0, 20)
        options = replace(options, hiapi={**options.hiapi, "balance_usd": balance})
    return options


def _faults(chance: random.Random) -> list[Fault]:
    """A few rules of the simulator, each with a probability, most of them for a while only."""
    makers: list[Callable[[], Fault]] = [
        lambda: Fault("create", "status", status=chance.choice([500, 502, 503, 504])),
        lambda: Fault("create", "status", status=500, when="after"),
        lambda: Fault("create", "status", status=429, retry_after_s=chance.randint(1, 40)),
        lambda: Fault("detail", "status", status=429, retry_after_s=9, retry_after_date=True),
        lambda: Fault("create", "reset", when=chance.choice(["before", "after"])),
        lambda: Fault("create", "delay", seconds=chance.uniform(1, 60)),
        lambda: Fault("create", chance.choice(["half", "html", "broken_json", "processing"])),
        lambda: Fault("detail", chance.choice(["half", "html", "broken_json", "reset"])),
        lambda: Fault("detail", "status", status=chance.choice([404, 500, 502, 503])),
        lambda: Fault("output", "status", status=chance.choice([403, 404, 500])),
        lambda: Fault("output", chance.choice(["reset", "half"])),
        lambda: Fault("output", "redirect", to="http://10.0.0.1/secret", times=1),
        lambda: Fault("task", "fail", code=chance.choice(_CODES), message="no luck"),
        lambda: Fault("task", "fail", message="refused by our safety policy", times=2),
        lambda: Fault("task", "stuck", times=2),
        lambda: Fault("task", "latency", seconds=chance.uniform(1, 900)),
        lambda: Fault("task", "unknown_status", word="meditating"),
        lambda: Fault("task", "no_output", times=1),
        lambda: Fault("task", "other_first"),
        lambda: Fault("task", "lifetime", seconds=chance.uniform(1, 120)),
        lambda: Fault("task", "picture", flaw=chance.choice(_FLAWS)),
        lambda: Fault("create", "status", status=400, code="MODEL_UNAVAILABLE", shape="coded"),
        lambda: Fault("create", "status", status=402, times=2),
        lambda: Fault("create", "status", status=401, shape="plain", nth=(40,)),
    ]
    chosen = chance.sample(makers, chance.randint(0, 5))
    return [replace(make(), probability=chance.uniform(0.02, 0.3)) for make in chosen]


def _play(
    world: World, chance: random.Random, outcome: Outcome, live: Live | None
) -> dict[str, set[str]]:
    world.judges.append(_reaper(chance, outcome))
    runs = _drop_sheets(world, chance)
    if live:
        runs[live.run_id] = live.keys
    outcome.rows = sum(len(each) for each in runs.values())
    for _ in range(chance.choice([0, 0, 1, 2])):
        world.at(chance.uniform(1, 400), world.kill_executions)
    if chance.random() < 0.2:
        world.at(chance.uniform(1, 300), lambda: _cancel(world, chance.choice(list(runs))))
    if world.hiapi.options.balance_usd is not None:
        token = world.hiapi.options.tokens[0]
        world.at(chance.uniform(60, 4000), lambda: world.hiapi.top_up(token, Decimal(5)))
    world.at(chance.uniform(100, 9000), lambda: world.hiapi.release(None))
    world.run(*runs, limit=3 * 86_400)
    if live:
        world.run(until=_LAST_MESSAGES)
    rows = [row for run in runs for row in world.ledger.rows.of_run(run)]
    outcome.published = sum(str(row.status) in ("published", "unchanged") for row in rows)
    return runs


def _drop_sheets(world: World, chance: random.Random) -> dict[str, set[str]]:
    """One to three sheets, some with rows in common, some dropped or announced twice."""
    runs: dict[str, set[str]] = {}
    for number in range(chance.choice([1, 1, 2, 3])):
        data = _sheet(chance, ROWS if number == 0 else chance.randint(1, 12))
        name = chance.choice(["one.csv", "two.csv"])
        for _ in range(chance.choice([1, 1, 1, 2])):
            dropped = world.upload(data, name)
            runs[world.run_id(dropped)] = keys(data)
            delay = chance.uniform(0, 60)
            for _ in range(chance.choice([1, 1, 2, 3])):  # S3 may tell more than once
                world.s3_event(dropped, delay + chance.uniform(0, 90))
    return runs


def _sheet(chance: random.Random, rows: int) -> bytes:
    listed = []
    for number in range(1, rows + 1):
        row = {"slug": f"jar-{number}", "prompt": f"A jar of cream, number {number}"}
        if chance.random() < 0.05:
            row["prompt"] = "A jar that many rows want"
        if chance.random() < 0.05:
            row["model"] = "no-such-model"
        if chance.random() < 0.05:
            row["redo"] = chance.choice(["yes", "more light"])
        if chance.random() < 0.05:
            row["approved"] = "yes"
        listed.append(row)
    chance.shuffle(listed)  # sheets are sorted in every way
    return table(listed)


def _reaper(chance: random.Random, outcome: Outcome) -> Callable[[Place], None]:
    """Kills a function now and then, in some schedules often, in some never."""
    rate = chance.choice([0, 0.001, 0.005, 0.02])
    deadly = random.Random(chance.random())  # noqa: S311 - chance, no secret

    def judge(place: Place) -> None:
        if deadly.random() < rate:
            outcome.deaths += 1
            raise Killed

    return judge


def _cancel(world: World, run_id: str) -> None:
    known: Any = ("RUN#" + run_id, "RUN")
    if known in world.dynamodb.items:
        try:
            world.control.cancel(run_id)
        except Exception as error:  # it had ended already, which is fine
            world.log.write(f"{error}\n")

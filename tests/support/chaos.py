"""Seeded random schedules: faults, deaths, lost and doubled messages, several sheets at once.

Each schedule is a world of its own; the same seed gives the same schedule and the same end.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rowshot.errors import RunNotFound
from rowshot.recovery.control import NotPossible
from support import promises
from support.live_chaos import Live
from support.live_world import LiveWorld
from support.mishaps import hiapi_faults, reaper
from support.seeded import seeded_chance
from support.sheets import keys, table
from support.tally import Tally
from support.world import Options, World

ROWS = 30
_PRICE = Decimal("0.025")
_LIVE = 0.4  # part of the schedules that have a Google Sheet
_LAST_MESSAGES = 2000.0  # seconds in which every message to the write-back has come
_LOOKS = 12  # at the sheet, so long after one another
_HOURS = 96  # in each of which an engineer does what the runbook says of dead letters


@dataclass
class Outcome:
    """What came of one schedule.

    Args:
        seed: Which one.
        broken: Broken promises by kind.
        rows: Rows of all its sheets.
        published: Rows that show a picture in the end.
        tasks: Tasks that hiapi made.
        tally: How often each mishap could have struck, and did.
        redriven: Dead letters that an engineer sent again.
        errors: Errors that nobody expected.
        words: What was broken, in words.
    """

    seed: int
    broken: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    published: int = 0
    tasks: int = 0
    tally: Tally = field(default_factory=Tally)
    redriven: int = 0
    errors: tuple[str, ...] = ()
    words: str = ""


def schedule(seed: int, told: Callable[[str], None] = lambda line: None) -> Outcome:
    """Plays one schedule to its end and checks every promise.

    Args:
        seed: Which one.
        told: Told, line by line, what happens when, and what is in the table in the end.
    """
    with seeded_chance(seed):
        return _schedule(seed, told)


def _schedule(seed: int, told: Callable[[str], None]) -> Outcome:
    chance = random.Random(seed)  # noqa: S311 - chance, no secret
    outcome = Outcome(seed)
    options = _options(seed, chance)
    with LiveWorld(options) if chance.random() < _LIVE else World(options) as world:
        outcome.tally = world.tally
        world.judges.append(lambda place: told(f"{world.loop.time():.3f} {place}"))
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
        outcome.redriven = world.redriven
        _count(world, live, outcome)
        for line in _table(world):
            told(line)
    return outcome


def _count(world: World, live: Live | None, outcome: Outcome) -> None:
    books = world.books()
    outcome.tasks = books["tasks_created"]
    for rule in books["faults"]:
        world.tally.add(rule["name"], rule["matched"], rule["fired"])
    if live:
        live.count(world.tally)


def _table(world: World) -> Iterator[str]:
    for key, item in sorted(world.dynamodb.items.items()):
        values = {name: sorted(v) if isinstance(v, set) else v for name, v in item.items()}
        yield f"{key} {sorted(values.items())}"


def _options(seed: int, chance: random.Random) -> Options:
    options = Options(
        seed=seed,
        unsteady=chance.random() < 0.8,
        in_flight=chance.choice([1, 3, 8, 8]),
        faults=hiapi_faults(chance),
        hiapi={"expired_as": chance.choice([403, 404])},
    )
    if chance.random() < 0.2:
        options = replace(options, run_usd=_PRICE * 20, day_usd=_PRICE * chance.randint(10, 60))
    if chance.random() < 0.15:
        balance = _PRICE * chance.randint(0, 20)
        options = replace(options, hiapi={**options.hiapi, "balance_usd": balance})
    return options


def _play(
    world: World, chance: random.Random, outcome: Outcome, live: Live | None
) -> dict[str, set[str]]:
    world.judges.append(reaper(chance, world.tally))
    runs = _drop_sheets(world, chance)
    if live:
        runs[live.run_id] = live.keys
    outcome.rows = sum(len(each) for each in runs.values())
    for _ in range(chance.choice([0, 0, 1, 2])):
        world.at(chance.uniform(1, 400), lambda: _abort(world))
    if chance.random() < 0.2:
        world.at(chance.uniform(1, 300), lambda: _cancel(world, chance.choice(list(runs))))
    if world.hiapi.options.balance_usd is not None:
        token = world.hiapi.options.tokens[0]
        world.at(chance.uniform(60, 4000), lambda: world.hiapi.top_up(token, Decimal(5)))
    world.at(chance.uniform(100, 9000), lambda: world.hiapi.release(None))
    for hour in range(_HOURS):
        world.at(hour * 3600.0, world.redrive)
    world.run(*runs, limit=3 * 86_400)
    if live:
        _let_sheet_follow(world, live)
    rows = [row for run in runs for row in world.ledger.rows.of_run(run)]
    outcome.published = sum(str(row.status) in ("published", "unchanged") for row in rows)
    return runs


def _let_sheet_follow(world: World, live: Live) -> None:
    """Some more hours, where Google was out for long or a message lay in the dead letters."""
    for _ in range(_LOOKS):
        world.run(until=_LAST_MESSAGES)
        if live.is_shown():
            return


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
            events = chance.choice([1, 1, 2, 3])  # S3 may tell more than once
            world.tally.count("AWS: an S3 event comes twice", events > 1)
            for _ in range(events):
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


def _abort(world: World) -> None:
    running = any(each.status == "RUNNING" for each in world.executions())
    world.tally.count("AWS: all executions are aborted", running)
    world.kill_executions()


def _cancel(world: World, run_id: str) -> None:
    try:
        world.control.cancel(run_id)
    except (RunNotFound, NotPossible) as error:  # it had not begun, or had ended
        world.log.write(f"{error}\n")
        world.tally.count("people: a run is cancelled", struck=False)
    else:
        world.tally.count("people: a run is cancelled", struck=True)

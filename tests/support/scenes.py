"""Scenes of runs that together bring the functions to whatever they ask of AWS."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal

from rowshot.recovery.control import NotPossible
from rowshot_simulators.hiapi import Fault
from rowshot_simulators.sheets import SheetsFault
from support import virtual
from support.deployed import DeployedWorld
from support.kills import Killed, Place
from support.live_world import TITLE
from support.options import INBOX, Options
from support.sheets import table

FAILURES = (Fault("task", "fail", every=3),)
FAULTS = (*FAILURES, Fault("task", "stuck", every=5))
LATE_FAILURES = (*FAILURES, Fault("task", "latency", seconds=300, every=2))
OUTAGES = (
    Fault("create", "status", status=402, times=1),
    Fault("create", "status", status=400, code="MODEL_UNAVAILABLE", shape="coded", times=2),
    Fault("task", "fail", code="TASK_TIMEOUT", every=3),
    Fault("output", "status", status=503, nth=tuple(range(1, 30))),
)
SLOW = (
    Fault("create", "status", status=429, retry_after_s=20, nth=(2,)),
    Fault("task", "latency", seconds=300),
)
UNCLEAR = (
    Fault("create", "reset", prompt="no. 1", times=6),
    Fault("task", "latency", seconds=110),
)


def sheet(rows: int, prefix: str = "mug", **more: str) -> bytes:
    return table(
        [
            {"slug": f"{prefix}-{each}", "prompt": f"A mug no. {each}", **more}
            for each in range(rows)
        ]
    )


def dropped(world: DeployedWorld) -> None:
    """One small sheet."""
    world.run(world.drop(sheet(4)))


def dropped_again(world: DeployedWorld) -> None:
    """Killed, copied for other rows, and asked for anew."""
    run_id = world.drop(sheet(12))
    world.run(until=40)
    world.kill_executions()
    world.run(run_id)
    for again in (sheet(8, "cup"), sheet(8, redo="yes"), sheet(8, redo="brighter")):
        world.run(world.drop(again))


def stopped_and_resumed(world: DeployedWorld) -> None:
    """People cancel a run, resume it, drop its sheet anew, and retry what failed in it."""
    run_id = world.drop(sheet(12))
    world.run(until=40)
    world.control.cancel(world.ledger.runs.latest(1)[0].id)
    assert [run.id for run in world.ledger.runs.all_open()] == [run_id]
    world.run(run_id)
    with suppress(NotPossible):  # it had ended
        world.control.resume(run_id)
    world.run(run_id)
    again = world.drop(sheet(12, redo="yes"), "again.csv")
    world.run(again)
    with suppress(NotPossible):  # nothing has failed
        world.control.retry(again)
    world.run(again)


def ledger_is_lost(world: DeployedWorld) -> None:
    """The versions that were bought are found in the bucket."""
    world.run(world.drop(sheet(2, redo="yes")))
    world.dynamodb.items.clear()
    world.dynamodb._partitions.clear()
    world.run(world.drop(sheet(2)))


def files_are_lost(world: DeployedWorld) -> None:
    """A run's files go while it is on its way, and its execution dies."""
    run_id = world.drop(sheet(12))
    world.run(until=15)
    for each in [key for key in world.s3.objects if "/plan.json" in key[1]]:
        del world.s3.objects[each]
    world.kill_executions()
    world.run(run_id)


def asked_twice(world: DeployedWorld) -> None:
    """Two sheets want the same pictures at once."""
    runs = [world.drop(sheet(6), "a.csv"), world.drop(sheet(6, "cup"), "b.csv")]
    same = table([{"slug": f"cup-{each}", "prompt": f"A mug no. {each}"} for each in range(6)])
    runs.append(world.drop(same, "c.csv"))
    world.run(*runs)


def dispatches_meet(world: DeployedWorld) -> None:
    """Two at once begin the same rows: each waits before it writes, and the other goes on."""

    def judge(place: Place) -> None:
        if place.function == "dispatch" and place.name == "dynamodb TransactWriteItems":
            virtual.wait(asyncio.sleep(0.2))

    world.judges.append(judge)
    asked_twice(world)


def messages_are_lost(world: DeployedWorld) -> None:
    """Dispatch gets none but Sweep's, which say nothing."""
    deliver = world.dispatch_messages._deliver
    world.dispatch_messages._deliver = lambda message, delay: message or deliver(message, delay)
    asked_twice(world)


def ends_are_lost(world: DeployedWorld) -> None:
    """Poll dies each time when a task's failure is noted, and its row's is not."""

    def judge(place: Place) -> None:
        failed = any(item.get("state") == "failed" for item in world.dynamodb.items.values())
        if place.function == "poll" and failed and world.loop.time() < 400:
            raise Killed

    world.judges.append(judge)
    world.run(world.drop(sheet(1)))


def plan_dies(world: DeployedWorld) -> None:
    """Plan dies each time after the first rows; Sweep writes the others, or gives the sheet up."""

    def judge(place: Place) -> None:
        if place.function == "plan" and place.name == died_at[0]:
            raise Killed

    died_at = ["sqs SendMessage"]
    world.judges.append(judge)
    run_id = world.drop(sheet(3))
    world.run(run_id)
    died_at[0] = "s3 PutObject"
    world.run(world.drop(sheet(3, "cup"), "cups.csv"))


def render_is_lost(world: DeployedWorld) -> None:
    """A picture was to be copied, and its render goes while another row has the only slot."""
    world.run(world.drop(sheet(2)))
    world.drop(sheet(1, "pot", prompt="A pot"), "pots.csv")
    world.run(until=5)

    def judge(place: Place) -> None:
        if place.function == "plan" and place.name == "sqs SendMessage":
            for key in [key for key in world.dynamodb.items if key[1] == "RENDER"]:
                world.dynamodb._stand(key, None)

    world.judges.append(judge)
    same = table([{"slug": f"cup-{each}", "prompt": f"A mug no. {each}"} for each in range(2)])
    world.run(world.drop(same, "cups.csv"))


def vendor_takes_other_sizes(world: DeployedWorld) -> None:
    """hiapi refuses a size and names those that it takes now."""
    world.hiapi.catalog.alter_enum("qwen-image-2.0", "size", ("3072*3072",))
    world.run(world.drop(sheet(2, size="2048*2048")))


def sheet_is_taken_back(world: DeployedWorld) -> None:
    """Somebody deletes the sheet before Plan reads it; the version that was dropped stays."""
    dropped = world.upload(sheet(2), "sheet.csv")
    world.s3.delete_object(Bucket=INBOX, Key=dropped.key)
    world.s3_event(dropped)
    world.run(world.run_id(dropped))


def no_sheet(world: DeployedWorld) -> None:
    """A picture by mistake."""
    world.run(world.drop(b"\x89PNG\r\n\x1a\n", "photo.csv"))


def worksheet(world: DeployedWorld) -> str:
    return world.create([["slug", "prompt"], *([f"jar-{n}", f"A jar no. {n}"] for n in range(12))])


def google_sheet(world: DeployedWorld) -> None:
    """Asked for from its menu, and somebody adds a row meanwhile."""
    key = worksheet(world)
    world.menu(key, "price")
    world.menu(key, "render")
    run_id = world.drop_live(key)
    world.at(20, lambda: world.person(key).insert_rows(2, [["new", "A new one"]]))
    world.run(run_id)


def redo_is_ticked(world: DeployedWorld) -> None:
    """A tick is taken, and its cell emptied."""
    key = world.create([["slug", "prompt", "redo"], ["jar", "A jar", ""]])
    world.run(world.drop_live(key))
    world.person(key).tick(2, "redo")
    world.run(world.drop_live(key))


def late_while_nobody_looks(world: DeployedWorld) -> None:
    """Executions die, and their tasks are past the hard deadline when Sweep comes."""
    run_id = world.drop_live(worksheet(world))
    world.at(5, world.kill_executions)
    world.run(run_id)


def google_is_away(world: DeployedWorld) -> None:
    """It is left alone for a while, and shared again when the run ends."""
    away = SheetsFault("error", "read", times=None, status=503)
    world.google.add_fault(away)
    run_id = world.drop_live(worksheet(world))
    world.at(2000, world.google.clear_faults)
    world.run(run_id)


def write_back_dies(world: DeployedWorld) -> None:
    """The run ends without Google, and its last message is among the dead letters."""

    def judge(place: Place) -> None:
        if place.function == "write_back":
            raise Killed

    world.google.add_fault(SheetsFault("error", "read", times=None, status=503))
    run_id = world.drop_live(worksheet(world))
    world.run(until=1500)
    world.judges.append(judge)
    world.run(until=5400)
    world.judges.clear()
    world.google.clear_faults()
    world.run(run_id, until=7200)


def shared_late(world: DeployedWorld) -> None:
    """The end of a run is the first to open its worksheet."""
    key, email = worksheet(world), world.google.service_account_info()["client_email"]
    data = table([{"slug": f"jar-{n}", "prompt": f"A jar no. {n}"} for n in range(12)])
    world.google.share(key, email, None)
    run_id = world.drop(data, "a.csv", spreadsheet_id=key, worksheet=TITLE)
    world.at(20, lambda: world.google.share(key, email, "writer"))
    world.run(run_id)


def deaths(world: DeployedWorld) -> None:
    """Functions die at any moment; for a time, Publish always does."""
    chance = random.Random(1)  # noqa: S311 - chance, no secret

    def judge(place: Place) -> None:
        early = world.loop.time() < 900
        if (place.function == "publish" and early) or chance.random() < 0.05 * early:
            raise Killed

    world.judges.append(judge)
    world.at(100, world.kill_executions)
    world.run(world.drop_live(worksheet(world)))


SCENES = [
    (Options(in_flight=2), dropped_again),
    (Options(faults=FAULTS, hard_deadline=120.0, in_flight=3), dropped_again),
    (Options(in_flight=2), stopped_and_resumed),
    (Options(faults=FAILURES), stopped_and_resumed),
    (Options(day_usd=Decimal("0.1")), stopped_and_resumed),
    (Options(), ledger_is_lost),
    (Options(), files_are_lost),
    (Options(in_flight=2), asked_twice),
    (Options(faults=SLOW, in_flight=4), asked_twice),
    (Options(in_flight=2), dispatches_meet),
    (Options(in_flight=2), messages_are_lost),
    (Options(faults=(Fault("task", "fail", code="TASK_FAILED", message="no"),)), ends_are_lost),
    (Options(faults=OUTAGES, in_flight=2), dropped_again),
    (Options(faults=UNCLEAR, in_flight=1, hard_deadline=120.0, sweep_every=5), dropped),
    (Options(day_usd=Decimal("0.1")), dropped_again),
    (Options(), plan_dies),
    (Options(), sheet_is_taken_back),
    (Options(in_flight=1), render_is_lost),
    (Options(), vendor_takes_other_sizes),
    (Options(), no_sheet),
    (Options(faults=LATE_FAILURES, hard_deadline=120.0), google_sheet),
    (Options(), redo_is_ticked),
    (Options(faults=(Fault("task", "stuck"),), hard_deadline=40.0), late_while_nobody_looks),
    (Options(), google_is_away),
    (Options(), write_back_dies),
    (Options(), shared_late),
    (Options(in_flight=3), deaths),
]


def scenes(seen: Callable[[DeployedWorld], None] = lambda world: None) -> Iterator[DeployedWorld]:
    """Plays every scene to its end, and yields its world while it still stands.

    Args:
        seen: Told of each world before anything happens in it.
    """
    for options, play in SCENES:
        with DeployedWorld(options) as world:
            seen(world)
            world.at(1000, lambda world=world: world.hiapi.release(None))
            play(world)
            assert world.errors == []
            yield world

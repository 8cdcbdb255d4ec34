"""The product's promises, checked on a world at rest: from the simulator's books and the ledger."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from PIL import Image

from rowshot.deciding.reasons import NOT_PLANNED
from rowshot.inbound.plan_run import OUTDATED, Dropped, run_id_of
from rowshot.ledger.records import RenderState, Row, RunStatus
from rowshot.planning.plan_file import view
from rowshot.statuses import RowStatus
from rowshot_simulators.hiapi.books import most_at_once
from support.colours import colour_of
from support.world import INBOX, MEDIA, MEDIA_URL, TOKEN, World

LOST, TWICE, SLOTS, CAPS, SECRETS, WRONG, CELLS, STALE = (
    "rows lost",
    "pictures paid twice",
    "in flight above limit",
    "spend above caps",
    "secrets found",
    "wrong rows",
    "people's cells changed",
    "left over",
)
KINDS = (LOST, TWICE, SLOTS, CAPS, SECRETS, WRONG, CELLS, STALE)
_CLOSE = 24  # of 255: WebP does not keep colours exactly


@dataclass
class Broken:
    """What was found, in words, by the kind of promise."""

    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __bool__(self) -> bool:
        return any(self.found.values())

    def __str__(self) -> str:
        return "\n".join(f"{kind}: {words}" for kind, each in self.found.items() for words in each)


def check(world: World, expected: dict[str, set[str]]) -> Broken:
    """Checks every promise.

    Args:
        world: At rest.
        expected: The row keys of each run.
    """
    broken = Broken()
    for run_id, keys in expected.items():
        if _unplanned(world, run_id) or _outdated(world, run_id):
            continue
        broken.found[LOST] += _lost(world, run_id, keys)
        broken.found[WRONG] += _wrong(world, run_id)
        broken.found[STALE] += _stale_results(world, run_id)
    broken.found[TWICE] += _twice(world)
    broken.found[SLOTS] += _slots(world)
    broken.found[CAPS] += _caps(world, list(expected))
    broken.found[SECRETS] += _secrets(world)
    broken.found[STALE] += [*_uncollected(world), *_left_over(world)]
    return broken


def _unplanned(world: World, run_id: str) -> bool:
    """Whether Plan died each time that Lambda tried it: told, nothing bought, run it again."""
    run = world.ledger.runs.get(run_id)
    if run.status is not RunStatus.STOPPED or run.reason != NOT_PLANNED:
        return False
    told = world.report(run_id)["problem"] == NOT_PLANNED
    return told and not run.reserved and not list(world.ledger.rows.of_run(run_id))


def _outdated(world: World, run_id: str) -> bool:
    """Whether the sheet's next version was taken up before this one: told, nothing bought."""
    run = world.ledger.runs.get(run_id)
    if run.status is not RunStatus.STOPPED or run.reason != OUTDATED.format(name=run.sheet_name):
        return False
    newest = run_id_of(INBOX, Dropped(run.key, world.s3.objects[INBOX, run.key][-1].version))
    later = newest != run_id and world.ledger.runs.get(newest)
    told = world.report(run_id)["problem"] == run.reason
    return bool(later) and told and not run.reserved and not list(world.ledger.rows.of_run(run_id))


def _lost(world: World, run_id: str, keys: set[str]) -> Iterator[str]:
    rows = list(world.ledger.rows.of_run(run_id))
    if missing := keys - {row.row_key for row in rows}:
        yield f"{run_id}: no rows for {sorted(missing)}"
    for row in rows:
        if not row.status.final:
            yield f"{run_id} row {row.number} is {row.status}"
        elif row.status is RowStatus.FAILED and not row.error:
            yield f"{run_id} row {row.number} failed without a reason"


def _twice(world: World) -> Iterator[str]:
    """A second task for the same order only after the first ended in ``fail``."""
    tasks = defaultdict(list)
    for task in world.hiapi.tasks.values():
        tasks[task.body_sha256].append(task)
    for same in tasks.values():
        for first, second in pairwise(same):
            ended = first.finished is not None and first.finished <= second.created
            if not ended or first.fate.fail_code is None:
                yield f"{first.id} and {second.id} are the same order"


def _slots(world: World) -> Iterator[str]:
    limit, longest = world.options.in_flight, world.options.hard_deadline
    # Past the hard deadline a task is parked and its slot is free again; the next look parks it.
    spans = [
        (task.created, min(task.finished or float("inf"), task.created + longest))
        for task in world.hiapi.tasks.values()
    ]
    highest = most_at_once(spans)
    if highest > limit:
        yield f"{highest} tasks in flight, {limit} allowed"


def _caps(world: World, run_ids: list[str]) -> Iterator[str]:
    options = world.options
    by_day: dict[str, Decimal] = defaultdict(Decimal)
    for task in world.hiapi.tasks.values():
        by_day[datetime.fromtimestamp(task.created, UTC).date().isoformat()] += task.price
    # A claim counts on the day it was made; its order may go out shortly after midnight.
    slack = Decimal("0.025") * options.in_flight if len(by_day) > 1 else Decimal(0)
    for day, spent in by_day.items():
        if spent > options.day_usd + slack:
            yield f"${spent} on {day}, ${options.day_usd} allowed"
    charged = sum((task.price for task in world.hiapi.tasks.values()), Decimal(0))
    reserved = Decimal(0)
    for run_id in run_ids:
        run = world.ledger.runs.get(run_id)
        reserved += run.reserved
        if run.reserved > options.run_usd:
            yield f"{run_id} reserved ${run.reserved}, ${options.run_usd} allowed"
        if run.spent + run.possibly_billed > run.reserved:
            yield f"{run_id} spent ${run.spent} + ${run.possibly_billed} of ${run.reserved}"
    if charged > reserved:
        yield f"hiapi charged ${charged}, the runs reserved only ${reserved}"


def _wrong(world: World, run_id: str) -> Iterator[str]:
    plan = view(world.inbox, run_id)
    static = {each["number"]: each for each in plan["rows"] if "slug" in each}
    for row in world.ledger.rows.of_run(run_id):
        if row.status not in (RowStatus.PUBLISHED, RowStatus.UNCHANGED):
            continue
        if row.picture is None:
            yield f"{run_id} row {row.number} is {row.status} without a picture"
            continue
        path = row.picture.url.removeprefix(f"{MEDIA_URL}/")
        if path.split("/")[1] != static[row.number]["folder"]:
            yield f"{run_id} row {row.number} shows {path}"
        yield from _wrong_picture(world, row, path)


def _wrong_picture(world: World, row: Row, path: str) -> Iterator[str]:
    render = world.ledger.renders.get(row.render_id)
    prompt = json.loads(render.body)["input"]["prompt"] if render else ""
    for suffix in (".webp", "-480.webp", "-960.webp"):
        data = world.s3.read(MEDIA, path.removesuffix(".webp") + suffix)
        pixel: Any = Image.open(io.BytesIO(data)).convert("RGB").getpixel((0, 0))
        if any(abs(a - b) > _CLOSE for a, b in zip(pixel, colour_of(prompt), strict=True)):
            yield f"row {row.number} of {row.run_id} shows another row's picture"


def _uncollected(world: World) -> Iterator[str]:
    """A paid picture is published, or a row says by the task's id why it cannot be."""
    told = " ".join(
        str(item.get("error", "")) for key, item in world.dynamodb.items.items() if "ROW#" in key[1]
    )
    published = {
        render.task_id
        for key in world.dynamodb.items
        if key[1] == "RENDER" and (render := world.ledger.renders.get(key[0][7:]))
        if render.state is RenderState.PUBLISHED
    }
    for task in world.hiapi.tasks.values():
        whole = task.fate.fail_code is None and task.fate.has_output and not task.fate.flaw
        if task.done(world.now()) and whole and task.id not in published and task.id not in told:
            yield f"{task.id} was paid for and never published"


def _left_over(world: World) -> Iterator[str]:
    account = world.ledger.limiter.view()
    if account.held or account.parked or account.working:
        yield f"still held: {account.held}, parked: {account.parked}, at work: {account.working}"
    for key in world.dynamodb.items:
        if key[0].startswith("LINE#") or key[1].startswith("WAIT#"):
            yield f"{key} still stands in line"
    for run in world.ledger.runs.latest(100):
        if run.open_rows:
            yield f"the run {run.id} counts {run.open_rows} open rows"
    for key, item in world.dynamodb.items.items():
        if "open" in item:
            yield f"{key} is still open"


def _stale_results(world: World, run_id: str) -> Iterator[str]:
    """Results and report say what the ledger says."""
    report = world.report(run_id)
    by_number = {each["row"]: each for each in report["rows"]}
    for row in world.ledger.rows.of_run(run_id):
        told = by_number.get(row.number, {})
        url = row.picture.url if row.picture else None
        if (told.get("status"), told.get("image_url")) != (str(row.status), url):
            yield f"the report of {run_id} tells something else of row {row.number}"
    spent = world.ledger.runs.get(run_id).spent
    if Decimal(report["spent_usd"]) != spent:
        yield f"the report of {run_id} says ${report['spent_usd']}, the ledger ${spent}"
    text = world.s3.read(INBOX, f"runs/{run_id}/results.csv").decode("utf-8-sig")
    statuses = [each["status"] for each in csv.DictReader(io.StringIO(text))]
    if statuses != [each["status"] for each in report["rows"]]:
        yield f"results.csv of {run_id} is not its report"


def _secrets(world: World) -> Iterator[str]:
    signatures = [world.hiapi.signature(task) for task in world.hiapi.tasks]
    places = {
        "the log": world.log.getvalue(),
        "the ledger": repr(world.dynamodb.items),
        "the machine's state": repr([each.input for each in world.executions()]),
        "the notices": repr(world.topic.published),
        "the queue": repr(world.queue.sent),
    }
    for (_, key), versions in world.s3.objects.items():
        if not key.endswith(".webp"):
            places[key] = "".join(each.body.decode("utf-8", "replace") for each in versions)
    for place, text in places.items():
        if TOKEN in text or "signature=" in text or any(each in text for each in signatures):
            yield f"a secret in {place}"
    if world.hiapi.leaked_keys:
        yield "the key was sent to the pictures' host"


def fingerprint(world: World, run_id: str) -> dict[str, Any]:
    """What must be the same however often something died on the way."""
    report = world.report(run_id)
    kept = ("row", "slug", "status", "image_url", "versions", "version")
    books = world.books()
    return {
        "status": report["status"],
        "counts": report["counts"],
        "estimate": report["estimate_usd"],
        "spent": report["spent_usd"],
        "rows": [{name: each[name] for name in kept} for each in report["rows"]],
        "reasons": [bool(each["error"]) for each in report["rows"]],
        "pictures": world.s3.keys(MEDIA, "images/"),
        "tasks": books["tasks_created"],
        "charged": books["charged_usd"],
        "memories": sorted(
            hashlib.sha256(repr(sorted(_memory(item).items())).encode()).hexdigest()
            for key, item in world.dynamodb.items.items()
            if key[1].startswith("KEY#")
        ),
        "told": bool(world.topic.published),
    }


def _memory(item: dict[str, Any]) -> dict[str, Any]:
    versions = [each["render_id"] for each in item.get("versions", [])]
    return {**{name: item.get(name) for name in ("version", "redo_seen", "note")}, "ids": versions}

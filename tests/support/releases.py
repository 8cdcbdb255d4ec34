"""What a release leaves behind in the middle of a run, kept so that later releases can end it.

``python -m support.releases`` in ``tests/`` writes the state of this release to
``data/releases/<version>.json``: table, buckets, running executions and hiapi's tasks of a run that
is planned and partly begun. Do it once for each release, before anything after it is changed.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from support.aws.expressions import plain, wire
from support.aws.s3 import Stored
from support.options import MACHINE, Options
from support.world import World

RELEASES = Path(__file__).resolve().parents[1] / "data" / "releases"
_SHEET = "slug,prompt\n" + "".join(f"mug-{number},A mug no. {number}\n" for number in range(1, 25))
_BEGUN = 45.0  # virtual seconds: rows are published, running and still queued then


def begun() -> World:
    """A world in which a run is planned and partly begun."""
    world = World(Options())
    world.drop(_SHEET.encode())
    world.run(until=_BEGUN)
    return world


def snapshot(world: World) -> dict[str, Any]:
    """Everything that outlives a deployment, ready for JSON."""
    return {
        "passed": world.loop.time(),
        "table": [_text(wire(item)) for item in world.dynamodb.items.values()],
        "objects": [
            {
                "bucket": bucket,
                "key": key,
                "body": b64encode(stored.body).decode(),
                "version": stored.version,
                "metadata": dict(stored.metadata),
                "content_type": stored.content_type,
                "cache_control": stored.cache_control,
            }
            for (bucket, key), versions in world.s3.objects.items()
            for stored in versions
        ],
        "executions": [
            {"name": each.name, "input": each.input}
            for each in world.executions()
            if each.status == "RUNNING"
        ],
        "tasks": [task.to_json() for task in world.hiapi.tasks.values()],
    }


def restore(kept: dict[str, Any], folder: Path, in_flight: int = 8) -> World:
    """A world of the current code that goes on from what a release left behind.

    Args:
        kept: The snapshot.
        folder: Where the simulated hiapi keeps its tasks.
        in_flight: The limit that the stack now has.
    """
    journal = folder / "hiapi.jsonl"
    lines = [{"secret": "of the old release"}, *({"task": task} for task in kept["tasks"])]
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    world = World(Options(hiapi={"state_file": journal}, in_flight=in_flight))
    world.run(until=kept["passed"])
    for item in kept["table"]:
        read = plain(_bytes(item))
        world.dynamodb._stand((read["pk"], read["sk"]), read)
    for each in kept["objects"]:
        stored = Stored(
            b64decode(each["body"]),
            each["version"],
            each["metadata"],
            each["content_type"],
            each["cache_control"],
        )
        world.s3.objects.setdefault((each["bucket"], each["key"]), []).append(stored)
    for each in kept["executions"]:
        world.start(_start(world, each))
    return world


def releases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every release that was kept, with what it left behind."""
    for path in sorted(RELEASES.glob("*.json")):
        yield path.stem, json.loads(path.read_text())


async def _start(world: World, execution: dict[str, Any]) -> None:
    """An execution begins anew with its old input; the ledger knows what was done."""
    world.stepfunctions.start_execution(
        stateMachineArn=MACHINE, name=execution["name"], input=json.dumps(execution["input"])
    )


def _text(value: Any) -> Any:
    """The wire's form of an item with its bytes as text."""
    if isinstance(value, dict):
        return {name: _text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_text(each) for each in value]
    return {"base64": b64encode(value).decode()} if isinstance(value, bytes) else value


def _bytes(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"base64"}:
            return b64decode(value["base64"])
        return {name: _bytes(each) for name, each in value.items()}
    return [_bytes(each) for each in value] if isinstance(value, list) else value


def main() -> None:
    """Writes this release's state, and refuses to change one that is kept."""
    path = RELEASES / f"{version('rowshot')}.json"
    if path.exists():
        raise SystemExit(f"{path} is kept as it was released. Raise the version first.")
    path.parent.mkdir(exist_ok=True)
    with begun() as world:
        path.write_text(json.dumps(snapshot(world), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()

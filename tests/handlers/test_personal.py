"""Pictures that name a person: shared between sheets, and rendered anew after their time."""

from __future__ import annotations

from typing import Any

from support import promises
from support.sheets import keys, table
from support.world import INBOX, MEDIA, World

DAY = 86_400.0


def _sheet(slug: str = "for-ana", **more: str) -> bytes:
    row = {"slug": slug, "recipe": "personal", "name": "Ana", "ttl_days": "7", **more}
    return table([row])


def _run(world: World, data: bytes, name: str = "names.csv") -> dict[str, Any]:
    run_id = world.drop(data, name)
    world.run(run_id)
    broken = promises.check(world, {run_id: keys(data)})
    # The promises compare one run's money with all that was charged.
    assert not [each for kind, each in broken.found.items() if each and kind != promises.CAPS]
    row: dict[str, Any] = world.report(run_id)["rows"][0]
    return row


def test_another_sheet_gets_the_same_picture_within_its_time():
    with World() as world:
        first = _run(world, _sheet())
        second = _run(world, _sheet("ana-again"), "other.csv")
        assert (first["status"], second["status"]) == ("published", "unchanged")
        assert first["image_url"] == second["image_url"]
        assert world.books()["tasks_created"] == 1


def test_after_its_time_the_next_drop_renders_it_anew():
    with World() as world:
        first = _run(world, _sheet())
        world.run(until=6.9 * DAY)
        assert _run(world, _sheet())["status"] == "unchanged"
        world.run(until=0.2 * DAY)
        anew = _run(world, _sheet())
        assert anew["status"] == "published"
        assert anew["version"] == anew["versions"] == 2
        assert anew["image_url"] != first["image_url"]
        assert _run(world, _sheet("ana-again"), "other.csv")["image_url"] == anew["image_url"]
        assert world.books()["tasks_created"] == 2


def test_an_approved_one_outlives_its_time():
    with World() as world:
        _run(world, _sheet())
        world.run(until=8 * DAY)
        assert _run(world, _sheet(approved="yes"))["status"] == "approved"
        assert world.books()["tasks_created"] == 1


def test_the_name_is_in_no_key():
    with World() as world:
        _run(world, _sheet("ana"))
        assert not [key for key in world.s3.keys(MEDIA) if "ana" in key.lower()]
        assert not [key for key in world.s3.keys(INBOX, "versions/") if "ana" in key.lower()]

"""The Google Sheet while runs go on, on virtual time: quotas, staleness, and people at work."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from rowshot_simulators.sheets import SheetsFault
from support.kills import Killed, Place
from support.live_world import TITLE, LiveWorld
from support.sheets import table

HEADER = ["slug", "prompt", "colour", "redo", "approved"]
HOUR = 3600.0
OURS = ["status", "image_url", "preview", "error", "cost_usd"]


def products(number: int) -> list[list[Any]]:
    rows = [
        [f"jar-{n}", f"A jar of cream, number {n}", f"{(n * 7919) % 1000:03d}", False, False]
        for n in range(number)
    ]
    return [HEADER, *rows]


@pytest.fixture
def world() -> Iterator[LiveWorld]:
    with LiveWorld() as made:
        yield made


def own_pictures(world: LiveWorld, key: str) -> None:
    """Every row has its own picture, in cell and in preview."""
    run = {name: url for name, url in world.shown(key, "image_url").items() if url}
    for name, url in run.items():
        assert f"/images/{name}/" in url, f"{name} shows {url}"


def test_an_810_row_run_stays_within_googles_quotas_and_is_never_stale(world: LiveWorld) -> None:
    """Four minutes of it; then it is cancelled, which changes the rest of the rows at once."""
    key = world.create(products(810))
    run_id = world.drop_live(key)
    stale: list[float] = [0.0]
    world.start(_watch(world, run_id, key, stale))
    world.run(until=240)
    assert Counter(world.shown(key, "status").values())["published"] >= 20
    assert 0 < stale[0] < 10
    world.control.cancel(run_id)
    world.run(run_id)
    report, traffic = world.report(run_id), world.google.traffic
    assert report["live_sheet"]["complete"] is True
    assert world.shown(key, "status") == {row["slug"]: row["status"] for row in report["rows"]}
    assert set(world.shown(key, "status").values()) == {"published", "cancelled"}
    own_pictures(world, key)
    assert traffic.busiest_minute("write") < 20
    assert traffic.busiest_minute("read") < 20
    assert traffic.count("read", status=429) == traffic.count("write", status=429) == 0
    assert world.errors == []


async def _watch(world: LiveWorld, run_id: str, key: str, stale: list[float]) -> None:
    """Notes for how long each status in the ledger was not yet in its cell."""
    since: dict[tuple[str, str], float] = {}
    while True:
        await asyncio.sleep(2)
        sheet = world.google.store.documents[key].by_title(TITLE)
        assert sheet is not None
        header = [cell.value if cell else None for cell in sheet.rows[0]]
        at = header.index("status") if "status" in header else None
        cells = {}
        for row in sheet.rows[1:] if at is not None else ():
            cell = row[at] if at < len(row) else None
            cells[row[0].value] = cell.value if cell else ""
        wrong = {
            (item["row_key"], item["status"])
            for (pk, _), item in world.dynamodb.items.items()
            if pk == f"RUN#{run_id}"
            and cells.get(item.get("row_key")) != item["status"]
            and "row_key" in item
        }
        now = world.loop.time()
        since = {each: since.get(each, now) for each in wrong}
        stale[0] = max([stale[0], *(now - began for began in since.values())])


def test_a_person_at_work_confuses_nothing(world: LiveWorld) -> None:
    """Sorts, inserts, deletes, edits and renames while 120 rows are rendered."""
    key = world.create(products(120))
    before = world.google.grid(key, TITLE)
    run_id = world.drop_live(key)
    person = world.person(key)
    for at, act in enumerate(
        [
            lambda: person.sort("colour"),
            lambda: person.insert_rows(2, [["new-1", "A new one", "", False, False]]),
            lambda: person.delete_row(person.row_of("slug", "jar-77")),
            lambda: person.edit(person.row_of("slug", "jar-3"), "prompt", "Another prompt"),
            lambda: person.rename_header("prompt", "What to draw"),
            lambda: person.sort("slug", descending=True),
            lambda: person.insert_column(1, "notes"),
            lambda: person.sort("colour", descending=True),
        ]
    ):
        world.at(40 + 55.7 * at, act)
    world.run(run_id)
    report = world.report(run_id)
    assert report["counts"]["published"] == 120
    shown = world.shown(key, "image_url")
    assert sorted(shown) == sorted([f"jar-{n}" for n in range(120) if n != 77] + ["new-1"])
    assert {name for name, url in shown.items() if not url} == {"new-1"}
    own_pictures(world, key)
    assert Counter(world.shown(key, "status").values()) == {"published": 119, "": 1}
    (note,) = report["live_sheet"]["notes"]
    assert "jar-77" in note
    _only_the_person_changed(world, key, before)


def _only_the_person_changed(world: LiveWorld, key: str, before: list[list[str]]) -> None:
    colours = dict(zip([row[0] for row in before], [row[2] for row in before], strict=True))
    prompts = dict(zip([row[0] for row in before], [row[1] for row in before], strict=True))
    prompts["jar-3"] = "Another prompt"
    for name, colour in world.shown(key, "colour").items():
        assert colour == colours.get(name, "")
    for name, prompt in world.shown(key, "What to draw").items():
        assert prompt == prompts.get(name, "A new one")
    assert set(world.shown(key, "notes").values()) == {""}
    assert world.google.grid(key, "Notes") == [["mine"]]


def test_a_second_run_without_changes_writes_nothing(world: LiveWorld) -> None:
    key = world.create(products(12))
    world.run(world.drop_live(key))
    written = world.google.traffic.count("write")
    again = world.drop_live(key)
    world.run(again)
    assert world.report(again)["counts"]["unchanged"] == 12
    assert world.google.traffic.count("write") == written


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("https://evil.example","x")', "+1", "@x", "-2", "=1+1"]
)
def test_what_looks_like_a_formula_stays_text(world: LiveWorld, text: str) -> None:
    key = world.create(
        [[*HEADER, "badge"], ["jar", f"=1+1 jars, {text}", text, False, False, text]]
    )
    run_id = world.drop_live(key)
    world.run(run_id)
    assert world.report(run_id)["counts"]["published"] == 1
    entered = world.google.entered(key, TITLE)[1]
    assert [entered[1], entered[2], entered[5]] == [f"=1+1 jars, {text}", text, text]
    assert all(type(cell) is str for cell in (entered[1], entered[2], entered[5]))
    (task,) = (
        world.hiapi.tasks.values() if isinstance(world.hiapi.tasks, dict) else world.hiapi.tasks
    )
    assert task.input["prompt"] == f"=1+1 jars, {text}"


def test_a_redo_is_taken_once_reset_and_may_be_ticked_again(world: LiveWorld) -> None:
    key = world.create(products(2))
    world.run(world.drop_live(key))
    person = world.person(key)
    person.tick(2, "redo")
    old = world.google.grid(key, TITLE)
    taken = world.drop_live(key)
    world.run(taken)
    assert world.report(taken)["rows"][0]["versions"] == 2
    assert world.google.entered(key, TITLE)[1][3] is False
    second = world.shown(key, "image_url")["jar-0"]
    # The same export again, although the sheet was seen without the tick meanwhile.
    again = world.drop(_csv(old), f"{TITLE}.csv", spreadsheet_id=key, worksheet=TITLE)
    world.run(again)
    assert world.report(again)["rows"][0]["versions"] == 2
    assert world.books()["tasks_created"] == 3
    person.tick(2, "redo")
    anew = world.drop_live(key)
    world.run(anew)
    assert world.report(anew)["rows"][0]["versions"] == 3
    assert world.shown(key, "image_url")["jar-0"] != second
    assert world.google.entered(key, TITLE)[1][3] is False


def _csv(grid: list[list[str]]) -> bytes:
    header, *rows = grid
    return table([dict(zip(header, row, strict=False)) for row in rows])


def test_an_approved_row_keeps_its_picture_and_says_so(world: LiveWorld) -> None:
    key = world.create(products(2))
    world.run(world.drop_live(key))
    picture = world.shown(key, "image_url")["jar-0"]
    person = world.person(key)
    person.tick(2, "approved")
    person.edit(2, "prompt", "Something else")
    run_id = world.drop_live(key)
    world.run(run_id)
    assert world.shown(key, "status") == {"jar-0": "approved", "jar-1": "published"}
    assert world.shown(key, "image_url")["jar-0"] == picture
    assert world.books()["tasks_created"] == 2


def test_a_sheet_that_is_not_shared_stops_only_its_own_projection(world: LiveWorld) -> None:
    email = world.google.service_account_info()["client_email"]
    closed, open_ = world.create(products(3)), world.create([HEADER, ["tin", "A tin"]])
    data = _csv(world.google.grid(closed, TITLE))
    world.google.share(closed, email, None)
    runs = [
        world.drop(data, "a.csv", spreadsheet_id=closed, worksheet=TITLE),
        world.drop_live(open_),
    ]
    world.run(*runs)
    first, second = map(world.report, runs)
    assert first["counts"]["published"] == 3
    assert first["live_sheet"]["complete"] is False
    assert email in first["live_sheet"]["problem"]
    assert email in world.ledger.runs.get(runs[0]).sheet_problem
    assert second["live_sheet"]["complete"] is True
    assert world.google.traffic.count("write", closed) == 0


def test_a_share_that_comes_late_is_made_good_at_the_end(world: LiveWorld) -> None:
    email = world.google.service_account_info()["client_email"]
    key = world.create(products(3))
    data = _csv(world.google.grid(key, TITLE))
    world.google.share(key, email, None)
    run_id = world.drop(data, "a.csv", spreadsheet_id=key, worksheet=TITLE)
    world.at(20, lambda: world.google.share(key, email, "writer"))
    world.run(run_id)
    assert world.report(run_id)["live_sheet"]["complete"] is True
    assert set(world.shown(key, "status").values()) == {"published"}
    assert world.ledger.runs.get(run_id).sheet_problem == ""


def test_a_protected_range_is_named_and_pictures_go_on(world: LiveWorld) -> None:
    key = world.create([[*HEADER, *OURS], *products(2)[1:]])
    world.person(key).protect(5, 10)
    run_id = world.drop_live(key)
    world.run(run_id)
    report = world.report(run_id)
    assert report["counts"]["published"] == 2
    assert "protected" in report["live_sheet"]["problem"].lower()


@pytest.mark.parametrize(
    "fault",
    [
        SheetsFault("error", "read", times=6, status=429),
        SheetsFault("error", "read", times=9, status=500),
        SheetsFault("error", "write", times=4, status=503),
        SheetsFault("error", "write", times=2, status=409),
        SheetsFault("error", "write", times=2, status=499),
        SheetsFault("error", "write", times=2, status=520),
        SheetsFault("reset", "read", times=5),
        SheetsFault("reset_after", "write", times=3),
        SheetsFault("truncated", "read", times=3),
        SheetsFault("html", "write", times=4),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.match}-{fault.status}",
)
def test_googles_trouble_is_waited_out(world: LiveWorld, fault: SheetsFault) -> None:
    world.google.add_fault(fault)
    key = world.create(products(5))
    run_id = world.drop_live(key)
    world.run(run_id)
    assert world.report(run_id)["live_sheet"]["complete"] is True
    assert set(world.shown(key, "status").values()) == {"published"}
    own_pictures(world, key)
    assert world.dead_letters == []


@pytest.mark.parametrize("status", [409, 520])
def test_one_passing_answer_does_not_end_the_live_sheet(world: LiveWorld, status: int) -> None:
    world.google.add_fault(SheetsFault("error", "write", times=1, status=status))
    key = world.create(products(30))
    run_id = world.drop_live(key)
    world.run(run_id)
    assert world.report(run_id)["live_sheet"]["complete"] is True
    assert world.google.traffic.count("write") >= 10, (
        "the sheet fills in on the way, not only at the end"
    )


def test_rows_of_a_half_made_plan_are_shown_with_their_end(world: LiveWorld) -> None:
    key = world.create(products(3))

    def judge(place: Place) -> None:
        if place.function == "plan" and place.name == "note plan":
            raise Killed

    world.judges.append(judge)
    run_id = world.drop_live(key)
    world.run(run_id)
    rows = world.report(run_id)["rows"]
    assert {row["status"] for row in rows} <= {"published", "failed"}
    assert world.shown(key, "status") == {row["slug"]: row["status"] for row in rows}


def test_a_google_that_stays_away_holds_no_run_up_for_ever(world: LiveWorld) -> None:
    world.google.add_fault(SheetsFault("error", "read", times=None, status=503))
    key = world.create(products(2))
    run_id = world.drop_live(key)
    world.at(3000, world.google.clear_faults)
    world.run(run_id)
    report = world.report(run_id)
    assert report["counts"]["published"] == 2
    assert "quarter of an hour" in report["live_sheet"]["problem"]
    world.run(until=4000)
    assert set(world.shown(key, "status").values()) == {"published"}


def die_in_write_back(place: Place) -> None:
    if place.function == "write_back":
        raise Killed


def test_what_a_sheet_lacks_follows_though_its_message_is_among_the_dead_letters(
    world: LiveWorld,
) -> None:
    """The report promises it, and nobody sends the dead letter again."""
    world.google.add_fault(SheetsFault("error", "read", times=None, status=503))
    key = world.create(products(2))
    run_id = world.drop_live(key)
    world.run(until=1500)
    assert "keeps trying for a day" in world.report(run_id)["live_sheet"]["problem"]
    world.judges.append(die_in_write_back)
    world.run(until=1.5 * HOUR)
    assert {function for function, _ in world.dead_letters} == {"write_back"}
    world.judges.clear()
    world.google.clear_faults()
    world.run(until=1.5 * HOUR)
    assert set(world.shown(key, "status").values()) == {"published"}
    calls = world.calls["write_back"]
    world.run(until=2 * HOUR)
    assert world.calls["write_back"] == calls, "a complete sheet is left alone"


def test_a_later_drop_of_the_same_sheet_is_the_one_that_is_shown(world: LiveWorld) -> None:
    key = world.create(products(4))
    first = world.drop_live(key)
    world.run(until=20)
    world.person(key).edit(2, "prompt", "Something else")
    second = world.drop_live(key)
    world.run(first, second)
    rows = {row["slug"]: row["image_url"] for row in world.report(second)["rows"]}
    assert world.shown(key, "image_url") == rows
    assert world.report(second)["live_sheet"]["complete"] is True


def test_many_sheets_together_stay_within_the_quota() -> None:
    with LiveWorld() as world:
        keys = [world.create(products(6), TITLE) for _ in range(12)]
        runs = [world.drop_live(key) for key in keys]
        world.run(*runs)
        traffic = world.google.traffic
        assert all(world.report(run)["live_sheet"]["complete"] for run in runs)
        assert traffic.busiest_minute("read") <= 60
        assert traffic.busiest_minute("write") <= 60
        assert traffic.count("read", status=429) == traffic.count("write", status=429) == 0


def test_a_sheet_is_filled_in_though_plan_died_before_it_was_to_be_shown(world: LiveWorld) -> None:
    """Each time that Lambda tried it; Sweep then writes the plan to its end."""

    def judge(place: Place) -> None:
        kept = any(key.endswith("plan.jsonl") for _, key in world.s3.objects)
        if place.function == "plan" and kept:
            raise Killed

    key = world.create(products(4))
    world.judges.append(judge)
    run_id = world.drop_live(key)
    world.run(run_id)
    assert set(world.shown(key, "status").values()) == {"published"}
    own_pictures(world, key)

"""Dispatch: who begins, who is put back, and which run is at its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rowshot.deciding import reasons
from rowshot.deciding.answers import NoRoom
from rowshot.deciding.facts import Facts
from rowshot.ledger import keys
from rowshot.ledger.jobs import Job
from rowshot.ledger.records import Render, Row, RunStatus, Turn
from rowshot.ordering.claims import Claims
from rowshot.ordering.dispatch import Dispatch, Message
from rowshot.ordering.executor import Connections
from rowshot.statuses import RowStatus
from rowshot.telemetry.metrics import Figure
from support.situations import (
    DAY,
    JOB,
    NOW,
    OTHER,
    PICTURE,
    RULES,
    ago,
    ahead,
    at_work,
    claimed,
    failed,
    in_line,
    late,
    published,
    released,
    running,
    succeeded,
)
from support.tables import Books, place_of, render_item, row_item

RUN = keys.run("run")
WORK = {str(each) for each in range(7)}


class Machine:
    """Executions that were started, and those that are known."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.known: dict[str, str] = {}
        self.broken = False

    def start(self, name: str, state: dict[str, Any]) -> None:
        self.started.append(f"{name} {state['run_id']}")

    def start_row(self, job: Job, name: str) -> None:
        self.started.append(name)
        if self.broken:
            raise OSError("AWS is tired")

    def status(self, name: str) -> str:
        return self.known[name]

    def look(self, name: str) -> tuple[str, Job | None]:
        status = self.known[name]
        return status, None if status == "MISSING" else JOB


class Stage:
    """Dispatch over a ledger in memory, with nobody behind it."""

    def __init__(self, **account: Any) -> None:
        self.books = Books({RUN: self.run(), keys.ACCOUNT: {"lanes": {"model", "free"}, **account}})
        self.rows, self.finish = Machine(), Machine()
        self.jobs: dict[int, Job] = {}
        self.sent: list[dict[str, Any]] = []
        self.notified: list[tuple[str, str]] = []
        self.figures: list[tuple[Figure, Any]] = []
        self.files = True
        given: Any = self
        self.dispatch = Dispatch(
            Connections(self.books.ledger, given, given, RULES, given), given, given, given
        )
        self.dispatch = replace(self.dispatch, rows=given.rows, finish=given.finish)

    @staticmethod
    def run(**values: Any) -> dict[str, Any]:
        known: dict[str, Any] = {"status": "running", "bucket": "b", "key": "k", "sheet_name": "n"}
        known |= {"sheet_id": "sheet", "started_at": NOW, "reserved": Decimal(0), "open_rows": 9}
        return {**known, "open": "run", "due_at": NOW, "changes": 1, **values}

    def send(self, **message: Any) -> None:
        self.sent.append(message)

    def notify(self, run_id: str, sheet_id: str) -> None:
        self.notified.append((run_id, sheet_id))

    def add(self, figure: Figure, value: Any = 1, *, kind: str = "") -> None:
        self.figures.append((figure, value))

    def get_part(self, run_id: str, name: str, offset: int, length: int) -> bytes | None:
        if not self.files:
            return None
        return json.dumps({"job": json.loads(self.jobs[offset].line())}).encode()

    def queue(self, number: int = 7, **values: Any) -> Row:
        """Puts a row into the line that wants a picture of its own."""
        job = replace(JOB, number=number, **values.pop("job", {}))
        known = {"round": number, "lane": "model", "planned_at": (number, 1), **values}
        row = replace(in_line(row=known).row, number=number, render_id=job.render_id)
        row = replace(row, place=row.place if row.place[0] else place_of(row))
        self.put(row, job)
        self.books.put(row.place, {"starts": row.starts})
        return row

    def put(self, row: Row, job: Job = JOB) -> None:
        self.jobs[row.number] = job
        item = {**row_item(row), "planned_at": [row.number, 1], "render_id": row.render_id}
        more = {"round": row.round, "lane": row.lane} if row.lane else {}
        self.books.put(keys.row("run", row.number), item | more)

    def render(self, render: Render) -> None:
        self.books.put(keys.render(render.id), render_item(render))

    def serve(self, time_left: Callable[[], float] = lambda: 60.0) -> int:
        return self.dispatch.serve(time_left)

    def row(self, number: int = 7) -> Row:
        found = self.books.ledger.rows.get("run", number)
        assert found
        return found


def other(number: int) -> dict[str, Any]:
    return {"job": {"render_id": f"render {number}"}}


def test_messages_are_read_whatever_another_release_put_into_them() -> None:
    assert Message.of({}) == Message("", "", 0)
    body = {"run_id": "r", "render_id": "p", "row": "7", "new": 1}
    assert Message.of(body) == Message("r", "p", 7)


def test_the_first_rows_begin_while_slots_are_free() -> None:
    stage = Stage()
    for number in (5, 3, 4, 2):
        stage.queue(number, **other(number))
    assert stage.serve() == 3
    assert stage.rows.started == [f"slug-mug-run-{number}-1" for number in (2, 3, 4)]
    assert [stage.row(number).status for number in (2, 3, 4, 5)] == [RowStatus.RENDERING] * 3 + [
        RowStatus.QUEUED
    ]
    assert stage.figures == [(Figure.RESERVED_USD, JOB.price)] * 3
    assert stage.notified == []


def test_a_sheet_that_is_followed_is_told() -> None:
    stage = Stage()
    stage.queue(job={"live": True}, starts=4)
    assert stage.serve() == 1
    assert stage.rows.started == ["slug-mug-run-7-5"]
    assert stage.notified == [("run", "sheet")]


def test_a_start_that_fails_keeps_nobody_back() -> None:
    stage = Stage()
    stage.rows.broken = True
    stage.queue(2, **other(2))
    stage.queue(3, **other(3))
    assert stage.serve() == 2
    assert stage.row(3).status is RowStatus.RENDERING


def test_nobody_begins_without_room_at_work() -> None:
    stage = Stage(working=WORK)
    stage.queue()
    assert stage.serve() == 0
    assert stage.row().status is RowStatus.QUEUED


@pytest.mark.parametrize(
    "account",
    [
        {"holders": {"a", "b", "c"}},
        {"blocked_until": ahead(9)},
        {"paused_at": ago(9), "probe_at": ahead(9)},
    ],
)
def test_rows_without_a_purchase_do_not_wait_for_a_slot(account: dict[str, Any]) -> None:
    stage = Stage(**account)
    stage.queue(2, **other(2))
    stage.queue(9, lane="free")
    stage.render(published())
    assert stage.serve() == 1
    assert stage.rows.started == ["slug-mug-run-9-1"]
    assert stage.figures == []
    assert (stage.row(9).status, stage.row(2).status) == (RowStatus.PUBLISHING, RowStatus.QUEUED)


def test_lanes_that_cannot_be_served_are_not_read() -> None:
    stage = Stage(holders={"a", "b", "c"})
    stage.queue()
    stage.serve()
    queries = stage.books.client.calls["query"]
    assert queries == 1, stage.books.client.calls


@pytest.mark.parametrize(("probe", "blocked", "begun"), [(1, 1, 1), (-1, 1, 0), (1, -1, 0)])
def test_a_probe_is_one_row(probe: int, blocked: int, begun: int) -> None:
    stage = Stage(paused_at=ago(60), probe_at=ago(probe), blocked_until=ago(blocked))
    stage.queue(2, **other(2))
    stage.queue(3, **other(3))
    assert stage.serve() == begun
    if begun:
        assert stage.books.ledger.limiter.view().probe_at == ahead(240)


def test_a_probe_that_is_due_waits_for_a_slot() -> None:
    stage = Stage(paused_at=ago(60), probe_at=ago(1), holders={"a", "b", "c"})
    stage.queue(2, **other(2))
    assert stage.serve() == 0
    assert not [call for call in stage.books.client.calls if "write" in call or "update" in call]


@pytest.mark.parametrize(("refused", "looks"), [(NoRoom.CHANGED, 3), (NoRoom.NO_SLOT, 1)])
def test_a_row_that_never_moves_is_not_asked_for_ever(
    refused: NoRoom, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def claim(_: Claims, facts: Facts, *args: Any, **more: Any) -> NoRoom:
        asked.append(facts.row.number)
        return refused

    stage = Stage()
    monkeypatch.setattr(Claims, "claim", claim)
    stage.queue(2, **other(2))
    assert stage.serve() == 0
    assert asked == [2] * looks


def test_runs_that_wait_for_the_balance_say_so_once() -> None:
    stage = Stage(paused_at=ago(60), probe_at=ahead(9))
    stage.books.put(RUN, stage.run(spreadsheet_id="abc"))
    stage.books.put(keys.run("other"), stage.run())
    stage.queue(2, **other(2))
    stage.queue(3, **other(3))
    turn = Turn(1, "other", 1)
    stage.books.put((keys.line("model"), turn.sort_key()), {"starts": 0})
    assert stage.serve() == 0
    assert stage.notified == [("run", "sheet")]
    assert stage.books.ledger.runs.get("run").status is RunStatus.PAUSED
    assert stage.books.ledger.runs.get("other").status is RunStatus.PAUSED


def test_nothing_is_said_while_nothing_is_paused() -> None:
    stage = Stage(holders={"a", "b", "c"})
    stage.books.put(RUN, stage.run(spreadsheet_id="abc"))
    stage.queue()
    stage.serve()
    assert stage.books.ledger.runs.get("run").status is RunStatus.RUNNING


def test_a_model_that_is_out_stands_in_nobodys_way() -> None:
    stage = Stage(lanes={"model", "other"})
    stage.queue(2, **other(2))
    stage.queue(3, lane="other", job={"model": "other", "render_id": "render 3"})
    stage.books.ledger.models.out_until = lambda models: {  # type: ignore[method-assign]
        each: ahead(9) for each in models if each == "model"
    }
    assert stage.serve() == 1
    assert stage.rows.started == ["slug-mug-run-3-1"]


@pytest.mark.parametrize(("left", "begun"), [([60, 60, 9], 1), ([9], 0), ([60, 10, 9], 1)])
def test_no_row_begins_without_time_for_it(left: list[float], begun: int) -> None:
    stage = Stage()
    stage.queue(2, **other(2))
    stage.queue(3, **other(3))
    times = iter(left)
    assert stage.serve(lambda: next(times, 0)) == begun


def test_a_row_waits_with_another_rows_render() -> None:
    stage = Stage()
    row = stage.queue()
    stage.render(running(buyer=OTHER))
    assert stage.serve() == 0
    assert stage.row().place == keys.waiting("render", row.turn)


def test_rows_of_a_cancelled_run_end_in_the_line() -> None:
    stage = Stage()
    stage.queue()
    stage.books.put(RUN, stage.run(halted="cancelled"))
    assert stage.serve() == 0
    assert stage.row().status is RowStatus.CANCELLED
    assert stage.sent == [{"run_id": "run", "render_id": ""}]


def test_a_stored_picture_is_told_in_the_line() -> None:
    stage = Stage()
    stage.queue()
    stage.render(published())
    stage.books.put(keys.picture("render", "mug"), PICTURE.item())
    assert stage.serve() == 0
    assert stage.row().picture == PICTURE


def test_a_row_that_needs_a_purchase_after_all_goes_to_its_models_lane() -> None:
    stage = Stage(lanes={"free"}, holders={"a", "b", "c"})
    for number, render in enumerate((None, failed(), released()), 2):
        stage.queue(number, lane="free", job={"render_id": f"render {number}"})
        if render:
            stage.render(replace(render, id=f"render {number}"))
    assert stage.serve() == 0
    assert [stage.row(number).lane for number in (2, 3, 4)] == ["model"] * 3
    assert stage.books.ledger.limiter.view().lanes == {"free", "model"}


def test_a_row_that_only_lacks_room_stays_in_its_lane() -> None:
    stage = Stage(lanes={"free"}, working=WORK - {"0"}, holders={"a", "b", "c"})
    stage.queue(2, lane="free", job={"render_id": "render"})
    stage.queue(3, lane="free", job={"render_id": "render", "folder": "cup"})
    stage.render(published())
    assert stage.serve() == 1
    assert stage.row(3).lane == "free"
    assert stage.row(3).status is RowStatus.QUEUED


def test_a_row_beyond_the_budget_ends_and_the_next_is_served() -> None:
    stage = Stage()
    stage.books.put(RUN, stage.run(reserved=Decimal("24.6")))
    stage.queue(2, **other(2))
    stage.queue(3, job={"render_id": "render 3", "price": Decimal("0.1")})
    assert stage.serve() == 1
    assert stage.row(2).status is RowStatus.OVER_BUDGET
    assert stage.row(3).status is RowStatus.RENDERING


def test_a_place_that_its_row_left_is_forgotten() -> None:
    stage = Stage()
    row = stage.queue(2, **other(2))
    stage.put(replace(row, place=(keys.line("free"), "x")), stage.jobs[2])
    nobody = keys.line("model"), Turn(1, "run", 99).sort_key()
    stage.books.put(nobody, {"starts": 0})
    assert stage.serve() == 0
    assert row.place not in stage.books.items()
    assert nobody not in stage.books.items()


def test_a_row_without_a_plan_ends() -> None:
    stage = Stage()
    stage.queue()
    stage.files = False
    assert stage.serve() == 0
    assert (stage.row().status, stage.row().reason) == (RowStatus.FAILED, "internal")
    assert stage.row().error == reasons.INTERNAL
    assert stage.sent == [{"run_id": "run"}]


@pytest.mark.parametrize(
    ("render", "back"),
    [
        (None, True),
        (claimed(), False),
        (running(), False),
        (succeeded(), False),
        (running(late=True), True),
        (published(), True),
        (failed(), True),
        (released(), True),
    ],
)
def test_rows_that_wait_with_a_render_go_back_when_it_has_settled(
    render: Render | None, back: bool
) -> None:
    stage = Stage()
    turn = Turn(7, "run", 7)
    waiting = keys.waiting("render", turn)
    row = stage.queue(place=waiting)
    if render:
        stage.render(render)
    stage.dispatch.release("render")
    assert stage.row().place == (place_of(row) if back else waiting)
    assert (waiting in stage.books.items()) is not back
    if not back:
        assert stage.books.items()[waiting]["due_at"] == NOW + 120


def test_a_row_that_no_longer_waits_is_forgotten_there() -> None:
    stage = Stage()
    row = stage.queue()
    waiting = keys.waiting("render", row.turn)
    stage.books.put(waiting, {"starts": 0})
    gone = keys.waiting("render", Turn(1, "run", 99))
    stage.books.put(gone, {"starts": 0})
    stage.dispatch.release("render")
    assert stage.row().place == row.place
    assert not {waiting, gone} & set(stage.books.items())


def working(status: str = "ABORTED", **row: Any) -> Stage:
    stage = Stage()
    stage.put(at_work(row={"starts": 2, "execution": "mine", **row}).row)
    stage.render(running())
    stage.rows.known["mine"] = status
    return stage


@pytest.mark.parametrize(
    ("status", "crashes"), [("FAILED", 1), ("TIMED_OUT", 1), ("ABORTED", 0), ("SUCCEEDED", 0)]
)
def test_a_row_whose_execution_ended_gets_the_next_one(status: str, crashes: int) -> None:
    stage = working(status)
    stage.dispatch.go_on("run", 7)
    assert stage.rows.started == ["slug-mug-run-7-3"]
    row = stage.row()
    assert (row.execution, row.starts, row.crashes) == ("slug-mug-run-7-3", 3, crashes)


def test_a_row_whose_execution_lives_is_left_alone() -> None:
    stage = working("RUNNING")
    stage.dispatch.go_on("run", 7)
    assert stage.rows.started == []


def test_an_execution_that_never_began_is_started_under_its_name() -> None:
    stage = working("MISSING")
    stage.dispatch.go_on("run", 7)
    assert stage.rows.started == ["mine"]
    assert stage.row().starts == 2


def test_a_row_without_an_execution_gets_one() -> None:
    stage = working(execution="")
    stage.dispatch.go_on("run", 7)
    assert stage.rows.started == ["slug-mug-run-7-3"]


def test_what_only_the_ledger_has_to_know_needs_no_execution() -> None:
    stage = working()
    stage.render(running(placed_at=ago(DAY + 1)))
    stage.dispatch.go_on("run", 7)
    assert stage.rows.started == []
    assert stage.row().status is RowStatus.FAILED


def test_an_execution_without_a_plan_is_not_started() -> None:
    stage = working("MISSING")
    stage.files = False
    stage.dispatch.go_on("run", 7)
    assert stage.rows.started == []


@pytest.mark.parametrize("status", [RowStatus.PUBLISHED, RowStatus.FAILED, RowStatus.QUEUED])
def test_only_rows_at_work_are_followed(status: RowStatus) -> None:
    stage = working()
    stage.put(replace(at_work().row, status=status))
    stage.dispatch.go_on("run", 7)
    stage.dispatch.go_on("run", 99)
    assert stage.rows.started == []


@pytest.mark.parametrize("row", [late().row, at_work(status=RowStatus.PUBLISHING).row])
def test_late_rows_and_rows_whose_picture_is_stored_are_followed_too(row: Row) -> None:
    stage = working()
    stage.put(replace(row, starts=2))
    stage.dispatch.go_on("run", 7)
    assert stage.rows.started == ["slug-mug-run-7-3"]


ENDED = {"planned": True, "open_rows": 0, "changes": 5, "written": 0}


def ended(**run: Any) -> Stage:
    stage = Stage()
    stage.books.put(RUN, stage.run(**{**ENDED, **run}))
    return stage


def test_finish_is_started_once_for_a_run_at_its_end() -> None:
    stage = ended()
    stage.finish.known = {"run-1": "SUCCEEDED"}
    stage.dispatch.end_run("run")
    stage.dispatch.end_run("run")
    assert stage.finish.started == ["run-1 run"]


@pytest.mark.parametrize(
    "run", [{"planned": False}, {"open_rows": 1}, {"written": 5}, {"open_rows": 1, "halted": "x"}]
)
def test_finish_is_not_started_before(run: dict[str, Any]) -> None:
    stage = ended(**run)
    stage.dispatch.end_run("run")
    assert stage.finish.started == []


@pytest.mark.parametrize(
    ("again", "status", "started"),
    [(False, "FAILED", []), (True, "RUNNING", []), (True, "FAILED", ["run-3 run"])],
)
def test_finish_is_started_again_only_where_it_is_gone(
    again: bool, status: str, started: list[str]
) -> None:
    stage = ended(finish_for=5, finishes=2)
    stage.finish.known = {"run-2": status}
    stage.dispatch.end_run("run", again=again)
    assert stage.finish.started == started


def test_finish_is_started_for_what_changed_since() -> None:
    stage = ended(finish_for=4, finishes=12)
    stage.dispatch.end_run("run")
    assert stage.finish.started == ["run-13 run"]


@pytest.mark.parametrize(("finished", "given_up"), [(2, True), (3, False)])
def test_a_finish_that_never_works_is_given_up(finished: int, given_up: bool) -> None:
    stage = ended(finish_for=5, finishes=12, finished=finished)
    stage.finish.known = {"run-12": "FAILED"}
    hopeless = stage.dispatch.end_run("run", again=True)
    assert (hopeless is not None) is given_up
    assert stage.finish.started == ([] if given_up else ["run-13 run"])


def test_the_last_waiting_rows_of_a_halted_run_end_it() -> None:
    stage = ended(open_rows=2, halted="cancelled")
    stage.queue(2, **other(2))
    stage.queue(3, **other(3))
    stage.dispatch.end_run("run")
    assert [stage.row(number).status for number in (2, 3)] == [RowStatus.CANCELLED] * 2
    assert stage.finish.started == ["run-1 run"]


def test_every_message_is_heard_once() -> None:
    stage = ended()
    heard: list[tuple[Any, ...]] = []
    dispatch = stage.dispatch
    for name in ("release", "go_on", "end_run"):
        object.__setattr__(dispatch, name, lambda *args, name=name: heard.append((name, *args)))
    object.__setattr__(dispatch, "serve", lambda time_left: int(time_left()))
    messages = [Message("run", "render", 0), Message("run", "", 7), Message("run", "render", 7)]
    assert dispatch([*messages, *messages, Message()], lambda: 4.0) == 4
    assert heard == [
        ("release", "render"),
        ("go_on", "run", 7),
        ("go_on", "run", 7),
        ("end_run", "run"),
    ]


def test_one_call_ends_a_bounded_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []
    monkeypatch.setattr(
        "rowshot.ordering.dispatch.end_queued", lambda ledger, run, limit: limits.append(limit)
    )
    ended(open_rows=9, halted="cancelled").dispatch.end_run("run")
    assert limits == [2000]

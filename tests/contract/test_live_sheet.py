"""The Google client and the projection against a grid that is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rowshot.clock import Clock
from rowshot.errors import (
    SheetError,
    SheetGone,
    SheetNotShared,
    SheetProtected,
    SheetsUnavailable,
)
from rowshot.reading.headers import map_headers
from rowshot.sheet_sync.google import LiveSheet, open_worksheet, project
from rowshot.sheet_sync.projection import Layout, Reconciliation, WantedRow
from rowshot_simulators.sheets import (
    Formula,
    SheetsFault,
    SheetsSimulator,
    SheetsSimulatorOptions,
    start_sheets_simulator,
)

ORIGIN = "https://cdn.example.com/images/"
HEADER = ["slug", "prompt", "qty", "redo"]
ROWS = [
    HEADER,
    ["0017", "=HYPERLINK(\"https://evil.example\")", 3, False],
    ["tea-pot", "+1", 1, True],
    ["壶", "@x", None, "brighter"],
]  # fmt: skip


def url(key: str, version: int = 1) -> str:
    return f"{ORIGIN}{key}/{version}.webp"


def published(key: str, **more: Any) -> WantedRow:
    base = WantedRow(key, "published", url(key.encode().hex()), None, Decimal("0.025"))
    return replace(base, **more)


@pytest.fixture(scope="module")
def sim() -> Iterator[SheetsSimulator]:
    options = SheetsSimulatorOptions(reads_per_minute=None, writes_per_minute=None)
    with start_sheets_simulator(options) as running:
        yield running


@pytest.fixture(autouse=True)
def no_faults(sim: SheetsSimulator) -> Iterator[None]:
    yield
    sim.clear_faults()


class Bench:
    """A worksheet with a ledger that remembers its layout."""

    def __init__(
        self,
        sim: SheetsSimulator,
        rows: Sequence[Sequence[Any]] = ROWS,
        title: str = "Sheet1",
        **client: Any,
    ) -> None:
        self.sim, self.title = sim, title
        self.key = sim.create_spreadsheet("Catalogue", {"Other": [["x"]], title: rows})
        self.layout = Layout.planned(map_headers([str(cell) for cell in rows[0]]))
        self.slept: list[float] = []
        self.client = client
        self.person = sim.person(self.key, title)

    def live(self, **more: Any) -> LiveSheet:
        arguments = {
            "base_url": self.sim.base_url,
            "clock": Clock(),
            "sleep": self.slept.append,
            **self.client,
            **more,
        }
        return open_worksheet(self.sim.service_account_info(), self.key, self.title, **arguments)

    def remember(self, layout: Layout) -> None:
        self.layout = Layout.from_item(layout.item())

    def project(self, *wanted: WantedRow, live: LiveSheet | None = None) -> Reconciliation:
        return project(
            live or self.live(), wanted, self.layout, origins=[ORIGIN], remember=self.remember
        )

    @property
    def grid(self) -> list[list[str]]:
        return self.sim.grid(self.key, self.title)

    @property
    def entered(self) -> list[list[Any]]:
        return self.sim.entered(self.key, self.title)

    def count(self, kind: str) -> int:
        return self.sim.traffic.count(kind, self.key)

    def pictures(self) -> dict[str, str]:
        """Key -> picture, by what the grid shows."""
        header, *rows = self.grid
        key, picture = header.index(self.layout.key), header.index(self.layout.owned["image_url"])
        return {row[key]: row[picture] for row in rows if len(row) > picture and row[key]}


WANTED = [published("0017"), published("tea-pot", redo_taken="TRUE"), WantedRow("壶", "queued")]


def test_a_first_pass_looks_at_the_room_and_then_writes_once(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    result = bench.project(*WANTED)
    assert (bench.count("read"), bench.count("write")) == (2, 1)
    assert result.problems == ()
    assert bench.grid[0] == [*HEADER, "status", "image_url", "preview", "error", "cost_usd"]
    picture = url(b"0017".hex())
    assert bench.entered[1] == [
        *ROWS[1], "published", picture, Formula(f'=IMAGE("{picture}")'), None, 0.025,
    ]  # fmt: skip
    assert bench.entered[3][:5] == [*ROWS[3], "queued"]


def test_a_second_pass_writes_nothing(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    bench.project(*WANTED)
    before = bench.count("read")
    again = bench.project(published("0017"), published("tea-pot"), WantedRow("壶", "queued"))
    assert not again.updates
    assert (bench.count("read") - before, bench.count("write")) == (1, 1)


@pytest.mark.parametrize("title", ["It's 'ours'", "春季 目录", "A1", "a!b"])
def test_worksheets_of_any_title(sim: SheetsSimulator, title: str) -> None:
    bench = Bench(sim, title=title)
    bench.project(*WANTED)
    assert bench.pictures()["tea-pot"] == url(b"tea-pot".hex())
    assert sim.grid(bench.key, "Other") == [["x"]]
    assert bench.live().export_table()[0][:4] == HEADER


def test_a_taken_redo_is_reset_in_its_own_kind(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    done = bench.project(
        published("0017"),
        published("tea-pot", redo_taken="TRUE"),
        published("壶", redo_taken="brighter"),
    )
    assert set(done.redo_cleared) == {"tea-pot", "壶"}
    assert [row[3] for row in bench.entered[1:]] == [False, False, None]
    bench.person.edit(4, "redo", "darker")
    after = bench.project(published("0017"), published("壶", redo_taken="brighter"))
    assert after.redo_released == ("壶",)
    assert bench.entered[3][3] == "darker"


def test_columns_are_appended_where_the_grid_ends(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    resize = {"sheetId": 1, "gridProperties": {"rowCount": 4, "columnCount": 4}}
    fields = "gridProperties(rowCount,columnCount)"
    sim.apply(bench.key, [{"updateSheetProperties": {"properties": resize, "fields": fields}}])
    bench.project(*WANTED)
    assert sim.worksheet(bench.key, "Sheet1").col_count == 9
    assert bench.grid[0][-1] == "cost_usd"
    assert (bench.count("read"), bench.count("write")) == (1, 1)


def test_columns_of_people_keep_their_name_and_content(sim: SheetsSimulator) -> None:
    rows = [["slug", "Status", "image_url", "prompt", ""], ["a", "draft", "", "p", "", "note"]]
    bench = Bench(sim, rows)
    bench.project(published("a"))
    row = bench.entered[1]
    assert bench.grid[0] == [
        "slug", "Status", "image_url", "prompt", "rowshot status", "", "preview", "error",
        "cost_usd",
    ]  # fmt: skip
    assert (row[1], row[5]) == ("draft", "note")
    assert (row[2], row[4]) == (url(b"a".hex()), "published")


def test_people_at_work_between_passes(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    wanted = [published("0017"), published("tea-pot"), published("壶")]
    bench.project(*wanted)
    bench.person.insert_column(1, "mine")
    bench.person.sort("qty", descending=True)
    bench.person.insert_rows(1, [["Spring catalogue"], []])
    bench.project(*wanted)
    grid = bench.grid
    assert grid[2][:5] == ["slug", "mine", "prompt", "qty", "redo"]
    key, picture = 0, grid[2].index("image_url")
    assert {row[key]: row[picture] for row in grid[3:]} == {w.row_key: w.image_url for w in wanted}
    assert bench.count("write") == 1  # nothing was in a wrong place


def test_a_write_into_moved_rows_is_healed(sim: SheetsSimulator) -> None:
    """Somebody sorts and inserts between our read and our write."""
    bench = Bench(sim)
    wanted = [published("0017"), published("tea-pot"), published("壶")]
    live = bench.live()
    reading = live.read

    def read_then_person(layout: Layout) -> Any:
        grid = reading(layout)
        bench.person.sort("slug", descending=True)
        bench.person.insert_rows(2, [["new-row", "p"], ["", "no name"]])
        return grid

    live.read = read_then_person  # type: ignore[method-assign]  # the moment between two requests
    bench.project(*wanted, live=live)
    assert bench.pictures() != {w.row_key: w.image_url for w in wanted}
    bench.project(*wanted)
    assert {k: v for k, v in bench.pictures().items() if v} == {
        w.row_key: w.image_url for w in wanted
    }
    assert bench.entered[1][:2] == ["new-row", "p"]
    assert all(value is None for value in bench.entered[2][4:])
    assert not bench.project(*wanted).updates


def test_a_renamed_or_deleted_column_of_ours(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    wanted = [published("0017"), published("tea-pot"), published("壶")]
    bench.project(*wanted)
    bench.person.rename_header("image_url", "Picture link")
    bench.project(*wanted)
    assert bench.layout.owned["image_url"] == "Picture link"
    assert "image_url" not in bench.grid[0]
    bench.person.delete_column(bench.person.column("status"))
    bench.project(*wanted)
    assert bench.grid[0].count("status") == 1
    assert not bench.project(*wanted).updates


def test_vanished_and_renamed_keys_are_reported(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    wanted = [published("0017"), published("tea-pot"), published("壶")]
    bench.project(*wanted)
    bench.person.delete_row(bench.person.row_of("slug", "tea-pot"))
    bench.person.edit(bench.person.row_of("slug", "壶"), "slug", None)
    result = bench.project(*wanted)
    assert {(p.kind, p.row_key) for p in result.problems} == {
        ("vanished", "tea-pot"),
        ("vanished", "壶"),
        ("keyless", ""),
    }
    assert all(value is None for value in bench.entered[2][4:])


Trouble = Callable[[Bench], None]


@pytest.mark.parametrize(
    ("trouble", "error", "words"),
    [
        (lambda b: b.sim.delete_spreadsheet(b.key), SheetGone, "The Google Sheet no longer exists"),
        (
            lambda b: b.sim.share(b.key, b.sim.service_account_info()["client_email"], None),
            SheetNotShared,
            "share it with rowshot@rowshot-simulator.iam.gserviceaccount.com as Editor",
        ),
        (
            lambda b: b.sim.share(b.key, b.sim.service_account_info()["client_email"], "reader"),
            SheetNotShared,
            "as Editor",
        ),
        (lambda b: b.person.protect(4, 9), SheetProtected, "protected range"),
        (
            lambda b: b.sim.apply(
                b.key,
                [{"updateSheetProperties": {"properties": {"sheetId": 1, "title": "Renamed"},
                                            "fields": "title"}}],
            ),
            SheetGone,
            "no longer has the worksheet 'Sheet1'",
        ),
    ],
)  # fmt: skip
def test_final_errors_say_what_to_do(
    sim: SheetsSimulator, trouble: Trouble, error: type[SheetError], words: str
) -> None:
    bench = Bench(sim)
    trouble(bench)
    with pytest.raises(error) as caught:
        bench.project(*WANTED)
    assert words in caught.value.message
    assert bench.slept == []


def test_a_refused_key_names_the_account(sim: SheetsSimulator) -> None:
    info = {
        **sim.service_account_info(),
        "private_key": sim.service_account_info("other")["private_key"],
    }
    bench = Bench(sim)
    live = open_worksheet(info, bench.key, "Sheet1", base_url=sim.base_url)
    with pytest.raises(SheetNotShared, match="key of the service account rowshot@"):
        live.read(bench.layout)


@pytest.mark.parametrize(
    "fault",
    [
        SheetsFault("error", status=429),
        SheetsFault("error", status=500),
        SheetsFault("error", status=503),
        SheetsFault("html"),
        SheetsFault("truncated"),
        SheetsFault("reset"),
        SheetsFault("reset_after"),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status}",
)
@pytest.mark.parametrize("match", ["read", "write"])
def test_passing_trouble_is_waited_out(
    sim: SheetsSimulator, fault: SheetsFault, match: str
) -> None:
    bench = Bench(sim)
    sim.add_fault(replace(fault, match=match, times=1, spreadsheet_id=bench.key))
    bench.project(*WANTED)
    assert len(bench.slept) == 1
    assert bench.pictures()["0017"] == url(b"0017".hex())
    assert not bench.project(published("0017"), published("tea-pot"), WANTED[2]).updates


def test_constant_trouble_ends_within_its_time(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    now = [1000.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    sim.add_fault(SheetsFault("error", "read", None, 503, spreadsheet_id=bench.key))
    live = bench.live(clock=Clock(source=lambda: now[0]), sleep=sleep, patience=20)
    with pytest.raises(SheetsUnavailable, match="answered 503"):
        live.read(bench.layout)
    assert 5 < now[0] - 1000 <= 20
    assert bench.count("read") < 10


def test_a_stale_write_is_not_tried_again(sim: SheetsSimulator) -> None:
    """After a while rows may stand elsewhere: the pass has to read first."""
    bench = Bench(sim)
    now = [1000.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    sim.add_fault(SheetsFault("error", "write", None, 503, spreadsheet_id=bench.key))
    live = bench.live(clock=Clock(source=lambda: now[0]), sleep=sleep, patience=60)
    with pytest.raises(SheetsUnavailable):
        bench.project(*WANTED, live=live)
    assert now[0] - 1000 <= 3


def test_a_silent_server_times_out(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    sim.add_fault(SheetsFault("slow", "read", None, seconds=4.0, spreadsheet_id=bench.key))
    with pytest.raises(SheetsUnavailable, match="in time"):
        bench.live(timeout=2.0, patience=0).read(bench.layout)


def test_googles_quota_is_a_passing_trouble() -> None:
    now = [0.0]
    options = SheetsSimulatorOptions(reads_per_minute=3, clock=lambda: now[0])
    with start_sheets_simulator(options) as sim:
        bench = Bench(sim, patience=0)
        for _ in range(3):
            bench.live().export_table()
        with pytest.raises(SheetsUnavailable, match="answered 429"):
            bench.live().export_table()
        now[0] += 61
        assert bench.live().export_table()[1][0] == "0017"
        assert sim.traffic.busiest_minute("read") == 4  # the refused one counts as asked


def test_a_worksheet_smaller_than_remembered(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    bench.project(*WANTED)
    for _ in range(22):
        bench.person.delete_column(4)
    assert sim.worksheet(bench.key, "Sheet1").col_count == 4
    bench.project(*WANTED)
    assert bench.grid[0] == [*HEADER, "status", "image_url", "preview", "error", "cost_usd"]
    assert not bench.project(published("0017"), published("tea-pot"), WANTED[2]).updates


def test_export_is_what_google_shows(sim: SheetsSimulator) -> None:
    bench = Bench(sim)
    assert bench.live().export_table() == [
        HEADER,
        ["0017", '=HYPERLINK("https://evil.example")', "3", "FALSE"],
        ["tea-pot", "+1", "1", "TRUE"],
        ["壶", "@x", "", "brighter"],
    ]


def test_invariant_7_a_person_works_while_passes_go_on(sim: SheetsSimulator) -> None:
    """120 rows, changed by the ledger and by a person at the same time."""
    header = ["slug", "prompt", "price", "redo"]
    rows = [header, *([f"sku-{n:03}", f"prompt {n}", (n * 37) % 120, False] for n in range(120))]
    bench = Bench(sim, rows)
    live, person = bench.live(), bench.person
    wanted = [WantedRow(f"sku-{n:03}", "queued") for n in range(120)]
    acts: list[Callable[[], None]] = [
        lambda: person.sort("price"),
        lambda: person.insert_rows(2, [["own-1", "mine", 1], ["own-2", "mine", 2]]),
        lambda: person.delete_row(person.row_of("slug", "sku-007")),
        lambda: person.edit(person.row_of("slug", "sku-011"), "prompt", "edited by hand"),
        lambda: person.rename_header("price", "Preis"),
        lambda: person.sort("prompt", descending=True),
        lambda: person.insert_rows(1, [["Spring"]]),
    ]
    finished = threading.Event()
    failures: list[Exception] = []

    def work() -> None:
        try:
            for act in acts:
                act()
                finished.wait(0.05)
        except (LookupError, ValueError) as error:
            failures.append(error)
        finished.set()

    bench.project(*wanted, live=live)
    worker = threading.Thread(target=work)
    worker.start()
    done = 0
    while done < 120 or not finished.is_set():
        done = min(120, done + 10)
        wanted[:done] = [published(row.row_key) for row in wanted[:done]]
        bench.project(*wanted, live=live)
    worker.join()
    assert failures == []
    for _ in range(5):
        result = bench.project(*wanted, live=live)
        if not result.updates:
            break
    assert not result.updates
    assert [(p.kind, p.row_key) for p in result.problems] == [("vanished", "sku-007")]

    names = bench.entered[1]
    picture, preview = names.index("image_url"), names.index("preview")
    expected = {row[0]: row for row in rows[1:] if row[0] != "sku-007"}
    expected["sku-011"] = ["sku-011", "edited by hand", *expected["sku-011"][2:]]
    expected |= {"own-1": ["own-1", "mine", 1, None], "own-2": ["own-2", "mine", 2, None]}
    assert names[:4] == ["slug", "prompt", "Preis", "redo"]
    assert bench.entered[0] == ["Spring"]
    for row in bench.entered[2:]:
        padded = row + [None] * (len(names) - len(row))
        assert padded[:4] == expected.pop(padded[0])
        if padded[0].startswith("sku"):
            assert padded[picture] == url(padded[0].encode().hex())
            assert padded[preview] == Formula(f'=IMAGE("{padded[picture]}")')
        else:
            assert padded[4:] == [None] * (len(padded) - 4)
    assert expected == {}

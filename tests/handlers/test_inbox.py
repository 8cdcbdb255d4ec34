"""What lands in the inbox: sheets, what is no sheet, and events in any order."""

from __future__ import annotations

import io
import string
from random import Random

import pytest
from openpyxl import Workbook

from rowshot.inbound.plan_run import Dropped
from rowshot.reading.origin import SheetOrigin, is_sheet
from support.live_world import TITLE, LiveWorld
from support.sheets import sheet, table
from support.world import INBOX, World

REAL_ID = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"


@pytest.mark.parametrize(
    "name",
    [
        *("", "new folder/", "spring/2026/", "x.csv.filepart", "x.csv.part", "x.xlsx.tmp"),
        *("x.csv.crdownload", "~$catalogue.xlsx", ".~lock.catalogue.ods#", "._catalogue.csv"),
        *(".DS_Store", "__MACOSX/catalogue.csv", "Thumbs.db", "photos/desktop.ini", "a.csv.PART"),
        *("a.csv~", "a.csv.pureftpd-upload", "a.xlsx.tmp123", "spring_$folder$", ".hidden/a.csv"),
    ],
)
def test_what_is_no_sheet_starts_no_run(name: str) -> None:
    assert not is_sheet(f"sheets/{name}")
    with World() as world:
        world.drop(b"slug,prompt\na-1,A pale tin on st", name)
        world.run(until=600)

        assert world.executions() == []
        assert world.books()["tasks_created"] == 0
        assert world.s3.keys("inbox", "runs/") == []
        assert world.errors == []


@pytest.mark.parametrize(
    "name",
    [
        *("a.csv.uploading", "a.csv.upload", "a.CSV.aria2", "a.csv.incomplete", "a.tsv.!ut"),
        *("a.ods.fb2k", "a.txt.1", "ehthumbs.db", "x/.cache/a.csv", "a.numbers.crdownload"),
    ],
)
def test_what_goes_on_behind_a_sheets_suffix_is_unfinished(name: str) -> None:
    assert not is_sheet(f"sheets/{name}")


@pytest.mark.parametrize(
    "name",
    [
        *("a.csv", "a", "2026.11.25", "v1.2 final.xlsx", "a.csv.csv", "a.xls.xlsx", "Dr. Who.csv"),
        *("a.csv.gz", "a.xlsx.zip", "letter.docx", "a.csv/b.v2", "spring~2026.csv", "a.txt.csv"),
    ],
)
def test_what_somebody_meant_as_a_sheet_is_one(name: str) -> None:
    assert is_sheet(f"sheets/{name}")


def test_an_empty_object_that_stands_for_a_folder_is_no_sheet() -> None:
    with World() as world:
        world.drop(b"", "new folder/")
        world.drop(b"", "")
        world.run(until=600)

        assert world.executions() == []
        assert world.s3.keys("inbox", "runs/") == []
        assert world.topic.published == []


def test_half_an_upload_waits_for_the_whole_one() -> None:
    with World() as world:
        world.drop(
            b"slug,prompt\na-1,A pale tin on stone\na-2,A red tin on a line", "x.csv.filepart"
        )
        run_id = world.drop(sheet(2), "x.csv")
        world.run(run_id)

        assert world.report(run_id)["counts"]["published"] == 2
        assert world.books()["tasks_created"] == 2


def test_an_unreadable_sheet_tells_its_name_and_why() -> None:
    with World() as world:
        dropped = world.upload(b"\x89PNG\r\n\x1a\n", "\u202ephoto 春.csv")
        for _ in range(2):  # S3 may tell more than once
            world.s3_event(dropped)
            world.run(until=300)

        (mail,) = world.topic.published
        assert mail["subject"] == "Rowshot: \\u202ephoto ?.csv: the sheet cannot be read"
        assert "photo 春.csv" in mail["message"]
        assert "nothing was spent" in mail["message"]
        assert mail["message"].endswith("export it as CSV or XLSX and use that file.")


@pytest.mark.parametrize(
    "folder",
    [
        *("spring-catalogue-2026", "Weihnachtsaktion_2026_DE", "SpringCatalogue2026Autumn"),
        *("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "d41d8cd98f00b204e9800998ecf8427e"),
        *("Q3-2025-Launch-Europe-Final", "SpringSummer2026CatalogueA4Format"),
        *(
            "iPhone15ProMaxCases2024Launch",
            "2025-11-25T13-10-00Z-export",
            "Kunde_A12_Q4_B2B_2025_x",
        ),
        *("550E8400-e29b-41d4-a716-446655440000", "D41d8cd98F00b204e9800998ECf8427e"),
        *("NewArrivals_2025-11-25_FINAL_v3", "B2BKatalogDE2025Q4Final", "AW25LookbookSKUsPart1of3"),
        *("ALL-PRODUCTS-OF-2026-FINAL", "20261125-20261224-campaign", "catalogue_v2_2026_for_shop"),
    ],
)
def test_a_folder_that_something_else_explains_is_no_spreadsheet(folder: str) -> None:
    source = SheetOrigin.of(f"sheets/{folder}/autumn.xlsx", {})

    assert (source.spreadsheet_id, source.worksheet, source.name) == ("", "", "autumn.xlsx")


def test_a_folder_of_googles_own_form_is_a_spreadsheet() -> None:
    source = SheetOrigin.of(f"sheets/{REAL_ID}/春茶 2026.csv", {})

    assert (source.spreadsheet_id, source.worksheet) == (REAL_ID, "春茶 2026")


def test_hardly_any_random_id_is_taken_for_words() -> None:
    letters = string.ascii_letters + string.digits + "-_"
    ids = ("".join(Random(seed).choices(letters, k=44)) for seed in range(10_000))  # noqa: S311
    found = [SheetOrigin.of(f"sheets/{each}/x.csv", {}).spreadsheet_id != "" for each in ids]

    assert 10_000 - sum(found) <= 20


def test_the_metadata_win_over_any_folder() -> None:
    source = SheetOrigin.of("sheets/summer/x.csv", {"spreadsheet-id": REAL_ID, "worksheet": "春"})

    assert (source.spreadsheet_id, source.worksheet) == (REAL_ID, "春")


def test_a_sheet_in_a_folder_of_words_is_rendered_and_misses_no_google_sheet() -> None:
    with World() as world:
        run_id = world.drop(sheet(1), "Weihnachtsaktion_2026_DE/x.csv")
        world.run(run_id)

        report = world.report(run_id)
        assert report["counts"]["published"] == 1
        assert not report.get("live_sheet")


def workbook(**sheets: list[list[str]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(out)
    return out.getvalue()


ROWS = [["slug", "prompt"], ["a-1", "A pale tin on stone"]]


def test_a_workbook_in_a_folder_of_words_has_no_worksheet_of_its_own_name() -> None:
    with World() as world:
        run_id = world.drop(workbook(Products=ROWS), "spring-catalogue-2026/autumn.xlsx")
        world.run(run_id)

        report = world.report(run_id)
        assert report["status"] == "finished"
        assert report["problem"] is None
        assert report["counts"]["published"] == 1
        assert world.ledger.runs.get(run_id).spreadsheet_id == ""


def test_a_worksheet_that_was_typed_in_the_console_is_the_one_that_is_rendered() -> None:
    with World() as world:
        answer = world.s3.put_object(
            Bucket=INBOX,
            Key="sheets/x.xlsx",
            Body=workbook(Notes=[["slug", "prompt"], ["b-1", "Hello"]], 春茶=ROWS),
            Metadata={"worksheet": "=?UTF-8?B?5pil6Iy2?="},  # as S3 gives it back
        )
        dropped = Dropped("sheets/x.xlsx", answer["VersionId"])
        world.s3_event(dropped)
        run_id = world.run_id(dropped)
        world.run(run_id)

        report = world.report(run_id)
        assert report["status"] == "finished"
        assert [row["slug"] for row in report["rows"]] == ["a-1"]
        assert report["counts"]["published"] == 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("=?UTF-8?B?5pil6Iy2?=", "春茶"),
        ("=?utf-8?q?=E6=98=A5=E8=8C=B6?=", "春茶"),
        ("=?UTF-8?B?5pil?= =?UTF-8?B?6Iy2?=", "春茶"),
        ("%E6%98%A5%E8%8C%B6", "春茶"),
        ("plain", "plain"),
        ("=?nonsense?B?5pil6Iy2?=", "=?nonsense?B?5pil6Iy2?="),
    ],
)
def test_a_worksheets_name_is_read_as_it_was_typed(typed: str, read: str) -> None:
    assert SheetOrigin.of("sheets/x.xlsx", {"worksheet": typed}).worksheet == read


def _one(colour: str) -> bytes:
    return table([{"slug": "a-1", "prompt": f"A {colour} tin on stone"}])


def test_an_older_version_whose_event_comes_last_changes_nothing() -> None:
    with World() as world:
        older = world.upload(_one("RED"), "x.csv")
        newer = world.upload(_one("BLUE"), "x.csv")
        world.s3_event(newer)
        world.s3_event(older, delay=2.0)
        world.run(world.run_id(newer))
        world.run(until=600)

        prompts = [task.prompt for task in world.hiapi.tasks.values()]
        assert prompts == ["A BLUE tin on stone"]
        stopped = world.report(world.run_id(older))
        assert stopped["status"] == "stopped"
        assert stopped["spent_usd"] == "0"
        assert world.errors == []


def test_an_older_version_whose_event_comes_last_is_not_shown_in_the_google_sheet() -> None:
    with LiveWorld() as world:
        key = world.create([["slug", "prompt"], ["a-1", "A BLUE tin on stone"]])
        metadata = {"spreadsheet_id": key, "worksheet": TITLE}
        older = world.upload(_one("RED"), "x.csv", **metadata)
        newer = world.upload(_one("BLUE"), "x.csv", **metadata)
        world.s3_event(newer)
        world.s3_event(older, delay=2.0)
        world.run(world.run_id(newer))
        world.run(until=600)

        [row] = world.report(world.run_id(newer))["rows"]
        assert world.shown(key, "image_url") == {"a-1": row["image_url"]}
        assert world.books()["tasks_created"] == 1


def test_two_versions_in_their_own_order_both_run() -> None:
    with World() as world:
        first = world.drop(_one("RED"), "x.csv")
        world.run(until=5)
        second = world.drop(_one("BLUE"), "x.csv")
        world.run(first, second)
        runs = (first, second)

        assert [world.report(run_id)["counts"]["published"] for run_id in runs] == [1, 1]

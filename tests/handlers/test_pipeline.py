"""The pipeline as it goes when nothing breaks."""

from __future__ import annotations

from decimal import Decimal

from support.sheets import sheet, table
from support.world import INBOX, MEDIA, Options, World


def test_every_row_is_published_once():
    with World() as world:
        run_id = world.drop(sheet(30))
        world.run(run_id)
        report, books = world.report(run_id), world.books()
        assert report["counts"]["published"] == 30
        assert report["spent_usd"] == "0.75"
        assert books["tasks_created"] == books["unique_bodies"] == 30
        assert books["max_in_flight"] <= 8
        assert len(world.s3.keys(MEDIA, "images/")) == 90
        assert world.errors == []
        assert len(world.topic.published) == 1


def test_the_report_says_what_the_plan_warned_of():
    with World() as world:
        rows = [
            {"slug": "a", "prompt": "A tin of tea"},
            {"slug": "b", "prompt": "The label reads 龙井", "model": "flux-schnell"},
        ]
        run_id = world.drop(table(rows))
        world.run(run_id)
        report = world.report(run_id)
        assert report["simulated"] is False
        assert report["rows"][0]["warnings"] == []
        assert "Chinese" in report["rows"][1]["warnings"][0]


def test_a_simulated_run_says_so_in_all_of_its_results():
    with World() as world:
        sheet_with_a_slip = sheet(1).replace(b"slug,", b"seeed,slug,", 1).replace(b"\n", b"\n7,", 1)
        run_id = world.drop(sheet_with_a_slip, simulated="true")
        world.run(run_id)
        report = world.report(run_id)
        assert report["simulated"] is True
        assert report["warnings"] == ["Column 'seeed' is not used: did you mean 'seed'?"]
        (page,) = world.s3.keys(MEDIA, "reports/")
        shown = world.s3.read(MEDIA, page).decode()
        assert "Simulated</span>" in shown
        assert "Column &#39;seeed&#39; is not used" in shown


def test_the_same_sheet_again_buys_nothing():
    with World() as world:
        world.run(world.drop(sheet(6)))
        again = world.drop(sheet(6))
        world.run(again)
        report = world.report(again)
        assert report["counts"]["unchanged"] == 6
        assert Decimal(report["spent_usd"]) == 0
        assert world.books()["tasks_created"] == 6


def test_functions_that_overlap_at_every_moment_end_the_same():
    for seed in range(3):
        with World(Options(seed=seed, unsteady=True)) as world:
            run_id = world.drop(sheet(30))
            world.run(run_id)
            assert world.report(run_id)["counts"]["published"] == 30
            assert world.books()["tasks_created"] == 30
            assert world.books()["max_in_flight"] <= 8
            assert world.errors == []


def test_a_picture_of_another_size_is_published_and_says_so():
    rows = [
        {"slug": "mug", "prompt": "A mug", "size": "2048*2048", "model": ""},
        {"slug": "cup", "prompt": "A cup", "size": "1:1", "model": "flux-schnell"},
    ]
    with World() as world:  # whose pictures have 16 pixels at most
        run_id = world.drop(table(rows))
        world.run(run_id)
        exact, ratio = world.report(run_id)["rows"]
        results = world.s3.read(INBOX, f"runs/{run_id}/results.csv").decode()
        (page,) = (world.s3.read(MEDIA, key) for key in world.s3.keys(MEDIA, "reports/"))

    said = "The picture is 16 × 16, but 2048 × 2048 was ordered: look at it before you use it."
    assert (exact["status"], exact["error"]) == ("published", said)
    assert (ratio["status"], ratio["error"]) == ("published", None)
    assert said in results
    assert said in page.decode()

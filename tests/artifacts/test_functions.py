"""Every function as it was built answers its event, with nothing but its layers around it.

The tests follow one row and depend on each other, in this order.
"""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image

from support.artifacts.built import BuiltFunction
from support.artifacts.walk import Walk

pytestmark = pytest.mark.xdist_group("artifacts")


def test_plan_prices_the_sheet_and_puts_its_row_into_the_line(walk: Walk) -> None:
    assert walk.plan() is None
    run = walk.local.stack.ledger.runs.get(walk.run_id)
    assert (run.rows, run.open_rows, run.status.value) == (1, 1, "running")


def test_dispatch_begins_the_row(walk: Walk) -> None:
    assert walk.dispatch() == {"begun": 1}
    assert walk.job["row_key"] == "longjing-tin"
    assert "龙井" in json.loads(walk.job["body"])["input"]["prompt"]
    assert walk.local.stack.executions.status(walk.row["execution"]) != "MISSING"


def test_submit_orders_the_picture_once(walk: Walk) -> None:
    assert walk.local.simulator is not None
    before = walk.local.simulator.state()["tasks_created"]
    answers = [walk.submit(), walk.submit()]
    assert {answer["next"] for answer in answers} <= {"poll", "publish"}
    assert walk.local.simulator.state()["tasks_created"] <= before + 1
    assert walk.local.stack.ledger.renders.get(walk.job["render_id"]) is not None


def test_poll_sees_the_picture_done(walk: Walk) -> None:
    assert walk.poll()["next"] == "publish"


def test_publish_stores_pictures_that_open(walk: Walk) -> None:
    assert walk.publish()["next"] == "done"
    media = walk.local.stack.outputs["MediaBucket"]
    for width in ("", "-480", "-960"):
        key = f"images/{walk.job['folder']}/{walk.job['render_id']}{width}.webp"
        stored = walk.local.engine.client("s3").get_object(Bucket=media, Key=key)
        with Image.open(io.BytesIO(stored["Body"].read())) as picture:
            assert picture.format == "WEBP"
        assert stored["CacheControl"] == "public, max-age=31536000, immutable"


def test_write_back_shows_the_picture_in_the_worksheet(walk: Walk) -> None:
    assert walk.write_back() == {"batchItemFailures": []}
    row = walk.shown()
    assert (row["slug"], row["status"]) == ("longjing-tin", "published")
    assert row["image_url"].endswith(f"/{walk.job['render_id']}.webp")


def test_finish_writes_the_results(walk: Walk) -> None:
    assert walk.finish()["next"] == "done"
    report: dict[str, Any] = json.loads(
        walk.local.stack.inbox.get(walk.run_id, "report.json") or b""
    )
    (row,) = report["rows"]
    assert (row["status"], row["slug"]) == ("published", "longjing-tin")
    assert walk.local.engine.cdn_get(row["image_url"]).status == 200


def test_drop_prices_the_worksheet_for_its_menu(walk: Walk) -> None:
    answer = walk.drop()
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["counts"] == {"unchanged": 1}


def test_sweep_finds_nothing_left_over(walk: Walk) -> None:
    assert walk.sweep() == {"runs": 0, "rows": 0}


def test_every_function_was_called(functions: dict[str, BuiltFunction], invoked: Any) -> None:
    assert set(invoked.first) == set(functions)


def test_a_start_leaves_a_function_most_of_its_time(
    request: pytest.FixtureRequest, functions: dict[str, BuiltFunction], invoked: Any
) -> None:
    """The benchmarks measure starts; here a busy machine counts too."""
    if request.config.getoption("--containers", default=False):
        pytest.skip("sam's own start is in these figures")
    starts = {name: answer.seconds for name, answer in invoked.first.items()}
    print({name: f"{seconds:.2f} s" for name, seconds in starts.items()})
    late = [name for name in starts if starts[name] > functions[name].timeout / 3]
    assert late == []


def test_nothing_is_logged_that_must_stay_secret(walk: Walk, invoked: Any) -> None:
    assert walk.local.simulator is not None
    for name in invoked.first:
        assert walk.local.simulator.token not in invoked.log(name)

"""The whole template on the engine, with IAM enforcement on, from the dropped sheet to the URL."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rowshot_local.environment import Target
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_local.run_progress import follow
from rowshot_simulators.hiapi import SimulatorOptions

SIMULATED = Target(None, "", 0.1)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A deployed stack with a simulator that draws small pictures."""
    state = tmp_path_factory.mktemp("state")
    options = SimulatorOptions(max_edge=48)
    with start_local_stack(state, SIMULATED, time_scale=0.02, simulator_options=options) as started:
        yield started


def drop(local: LocalStack, rows: list[dict[str, str]], name: str, **metadata: str) -> str:
    """Drops rows as a CSV file and returns the run's id."""
    header = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, header)
    writer.writeheader()
    writer.writerows(rows)
    return local.stack.drop(out.getvalue().encode(), name, metadata)


def finish(local: LocalStack, run_id: str) -> dict[str, Any]:
    """Follows a run to its end and returns its report."""
    for _ in follow(local.stack, run_id):
        pass
    report: dict[str, Any] = json.loads(local.stack.inbox.get(run_id, "report.json") or b"{}")
    return report


def packshots(number: int, prefix: str) -> list[dict[str, str]]:
    """Rows that are all different."""
    return [
        {"slug": f"{prefix}-{n}", "prompt": f"A tea tin, 茶叶罐 {prefix} {n}", "size": "1:1"}
        for n in range(number)
    ]


def test_a_row_goes_from_its_cell_to_a_url_that_opens(local: LocalStack) -> None:
    chinese = {"slug": "龙井", "prompt": '标签写着 "龙井"\n第二行, with a comma', "size": "16:9"}
    report = finish(local, drop(local, [chinese], "one.csv"))
    row = report["rows"][0]
    assert (row["status"], row["row"], row["slug"]) == ("published", 2, "龙井")
    assert report["spent_usd"] == report["estimate_usd"] == row["cost_usd"] == "0.025"
    assert local.simulator is not None
    tasks = local.simulator.state()["tasks"]
    sent = next(task for task in tasks if task["task_id"] == row["task_id"])
    assert sent["input"]["prompt"] == chinese["prompt"]
    for url in (row["image_url"], row["image_url"].replace(".webp", "-480.webp")):
        answer = local.engine.cdn_get(url)
        assert answer.status == 200
        assert answer.body[8:12] == b"WEBP"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "image/webp"
    results = (local.stack.inbox.get(report["run_id"], "results.csv") or b"").decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(results))
    assert line["prompt"] == chinese["prompt"]
    assert (line["status"], line["image_url"]) == ("published", row["image_url"])


def test_the_same_sheet_again_buys_nothing(local: LocalStack) -> None:
    rows = packshots(3, "again")
    first = finish(local, drop(local, rows, "again.csv"))
    second = finish(local, drop(local, rows, "again.csv"))
    assert first["counts"]["published"] == second["counts"]["unchanged"] == 3
    assert second["spent_usd"] == second["estimate_usd"] == "0"
    urls = [[row["image_url"] for row in report["rows"]] for report in (first, second)]
    assert urls[0] == urls[1]


def test_bad_rows_are_told_and_good_rows_are_rendered(local: LocalStack) -> None:
    rows = [
        {"slug": "good", "prompt": "A jar of cream", "size": "2048×2048", "model": ""},
        {"slug": "empty", "prompt": "", "size": "", "model": ""},
        {"slug": "size", "prompt": "A jar", "size": "100*100", "model": ""},
        {"slug": "model", "prompt": "A jar", "size": "", "model": "dall-e"},
        {"slug": "good", "prompt": "A jar twice", "size": "", "model": ""},
        {"slug": "", "prompt": "A jar without a name", "size": "", "model": ""},
    ]
    report = finish(local, drop(local, rows, "bad.csv"))
    assert Counter(row["status"] for row in report["rows"]) == {"published": 1, "invalid": 5}
    assert report["spent_usd"] == "0.025"
    by_number = {row["row"]: row["error"] for row in report["rows"]}
    assert "2048×2048" in by_number[4]
    assert "row 2" in by_number[6]


def test_a_failing_row_does_not_fail_the_run(local: LocalStack) -> None:
    assert local.simulator is not None
    local.simulator.add_faults(
        {
            "on": "task",
            "kind": "fail",
            "code": "INVALID_INPUT",
            "message": "no such thing",
            "prompt": "failing-2",
        }
    )
    rows = [{"slug": f"f{n}", "prompt": f"failing-{n}"} for n in range(4)]
    report = finish(local, drop(local, rows, "failing.csv"))
    local.simulator.clear_faults()
    assert [row["status"] for row in report["rows"]] == [
        "published",
        "published",
        "failed",
        "published",
    ]
    assert "no such thing" in report["rows"][2]["error"]
    assert report["status"] == "finished"
    assert report["possibly_billed_usd"] == "0.025"


def test_an_unreadable_sheet_leaves_a_report(local: LocalStack) -> None:
    run_id = local.stack.drop(b"\x89PNG\r\n\x1a\n not a sheet at all", "photo.csv", {})
    report = finish(local, run_id)
    assert report["status"] == "stopped"
    assert report["problem"].startswith("photo.csv is")
    assert local.stack.inbox.get(run_id, "problem.txt") == report["problem"].encode()


def test_only_the_first_rows_are_rendered_when_asked(local: LocalStack) -> None:
    report = finish(local, drop(local, packshots(4, "first"), "first.csv", first="2"))
    assert [row["status"] for row in report["rows"]] == ["published"] * 2 + ["skipped"] * 2


def test_300_rows_run_through_within_the_limit(local: LocalStack) -> None:
    report = finish(local, drop(local, packshots(300, "many"), "many.csv"))
    assert report["counts"]["published"] == 300
    assert report["spent_usd"] == "7.5"
    assert local.simulator is not None
    state = local.simulator.state(with_tasks=False)
    assert state["max_in_flight"] <= 8
    assert not state["repeated_bodies"]


def test_the_distribution_serves_nothing_but_pictures_and_reports(local: LocalStack) -> None:
    bucket = local.stack.outputs["MediaBucket"]
    local.stack.client("s3").put_object(Bucket=bucket, Key="private/x.txt", Body=b"secret")
    base = local.engine.cdn_url(local.stack.outputs["CdnDomain"])
    assert local.engine.cdn_get(f"{base}/private/x.txt").status == 403


def test_the_token_is_in_no_log_and_no_ledger(local: LocalStack, tmp_path: Path) -> None:
    finish(local, drop(local, packshots(1, "secret"), "secret.csv"))
    assert local.simulator is not None
    token = local.simulator.token
    logs = local.stack.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        assert not [event for event in events if token in event["message"]]
    table = local.stack.client("dynamodb").scan(TableName=local.stack.outputs["LedgerTable"])
    assert token not in json.dumps(table["Items"], default=str)

"""A row whose slug another row has: invalid, and without a picture, however often it is dropped."""

from __future__ import annotations

import csv
import io

from support.sheets import table
from support.world import INBOX, World

ROWS = table(
    [
        {"slug": "ink-mug", "prompt": "A packshot of a mug"},
        {"slug": "ink-mug", "prompt": "The mug on a breakfast table"},
    ]
)


def test_an_invalid_duplicate_shows_no_other_rows_picture() -> None:
    with World() as world:
        for _ in range(2):
            run_id = world.drop(ROWS)
            world.run(run_id)
            first, second = world.report(run_id)["rows"]
            results = world.s3.read(INBOX, f"runs/{run_id}/results.csv").decode("utf-8-sig")
            shown = list(csv.DictReader(io.StringIO(results)))

            assert first["status"] in ("published", "unchanged")
            assert first["image_url"]
            assert second["status"] == "invalid"
            assert second["image_url"] is None
            assert second["file"] is None
            assert (shown[1]["image_url"], shown[1]["preview"]) == ("", "")

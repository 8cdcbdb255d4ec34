"""Sends the events of ``events/`` through every function, in the order of the state machine.

The files hold a stack's sample values; the walk puts in the values of the stack at hand (its
bucket, the sheet's version, the run) and leaves the rest as AWS sends it.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus

from rowshot.inbound.plan_run import Dropped, run_id_of
from rowshot.inbound.signing import SIGNATURE, TIMESTAMP, menu_secret, sign
from rowshot.planning.plan_file import read_job
from rowshot_local.local_stack import LocalStack
from rowshot_simulators.sheets import SheetsSimulator
from support.artifacts.built import ROOT

Invoke = Callable[[str, Any], Any]
"""Sends an event to a function by its event's name and returns the decoded answer."""

SHEET = ROOT / "tests" / "artifacts" / "sheet.csv"
WORKSHEET = "春季"
_MOST_POLLS = 40
_MOST_PASSES = 10
_PASS_SECONDS = 2.0  # nominal


def sample(name: str) -> dict[str, Any]:
    """An event as it lies in the repository."""
    text = Path(ROOT, "events", f"{name}.json").read_text(encoding="utf-8")
    event: dict[str, Any] = json.loads(text)
    return event


class Walk:
    """One row's way, from the sheet to the results.

    Args:
        local: The stack that the functions work on.
        sheets: Where the worksheet is that the run shows.
        invoke: Reaches the functions.
    """

    def __init__(self, local: LocalStack, sheets: SheetsSimulator, invoke: Invoke) -> None:
        self.local = local
        self.sheets = sheets
        self._invoke = invoke
        self.spreadsheet_id = ""
        self.run_id = ""
        self.row: dict[str, Any] = {}

    def sheet_event(self) -> dict[str, Any]:
        """Uploads a worksheet's export; gives the event that S3 would send."""
        cells = list(csv.reader(SHEET.read_text(encoding="utf-8").splitlines()))
        self.spreadsheet_id = self.sheets.create_spreadsheet("Spring", {WORKSHEET: cells})
        metadata = {"spreadsheet-id": self.spreadsheet_id, "worksheet": quote(WORKSHEET)}
        event = sample("plan")
        bucket = self.local.stack.outputs["InboxBucket"]
        entry = event["Records"][0]["s3"]
        key = unquote_plus(entry["object"]["key"])
        put = self.local.engine.client("s3").put_object(
            Bucket=bucket, Key=key, Body=SHEET.read_bytes(), Metadata=metadata
        )
        entry["bucket"].update(name=bucket, arn=f"arn:aws:s3:::{bucket}")
        entry["object"]["versionId"] = put["VersionId"]
        self.run_id = run_id_of(bucket, Dropped(key, put["VersionId"]))
        return event

    def plan(self) -> Any:
        """Plan, as the sheet's event starts it."""
        return self._invoke("plan", self.sheet_event())

    @property
    def job(self) -> dict[str, Any]:
        """What the row wants."""
        found: dict[str, Any] = self.row["job"]
        return found

    def dispatch(self) -> Any:
        """Dispatch, as the message of Plan starts it; the row begins."""
        event = sample("dispatch")
        event["Records"][0]["body"] = json.dumps({"run_id": self.run_id})
        answer = self._invoke("dispatch", event)
        (row,) = self.local.stack.ledger.rows.of_run(self.run_id)
        job = read_job(self.local.stack.inbox, row)
        if job is None:
            raise RuntimeError("the run has no plan")
        self.row = {"job": json.loads(job.line()), "execution": row.execution}
        return answer

    def submit(self) -> Any:
        """Submit, as the machine's first state calls it."""
        return self._invoke("submit", {**sample("submit"), **self.row})

    def poll(self) -> Any:
        """Poll, again and again as the machine would, until there is something else to do."""
        answer: dict[str, Any] = {"next": "poll", "wait": 0}
        for _ in range(_MOST_POLLS):
            answer = self._invoke("poll", {**sample("poll"), **self.row, "step": answer})
            if answer["next"] != "poll":
                break
            time.sleep(self.local.stack.clock.wall(answer["wait"]))
        return answer

    def publish(self) -> Any:
        """Publish."""
        return self._invoke("publish", {**sample("publish"), **self.row})

    def mark_event(self) -> dict[str, Any]:
        """What the queue sends when a sheet has changed."""
        event = sample("write_back")
        mark = {"run_id": self.run_id, "sheet_id": self.job["sheet_id"]}
        event["Records"][0]["body"] = json.dumps(mark)
        return event

    def write_back(self) -> Any:
        """WriteBack, as the queue's message starts it, until the worksheet shows the picture."""
        event = self.mark_event()
        answer = self._invoke("write_back", event)
        for _ in range(_MOST_PASSES):
            if self.shown().get("status") == "published":
                break
            time.sleep(self.local.stack.clock.wall(_PASS_SECONDS))
            answer = self._invoke("write_back", event)
        return answer

    def shown(self) -> dict[str, str]:
        """What the worksheet's row shows, by the columns' headers."""
        header, row = self.sheets.grid(self.spreadsheet_id, WORKSHEET)
        return dict(zip(header, row, strict=False))

    def finish_event(self) -> dict[str, Any]:
        """What the machine's last state sends."""
        return {**sample("finish"), "run_id": self.run_id}

    def finish(self) -> Any:
        """Finish."""
        return self._invoke("finish", self.finish_event())

    def request_event(self) -> dict[str, Any]:
        """What the sheet's menu sends to price the worksheet, signed as its script signs."""
        event = sample("drop")
        body = {**json.loads(event["body"]), "spreadsheet_id": self.spreadsheet_id}
        event["body"] = json.dumps({**body, "worksheet": WORKSHEET}, ensure_ascii=False)
        answer = self.local.engine.client("secretsmanager").get_secret_value(
            SecretId=self.local.stack.outputs["DropSecret"]
        )
        signed_at = f"{time.time():.0f}"
        spreadsheet = json.loads(event["body"])["spreadsheet_id"]
        secret = menu_secret(answer["SecretString"], spreadsheet)
        signature = sign(secret, signed_at, event["body"].encode())
        event["headers"] |= {TIMESTAMP: signed_at, SIGNATURE: signature}
        return event

    def drop(self) -> Any:
        """Drop, as the Function URL calls it."""
        return self._invoke("drop", self.request_event())

    def sweep(self) -> Any:
        """Sweep, as the schedule starts it."""
        return self._invoke("sweep", sample("sweep"))

"""A run's plan: one file, written once, that holds what every later step needs to know of a row.

JSON Lines: the first line is the sheet's, each other one a row's. A row's item in the ledger says
where its line stands, so that one row is read without the others.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from rowshot.ledger import Ledger
from rowshot.ledger.jobs import Job
from rowshot.ledger.records import Picture, Row, Run
from rowshot.statuses import RowStatus
from rowshot.storage import Inbox

NAME = "plan.jsonl"
_OLDER = "manifest-1.jsonl"  # the first release's, written after all rows
_ROW = ("number", "row_key", "status", "render_id", "error", "version", "redo_taken", "lane")


@dataclass(frozen=True)
class PlanFile:
    """A plan as it is kept.

    Args:
        data: The file.
    """

    data: bytes

    @property
    def sheet(self) -> dict[str, Any]:
        """What it says of the sheet: format, worksheet, header, header row, and the estimate."""
        loaded: dict[str, Any] = json.loads(self.data[: self.data.index(b"\n") + 1])
        return loaded

    @property
    def estimate(self) -> Decimal:
        """USD if every attempt succeeds at once."""
        return Decimal(self.sheet["estimate"])

    def lines(self) -> Iterator[tuple[tuple[int, int], dict[str, Any]]]:
        """Each row's line with where it stands: offset and length in bytes."""
        file = io.BytesIO(self.data)
        file.readline()
        offset = file.tell()
        for line in file:
            yield (offset, len(line)), json.loads(line)
            offset += len(line)

    def rows(self, run_id: str, base_round: int = 0) -> Iterator[Row]:
        """The rows of the run as they start, each queued one with its turn in the line.

        Args:
            run_id: The run.
            base_round: The round from which its rows get theirs.
        """
        turns = 0
        for planned_at, line in self.lines():
            if "row" not in line:
                continue
            kept = line["row"]
            status = RowStatus(kept["status"])
            queued = status is RowStatus.QUEUED
            turns += queued
            yield Row(
                run_id=run_id,
                picture=Picture.from_item(kept["picture"]),
                round=base_round + turns if queued else 0,
                planned_at=planned_at,
                **{**{name: kept[name] for name in _ROW}, "status": status},
            )

    def view(self) -> dict[str, Any]:
        """The sheet, and what never changes of its rows, for results and pages."""
        rows = []
        for _, line in self.lines():
            line.pop("job", None)
            line.pop("row", None)
            # Most prompts are a cell of their row: kept once, they take half of the memory.
            prompt = line.get("prompt")
            line["cells"] = [prompt if cell == prompt else cell for cell in line["cells"]]
            rows.append(line)
        return {**self.sheet, "rows": rows}


def read(inbox: Inbox, run_id: str) -> PlanFile | None:
    """A run's plan, None where it was never planned."""
    data = inbox.get(run_id, NAME)
    return PlanFile(data) if data else None


def is_simulated(inbox: Inbox, run_id: str) -> bool:
    """Whether a simulator draws a run's pictures, as far as its plan can be read."""
    kept = read(inbox, run_id)
    try:
        return bool(kept and kept.sheet.get("simulated"))
    except ValueError:
        return False


def read_job(inbox: Inbox, row: Row) -> Job | None:
    """What a row wants, read by itself; None where it wants nothing, or the file is gone."""
    offset, length = row.planned_at
    if length:
        line = json.loads(inbox.get_part(row.run_id, NAME, offset, length) or b"{}")
        job = Job.from_state(line["job"]) if "job" in line else None
    else:
        job = _older_job(inbox, row)
    return replace(job, max_attempt=row.max_attempt) if job and row.max_attempt else job


def _older_job(inbox: Inbox, row: Row) -> Job | None:
    """What a row wants, as the first release wrote it: in a manifest, or in what was decided."""
    manifest = io.BytesIO(inbox.get(row.run_id, _OLDER) or b"")
    found = (json.loads(line) for line in manifest if line.strip())
    for job in found:
        if job["number"] == row.number:
            return Job.from_state(job)
    decided = inbox.get(row.run_id, "decided.json")
    for job in json.loads(decided)["jobs"] if decided else []:
        if job["number"] == row.number:
            return Job.from_state(job)
    return None


def had_begun(inbox: Inbox, run_id: str) -> bool:
    """Whether the first release had written all rows of a run, so that some may be bought."""
    return inbox.get(run_id, _OLDER) is not None


def view(inbox: Inbox, run_id: str) -> dict[str, Any]:
    """What results and pages need of a plan; an empty sheet where there is none."""
    kept = read(inbox, run_id)
    if kept:
        return kept.view()
    older = inbox.get(run_id, "plan.json")  # as the first release wrote it
    return json.loads(older) if older else {"header": [], "rows": []}


def put_into_line(ledger: Ledger, run: Run, plan: PlanFile) -> None:
    """Writes the rows of a planned run, those with something to do into the line.

    A worksheet shows the run before there are rows: if that is the last that is done, their end is
    shown.

    Dispatch may begin with the first one before the last is written: the run's figures are counted
    before, and its end waits until all of them stand. Safe to repeat at any time.
    """
    if run.spreadsheet_id:
        _show(ledger, run, plan)
    rows = list(plan.rows(run.id))
    # Where the first release's plan had died, rows may have ended that nobody counts any more.
    ended = {row.number for row in ledger.rows.of_run(run.id) if row.status.final}
    queued = [row for row in rows if row.status is RowStatus.QUEUED and row.number not in ended]
    served = ledger.limiter.view().served
    begun = ledger.runs.begin(
        run.id, rows=len(rows), queued=len(queued), estimate=plan.estimate, base_round=served
    )
    if begun.open_rows is None:
        return  # somebody stopped the run: the same event, come twice, saw a newer version
    ledger.limiter.open_lanes(row.lane for row in queued)
    ledger.rows.add([_with_turn(row, begun.base_round) for row in rows])
    ledger.runs.planned(run.id)


def _with_turn(row: Row, base_round: int) -> Row:
    return replace(row, round=base_round + row.round) if row.round else row


def _show(ledger: Ledger, run: Run, plan: PlanFile) -> None:
    sheet = plan.sheet
    ledger.sheets.show(
        run.sheet_id,
        run_id=run.id,
        started_at=run.started_at,
        spreadsheet_id=run.spreadsheet_id,
        worksheet=run.worksheet or sheet["worksheet"] or "",
        header=sheet["header"],
    )

"""What the page shows, with a revision for each change, so that a browser is sent only news."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from rowshot.deciding.reasons import shown_reason
from rowshot.ledger.records import Row, Run
from rowshot.money import dollars
from rowshot.statuses import SHOWN
from rowshot_local.run_progress import Progress, run_word
from rowshot_local.wording import amount_text

_EXCERPT = 200  # characters of a prompt in the grid
_STATUSES = {
    str(each): {
        "tone": each.tone,
        "at_work": each.at_work,
        "ready": each.ready,
        "final": each.final,
    }
    for each in SHOWN
}


class Feed:
    """The newest state of a run. One thread updates it, any may read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = 0
        self._head: dict[str, Any] = {}
        self._rows: dict[int, tuple[int, dict[str, Any]]] = {}
        self._results = ""

    @property
    def revision(self) -> int:
        """Grows with every change, from 0 for nothing."""
        return self._revision

    def update(self, progress: Progress, plan: Mapping[str, Any], elapsed: float) -> None:
        """Takes up how a run stands.

        Args:
            progress: The run.
            plan: The run's plan file, empty while there is none.
            elapsed: Wall seconds that the run was worked on.
        """
        static = {each["number"]: each for each in plan.get("rows", ())}
        head = {**_head(progress, plan, elapsed), "results": self._results}
        rows = {
            row.number: _row(progress.run, row, static.get(row.number, {}), progress.simulated)
            for row in progress.rows
        }
        with self._lock:
            revision = self._revision + 1
            news = {n: row for n, row in rows.items() if self._rows.get(n, (0, None))[1] != row}
            if news or head != self._head:
                self._rows.update({number: (revision, row) for number, row in news.items()})
                self._head, self._revision = head, revision

    def written(self, place: str) -> None:
        """Tells where the run's results are."""
        with self._lock:
            self._results = place
            self._head = {**self._head, "results": place}
            self._revision += 1

    def since(self, revision: int) -> dict[str, Any]:
        """The head and the rows that have changed after a revision.

        With 0 it is everything, and what the statuses mean.
        """
        with self._lock:
            rows = [row for changed, row in self._rows.values() if changed > revision]
            news = {"revision": self._revision, **self._head, "rows": rows}
        return news if revision else {**news, "statuses": _STATUSES}


def _head(progress: Progress, plan: Mapping[str, Any], elapsed: float) -> dict[str, Any]:
    run = progress.run
    return {
        "run_id": run.id,
        "sheet": run.sheet_name,
        "status": run_word(run),
        "simulated": progress.simulated,
        "warnings": list(plan.get("warnings", ())),
        "open": run.status.is_open,
        "reason": run.sheet_problem or run.reason or progress.paused,
        "counts": {str(each): progress.counts[each] for each in SHOWN if progress.counts[each]},
        "total": progress.total,
        "ready": progress.ready,
        "spent": dollars(progress.spent),
        "estimate": dollars(run.estimate),
        "elapsed": int(elapsed),
        "left": None if progress.left is None else round(progress.left),
    }


def _row(run: Run, row: Row, static: Mapping[str, Any], simulated: bool) -> dict[str, Any]:
    prompt = " ".join(str(static.get("prompt") or "").split())
    return {
        "number": row.number,
        "slug": row.row_key,
        "status": str(row.status),
        "error": shown_reason(run, row),
        "picture": picture_path(row.picture.url) if row.picture else "",
        "cost": amount_text(row.cost, simulated=simulated) if row.cost else "",
        "version": row.version,
        "recipe": static.get("recipe") or "",
        "size": static.get("size") or "",
        "warnings": list(static.get("warnings", ())),
        "prompt": prompt if len(prompt) <= _EXCERPT else f"{prompt[: _EXCERPT - 1]}…",
    }


def picture_path(url: str) -> str:
    """The page's own path of a published picture."""
    return "images/" + url.split("/images/", 1)[1]

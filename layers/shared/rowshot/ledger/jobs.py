"""What travels through the state machine: one job a row to buy, and what comes next for it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any, Literal

from rowshot.ledger.records import RowRef

Step = Literal["submit", "poll", "publish", "finish", "done"]
_LONGEST_WAIT = 3600


@dataclass(frozen=True)
class Job:
    """One row on its way from order to picture; one line of a run's manifest.

    Args:
        run_id: The run.
        number: The row's number in the sheet.
        row_key: The row's key.
        folder: Where its picture is stored: the slug, or a hash where the picture names a person.
        render_id: The render that it wants.
        model: hiapi's id of the model.
        version: The render's version.
        price: USD of one attempt.
        body: The exact request body, canonical JSON.
        max_attempt: The highest attempt of the render that this run may buy.
        sheet_id: The sheet that the row stands in.
        memory_sheet: The sheet in whose memory the picture is noted.
        memory_key: The key under which it is noted there.
        live: Whether a Google worksheet follows the run.
        expected: Nominal seconds that the model is known to take at least, None when unknown.
    """

    run_id: str
    number: int
    row_key: str
    folder: str
    render_id: str
    model: str
    version: int
    price: Decimal
    body: str
    max_attempt: int
    sheet_id: str
    memory_sheet: str
    memory_key: str
    live: bool
    expected: float | None = None

    @property
    def buyer(self) -> RowRef:
        """The row as a buyer."""
        return RowRef(self.run_id, self.number)

    @property
    def shape(self) -> str:
        """The size or the ratio that is ordered, empty where the model decides."""
        wanted = json.loads(self.body).get("input", {})
        return str(wanted.get("size") or wanted.get("aspect_ratio") or "")

    def line(self) -> str:
        """The job as a line of the manifest (JSON Lines), the price as a string."""
        return json.dumps({**asdict(self), "price": str(self.price)}, ensure_ascii=False)

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Job:
        """Reads a job back from a manifest's line or a state's input.

        Another release may have written it: a field that it knew and we do not is ignored, and
        every field that came after the first release needs a default.
        """
        known = {each.name: state[each.name] for each in fields(cls) if each.name in state}
        return cls(**{**known, "price": Decimal(state["price"])})


@dataclass(frozen=True)
class Next:
    """What the state machine does next with a job.

    Args:
        step: The next state.
        wait: Nominal seconds before it, rounded up: Step Functions waits whole seconds.
        why: What went wrong, for the log; empty when nothing did.
    """

    step: Step
    wait: float = 0
    why: str = field(default="", compare=False)

    def state(self) -> dict[str, Any]:
        """The answer of a handler, as the Choice states read it."""
        return {"next": self.step, "wait": min(_LONGEST_WAIT, math.ceil(self.wait))}


DONE = Next("done")

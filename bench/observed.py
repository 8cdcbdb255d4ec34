"""A batch as it was seen from hiapi's side and from where its pictures arrived."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.ideal import ideal_seconds, quantile

SEED = 60


@dataclass(frozen=True)
class Observed:
    """A batch that came to its end.

    Args:
        tasks: The simulator's books, in the order of creation.
        stored: By task id the Unix second at which its file or URL was stored.
        shown: The same for the cell in the Google Sheet; empty where there is none.
    """

    tasks: Sequence[Mapping[str, Any]]
    stored: Mapping[str, float]
    shown: Mapping[str, float] = field(default_factory=dict)

    @property
    def makespan(self) -> float:
        """Seconds from the first create to the last file or URL stored."""
        return max(self.stored.values()) - min(float(task["created"]) for task in self.tasks)

    @property
    def ideal(self) -> float:
        """What the very same latencies take on six places without gaps."""
        return ideal_seconds(task["latency_s"] for task in self.tasks)

    @property
    def utilisation(self) -> float:
        """The ideal's share of the makespan, both ends included."""
        return self.ideal / self.makespan

    @property
    def polls_per_row(self) -> float:
        """Times that hiapi was asked for a task, by row."""
        return sum(int(task["polls"]) for task in self.tasks) / len(self.tasks)

    @property
    def longest_wait(self) -> float:
        """The longest that a task stood in hiapi's own line, in seconds."""
        return max(float(task["started"] - task["created"]) for task in self.tasks)

    def delay(self, part: float = 0.5) -> float:
        """Seconds from a task's success to its file or URL: the median, or another quantile."""
        return quantile(self._delays(self.stored), part)

    def sheet_delay(self, part: float = 0.5) -> float:
        """Seconds from a task's success to its URL in the sheet."""
        return quantile(self._delays(self.shown), part)

    def seen_after(self) -> float:
        """Seconds from a task's success to the look that saw it, at the median."""
        return statistics.median(
            float(task["seen_finished"] - task["completed"]) for task in self.tasks
        )

    def _delays(self, arrived: Mapping[str, float]) -> list[float]:
        return [
            arrived[task["task_id"]] - task["completed"]
            for task in self.tasks
            if task["task_id"] in arrived
        ]

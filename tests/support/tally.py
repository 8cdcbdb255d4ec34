"""How often each mishap of the random schedules could have struck, and how often it did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts mishaps by name.

    Args:
        reached: How often each could have struck.
        struck: How often it did.
    """

    reached: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)

    def count(self, name: str, struck: bool) -> bool:
        """Counts one moment at which a mishap could have struck, and says whether it did."""
        self.add(name, 1, int(struck))
        return struck

    def add(self, name: str, reached: int, struck: int) -> None:
        """Counts many such moments."""
        self.reached[name] += reached
        self.struck[name] += struck

    def sum(self, kind: str) -> int:
        """How often mishaps of one kind struck."""
        return sum(times for name, times in self.struck.items() if name.startswith(kind))

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            Counter(dict(self.reached)) + other.reached, Counter(dict(self.struck)) + other.struck
        )

"""How long the rest of a run will take: by the models' known seconds, then by what is seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from rowshot.clock import Clock
from rowshot.ledger.records import Row
from rowshot.models import Catalogue
from rowshot.planning.plan_file import view
from rowshot.statuses import RowStatus
from rowshot.storage import Inbox

_PLACES = 6  # tasks that hiapi works on at a time for one account
_UNKNOWN_MODEL = 30.0  # nominal seconds of a picture whose model nobody has measured
_STORING = 1.0  # wall seconds to fetch, convert and store a picture, one after the other
_RENDERED = 0.7  # the part of a row's way that hiapi takes
_STILL = 10.0  # wall seconds without a change, on top of two pictures' time, that mean a standstill


class Forecast:
    """Looks at a run's rows again and again, and tells how long the rest takes.

    Args:
        clock: The deployment's clock.
        seconds: Nominal seconds of each row's picture at hiapi, by row number.
        now: Wall seconds that only ever grow.
    """

    def __init__(
        self,
        clock: Clock,
        seconds: Mapping[int, float],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._now = now
        # Row number -> part of its way that was behind it at first.
        self._first: dict[int, float] = {}
        self._since: dict[int, tuple[RowStatus, float]] = {}
        self._began = self._moved = now()

    @classmethod
    def of_run(cls, inbox: Inbox, run_id: str, clock: Clock) -> Forecast:
        """The forecast for the rows of a run's plan."""
        plan = view(inbox, run_id)
        catalogue = Catalogue.from_package()
        models = {each["number"]: catalogue.find(each.get("model") or "") for each in plan["rows"]}
        return cls(
            clock,
            {
                number: (model and model.latency_seconds) or _UNKNOWN_MODEL
                for number, model in models.items()
            },
        )

    def left(self, rows: Sequence[Row]) -> float | None:
        """Wall seconds until the last row is at its end; None when nobody can tell."""
        now = self._now()
        for row in rows:
            seen = self._since.get(row.number)
            if seen is None or seen[0] is not row.status:
                self._since[row.number] = (row.status, now)
                self._moved = now
        for row in rows:  # the first of a long sheet are under way before the last are written
            self._first.setdefault(row.number, _stored(row))
        waiting = [row for row in rows if not row.status.final]
        if not waiting or self._stands_still(waiting, now):
            return None
        known = self._known(waiting, now)
        total = sum(1 - stored for stored in self._first.values())
        begun = sum(self._begun(row, now) - self._first.get(row.number, 0.0) for row in rows)
        if begun <= 0:
            return known
        measured = (now - self._began) / begun * max(0.0, total - begun)
        stored = sum(_stored(row) - self._first.get(row.number, 0.0) for row in rows)
        # The more pictures there are, the more what was seen counts.
        return known + stored / total * (measured - known)

    def _known(self, rows: Sequence[Row], now: float) -> float:
        """What is left by the models' known seconds: hiapi and this machine work side by side."""
        at_hiapi = [self._at_hiapi(row, now) for row in rows]
        rendering = max(max(at_hiapi), sum(at_hiapi) / _PLACES)
        return max(rendering, _STORING * len(rows)) + _STORING

    def _at_hiapi(self, row: Row, now: float) -> float:
        """Wall seconds that a row's picture still takes there."""
        if row.status is RowStatus.PUBLISHING:
            return 0.0
        seconds = self._takes(row)
        if row.status is RowStatus.RENDERING:
            return max(seconds / 10, seconds - (now - self._since[row.number][1]))
        return seconds

    def _begun(self, row: Row, now: float) -> float:
        """The part of a row's way that lies behind it, 0 to 1."""
        if row.status is not RowStatus.RENDERING:
            return _stored(row)
        share = (now - self._since[row.number][1]) / (self._takes(row) or 1.0)
        return min(share, 1.0) * _RENDERED

    def _takes(self, row: Row) -> float:
        """Wall seconds of a row's picture at hiapi."""
        return self._clock.wall(self._seconds.get(row.number, _UNKNOWN_MODEL))

    def _stands_still(self, rows: Sequence[Row], now: float) -> bool:
        return now - self._moved > _STILL + 2 * max(self._takes(row) for row in rows)


def _stored(row: Row) -> float:
    """The part of a row's way that is certainly behind it: 0 until hiapi has made its picture."""
    if row.status.final:
        return 1.0
    return _RENDERED if row.status is RowStatus.PUBLISHING else 0.0

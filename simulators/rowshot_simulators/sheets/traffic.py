"""What goes over the wire: the quotas, the faults to play, and a log of every request.

Quotas: https://developers.google.com/workspace/sheets/api/limits
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .accounts import PROJECT_NUMBER
from .errors import ApiError, quota_exceeded

MINUTE = 60.0  # nominal seconds


@dataclass(frozen=True)
class Request:
    """One request as it was answered.

    Args:
        at: Nominal seconds since the simulator started.
        kind: ``read``, ``write``, ``drive`` or ``token``.
        user: Who asked, empty if unknown.
        method: HTTP method.
        path: Path without the query.
        status: HTTP status of the answer, 0 when the connection was cut.
        spreadsheet_id: The document, empty if none.
    """

    at: float
    kind: str
    user: str
    method: str
    path: str
    status: int
    spreadsheet_id: str = ""


@dataclass
class SheetsFault:
    """Something that goes wrong.

    Args:
        kind: ``error`` (answers ``status``), ``slow`` (answers after ``seconds``), ``reset`` (cuts
            the connection before doing anything), ``reset_after`` (does it, then cuts),
            ``html`` (a 502 page of the load balancer), ``truncated`` (half of the answer).
        match: ``read``, ``write``, ``token`` or ``any``.
        times: How many requests it strikes; None for ever.
        status: For ``error``: 400, 401, 403, 404, 429, 500 or 503.
        seconds: For ``slow``, nominal.
        rate: Chance to strike a matching request, by the options' seed.
        spreadsheet_id: Only requests for this document.
        skip: Matching requests to let pass first.
    """

    kind: str = "error"
    match: str = "any"
    times: int | None = 1
    status: int = 500
    seconds: float = 0.0
    rate: float = 1.0
    spreadsheet_id: str = ""
    skip: int = 0


_CANONICAL = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "The caller does not have permission"),
    404: ("NOT_FOUND", "Requested entity was not found."),
    500: ("INTERNAL", "Internal error encountered."),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
}


def fault_error(fault: SheetsFault, kind: str) -> ApiError:
    """The answer of an ``error`` fault."""
    if fault.status == 429:
        return quota_exceeded(kind, per_user=True, limit=60, project=PROJECT_NUMBER)
    status, message = _CANONICAL.get(fault.status, ("UNKNOWN", "Unknown error."))
    return ApiError(fault.status, status, message)


@dataclass
class Traffic:
    """Counts and hinders requests.

    Args:
        clock: Wall seconds, monotonic.
        time_scale: Wall seconds per nominal second; at 0 there are no quotas.
        per_user: Requests a nominal minute and user, by kind; None for no quota.
        per_project: The same for all users together.
        seed: For faults with a rate.
    """

    clock: Callable[[], float]
    time_scale: float = 1.0
    per_user: Mapping[str, int | None] = field(default_factory=dict)
    per_project: int | None = 300
    seed: int = 0
    faults: list[SheetsFault] = field(default_factory=list)
    log: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._start = self.clock()
        self._recent: dict[tuple[str, str], deque[float]] = {}
        self._random = random.Random(self.seed)  # noqa: S311 - chooses faults, guards nothing

    def now(self) -> float:
        """Nominal seconds since the start; wall seconds at time scale 0."""
        return (self.clock() - self._start) / (self.time_scale or 1.0)

    def fault_for(self, kind: str, spreadsheet_id: str) -> SheetsFault | None:
        """The fault that strikes this request, used up by one."""
        for fault in self.faults:
            if fault.match not in ("any", kind) or fault.times == 0:
                continue
            if fault.spreadsheet_id not in ("", spreadsheet_id):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.rate < 1 and self._random.random() >= fault.rate:
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None

    def admit(self, kind: str, user: str) -> None:
        """Takes a request's place in the quotas of the last minute. Raises ApiError (429)."""
        if not self.time_scale:
            return
        scopes = (("", self.per_project), (user, self.per_user.get(kind)))
        windows = [(self._window(kind, who), limit, bool(who)) for who, limit in scopes]
        for window, limit, mine in windows:
            if limit is not None and len(window) >= limit:
                raise quota_exceeded(kind, per_user=mine, limit=limit, project=PROJECT_NUMBER)
        for window, _, _ in windows:
            window.append(self.now())

    def record(self, request: Request) -> None:
        """Adds to the log."""
        self.log.append(request)

    def count(self, kind: str, spreadsheet_id: str = "", status: int | None = None) -> int:
        """Requests of a kind in the log, of one document or of all, of one status or of any."""
        return sum(
            r.kind == kind
            and spreadsheet_id in ("", r.spreadsheet_id)
            and status in (None, r.status)
            for r in self.log
        )

    def busiest_minute(self, kind: str, spreadsheet_id: str = "") -> int:
        """The most requests of a kind that any 60 nominal seconds saw."""
        window: deque[float] = deque()
        most = 0
        for request in self.log:
            if request.kind != kind or spreadsheet_id not in ("", request.spreadsheet_id):
                continue
            window.append(request.at)
            while window[0] <= request.at - MINUTE:
                window.popleft()
            most = max(most, len(window))
        return most

    def summary(self) -> dict[str, Any]:
        """Counts for ``/_sim/state``."""
        return {
            "reads": self.count("read"),
            "writes": self.count("write"),
            "refused": sum(r.status == 429 for r in self.log),
            "busiest_minute": {k: self.busiest_minute(k) for k in ("read", "write")},
            "faults": [asdict(fault) for fault in self.faults if fault.times != 0],
        }

    def _window(self, kind: str, user: str) -> deque[float]:
        window = self._recent.setdefault((kind, user), deque())
        while window and window[0] <= self.now() - MINUTE:
            window.popleft()
        return window


def fault_from_json(data: Mapping[str, Any]) -> SheetsFault:
    """A fault as ``/_sim/faults`` takes it; unknown names raise TypeError."""
    return SheetsFault(**data)

"""One account of the simulated hiapi: its tasks, its keys, its money and its pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from .options import DAY_S, SimulatorOptions
from .tasks import Places, Task
from .wire import Refusal, retry_after

_KEY_BYTES = 255
_PROCESSING_RETRY_S = 5.0


@dataclass
class Pace:
    """A token bucket over nominal time.

    Args:
        per_s: Requests that it allows a nominal second; None for no limit.
        burst: Requests that it allows at once.
    """

    per_s: float | None
    burst: int
    _level: float = field(init=False)
    _at: float | None = None

    def __post_init__(self) -> None:
        self._level = float(self.burst)

    def take(self, nominal_now: float) -> float:
        """Takes one request out: 0 when it is allowed, else nominal seconds to wait."""
        if self.per_s is None:
            return 0.0
        passed = 0.0 if self._at is None else nominal_now - self._at
        self._level = min(float(self.burst), self._level + passed * self.per_s)
        self._at = nominal_now
        if self._level < 1:
            return max(1.0, (1 - self._level) / self.per_s)
        self._level -= 1
        return 0.0


@dataclass
class Account:
    """What belongs to one bearer token.

    Args:
        token: The bearer token.
        options: How the simulator behaves.
        tasks: Its tasks, oldest first.
        keys: The latest task that each idempotency key bought.
        prompts: Tasks for each prompt.
        charged: USD taken for tasks.
        topped_up: USD put in since the start.
        answers: Requests by what became of them, for the books.
    """

    token: str
    options: SimulatorOptions
    tasks: list[Task] = field(default_factory=list)
    keys: dict[str, Task] = field(default_factory=dict)
    prompts: Counter[str] = field(default_factory=Counter)
    charged: Decimal = Decimal(0)
    topped_up: Decimal = Decimal(0)
    answers: Counter[str] = field(default_factory=Counter)
    _processing: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = Places(self.options.places)
        self.pace = Pace(self.options.requests_per_s, self.options.burst)

    @property
    def balance(self) -> Decimal | None:
        """USD left, or None for an account that never runs dry."""
        if self.options.balance_usd is None:
            return None
        return self.options.balance_usd + self.topped_up - self.charged

    def check_pace(self, now: float) -> None:
        """Counts a request against the pace.

        Raises:
            Refusal: 429; the account asks too often.
        """
        wait = self.pace.take(now / (self.options.time_scale or 1.0))
        if wait:
            raise Refusal(
                429,
                "Too many requests, slow down",
                "rate_limit_exceeded",
                "nested",
                retry_after(wait),
            )

    @contextmanager
    def processing(self, key: str | None, body_sha256: str) -> Iterator[None]:
        """Holds a key while its request is being answered.

        Raises:
            Refusal: 400 for a malformed key, 422 for one that was used with another body, 409
                while the first request with it is in flight.
        """
        if key is None:
            yield
            return
        _check_key(key)
        if key in self._processing:
            if self._processing[key] != body_sha256:
                raise mismatch()
            raise processing_conflict()
        self._processing[key] = body_sha256
        try:
            yield
        finally:
            del self._processing[key]

    def replayed(self, key: str | None, body_sha256: str, now: float) -> Task | None:
        """The task that a key bought, while the key is remembered.

        Raises:
            Refusal: 422; the key bought it with another body.
        """
        task = self.keys.get(key) if key is not None else None
        if task is None or now - task.created >= self.options.kept(DAY_S):
            return None
        if task.body_sha256 != body_sha256:
            raise mismatch()
        return task

    def adopt(self, task: Task) -> None:
        """Books a task that was paid for."""
        self.tasks.append(task)
        self.prompts[task.prompt] += 1
        self.charged += task.price
        if task.key is not None:
            self.keys[task.key] = task

    def page(self, page: int, size: int) -> list[Task]:
        """One page of the tasks, newest first."""
        newest = self.tasks[::-1]
        return newest[(page - 1) * size : page * size]


def mismatch() -> Refusal:
    """The answer to a key that comes with another body."""
    return Refusal(
        422,
        "Idempotency-Key was already used with a different request body",
        "IDEMPOTENCY_KEY_MISMATCH",
    )


def processing_conflict() -> Refusal:
    """The answer to a key whose first request is still in flight."""
    return Refusal(
        409,
        "the first request with this Idempotency-Key is still being processed",
        "IDEMPOTENCY_KEY_PROCESSING",
        headers={"Retry-After": f"{_PROCESSING_RETRY_S:.0f}"},
    )


def _check_key(key: str) -> None:
    raw = key.encode("latin-1", "replace")
    if not raw or len(raw) > _KEY_BYTES or any(byte < 0x20 or byte == 0x7F for byte in raw):
        raise Refusal(
            400,
            f"Idempotency-Key must be 1 to {_KEY_BYTES} bytes without control characters",
            "INVALID_REQUEST",
        )

"""Scripted faults: which call or task goes wrong, and how.

A rule names a place (``on``), a ``kind``, and when it fires. Requests (``create``, ``detail``,
``list``, ``output``) take:

====================  ==========================================================================
``status``            an error answer: ``status``, ``shape``, ``code``, ``message``,
                      ``retry_after_s``, ``retry_after_date``
``reset``             the connection is reset
``delay``             the answer takes ``seconds`` more
``half``              the connection is closed in the middle of the body
``broken_json``       a 200 whose JSON stops short
``html``              a 200 with an HTML page
``processing``        409: the first request with this key is still in flight (``create`` only)
``redirect``          302 to ``to`` (``output`` only)
====================  ==========================================================================

``when`` is ``before`` (nothing has happened yet) or ``after`` (the task was created, the answer
is what suffers); it matters to ``status``, ``reset`` and ``delay``.

Tasks (``on: task``, decided when the task is created) take:

====================  ==========================================================================
``fail``              it ends in ``fail`` with ``code`` and ``message``
``stuck``             it is handled for ever, or until released
``unknown_status``    while handled, its status is ``word``
``no_output``         success without any output
``other_first``       success whose first output is of another type than image
``latency``           it takes ``seconds``
``lifetime``          its link expires after ``seconds``
``picture``           its picture has a ``flaw``, see ``pictures.flaws``
====================  ==========================================================================

A rule fires at every call that it matches, unless ``nth`` (1 is the first match), ``every`` or
``probability`` (drawn from the seed) says otherwise, and at most ``times`` times. ``prompt`` and
``account`` narrow it to tasks whose prompt contains a text, and to one bearer token.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .pictures import FLAWS
from .wire import SHAPES, Shape

REQUEST_KINDS = frozenset(
    {"status", "reset", "delay", "half", "broken_json", "html", "processing", "redirect"}
)
TASK_KINDS = frozenset(
    {
        "fail",
        "stuck",
        "unknown_status",
        "no_output",
        "other_first",
        "latency",
        "lifetime",
        "picture",
    }
)
PLACES = frozenset({"create", "detail", "list", "output", "task"})


@dataclass(frozen=True)
class Fault:
    """One rule; the module's docstring tells what its fields mean. Durations are nominal."""

    on: str
    kind: str
    name: str = ""
    when: str = "before"
    nth: tuple[int, ...] = ()
    every: int | None = None
    probability: float | None = None
    times: int | None = None
    prompt: str | None = None
    account: str | None = None
    status: int = 503
    shape: Shape = "nested"
    code: str | None = None
    message: str | None = None
    retry_after_s: float | None = None
    retry_after_date: bool = False
    seconds: float = 0.0
    word: str = "reviewing"
    flaw: str = "truncated"
    to: str = ""

    def __post_init__(self) -> None:
        if self.on not in PLACES:
            raise ValueError(f"on: {self.on!r} is none of {sorted(PLACES)}")
        kinds = TASK_KINDS if self.on == "task" else REQUEST_KINDS
        if self.kind not in kinds:
            raise ValueError(f"kind: {self.kind!r} is none of {sorted(kinds)}")
        if self.when not in ("before", "after"):
            raise ValueError(f"when: {self.when!r} is neither 'before' nor 'after'")
        if self.shape not in SHAPES:
            raise ValueError(f"shape: {self.shape!r} is none of {list(SHAPES)}")
        if self.flaw not in FLAWS:
            raise ValueError(f"flaw: {self.flaw!r} is none of {sorted(FLAWS)}")

    def matches(self, place: str, prompt: str, account: str) -> bool:
        """Whether the rule is about such a call or task."""
        return (
            self.on == place
            and (self.prompt is None or self.prompt in prompt)
            and (self.account is None or self.account == account)
        )

    @classmethod
    def from_json(cls, rule: Mapping[str, Any]) -> Fault:
        """A rule as it comes from outside.

        Raises:
            ValueError: A field or a value is unknown; the message says which.
        """
        unknown = set(rule) - {each.name for each in fields(cls)}
        if unknown:
            raise ValueError(f"unknown fields: {sorted(unknown)}")
        if not {"on", "kind"} <= set(rule):
            raise ValueError("a fault needs 'on' and 'kind'")
        nth = rule.get("nth", ())
        return cls(**{**rule, "nth": (nth,) if isinstance(nth, int) else tuple(nth)})


@dataclass
class _Armed:
    """A rule and how often it matched and fired."""

    fault: Fault
    draws: random.Random
    matched: int = 0
    fired: int = 0

    def fires(self) -> bool:
        """Counts a match and tells whether the rule fires at it."""
        self.matched += 1
        fault = self.fault
        # Drawn at every match, so that the n-th draw belongs to the n-th match.
        lucky = fault.probability is None or self.draws.random() < fault.probability
        if fault.times is not None and self.fired >= fault.times:
            return False
        if fault.nth and self.matched not in fault.nth:
            return False
        if fault.every and self.matched % fault.every:
            return False
        self.fired += lucky
        return lucky


@dataclass
class FaultPlan:
    """The rules in force, oldest first; at most one fires at a request.

    Args:
        seed: What the draws of rules with a probability come from.
    """

    seed: int = 0
    _rules: list[_Armed] = field(default_factory=list)
    _added: int = 0

    def add(self, faults: Iterable[Fault]) -> None:
        """Puts rules behind those in force."""
        for fault in faults:
            self._added += 1
            draws = random.Random(f"{self.seed}:{self._added}")  # noqa: S311 - chance, no secret
            self._rules.append(_Armed(fault, draws))

    def clear(self) -> None:
        """Drops every rule. Tasks that were already doomed stay so."""
        self._rules.clear()

    def at_request(self, place: str, prompt: str, account: str) -> Fault | None:
        """The fault that strikes a request, if any."""
        return next(self._firing(place, prompt, account), None)

    def at_task(self, prompt: str, account: str) -> tuple[Fault, ...]:
        """The faults that a new task is born with; of one kind the first counts."""
        struck: dict[str, Fault] = {}
        for fault in self._firing("task", prompt, account):
            struck.setdefault(fault.kind, fault)
        return tuple(struck.values())

    def report(self) -> list[dict[str, Any]]:
        """Each rule with how often it matched and fired."""
        return [
            {
                "name": armed.fault.name,
                "on": armed.fault.on,
                "kind": armed.fault.kind,
                "matched": armed.matched,
                "fired": armed.fired,
            }
            for armed in self._rules
        ]

    def _firing(self, place: str, prompt: str, account: str) -> Iterator[Fault]:
        for armed in self._rules:
            if armed.fault.matches(place, prompt, account) and armed.fires():
                yield armed.fault
